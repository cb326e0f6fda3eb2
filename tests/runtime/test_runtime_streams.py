"""Standard streams that are missing, closed, or objects of the user's: no bar, no crash, all else works."""

import io
import os
import subprocess
import sys
import time

import pytest
from subprocesses import environment

from pylyap import _streams, cli
from pylyap._runtime import environment as start
from pylyap.errors import NetworkError


class Plain:
    """An object with write and flush only, as services and editors put in place of a stream."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


class Bare:
    """Not even flush."""

    write = Plain.write
    text = ""


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


STREAMS = {"None": lambda: None, "plain": Plain, "bare": Bare, "closed": closed, "text": io.StringIO}


@pytest.mark.parametrize("kind", STREAMS)
def test_no_bar_is_drawn_where_there_is_no_terminal(monkeypatch, kind):
    monkeypatch.setattr(sys, "stderr", STREAMS[kind]())
    assert _streams.bar_is_hidden(None) and _streams.bar_is_hidden(False)
    # a bar that is asked for is drawn wherever text can be written
    assert _streams.bar_is_hidden(True) == (kind in ("None", "closed"))


@pytest.mark.parametrize("kind", STREAMS)
def test_messages_reach_standard_error_or_nothing(monkeypatch, capsys, kind):
    stream = STREAMS[kind]()
    monkeypatch.setattr(sys, "stderr", stream)
    _streams.tell("a message")
    assert capsys.readouterr().out == ""  # never among the results
    if isinstance(stream, (Plain, Bare)):
        assert stream.text == "a message\n"


@pytest.mark.parametrize("kind", STREAMS)
def test_an_error_of_the_command_is_an_exit_code(monkeypatch, kind):
    def fail(options):
        raise NetworkError("bad")

    monkeypatch.setattr("pylyap.cli.julia._status", fail)
    monkeypatch.setattr(sys, "stderr", STREAMS[kind]())
    assert cli.main(["julia", "status"]) == 1


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("kind", STREAMS)
def test_output_is_redirected_whatever_the_streams_are(monkeypatch, tmp_path, stream, kind):
    before = STREAMS[kind]()
    monkeypatch.setattr(sys, stream, before)
    file = tmp_path / "kept"
    with open(file, "wb") as kept, start.output_to(kept.fileno()):
        print("of Python")
        subprocess.run(["echo", "of a child"], check=True)
    assert file.read_text() == "of Python\nof a child\n"
    assert getattr(sys, stream) is before


# Descriptors are closed as the shell does it (``2>&-``). A file opened then can get the number 2, and keeps it.
CLOSED = """
import os, sys
import pylyap
from pylyap import _streams
with open({file!r}, "w") as results:
    results.write("results")
    results.flush()
    _streams.open_missing_descriptors()
print("printed")
_streams.tell("told")
with open({file!r}, "a") as results:
    results.write(" " + str([sys.stdin is None, sys.stdout is None, sys.stderr is None]))
"""


def start_without(descriptors, code, **options):
    """Run `code` in a Python whose `descriptors` the shell has closed."""
    closing = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in descriptors)
    command = ["sh", "-c", f'exec "$0" -c "$1" {closing}', sys.executable, code]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=options["timeout"])


@pytest.mark.parametrize("descriptors", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_closed_descriptors_stay_harmless(tmp_path, descriptors):
    file = tmp_path / "results"
    run = start_without(descriptors, CLOSED.format(file=str(file)), timeout=60)
    assert run.returncode == 0, run.stderr
    assert file.read_text() == f"results {[number in descriptors for number in (0, 1, 2)]}"
    assert run.stdout == ("" if 1 in descriptors else "printed\n")
    assert run.stderr == ("" if 2 in descriptors else "told\n")


SPECTRUM = """
import io, sys
import pylyap
class Plain:
    def write(self, text): return len(text)
    def flush(self): pass
if {replaced!r}:
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), Plain(), Plain()
    sys.stdin.close()
network = pylyap.RateNetwork(pylyap.weights.gaussian(10, 2.0, seed=1))
results = open({file!r}, "w")
for progress in (None, True):
    spectrum = pylyap.lyapunov_spectrum(network, t_average=20, progress=progress)
    pylyap.sweep(pylyap.sweeps.Measure("a", lambda condition: dict(a=1.0)), [dict(g=1.0)], progress=progress)
results.write(spectrum.status + " " + str(len(spectrum.exponents)))
results.close()
"""


@pytest.mark.parametrize("how", ["closed", "replaced"])
def test_a_spectrum_needs_no_streams(tmp_path, how):
    file = tmp_path / "results"
    code = SPECTRUM.format(file=str(file), replaced=how == "replaced")
    run = start_without((0, 1, 2) if how == "closed" else (), code, timeout=400)
    assert run.returncode == 0, run.stderr
    status, size = file.read_text().split()
    assert status in ("converged", "max_time") and size == "10"
    assert run.stdout == "" and run.stderr == ""


def test_more_than_a_pipe_holds_is_written_after_a_start(tmp_path):
    """Julia would leave the pipe such that what does not fit is lost; here the reader waits until the writer has to."""
    size, mark = 300_000, tmp_path / "about to write"
    code = (
        "import pathlib, sys, pylyap; pylyap.start_julia(); "
        f"pathlib.Path({str(mark)!r}).touch(); sys.stdout.write('x' * {size})"
    )
    run = subprocess.Popen([sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE, text=True)
    while not mark.exists():
        assert run.poll() is None
        time.sleep(0.01)
    with run.stdout:
        assert len(run.stdout.read()) == size
    assert run.wait() == 0


def test_a_reader_that_goes_away_ends_the_command_quietly():
    code = "import sys; from pylyap import cli; sys.exit(cli.main(['julia', 'status']))"
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment(), stdout=write, stderr=subprocess.PIPE, text=True, timeout=60
    )
    os.close(write)
    assert run.returncode == 141 and run.stderr == ""


def test_everything_a_start_sets_is_put_back(monkeypatch):
    """As juliacall leaves JULIA_PYTHONCALL_EXE, and Julia changes variables behind Python's back."""
    import ctypes

    monkeypatch.setenv("PYLYAP_TEST_CHANGED", "before")
    monkeypatch.delenv("JULIA_PYTHONCALL_EXE", raising=False)
    before = dict(os.environ)
    with pytest.raises(KeyboardInterrupt), start.variables({"PYLYAP_TEST_SET": "1", "PATH": None}):
        assert os.environ["PYLYAP_TEST_SET"] == "1" and "PATH" not in os.environ
        os.environ["JULIA_PYTHONCALL_EXE"] = sys.executable
        ctypes.CDLL(None).setenv(b"PYLYAP_TEST_CHANGED", b"by Julia", 1)
        raise KeyboardInterrupt
    assert dict(os.environ) == before
    child = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert "PYLYAP_TEST_CHANGED=before" in child and not any("JULIA_PYTHONCALL_EXE" in line for line in child)
