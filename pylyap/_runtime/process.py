"""Run the chosen Julia as a program of its own."""

import subprocess
from pathlib import Path

from . import choice as choices
from . import environment, kernel
from .location import core_path

RUN_TESTS = Path(__file__).with_name("run_tests.jl")


def run_core_tests(core=None):
    """Run the core's own tests under the chosen Julia; returns the exit code, which is 0 only if tests ran and passed."""
    core = core or core_path()
    return _run(core, [RUN_TESTS, core / "test" / "runtests.jl"], cwd=core, stdin=subprocess.DEVNULL)


def run_script(arguments):
    """Run a script under the chosen Julia, with the core where `using LyapunovSpectra` finds it; returns the exit code."""
    return _run(core_path(), arguments)


def _run(core, arguments, **options):
    choice = choices.choose()
    julia = choices.source_of(choice).program(choice)
    values = julia.variables | kernel.variables(kernel.version_for(julia.executable))
    threads = f"--threads={environment.usable_cores()}"
    command = [julia.executable, "--startup-file=no", f"--project={core}", threads, *map(str, arguments)]
    with environment.variables(values):
        return subprocess.run(command, **options).returncode
