"""``pylyap sweep merge DIR ... --output FILE``: the results of stores in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import OptionError

if TYPE_CHECKING:
    import argparse

OF_OTHERS = ()


def add_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group("merge and plot")
    return [group.add_argument("--output", metavar="FILE", help="where to write it: .nc, .zarr or .csv; a figure")]


def run(options: argparse.Namespace) -> int:
    from ... import sweeps
    from . import folders

    if options.output is None:
        raise OptionError("pylyap sweep merge needs --output FILE, with a name that ends in .nc, .zarr or .csv")
    result = sweeps.read_store(*folders(options))
    result.save(options.output)
    print(f"{len(result)} conditions in {options.output}, {len(result.missing)} missing")
    return 0
