"""``pylyap show``: what a saved result says, or several side by side."""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

EXAMPLES = """examples:
  pylyap show spectrum.npz
  pylyap show spectrum.npz --json
  pylyap show vectors.npz --plot vectors.pdf
  pylyap show before.npz after.npz --plot both.svg
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "show", help="what a saved result says, or several side by side", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", nargs="+", metavar="FILE", help="what --output has written (npz)")
    parser.add_argument("--plot", metavar="FILE", help="save a figure here (png, pdf, svg)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON instead of the summary")
    parser.set_defaults(run=_run, output=None)


def _run(options):
    import pylyap
    from ..errors import OptionError
    from . import _tables, covariant, spectrum

    spectrum.check_targets(figure=options.plot)
    found = {pathlib.Path(path).stem if len(options.results) == 1 else path: _load(path) for path in options.results}
    units = {getattr(result, "time_unit", None) for result in found.values()}
    if len(found) == 1:
        ((name, result),) = found.items()
        command = covariant if isinstance(result, pylyap.CovariantVectors) else spectrum
        command.hand_over(result, options, name)
    elif not all(isinstance(result, pylyap.LyapunovSpectrum) for result in found.values()):
        raise OptionError("several files are shown side by side if all are spectra: show vectors one by one")
    elif len(units) > 1:
        raise OptionError("these spectra have different units of time: show them one by one")
    else:
        _tables.hand_over(found, options)
    return 0  # how the runs ended was told when they were computed


def _load(path):
    import pylyap
    from ..errors import OptionError

    try:
        return pylyap.load(path)
    except OSError as error:
        raise OptionError(f"{path} cannot be read: {error.strerror}") from error
