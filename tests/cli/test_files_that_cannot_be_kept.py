"""A file that cannot be written after a computation costs neither what was printed nor the other files."""

import errno
import os
import subprocess
import sys

import pytest
from subprocesses import ROOT, environment

from pylyap import cli
from pylyap.cli._kept import keep

RESULT = str(ROOT / "tests" / "data" / "files" / "spectrum-1.npz")


def test_the_others_are_written(tmp_path):
    def fails(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    good, bad = tmp_path / "good", tmp_path / "bad"
    with pytest.raises(OSError, match=f"^{bad} could not be written: No space left on device$"):
        keep((str(bad), fails), (None, fails), (str(good), lambda path: good.write_text("whole")))
    assert good.read_text() == "whole" and not bad.exists()
    keep((str(good), lambda path: None))


def test_a_command_says_so_and_fails(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    real = cli.spectrum.draw
    monkeypatch.setattr(cli.spectrum, "draw", lambda *arguments: (folder.rmdir(), real(*arguments)))  # gone in the meantime
    assert cli.main(["show", RESULT, "--plot", str(folder / "figure.png")]) == 1
    found = capsys.readouterr()
    assert "lambda" in found.out and "figure.png could not be written" in found.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_disk_behind_standard_output_is_told():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pylyap", "show", RESULT], stdout=full, stderr=subprocess.PIPE, text=True, env=environment(),
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    assert done.returncode == 1 and "No space left" in done.stderr and "Traceback" not in done.stderr
