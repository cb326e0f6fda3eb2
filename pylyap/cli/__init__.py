"""The command ``pylyap``. Every file of this folder is one subcommand and offers ``add_parser(subparsers)``."""

import argparse
import importlib
import pkgutil
import sys

from ..errors import OptionError, PylyapError


def main(arguments=None):
    """Run the command line and return its exit code.

    0: done. 1: an error, told on standard error. 2: wrong usage. 130: interrupted with Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except PylyapError as error:
        print(f"pylyap: {error}", file=sys.stderr)
        return 2 if isinstance(error, OptionError) else 1
    except KeyboardInterrupt:
        print("pylyap: interrupted", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="pylyap", description="Lyapunov spectra of recurrent neural networks, computed by Julia."
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        importlib.import_module(f"{__name__}.{module.name}").add_parser(subparsers)
    return parser
