"""``pylyap doctor``: is everything there, and is it fast? One verdict per line, and what to do."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from typing import Any

EXAMPLES = """examples:
  pylyap doctor
  pylyap doctor --json > doctor.json        (for a report of a fault)
"""
WARM_START = "import pylyap; pylyap.start_julia()"
WARM_START_LIMIT = 120  # seconds; it takes a few, tens on a busy machine
MATRIX_SIZE = 1500  # large enough for the full speed of a processor, small enough for a fraction of a second


@dataclass
class Check:
    """One line: its verdict is "ok", "warn" or "fail"; `advice` says what to do about the last two."""

    name: str
    verdict: str
    finding: str
    advice: str = ""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "doctor", help="check Julia, its speed and its start time", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(run=_run)


def _run(options):
    from ..versions import versions

    checks = examine()
    if options.json:
        print(json.dumps({"versions": versions(), "checks": [asdict(check) for check in checks]}, indent=1))
    else:
        for check in checks:
            print(f"{check.verdict:<5}{check.name:<15}{check.finding}")
            if check.advice:
                print(f"{'':<20}-> {check.advice}")
    return 1 if any(check.verdict == "fail" for check in checks) else 0


def examine() -> list[Check]:
    """Start Julia, measure, and return the list of checks."""
    from .. import start_julia
    from .._runtime import choice
    from ..errors import JuliaError

    try:
        start_julia()
    except JuliaError as error:
        return [Check("Julia", "fail", str(error), "see the ways named in the message")]
    chosen = choice.choose()
    return [_julia(chosen), _pythoncall(), _threads(), *_blas(), *_image(chosen), _cold_start(chosen), _warm_start()]


def _julia(chosen):
    from .._runtime import julia

    version = str(julia().seval("string(VERSION)"))
    finding = f"{version} ({chosen.origin})"
    if chosen.executable:
        finding += f" at {chosen.executable}"
    if chosen.folder:
        finding += f", {chosen.megabytes:.0f} MB"
    return Check("Julia", "ok", finding)


def _pythoncall():
    juliacall: Any = sys.modules["juliacall"]
    return Check("PythonCall", "ok", f"{juliacall.__version__} from {os.path.dirname(juliacall.__file__)}")


def _threads():
    from .._runtime import environment, julia

    threads, cores = int(julia().seval("Threads.nthreads()")), environment.usable_cores()
    finding = f"{threads} of {cores} cores"
    if threads < cores:
        return Check("threads", "warn", finding, "unset PYTHON_JULIACALL_THREADS and JULIA_NUM_THREADS to use all")
    return Check("threads", "ok", finding)


def _blas():
    from .._runtime import environment, julia, kernel, speed as measure

    library, name = measure.blas()
    version = kernel.version_beside(str(julia().seval("Sys.BINDIR")))
    cores = environment.usable_cores()
    in_julia = measure.julia_gflops(MATRIX_SIZE, cores)
    in_numpy = measure.numpy_gflops(MATRIX_SIZE)
    rates = f"dgemm {in_julia:.0f} GFLOP/s in Julia, {in_numpy:.0f} in NumPy"
    slow = in_julia < 0.5 * in_numpy  # kernels made for each other's neighbours differ by less
    finding = f"{library}, kernel {name}, {kernel.reason(version)}; NumPy has {measure.numpy_blas()}"
    return [
        Check("BLAS", "ok", finding),
        Check("speed", "warn" if slow else "ok", rates, _advice(kernel) if slow else ""),
    ]


def _advice(kernel):
    if os.environ.get(kernel.VARIABLE):
        return f"unset {kernel.VARIABLE} before Python starts"
    return f"set {kernel.VARIABLE}={kernel.best(None, kernel.processor()) or 'Haswell'} before Python starts"


def _image(chosen):
    from .._runtime import choice, image, portable

    if choice.source_of(chosen).keeps_machine_code:
        return []
    used = image.variables(portable.Portable(chosen.folder))
    if used:
        return [Check("image", "ok", used["PYTHON_JULIACALL_SYSIMAGE"])]
    return [Check("image", "ok", "none, every process compiles anew; for starts in seconds: pylyap julia image")]


def _cold_start(chosen):
    if not chosen.cold_start_seconds:
        return Check("cold start", "ok", "not known: the environment decides which Julia is used")
    setup, start = chosen.setup_seconds, chosen.cold_start_seconds
    return Check("cold start", "ok", f"{setup + start:.1f} s (set-up {setup:.1f} s, first start {start:.1f} s)")


def _busy_processes():
    """How many wanted to run at the same time in the last minute; none where the system does not tell."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return 0.0


def _warm_start():
    from .._runtime import environment

    began = time.monotonic()
    # A file, not a pipe: the end of a pipe is waited for as long as any grandchild holds it.
    with tempfile.TemporaryFile("w+") as told:
        try:
            run = subprocess.run(
                [sys.executable, "-c", WARM_START], timeout=WARM_START_LIMIT,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            finding = f"a second process did not start Julia within {WARM_START_LIMIT} s"
            if (waiting := _busy_processes()) > 2 * environment.usable_cores():
                finding += f", in which {waiting:.0f} processes wanted the processor"
                return Check("warm start", "warn", finding, "run pylyap doctor again when the machine is less busy")
            return Check("warm start", "fail", finding, f"run it by itself: python -c '{WARM_START}'")
        seconds = time.monotonic() - began
        told.seek(0)
        last = told.read().strip().splitlines()[-1:]
    if run.returncode != 0:
        return Check("warm start", "fail", f"a second process could not start Julia: {last}", "run it again by itself")
    if seconds > 20:
        return Check("warm start", "warn", f"{seconds:.1f} s", "is the disk slow, or the machine busy?")
    return Check("warm start", "ok", f"{seconds:.1f} s from a new Python to a running Julia")
