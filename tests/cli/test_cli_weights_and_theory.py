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
from subprocesses import ROOT

import pylyap
from pylyap import cli
from pylyap.cli import system as system_command
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


@pytest.mark.parametrize(
    ("name", "options", "given"),
    [
        ("prune", ["--fraction", "0.1", "--action", "remove", "--which", "largest"], dict(fraction=0.1, action="remove", which="largest")),
        ("scaled_to", ["--spectral-radius", "2.5"], dict(spectral_radius=2.5)),
        ("shuffled", ["--seed", "3"], dict(seed=3)),
    ],
)
def test_a_matrix_in_a_file_is_changed(name, options, given, matrix, tmp_path):
    assert cli.main(["weights", name, "--weights", str(matrix), *options, "--output", str(tmp_path / "V.npy")]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "V.npy"), dense(getattr(pylyap.weights, name)(np.load(matrix), **given)))
    assert {*weights_command.CHANGES} == {"prune", "scaled_to", "shuffled"}


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


def commands_of(parser, name=""):
    """Names of the commands that do something, with their parsers."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name, parser
    for word, one in below[0].choices.items() if below else ():
        yield from commands_of(one, f"{name} {word}".strip())


def test_every_command_teaches_by_example_and_explains_its_options():
    (commands,) = [action for action in cli.parser(complete=True)._actions if isinstance(action, argparse._SubParsersAction)]
    for name, parser in commands.choices.items():
        assert f"  pylyap {name}" in (parser.epilog or parser.description or ""), name
    shown = ("t_transient", "t_align", "time_limit", "output", "plot", "json", "seed")
    for name, parser in commands_of(cli.parser(complete=True)):
        unexplained = [action.dest for action in parser._actions if action.dest in shown and not action.help and not action.required]
        assert unexplained == [] or name.startswith(("weights", "theory", "sweep")), name


def test_the_same_option_means_the_same_everywhere():
    """One destination has one spelling, and the commands that compute a result can print it as JSON, save and draw it."""
    spellings = {}
    for name, parser in commands_of(cli.parser(complete=True)):
        options = {action.dest: action.option_strings for action in parser._actions if action.option_strings}
        for dest, strings in options.items():
            if dest not in ("W", "A"):
                spellings.setdefault(dest, {}).setdefault(strings[0], []).append(name)
        if name.partition(" ")[0] in ("spectrum", "covariant", "ensemble", "trained", "system", "resume"):
            assert {"json", "output", "plot", "time_limit"} <= set(options), name
        if name.partition(" ")[0] in ("show", "controls", "theory", "doctor"):
            assert "json" in options, name
    assert {dest: found for dest, found in spellings.items() if len(found) > 1} == {}


# What the command line does not offer, and why.
NOT_OFFERED = {
    "theory": {
        "MeanField", "Totals",  # results
        "annealed_transition_gain_sampled",  # an independent way to the same number, for tests
        "disk_fraction", "semicircle_fraction", "fixed_point_spectrum", "flow_exponent_sum", "map_exponent_sum", "pair_sums",  # of arrays
    },
    "weights": {
        "connectome_neurons", "low_rank",  # take or give more than a matrix
        "rescaled",  # many matrices: pylyap ensemble --gains
    },
    "systems": {"System", "flow", "map"},  # flow and map have parsers of their own
}


@pytest.mark.parametrize("room", NOT_OFFERED)
def test_every_function_can_be_called_from_the_command_line_or_is_listed_here(room):
    offered = {"theory": theory_command.FUNCTIONS, "weights": (*weights_command.ENSEMBLES, *weights_command.CHANGES), "systems": system_command.KNOWN}[room]
    assert set(offered) | NOT_OFFERED[room] == set(getattr(pylyap, room).__all__)
    assert not set(offered) & NOT_OFFERED[room]


def test_every_command_is_on_the_page(capsys):
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    (commands,) = [action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)]
    assert [name for name in commands.choices if f"| `pylyap {name}" not in page] == []


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
