"""``pylyap sweep status DIR``: how far a store has come."""

OF_OTHERS = ()


def add_arguments(parser):
    return []


def run(options):
    from ... import sweeps
    from . import folders

    for folder in folders(options):
        print(sweeps.status(folder))
    return 0
