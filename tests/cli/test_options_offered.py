"""The help of a command offers no option of a run that the command refuses, and no default that is not the default."""

import argparse

import numpy as np
import pytest

import pylyap
from pylyap import cli
from pylyap._runtime import session
from pylyap.cli import spectrum
from pylyap.runs import covariant, ensemble, plan
from pylyap.runs import spectrum as runs_spectrum

N = 4
TIMES = ["--t-average=20", "--t-transient=2", "--t-align=2"]
MATRIX = ["--weights", "W.npy"]
COMMANDS = {
    "spectrum": ["spectrum", *MATRIX, *TIMES],
    "ensemble": ["ensemble", *MATRIX, *TIMES],
    "covariant": ["covariant", *MATRIX, "--n-vectors=2", *TIMES],
    "controls": ["controls", *MATRIX, *TIMES],
    "lorenz63": ["system", "lorenz63", *TIMES],
    "linear": ["system", "linear", *MATRIX, *TIMES],
    "linear_map": ["system", "linear_map", *MATRIX, *TIMES],
    "henon": ["system", "henon", *TIMES],
}
VALUES = {
    "t_transient": "3", "t_align": "3", "dt": "0.05", "accuracy": "0.01", "rtol": "1e-6", "atol": "1e-6", "qr_interval": "1",
    "n_exponents": "1", "seed": "3",
}  # fmt: skip
FLOWS = ("spectrum", "ensemble", "covariant", "controls", "lorenz63", "linear")
NEEDS = {(command, name): ["--solver=tsit5"] for command in FLOWS for name in ("rtol", "atol")} | {
    ("linear", "qr_interval"): ["--dt=0.05"],  # a whole number of steps: its own step follows from the matrix
}


def offered(command):
    """The options of the run in the help of a command."""
    one = cli.parser(complete=True)
    for word in COMMANDS[command]:
        if word.startswith("-"):
            break
        (names,) = (action for action in one._actions if isinstance(action, argparse._SubParsersAction))
        one = names.choices[word]
    (group,) = (group for group in one._action_groups if group.title == spectrum.RUN_TITLE)
    return group._group_actions


def cases():
    for command in COMMANDS:
        for option in offered(command):
            for value in option.choices or [VALUES[option.dest]]:
                yield command, option.dest, str(value)


class Begins(BaseException):
    """A run passed all checks of its options and would now be computed."""


@pytest.fixture
def only_checks(monkeypatch):
    """Runs end where Julia would begin: what is refused is refused before."""

    def begin(*arguments):
        raise Begins

    monkeypatch.setattr(runs_spectrum, "_computed", begin)
    monkeypatch.setattr(covariant, "_computed", begin)
    monkeypatch.setattr(ensemble, "_run", begin)
    monkeypatch.setattr(session, "start_julia", lambda: None)
    monkeypatch.setattr(session, "n_threads", lambda: 1)


@pytest.mark.parametrize("command, option, value", list(cases()))
def test_what_is_offered_is_taken(command, option, value, only_checks, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.save("W.npy", pylyap.weights.gaussian(N, 1.5, seed=1))
    given = [*COMMANDS[command], *NEEDS.get((command, option), []), f"--{option.replace('_', '-')}={value}"]
    try:
        code = cli.main(given)
    except Begins:
        return
    pytest.fail(f"ends with {code}: {capsys.readouterr().err}")


def test_what_a_function_refuses_is_not_offered():
    names = {command: {option.dest for option in offered(command)} for command in COMMANDS}
    for command in ("ensemble", "covariant", "lorenz63", "linear"):
        assert "accuracy" not in names[command] and "auto" not in choices(command, "solver")
    assert "precision" in names["ensemble"] and all(
        "precision" not in names[command] for command in ("controls", "covariant", "lorenz63")
    )
    for command in ("linear_map", "henon"):
        assert not names[command] & {"dt", "solver", "rtol", "atol", "accuracy", "precision"}


def choices(command, name):
    return next(option.choices for option in offered(command) if option.dest == name)


def test_defaults_in_the_help_are_those_of_the_run():
    help_of = {name: option["help"] for name, option in spectrum.RUN.items()}
    assert f"(default: {plan.ACCURACY})" in help_of["accuracy"] and f"{plan.DEFAULT_DT} tau" in help_of["dt"]
    assert f"{plan.DEFAULT_TOLERANCE:g}".replace("e-0", "e-") in help_of["rtol"]
    assert f"{plan.DEFAULT_TRANSIENT['tau']:g} tau, {plan.DEFAULT_TRANSIENT['step']:g} steps" in help_of["t_transient"]
    assert (
        f"at least {plan.LEAST_ALIGNMENT['tau']:g} tau or {plan.LEAST_ALIGNMENT['step']:g} steps" in help_of["t_align"]
    )


def test_odd_files_are_refused_in_our_words(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.save("W.npy", np.eye(3))
    np.savez("several.npz", a=np.ones(3), b=np.ones(3))
    (tmp_path / "several.npz").rename("bias.npy")
    for told, command in {
        "holds several arrays": "spectrum --weights W.npy --bias bias.npy",
        "a file without a name": "ensemble --weights .",
    }.items():
        assert cli.main(command.split()) != 0
        assert told in capsys.readouterr().err
