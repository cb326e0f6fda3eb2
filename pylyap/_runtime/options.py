"""Options of Julia that the user names by variables or with ``-X``, looked at before Julia starts.

juliacall hands some of them on as they are, and Julia ends the whole process at one that it cannot use.
"""

import contextlib
import os
import subprocess
import sys

from ..errors import OptionError
from . import environment

# Set to "yes" whatever the user says. Without Julia's handlers of signals its garbage collection ends a process
# with several threads; Python gets its own back (`foreign.python_keeps_signals`), for which people say "no".
NEEDED = ("handle_signals", "init")
BEYOND = 2**15 - 1  # so many threads or processes end the process in newer Julias
SECONDS_TO_TRY = 60  # for a Julia that does nothing
TRIED = ("heap_size_hint", "sysimage")  # what is right depends on the Julia, so that it is asked
SWITCH, VARIABLE = "juliacall-", "PYTHON_JULIACALL_"  # how the names of juliacall's options begin


def named(option):
    """The value that the user gave to juliacall's `option`, and how; None if there is none."""
    switch, variable = f"{SWITCH}{option.replace('_', '-')}", f"{VARIABLE}{option.upper()}"
    if value := sys._xoptions.get(switch):
        return str(value), f"-X {switch}={value!s:.300}"
    if value := os.environ.get(variable):
        return value, f"{variable}={value:.300}"
    return None


@contextlib.contextmanager
def settled(values):
    """Set variables while Julia starts: they win over switches, too. What is empty counts as not named."""
    before = dict(sys._xoptions)
    empty = {name: None for name, value in os.environ.items() if name.startswith(VARIABLE) and not value}
    for switch, value in before.items():
        variable = VARIABLE + switch[len(SWITCH) :].replace("-", "_").upper()
        if switch.startswith(SWITCH) and (not value or variable in values):
            del sys._xoptions[switch]  # juliacall would look at it first
    try:
        with environment.variables(empty | values):
            yield
    finally:
        sys._xoptions.update(before)


def threads():
    """The number of threads that the user has named, by whatever way.

    "auto" is the number of cores as pylyap counts them: Julia does not know the quotas of containers, and Julia 1.6
    takes it for one in its own variable, and ends the process at one more for interactive work.

    Raises
    ------
    OptionError
        The user's value is neither "auto" nor a number of threads that Julia can start.
    """
    found = named("threads")
    if found is None and (value := os.environ.get("JULIA_NUM_THREADS")):
        found = value.partition(",")[0], f"JULIA_NUM_THREADS={value:.300}"  # "4,1": one more for what is interactive
    if found is not None:
        _check_count(*found)
    return int(found[0]) if found and found[0] != "auto" else environment.usable_cores()


def check(executable, variables):
    """Refuse what would end the process; `executable` and `variables` are those of the Julia that is to start.

    Raises
    ------
    OptionError
        The Julia cannot use an option. The message says what it says.
    """
    if found := named("procs"):
        _check_count(*found)
    for option in TRIED:
        if found := named(option):
            _try(option, found, executable, variables)


def _check_count(value, how):
    is_number = value.isascii() and value.isdigit() and len(value) <= 5  # int() refuses thousands of digits
    if value != "auto" and not (is_number and 0 < int(value) < BEYOND):
        raise OptionError(f"{how}: allowed are 'auto' and whole numbers from 1 to {BEYOND - 1}. Correct it, or leave it out.")


def _try(option, found, executable, variables):
    """Start the Julia with this option as a program of its own."""
    value, how = found
    command = [executable, "--startup-file=no", f"--{option.replace('_', '-')}={value}", "-e", "0"]
    try:
        with environment.variables(variables):
            run = subprocess.run(
                command, timeout=SECONDS_TO_TRY, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OptionError(f"{how}: Julia could not be asked whether it can start with it: {error}") from error
    if run.returncode != 0:
        said = " ".join(run.stderr.split())[:300] or f"nothing, and ended with exit code {run.returncode}"
        raise OptionError(f"{how}: Julia cannot start with it and says: {said}. Correct it, or leave it out.")
