"""Run the chosen Julia as a program of its own."""

import subprocess
from pathlib import Path

from . import choice as choices
from . import environment, kernel
from .location import core_path

RUN_TESTS = Path(__file__).with_name("run_tests.jl")


def run_core_tests(core=None):
    """Run the core's own tests under the chosen Julia; returns the exit code, which is 0 only if tests ran and passed."""
    choice = choices.choose()
    core = core or core_path()
    julia = choices.source_of(choice).program(choice)
    values = julia.variables | kernel.variables(kernel.version_for(julia.executable))
    command = [
        julia.executable, "--startup-file=no", f"--project={core}",
        f"--threads={environment.usable_cores()}", str(RUN_TESTS), str(core / "test" / "runtests.jl"),
    ]  # fmt: skip
    with environment.variables(values):
        return subprocess.run(command, cwd=core, stdin=subprocess.DEVNULL).returncode
