"""``pylyap sweep merge DIR ... --output FILE``: the results of stores in one file."""

from ...errors import OptionError

OF_OTHERS = ()


def add_arguments(parser):
    group = parser.add_argument_group("merge and plot")
    return [group.add_argument("--output", metavar="FILE", help="where to write it: .nc, .zarr or .csv; a figure")]


def run(options):
    from ... import sweeps
    from . import folders

    if options.output is None:
        raise OptionError("pylyap sweep merge needs --output FILE, with a name that ends in .nc, .zarr or .csv")
    result = sweeps.read_store(*folders(options))
    result.save(options.output)
    print(f"{len(result)} conditions in {options.output}, {len(result.missing)} missing")
    return 0
