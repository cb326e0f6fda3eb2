"""Files that pylyap writes: links, modes, owners, names and what is not a regular file."""

import json
import os
import socket
import stat

import matplotlib.figure
import numpy as np
import pytest

import pylyap
from pylyap import _files
from pylyap._runtime import choice
from pylyap.errors import FileFormatError, OptionError
from pylyap.papers.page import Page
from pylyap.results.storage import read_file, write_file
from pylyap.sweeps.store import Store
from pylyap.torch.callback import TrainingHistory

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes, pipes and devices are those of POSIX")


def figure():
    drawing = matplotlib.figure.Figure()
    drawing.subplots().plot([1, 2])
    return drawing


def history():
    return TrainingHistory(np.arange(2), np.ones((2, 1)), np.ones((2, 1)), np.ones(2))


def table():
    return pylyap.sweep(pylyap.sweeps.Measure("m", lambda condition: {"y": 1.0}), pylyap.sweeps.grid(x=[1, 2]))


class Report:
    """What the page of controls needs, without its runs."""

    controls, network, verdict, spectrum = (), "network", "pass", None

    def headline(self):
        return "all good"

    def figure(self):
        return figure()


def html(path, monkeypatch):
    from pylyap.analysis.controls import page

    monkeypatch.setattr(page, "_page", lambda report: "<!DOCTYPE html>\n")
    page.write(Report(), path)


WRITERS = {
    "results and stores": lambda path, _: write_file(path, {"a": 1}, {"b": np.arange(3)}),
    "histories": lambda path, _: history().save(path),
    "figures": lambda path, _: _files.save_figure(figure(), path),
    "tables of sweeps": lambda path, _: table().to_csv(path),
    "pages of controls": html,
}


@posix_only
@pytest.mark.parametrize("kind", WRITERS)
def test_every_writer_keeps_links_and_modes_and_refuses_what_is_no_file(kind, tmp_path, monkeypatch):
    write = WRITERS[kind]
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to("real")
    write(link, monkeypatch)
    assert link.is_symlink() and stat.S_IMODE(real.stat().st_mode) == 0o640 and real.read_bytes() != b"old"
    os.mkfifo(tmp_path / "pipe")
    for other, what in ((tmp_path / "pipe", "a pipe"), (os.devnull, "a device"), (tmp_path, "a folder")):
        with pytest.raises(OptionError, match=what):
            write(other, monkeypatch)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode) and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe", "real"]  # nothing left behind


def test_pages_of_papers_are_written_through_links(tmp_path):
    page = Page("title", "text", figure(), {"x": np.ones(2)}, [])
    folder = tmp_path / "pages"
    for path in page.save(folder, "one"):
        path.rename(tmp_path / path.name)
        path.symlink_to(tmp_path / path.name)
        (tmp_path / path.name).write_bytes(b"")
    page.save(folder, "one")
    assert all(path.is_symlink() for path in folder.iterdir())
    assert all((tmp_path / path.name).stat().st_size > 0 for path in folder.iterdir())


@posix_only
def test_the_record_of_the_julia_is_written_through_links_and_past_pipes(tmp_path, monkeypatch):
    made = choice.Choice("environment", "a test", executable="julia")
    real, link, pipe = tmp_path / "real.json", tmp_path / "link.json", tmp_path / "pipe.json"
    link.symlink_to(real)  # leads to no file yet
    os.mkfifo(pipe)
    monkeypatch.setattr(choice, "_record_files", lambda: [pipe, link])
    assert choice.record(made) == link and link.is_symlink()
    assert json.loads(real.read_text())["kind"] == "environment"
    assert choice.recorded() == made  # and does not wait for the pipe to speak


def test_names_of_the_greatest_length_allowed(tmp_path):
    name = "x" * (os.pathconf(tmp_path, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255)
    write_file(tmp_path / name, {}, {})
    assert os.listdir(tmp_path) == [name]
    with pytest.raises(OSError):
        write_file(tmp_path / (name + "x"), {}, {})
    write_file(os.fsencode(tmp_path / "bytes"), {}, {})
    assert sorted(os.listdir(tmp_path)) == ["bytes", name]


@posix_only
def test_a_new_file_has_the_mode_that_open_would_give(tmp_path):
    old = os.umask(0o027)
    try:
        write_file(tmp_path / "a", {}, {})
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@posix_only
def test_hard_links_stay_names_of_one_file(tmp_path):
    write_file(tmp_path / "a", {"n": 1}, {"long": np.ones(1000)})
    os.link(tmp_path / "a", tmp_path / "b")
    write_file(tmp_path / "a", {"n": 2}, {})
    assert os.path.samefile(tmp_path / "a", tmp_path / "b")
    assert read_file(tmp_path / "b")[0] == {"n": 2}  # the rest of the longer one is gone


@posix_only
def test_links_to_links_and_links_that_lead_nowhere(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to("far/three")
    write_file(tmp_path / "one", {"n": 1}, {})
    assert os.listdir(tmp_path / "far") == ["three"] and (tmp_path / "one").is_symlink()
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(OSError):
        write_file(tmp_path / "circle", {}, {})
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_file(tmp_path / "nowhere" / "a", {}, {})
    with pytest.raises(OptionError, match="names a folder"):
        write_file(f"{tmp_path}/new/", {}, {})


@posix_only
def test_sockets_are_refused_and_pipes_are_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises(OptionError, match="socket is a socket"):
            write_file("socket", {}, {})
    os.mkfifo("pipe")
    with pytest.raises(FileFormatError, match="pipe is a pipe"):
        pylyap.load("pipe")
    (tmp_path / "store").mkdir()
    os.mkfifo("store/sweep.json")
    with pytest.raises(FileFormatError, match="is a pipe"):
        Store("store", pylyap.sweeps.Measure("m", lambda condition: {"y": 1.0}))


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="nothing is write-protected for root")
def test_write_protected_files_and_folders(tmp_path):
    write_file(tmp_path / "a", {"n": 1}, {})
    tmp_path.chmod(0o555)
    try:
        write_file(tmp_path / "a", {"n": 2}, {})  # the file can be written to, the folder cannot
        with pytest.raises(PermissionError):
            write_file(tmp_path / "new", {}, {})
    finally:
        tmp_path.chmod(0o755)
    assert read_file(tmp_path / "a")[0] == {"n": 2}
    (tmp_path / "a").chmod(0o444)
    with pytest.raises(PermissionError, match="write-protected"):
        write_file(tmp_path / "a", {}, {})


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(tmp_path):
    write_file(tmp_path / "a", {"n": 1}, {})
    os.chown(tmp_path / "a", 12345, 54321)
    write_file(tmp_path / "a", {"n": 2}, {})
    kept = (tmp_path / "a").stat()
    assert (kept.st_uid, kept.st_gid) == (12345, 54321) and read_file(tmp_path / "a")[0] == {"n": 2}


@posix_only
def test_where_a_file_cannot_be_moved_into_place_it_is_filled(tmp_path, monkeypatch):
    import errno

    def busy(*_):  # as for a mount point
        raise OSError(errno.EBUSY, "busy")

    write_file(tmp_path / "a", {"n": 1}, {})
    monkeypatch.setattr(os, "replace", busy)
    write_file(tmp_path / "a", {"n": 2}, {})
    assert read_file(tmp_path / "a")[0] == {"n": 2} and os.listdir(tmp_path) == ["a"]


@posix_only
def test_the_command_line_refuses_targets_before_it_computes(tmp_path, capsys):
    np.save(tmp_path / "w.npy", np.eye(2))
    os.mkfifo(tmp_path / "pipe.png")
    for option, target in (("--output", os.devnull), ("--plot", tmp_path / "pipe.png"), ("--output", tmp_path)):
        code = pylyap.cli.main(["spectrum", "--weights", str(tmp_path / "w.npy"), option, str(target)])
        assert code != 0 and "give the name of a regular file" in capsys.readouterr().err
