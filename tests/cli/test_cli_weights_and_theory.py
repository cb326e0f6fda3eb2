"""``pylyap weights`` and ``pylyap theory`` call what their names say, and what they print and write is what was computed."""

import argparse
import inspect
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse

import pylyap
from pylyap import cli
from pylyap.cli import theory as theory_command
from pylyap.cli import weights as weights_command

NUMBERS = dict(n=20, g=1.5, alpha=1.5, fraction=0.03, largest_exponent=0.1, euler_step=0.1, eta=0.3, in_degree=5, seed=3)
WEIGHTS = {
    "gaussian": "n g seed", "levy": "n g alpha seed", "erdos_renyi": "n g in_degree seed", "fixed_in_degree": "n g in_degree seed",
    "dale": "n g seed", "orthogonal": "n g seed", "partially_symmetric": "n g eta seed", "antisymmetric": "n g seed", "connectome": "",
}  # fmt: skip


def options_of(names):
    return [text for name in names for text in (f"--{name.replace('_', '-')}", str(NUMBERS[name]))]


def dense(W):
    return W.toarray() if scipy.sparse.issparse(W) else np.asarray(W)


@pytest.mark.parametrize("ending", ["npy", "csv", "npz", "mtx"])
@pytest.mark.parametrize("ensemble", WEIGHTS)
def test_weights_are_those_of_the_function(ensemble, ending, tmp_path, capsys):
    names = WEIGHTS[ensemble].split()
    path = tmp_path / f"W.{ending}"
    assert cli.main(["weights", ensemble, *options_of(names), "--output", str(path)]) == 0
    expected = getattr(pylyap.weights, ensemble)(**{name: NUMBERS[name] for name in names})
    np.testing.assert_array_equal(dense(pylyap.read_weights(path)), dense(expected))  # every digit comes back
    assert f"{expected.shape[0]} units" in capsys.readouterr().out


def test_all_ensembles_of_the_command_are_tried():
    assert set(WEIGHTS) == set(weights_command.ENSEMBLES)


def test_switches_reach_the_function(tmp_path):
    path = tmp_path / "W.npy"
    assert cli.main(["weights", "dale", *options_of(["n", "g", "seed"]), "--no-balanced", "--output", str(path)]) == 0
    np.testing.assert_array_equal(np.load(path), pylyap.weights.dale(20, 1.5, balanced=False, seed=3))


@pytest.mark.parametrize("arguments", [["--output", "W.txt"], ["--output", "nowhere/W.npy"], ["--output", "W.npy", "--g", "-1"]])
def test_what_cannot_be_is_refused_before_anything_is_written(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    given = ["--n", "20", "--seed", "1", *([] if "--g" in arguments else ["--g", "1"])]
    assert cli.main(["weights", "gaussian", *given, *arguments]) == 2
    assert capsys.readouterr().err.startswith("pylyap: ") and list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    path = tmp_path_factory.mktemp("theory") / "W.npy"
    np.save(path, pylyap.weights.gaussian(20, 1.5, seed=1))
    return path


@pytest.mark.parametrize("name", theory_command.FUNCTIONS)
def test_theory_prints_the_number_of_the_function(name, matrix, capsys):
    function = getattr(pylyap.theory, name)
    parameters = inspect.signature(function).parameters.values()
    needed = [parameter.name for parameter in parameters if parameter.default is parameter.empty]
    given = {"W": np.load(matrix)} if needed == ["W"] else {one: NUMBERS[one] for one in needed}
    arguments = ["--weights", str(matrix)] if needed == ["W"] else options_of(needed)
    assert cli.main(["theory", name, *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = function(**given)
    if isinstance(found, dict):
        for key, value in found.items():
            if isinstance(value, (int, float)):
                assert value == getattr(expected, key), key
        assert any(isinstance(value, (int, float)) for value in found.values())
    else:
        np.testing.assert_array_equal(found, expected)
    assert cli.main(["theory", name, *arguments]) == 0
    assert capsys.readouterr().out.strip()


def test_theory_that_does_not_apply_is_wrong_usage(capsys):
    assert cli.main(["theory", "annealed_transition_gain", "--n", "100", "--alpha", "3"]) == 2
    assert "alpha" in capsys.readouterr().err


def test_help_of_every_command_can_be_printed(capsys):
    def visit(parser):
        parser.format_help()
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for one in action.choices.values():
                    visit(one)

    visit(cli.parser(complete=True))
    with pytest.raises(SystemExit) as ended:
        cli.main(["spectrum", "--help"])
    assert ended.value.code == 0 and "examples:\n  pylyap spectrum" in capsys.readouterr().out


def test_examples_of_the_help_name_options_that_there_are():
    """Every line of an epilog that begins with pylyap is parsed as it stands."""
    whole = cli.parser(complete=True)
    (commands,) = [action for action in whole._actions if isinstance(action, argparse._SubParsersAction)]
    lines = [line for parser in [whole, *commands.choices.values()] for line in (parser.epilog or "").splitlines()]
    lines = [line.strip().partition("  ")[0].partition(" > ")[0] for line in lines if line.startswith("  pylyap ")]
    assert len(lines) > 15
    for line in lines:
        if "COMMAND" not in line:
            whole.parse_args(line.split()[1:])  # ends with SystemExit if it is wrong


def test_other_commands_do_not_wait_for_theory():
    """What `pylyap theory` offers is imported when that is asked for."""
    code = "import sys; from pylyap import cli; cli.parser(); print('pylyap.theory' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_commands_and_options(shell, capsys, tmp_path):
    pytest.importorskip("shtab", reason="scripts for shells are made by shtab")
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("spectrum", "spectral-radius", "theory", "discrete_time_totals"):
        assert word in script, word
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        assert subprocess.run([shell, "-n", str(tmp_path / "script")], timeout=60).returncode == 0
