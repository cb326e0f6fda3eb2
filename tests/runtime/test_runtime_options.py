"""Options of Julia in the user's variables: one that Julia would end the process at is an error with a name."""

import sys

import pytest
from subprocesses import run_python

from pylyap._runtime import environment, options, session
from pylyap._runtime.source import Launch
from pylyap.errors import OptionError

UNUSABLE = ["0", "-3", "2.5", "many", "²", "1e3"]


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    for option in (*options.COUNTS, *options.TRIED):
        monkeypatch.delenv(f"PYTHON_JULIACALL_{option.upper()}", raising=False)
    monkeypatch.delenv("JULIA_NUM_THREADS", raising=False)
    monkeypatch.setattr(environment, "usable_cores", lambda: 7)


def started_with(threads="auto"):
    """The number of threads that a start would name to juliacall."""
    return session._variables(Launch("julia"), threads).get("PYTHON_JULIACALL_THREADS")


@pytest.mark.parametrize("variable", ["PYTHON_JULIACALL_THREADS", "JULIA_NUM_THREADS"])
def test_threads_are_the_users_or_the_cores(monkeypatch, variable):
    assert started_with() == "7"
    monkeypatch.setenv(variable, "3")
    assert started_with() is None  # Julia reads it
    monkeypatch.setenv(variable, "auto")  # Julia 1.6 would start one thread, newer ones those of the whole machine
    assert started_with() == "7"
    assert started_with(threads=2) == "2"
    monkeypatch.setenv(variable, "")
    assert started_with() == "7"


@pytest.mark.parametrize(("value", "expected"), [("4,1", None), ("auto,1", "7")])
def test_threads_for_interactive_work_are_no_fault(monkeypatch, value, expected):
    monkeypatch.setenv("JULIA_NUM_THREADS", value)
    assert started_with() == expected


@pytest.mark.parametrize("value", UNUSABLE)
@pytest.mark.parametrize("variable", ["PYTHON_JULIACALL_THREADS", "JULIA_NUM_THREADS"])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(OptionError, match=f"{variable}={value}: allowed are 'auto' and whole numbers from 1"):
        started_with()


@pytest.mark.parametrize("option", options.COUNTS)
def test_switches_are_looked_at_as_variables_are(monkeypatch, option):
    monkeypatch.setitem(sys._xoptions, f"juliacall-{option}", "0")
    with pytest.raises(OptionError, match=f"-X juliacall-{option}=0"):
        options.check("julia", {})


@pytest.mark.parametrize("option", options.NEEDED)
def test_what_is_needed_is_set_whatever_the_variable_says(monkeypatch, option):
    variable = f"PYTHON_JULIACALL_{option.upper()}"
    for value in ("no", "nonsense"):
        monkeypatch.setenv(variable, value)
        options.check("julia", {})
        assert session._variables(Launch("julia"), 2)[variable] == "yes"
    monkeypatch.setitem(sys._xoptions, f"juliacall-{option.replace('_', '-')}", "no")  # stronger than any variable
    with pytest.raises(OptionError, match="pylyap needs 'yes'"):
        options.check("julia", {})


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
