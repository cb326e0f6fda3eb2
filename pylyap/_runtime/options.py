"""Options of Julia that the user names by variables or with ``-X``, looked at before Julia starts.

juliacall hands some of them on as they are, and Julia ends the whole process at one that it cannot use.
"""

import os
import subprocess
import sys

from ..errors import OptionError
from . import environment

# Set to "yes" whatever the user's variables say. Without Julia's handlers of signals its garbage collection ends a process
# with several threads; Python gets its own back (`foreign.python_keeps_signals`), for which people say "no".
NEEDED = ("handle_signals", "init")
COUNTS = ("threads", "procs")
TRIED = ("heap_size_hint", "sysimage")  # what is right depends on the Julia, so that it is asked


def named(option):
    """The value that the user gave to juliacall's `option`, and how; None if there is none."""
    switch, variable = f"juliacall-{option.replace('_', '-')}", f"PYTHON_JULIACALL_{option.upper()}"
    if value := sys._xoptions.get(switch):
        return str(value), f"-X {switch}={value}"
    if value := os.environ.get(variable):
        return value, f"{variable}={value}"
    return None


def threads():
    """The number of threads to name to juliacall, or None where the user has named one that Julia reads itself.

    "auto" is the number of cores as pylyap counts them: Julia does not know the quotas of containers, and Julia 1.6
    takes it for one in its own variable.

    Raises
    ------
    OptionError
        The user's value is neither a whole number from 1 nor "auto".
    """
    found = named("threads")
    if found is None and (value := os.environ.get("JULIA_NUM_THREADS")):
        found = value.partition(",")[0], f"JULIA_NUM_THREADS={value}"  # "4,1": one more for what is interactive
    if found is not None:
        _check_count(*found)
    return None if found and found[0] != "auto" else environment.usable_cores()


def check(executable, variables):
    """Refuse what would end the process; `executable` and `variables` are those of the Julia that is to start.

    Raises
    ------
    OptionError
        The Julia cannot use an option. The message says what it says.
    """
    for option in NEEDED:
        if (found := named(option)) and found[1].startswith("-X") and found[0] != "yes":
            raise OptionError(f"{found[1]}: pylyap needs 'yes'. Leave it out.")
    for option in COUNTS:
        if found := named(option):
            _check_count(*found)
    for option in TRIED:
        if found := named(option):
            _try(option, found, executable, variables)


def _check_count(value, how):
    if value != "auto" and not (value.isascii() and value.isdigit() and int(value) > 0):
        raise OptionError(f"{how}: allowed are 'auto' and whole numbers from 1. Correct it, or leave it out.")


def _try(option, found, executable, variables):
    """Start the Julia with this option as a program of its own."""
    value, how = found
    command = [executable, "--startup-file=no", f"--{option.replace('_', '-')}={value}", "-e", "0"]
    with environment.variables(variables):
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    if run.returncode != 0:
        said = " ".join(run.stderr.split())[:300] or f"nothing, and ended with exit code {run.returncode}"
        raise OptionError(f"{how}: Julia cannot start with it and says: {said}. Correct it, or leave it out.")
