"""``pylyap ensemble``: spectra of many weight matrices, or of one at many gains, side by side."""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

from .._streams import tell
from ..errors import OptionError
from ._networks import add_matrix_arguments, add_unit_arguments, scaled
from .spectrum import FIXED_STEPS, INTERRUPTED, add_ending_arguments, add_run_arguments, check_targets, run_options

EXAMPLES = """examples:
  pylyap ensemble --weights A.npy B.npy C.npy --t-average 200
  pylyap ensemble --weights W.npy --gains 0.5 1 2 4 --model discrete --n-exponents 1 --json
  pylyap ensemble --weights *.csv --output spectra --plot spectra.png

Each network runs on one core, as many at a time as there are cores. Random networks over gains: pylyap sweep.
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "ensemble", help="spectra of many weight matrices, or of one at many gains", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--weights", required=True, nargs="+", metavar="FILE", help="as for pylyap spectrum, one or several")
    parser.add_argument("--gains", type=float, nargs="+", metavar="G", help="each matrix times each of these factors")
    add_matrix_arguments(parser)
    add_unit_arguments(parser)
    parser.add_argument("--t-average", type=float, default=1000.0, metavar="T", help="in tau or steps (default: 1000)")
    add_run_arguments(parser, FIXED_STEPS)
    add_ending_arguments(parser, "DIR", "each result in this folder, as NAME.npz")
    parser.set_defaults(run=_run)


def _run(options):
    import pylyap
    from . import _tables

    check_targets(figure=options.plot)
    matrices = {name: pylyap.read_weights(path, key=options.key) for name, path in _named(options.weights).items()}
    networks = _networks(matrices, options)
    _tables.check_folder(options, list(networks))
    spectra = pylyap.lyapunov_ensemble(list(networks.values()), **run_options(options), time_limit=options.time_limit)
    code = _tables.hand_over(dict(zip(networks, spectra)), options)
    if len(spectra) < len(networks):
        tell(f"pylyap: {len(networks) - len(spectra)} of {len(networks)} networks were not begun")
        return INTERRUPTED
    return code


def _networks(matrices, options):
    """All networks by name; with gains, the name says which."""
    given = options.gains or [None]
    if len(set(given)) < len(given):
        raise OptionError("--gains names a factor twice: name each once")
    found = {}
    for name, W in matrices.items():
        for gain in given:
            label = name if gain is None else f"{name}-gain-{gain:g}"
            found[label] = scaled(W if gain is None else W * gain, options)
    return found


def _named(paths):
    """Files by short names: that of the file, or its whole path where two are alike."""
    if len(set(paths)) < len(paths):
        raise OptionError("--weights names a file twice: name each once")
    if not all(pathlib.Path(path).name for path in paths):
        raise OptionError("--weights names a file without a name: give the paths of files")
    stems = [pathlib.Path(path).stem for path in paths]
    whole = [pathlib.Path(path).with_suffix("").as_posix().strip("/").replace("/", "-") for path in paths]
    return {w if stems.count(stem) > 1 else stem: path for stem, w, path in zip(stems, whole, paths)}
