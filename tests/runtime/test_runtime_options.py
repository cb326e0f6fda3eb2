"""Options of Julia in the user's variables: one that Julia would end the process at is an error with a name."""

import os
import sys

import numpy as np
import pytest
from subprocesses import run_python

from pylyap._runtime import environment, options, session
from pylyap._runtime.source import Launch
from pylyap.errors import OptionError

UNUSABLE = ["0", "-3", "2.5", "many", "²", "1e3", "32767", "40000", "9" * 5000]


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    for option in ("threads", "procs", *options.TRIED):
        monkeypatch.delenv(f"PYTHON_JULIACALL_{option.upper()}", raising=False)
    monkeypatch.delenv("JULIA_NUM_THREADS", raising=False)
    monkeypatch.setattr(environment, "usable_cores", lambda: 7)
    monkeypatch.setattr(session.kernel, "version_for", lambda executable: None)  # which may run the program


def started_with(threads="auto"):
    """The number of threads that a start would name to juliacall."""
    return session._variables(Launch("julia"), threads).get("PYTHON_JULIACALL_THREADS")


@pytest.mark.parametrize("variable", ["PYTHON_JULIACALL_THREADS", "JULIA_NUM_THREADS"])
def test_threads_are_the_users_or_the_cores(monkeypatch, variable):
    assert started_with() == "7"
    monkeypatch.setenv(variable, "3")
    assert started_with() == "3"
    monkeypatch.setenv(variable, "auto")  # Julia 1.6 would start one thread, newer ones those of the whole machine
    assert started_with() == "7"
    assert started_with(threads=2) == "2"
    monkeypatch.setenv(variable, "")
    assert started_with() == "7"


@pytest.mark.parametrize(("value", "expected"), [("4,1", "4"), ("auto,1", "7")])  # which Julia 1.6 ends the process at
def test_threads_for_interactive_work_are_no_fault(monkeypatch, value, expected):
    monkeypatch.setenv("JULIA_NUM_THREADS", value)
    assert started_with() == expected


@pytest.mark.parametrize("value", UNUSABLE)
@pytest.mark.parametrize("variable", ["PYTHON_JULIACALL_THREADS", "JULIA_NUM_THREADS"])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(OptionError, match=f"{variable}={value[:300]}: allowed are 'auto' and whole numbers from 1 to 32766"):
        started_with()
    if variable.startswith("PYTHON"):
        assert started_with(threads=2) == "2"  # and that of the variable is not used
        options.check("julia", {})


@pytest.mark.parametrize(("option", "look"), [("threads", started_with), ("procs", lambda: options.check("julia", {}))])
def test_switches_are_looked_at_as_variables_are(monkeypatch, option, look):
    for value in ("0", True):  # True: `-X juliacall-threads` without a value
        monkeypatch.setitem(sys._xoptions, f"juliacall-{option}", value)
        with pytest.raises(OptionError, match=f"-X juliacall-{option}={value}"):
            look()


def what_juliacall_takes(option, threads="auto"):
    """As its function `option` finds a value, while Julia starts."""
    with options.settled(session._variables(Launch("julia"), threads)):
        switch = sys._xoptions.get(f"juliacall-{option.replace('_', '-')}")
        return os.environ.get(f"PYTHON_JULIACALL_{option.upper()}") if switch is None else switch


def test_what_pylyap_sets_wins_over_switches(monkeypatch):
    monkeypatch.setitem(sys._xoptions, "juliacall-threads", "4")
    assert what_juliacall_takes("threads") == "4" and what_juliacall_takes("threads", threads=2) == "2"
    monkeypatch.setitem(sys._xoptions, "juliacall-threads", "auto")  # Julia does not know the quotas of containers
    assert what_juliacall_takes("threads") == "7" and sys._xoptions["juliacall-threads"] == "auto"
    monkeypatch.setitem(sys._xoptions, "juliacall-threads", "")
    assert what_juliacall_takes("threads") == "7"


@pytest.mark.parametrize("option", ["heap_size_hint", "sysimage", "procs", "check_bounds"])
def test_what_is_empty_is_not_named(monkeypatch, option):
    monkeypatch.setenv(f"PYTHON_JULIACALL_{option.upper()}", "")
    assert what_juliacall_takes(option) is None and os.environ[f"PYTHON_JULIACALL_{option.upper()}"] == ""


def test_numbers_of_threads_in_code_are_held_to_the_same():
    for threads in (0, -1, True, 2.0, "2", 32767, 10**10, 10**5000, np.array([1, 2])):
        with pytest.raises(OptionError, match="threads is .*, allowed are 'auto' and whole numbers from 1 to 32766"):
            session.start_julia(threads=threads)


@pytest.mark.parametrize("option", options.NEEDED)
def test_what_is_needed_is_set_whatever_the_variable_says(monkeypatch, option):
    variable = f"PYTHON_JULIACALL_{option.upper()}"
    for value in ("no", "nonsense"):
        monkeypatch.setenv(variable, value)
        options.check("julia", {})
        assert session._variables(Launch("julia"), 2)[variable] == "yes"
    monkeypatch.setitem(sys._xoptions, f"juliacall-{option.replace('_', '-')}", "no")  # which juliacall looks at first
    assert what_juliacall_takes(option) == "yes"


@pytest.fixture
def julia(tmp_path):
    """`julia(body)` makes a program that stands in for Julia."""

    def made(body):
        program = tmp_path / "julia"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        return str(program)

    return made


@pytest.mark.parametrize("option", options.TRIED)
def test_what_only_julia_knows_is_tried_with_it(monkeypatch, julia, option):
    options.check(julia("exit 1"), {})  # nothing is named, so nothing is tried
    monkeypatch.setenv(f"PYTHON_JULIACALL_{option.upper()}", "value")
    options.check(julia('[ "$OF_THE_RUNTIME" = here ] && case "$*" in *=value*) exit 0; esac; exit 1'), {"OF_THE_RUNTIME": "here"})
    with pytest.raises(OptionError, match="Julia cannot start with it and says: no such thing"):
        options.check(julia("echo no such thing >&2; exit 1"), {})
    with pytest.raises(OptionError, match="nothing, and ended with exit code"):
        options.check(julia("kill -9 $$"), {})
    monkeypatch.setattr(options, "SECONDS_TO_TRY", 0.1)
    for program in (julia("exec sleep 60"), "/no/such/julia"):
        with pytest.raises(OptionError, match="could not be asked"):
            options.check(program, {})


START = """
import pylyap
for _ in range(2):
    try:
        pylyap.start_julia()
    except pylyap.errors.OptionError as error:
        print(str(error).split(":")[0])
"""


@pytest.mark.parametrize(
    "named", ["PYTHON_JULIACALL_THREADS=0", "PYTHON_JULIACALL_PROCS=0", "PYTHON_JULIACALL_SYSIMAGE=/dev/null"]
)
def test_the_process_lives_on(named):
    """Each of these ended the process, without an exception or with a fault of memory."""
    run = run_python(START, timeout=300, **dict([named.split("=")]))
    assert run.returncode == 0 and run.stdout.splitlines() == [named] * 2, run.stderr
