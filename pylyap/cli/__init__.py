"""The command ``pylyap``. Every file of this folder is one subcommand and offers ``add_parser(subparsers)``."""

import argparse
import importlib
import os
import pkgutil
import sys

from .._streams import flush, tell
from ..errors import OptionError, PylyapError


def main(arguments=None):
    """Run the command line and return its exit code.

    0: done. 1: an error, told on standard error. 2: wrong usage. 130: interrupted with Ctrl-C.
    141: the reader of standard output went away.
    """
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options) or 0
        flush(sys.stdout)  # here, where a reader that has gone away is dealt with
        return code
    except PylyapError as error:
        tell(f"pylyap: {error}")
        return 2 if isinstance(error, OptionError) else 1
    except KeyboardInterrupt:
        tell("pylyap: interrupted")
        return 130
    except BrokenPipeError:
        # Nobody reads any more (``| head``). Python flushes once more at its end: not into the broken pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141


def _parser():
    parser = argparse.ArgumentParser(
        prog="pylyap", description="Lyapunov spectra of recurrent neural networks, computed by Julia."
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        importlib.import_module(f"{__name__}.{module.name}").add_parser(subparsers)
    return parser
