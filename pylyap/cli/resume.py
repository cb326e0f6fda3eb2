"""``pylyap resume``: a run that ``pylyap spectrum --checkpoint FILE`` began goes on."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointForeignError
from . import spectrum
from ._kept import refuse_to_overwrite

EXAMPLES = """examples:
  pylyap spectrum --weights W.npy --t-average 10000 --checkpoint run.npz     (interrupted, or the machine went away)
  pylyap resume run.npz --output spectrum.npz
  pylyap resume run.npz --t-average 20000 --json
"""

if TYPE_CHECKING:
    import os


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "resume", help="go on with a run that was interrupted",
        description="Go on with a run of `pylyap spectrum --checkpoint FILE`, with the options and the file of weights that "
        "the checkpoint names.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("checkpoint", metavar="FILE", help="what `pylyap spectrum --checkpoint` has written")
    parser.add_argument("--t-average", type=float, metavar="T", help="longer than before, in tau or steps (default: as before)")
    spectrum.add_checkpoint_interval(parser)
    spectrum.add_ending_arguments(parser)
    parser.set_defaults(run=_run)


def _run(options):
    from ..runs import checkpoints

    saved = spectrum_options(options.checkpoint, checkpoints.command(options.checkpoint))
    for name in ("checkpoint", "checkpoint_interval", "time_limit", "output", "plot", "json"):
        setattr(saved, name, getattr(options, name))
    if options.t_average is not None:
        saved.t_average = options.t_average
    refuse_to_overwrite(saved)
    return spectrum.run(saved)


def spectrum_options(path: str | os.PathLike[str], command: Mapping[str, Any]) -> argparse.Namespace:
    """The options of the command that made a checkpoint, read again as those of a command line are."""
    arguments: list[str] = []
    for name, value in command.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, list):
            arguments += [option, *map(str, value)]
        elif value is not None:
            arguments.append(f"{option}={value}")
    parser = _Parser(add_help=False)
    spectrum.add_parser(parser.add_subparsers())
    try:
        if unknown := command.keys() - vars(parser.parse_args(["spectrum", "--weights=FILE"])).keys():
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return parser.parse_args(["spectrum", *arguments])
    except ValueError as error:
        raise CheckpointForeignError(f"{path} names options that this pylyap cannot use: {error}") from error


class _Parser(argparse.ArgumentParser):
    """Raises where others print and exit."""

    def error(self, message):
        raise ValueError(message)
