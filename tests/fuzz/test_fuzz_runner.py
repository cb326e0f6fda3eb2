"""The fuzzer itself: what it takes for a fault, and that some of its cases pass."""

import collections
import subprocess
import sys

import pytest
from subprocesses import ROOT

import pylyap

FUZZ = [sys.executable, str(ROOT / "tests" / "fuzz" / "fuzz.py")]


def test_every_public_function_has_a_row():
    import odd_calls
    import odd_public

    found = dict(odd_public.public())
    assert len(found) > 100 and set(odd_public.ELSEWHERE) <= found.keys()
    for name in ("covariant_vectors", "sweep", "controls", "splitting_angles", "transversal_exponents", "EchoStateNetwork"):
        assert odd_calls.has_row(name), name
    for name, function in found.items():  # the others get theirs by their parameters' names
        if name not in odd_public.ELSEWHERE and not odd_calls.has_row(name):
            assert odd_public.row(function)[0] is function


def test_every_command_has_a_row(tmp_path, monkeypatch):
    import odd_commands
    from pylyap import cli

    monkeypatch.chdir(tmp_path)
    rows = odd_commands.rows()
    commands = next(action.choices for action in cli.parser()._actions if action.choices)
    for word in commands.keys() - set(odd_commands.ELSEWHERE):
        assert any(name.split()[1] == word for name in rows), word
    assert set(odd_commands.ELSEWHERE) <= commands.keys() and len(rows) > 40
    show, always, sometimes = rows["pylyap show"]
    assert "results" in always and "plot" in sometimes
    show(results="result.npz", plot="result.png", json="")
    assert (tmp_path / "result.png").exists()
    for wrong in (dict(results="no file"), dict(results="result.npz", plot="result.xyz"), dict(results="network.npy")):
        with pytest.raises(pylyap.errors.PylyapError, match="exit code [12]"):
            show(**wrong)
    with pytest.raises(pylyap.errors.PylyapError, match="exit code 2"):  # of argparse
        rows["pylyap spectrum"][0](weights="network.npy", t_average="x")


@pytest.mark.slow  # starts Julia twice
def test_some_cases_give_results_or_named_errors():
    done = subprocess.run([*FUZZ, "--calls", "60", "--files", "60", "--seconds", "120"], text=True, capture_output=True, timeout=1200)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "calls: 60 cases" in done.stdout and "files: 60 cases" in done.stdout


CHILDREN = {
    "a result": ('tell(begin="x"); tell(outcome="result", detail="")', ["result"]),
    "a hang": ('tell(begin="x"); time.sleep(60)', ["FAULT: no end within 1 s"]),
    "a crash": ('tell(begin="x"); os.kill(os.getpid(), 11)', ["FAULT: the process ended with -11"]),
    "much memory": ('tell(begin="x"); kept = b"1" * 10**8; time.sleep(60)', ["FAULT: 0.1 GB of memory"]),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_what_becomes_of_a_child_is_seen(name, monkeypatch):
    import fuzz

    code, expected = CHILDREN[name]
    program = f"import json, os, sys, time\ndef tell(**e): os.write(int(sys.argv[1]), (json.dumps(e) + chr(10)).encode())\n{code}"
    real = subprocess.Popen

    def popen(command, **options):
        return real([sys.executable, "-c", program, command[6]], **options)

    monkeypatch.setattr(fuzz.subprocess, "Popen", popen)
    monkeypatch.setattr(fuzz, "BYTES", 9e7)
    limit = 1 if name == "a hang" else 60
    found = fuzz.watched("calls", 1, collections.namedtuple("Options", "seed only seconds")(0, "", limit))
    outcomes = [outcome for _, outcome, _ in found]
    assert [outcome.replace("0.09 GB", "0.1 GB") for outcome in outcomes] == expected
