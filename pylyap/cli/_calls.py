"""Options of a subcommand from the signature of the function that it calls."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterable
from typing import Any

INTEGERS = ("n", "seed", "in_degree", "draws", "shuffle_seed")
MATRICES = {"W", "A"}
WORDS = ("name", "synapses", "activation", "action", "which")


def add_calls(
    parser: argparse.ArgumentParser,
    functions: Iterable[Callable[..., Any]],
    add_more: Callable[[argparse.ArgumentParser], None] = lambda parser: None,
) -> argparse._SubParsersAction[Any]:
    """Give `parser` a subcommand for each function, with an option for each of its parameters; returns the subcommands.

    `add_more` adds options that all of them have. A parameter ``W`` or ``A`` is a file with a matrix.
    """
    subparsers = parser.add_subparsers(title="functions", metavar="FUNCTION", required=True)
    for function in functions:
        first_line = (inspect.getdoc(function) or "").partition("\n")[0]
        one = subparsers.add_parser(
            function.__name__, help=first_line.replace("%", "%%"), description=first_line.replace("%", "%%"),
            epilog=f"More: python -c 'import pylyap; help({_public_name(function)})'",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        names = [_add_option(one, parameter) for parameter in inspect.signature(function).parameters.values()]
        add_more(one)
        one.set_defaults(function=function, parameters=names)
    return subparsers


def result_of(options: argparse.Namespace) -> Any:
    """Call the function that the options name."""
    from .. import read_weights

    given = {name: getattr(options, name) for name in options.parameters if getattr(options, name) is not None}
    for name in MATRICES & set(given):
        given[name] = read_weights(given[name])
    return options.function(**given)


def _add_option(parser, parameter):
    name = parameter.name
    flag = "--weights" if name in MATRICES else f"--{name.replace('_', '-')}"
    needed = parameter.default is parameter.empty
    told = None if needed or parameter.default is None else f"default: {parameter.default}"
    if isinstance(parameter.default, bool):
        parser.add_argument(flag, dest=name, action=argparse.BooleanOptionalAction, default=None, help=told)
    else:
        kind = int if name in INTEGERS else str if name in {*WORDS, *MATRICES} else float
        metavar = "FILE" if name in MATRICES else name.upper()
        parser.add_argument(flag, dest=name, type=kind, required=needed, metavar=metavar, help=told)
    return name


def _public_name(function):
    room = "weights" if ".networks." in function.__module__ else function.__module__.split(".")[1]
    return f"pylyap.{room}.{function.__name__}"
