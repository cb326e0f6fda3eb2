"""``pylyap sweep plot DIR``: a number against one or two names in the conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import OptionError

if TYPE_CHECKING:
    import argparse

OF_OTHERS = ("output",)


def add_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group("plot")
    return [
        group.add_argument("--value", metavar="NAME", default="largest_exponent", help="what to draw (default: %(default)s)"),
        group.add_argument("--x", metavar="KEY", help="against which name in the conditions"),
        group.add_argument("--by", metavar="KEY", help="a curve for each value of this one"),
        group.add_argument("--y", metavar="KEY", help="a phase diagram over --x and this one"),
    ]


def run(options: argparse.Namespace) -> int:
    import matplotlib
    import numpy as np

    from ... import plotting, sweeps
    from ..._files import check_target, save_figure
    from . import folders

    if options.x is None or (options.by and options.y):
        raise OptionError("pylyap sweep plot needs --x KEY, and at most one of --by KEY and --y KEY")
    output = options.output or "sweep.png"
    check_target(output)
    result = sweeps.read_store(*folders(options))
    matplotlib.use("Agg")
    if options.y:
        ax = plotting.plot_sweep_plane(result, options.value, options.x, options.y)
    else:
        ax = plotting.plot_sweep(result, options.value, options.x, options.by)
    save_figure(ax.figure, output)
    n_bad = len(result) - np.count_nonzero(np.isfinite(result[options.value]))
    left_out = f"; {n_bad} are NaN or infinite, and leave gaps" if n_bad else ""
    missing = f"; {len(result.missing)} conditions are missing" if result.missing else ""
    print(f"{options.value} of {len(result)} conditions in {output}{left_out}{missing}")
    return 0
