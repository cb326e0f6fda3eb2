"""``pylyap sweep``: many conditions, computed, looked at, merged and drawn.

What it does stands in the first word: a file (.toml), ``status``, ``merge``, ``plot``, or none, for random networks that
options describe. Each is a module of this folder that offers ``add_arguments(parser)``, which returns its options, ``OF_OTHERS``,
names of options of other modules that it takes, too, and ``run(options)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import OptionError
from . import merge, plot, random, status, toml

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """
  pylyap sweep grid.toml [--dry-run]            what a file describes
  pylyap sweep status DIR                       how far a store has come
  pylyap sweep merge DIR [DIR ...] --output F   all results of one or several stores in one file: .nc, .zarr, .csv
  pylyap sweep plot DIR --x KEY [--by KEY]      curves with bands, or with --y KEY a phase diagram
  pylyap sweep --size N --gain G ...            random networks over gains
"""
WORDS = {"status": status, "merge": merge, "plot": plot}


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    import argparse

    parser = subparsers.add_parser(
        "sweep", help="exponents of many networks; how far that is, its results and figures",
        description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="a file (.toml), or status, merge or plot and folders")
    actions = [(module, action) for module in (random, toml, *WORDS.values()) for action in module.add_arguments(parser)]
    parser.set_defaults(run=lambda options: _run(options, actions))


def _run(options, actions):
    """Call the module that is meant; refuse options that belong to other modules."""
    word = options.words[0] if options.words else None
    module = random if word is None else WORDS.get(word, toml)
    for owner, action in actions:
        is_given = vars(options)[action.dest] != action.default
        if is_given and owner is not module and action.dest not in module.OF_OTHERS:
            raise OptionError(f"{action.option_strings[0]} does not belong to pylyap sweep {word or 'without a word'}")
    return module.run(options)


def folders(options: argparse.Namespace) -> list[str]:
    """The folders behind the first word; at least one."""
    if len(options.words) < 2:
        raise OptionError(f"pylyap sweep {options.words[0]} needs a folder: pylyap sweep {options.words[0]} DIR")
    return options.words[1:]
