"""The command line with words that fit or do not: rows for `odd_calls.CALLS`, made from the parser itself."""

import argparse
import functools
import pathlib
import shutil
import warnings

import numpy as np
from hypothesis import strategies as st

import pylyap
from pylyap import cli

TEXTS = st.sampled_from([
    "", "0", "-1", "1", "2", "0.5", "nan", "inf", "-inf", "1e400", "1e-300", "9" * 30, "9" * 5000, "x", "x.npz", "x.png", "ü" * 300,
    "no/such/file", ".", "a\0b", "--json", "[1, 2]", "network.npy", "auto",
])  # fmt: skip
# They fetch, install or compute for minutes, or begin other processes; their own tests try them.
ELSEWHERE = ("demo", "doctor", "julia", "reproduce")
RESULT = pathlib.Path(__file__).resolve().parent.parent / "data" / "files" / "spectrum-1.npz"
NOT_TRIED = ("help", "engine")
FITTING = {
    "weights": "network.npy", "input": "rows.npy", "inputs": "rows.npy", "bias": "numbers.npy", "source": "layer.npz", "results": "result.npz",
    "n": "3", "size": "3", "gain": "1", "t_average": "5", "t_transient": "1", "t_align": "2", "time_limit": "1", "time_budget": "1",
    "n_vectors": "2", "equations": "flow.jl", "output": "out.npz", "words": "status",
}  # fmt: skip
ALWAYS = ("t_average", "time_limit", "time_budget")  # where there are such options: or a long run would be right


def rows():
    """(function, arguments that are always given, arguments that may be) of each command, by its name."""
    np.save("network.npy", np.array([[0.0, 1.5], [-1.0, 0.5]]))
    np.save("rows.npy", np.ones((50, 2)))
    np.save("numbers.npy", np.ones(2))
    np.savez("layer.npz", weight_ih_l0=np.ones((6, 2)), weight_hh_l0=np.ones((6, 2)))
    shutil.copy(RESULT, "result.npz")
    with open("flow.jl", "w", encoding="utf-8") as file:
        file.write("f!(dx, x, p, t) = (dx .= .-x)")
    return dict(_rows(["pylyap"], cli.parser(complete=True)))


def _rows(words, parser):
    actions = [action for action in parser._actions if action.dest not in NOT_TRIED]
    for action in actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                if word not in ELSEWHERE:
                    yield from _rows([*words, word], inner)
            return
    always = {action.dest: _values(action) for action in actions if _is_needed(action)}
    sometimes = {action.dest: _values(action) for action in actions if action.dest not in always}
    yield " ".join(words), (functools.partial(_run, words[1:], {action.dest: action for action in actions}), always, sometimes)


def _is_needed(action):
    return action.required or action.dest in ALWAYS or (not action.option_strings and action.nargs != "*")


def _values(action):
    if action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction):
        return st.just("")
    fitting = st.sampled_from(list(map(str, action.choices)) if action.choices else [FITTING.get(action.dest, "1")])
    return st.integers(0, 4).flatmap(lambda die: TEXTS if die == 0 else fitting)


def _run(words, actions, /, **given):
    """Run a command line; an exit code of its own is an outcome with a name, anything else that is raised is a fault."""
    arguments, positional = list(words), []
    for name, value in given.items():
        option = actions[name].option_strings[-1:]
        count = actions[name].nargs if isinstance(actions[name].nargs, int) else 1
        if not option:
            positional.append(value)
        elif count == 1:
            arguments.append(f"{option[0]}={value}" if actions[name].nargs is None else option[0])
            arguments += [value] if actions[name].nargs not in (None, 0) else []
        else:
            arguments += [*option, *[value] * count]
    try:
        with warnings.catch_warnings():
            code = cli.main([*arguments, "--", *positional] if positional else arguments)
    except SystemExit as exit:  # of argparse: wrong usage
        code = exit.code
    if code:
        raise pylyap.errors.PylyapError(f"exit code {code}")
