"""The command ``pylyap``. Every file of this folder is one subcommand and offers ``add_parser(subparsers)``.

Files whose names begin with an underscore hold what subcommands share.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .._streams import flush, tell
from ..errors import OptionError, PylyapError
from ._kept import refuse_to_overwrite

EPILOG = """examples:
  pylyap demo
  pylyap weights gaussian --n 200 --g 3 --seed 1 --output W.npy
  pylyap spectrum --weights W.npy --t-average 200 --plot spectrum.png
  pylyap theory largest_exponent --g 3
  pylyap COMMAND --help

exit codes: 0 done; 1 an error, told on standard error; 2 wrong usage; 130 interrupted; 141 nobody reads the output
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0: done. 1: an error, told on standard error. 2: wrong usage. 130: interrupted with Ctrl-C.
    141: the reader of standard output went away.
    """
    options = parser().parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _say
            refuse_to_overwrite(options)
            code = options.run(options) or 0
        flush(sys.stdout)  # here, where a reader that has gone away is dealt with
        return code
    except PylyapError as error:
        tell(f"pylyap: {error}")
        return 2 if isinstance(error, OptionError) else 1
    except KeyboardInterrupt:
        tell("pylyap: interrupted")
        return 130
    except BrokenPipeError:  # nobody reads any more (``| head``)
        _drop_output()
        return 141
    except OSError as error:  # a disk that is full behind ``> FILE``, a folder that has gone
        tell(f"pylyap: {error}")
        _drop_output()
        return 1


def _say(message, category, filename, lineno, file=None, line=None):
    """A warning as a sentence: the line of code that Python adds says nothing to who types commands."""
    tell(f"pylyap: {message}")


def _drop_output():
    """Give up what standard output cannot take: Python flushes it once more at its end."""
    try:
        flush(sys.stdout)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


class Parser(argparse.ArgumentParser):
    """A parser whose options `fill`, if given, adds when it is first used, so that other commands do not wait for its imports."""

    def __init__(self, *arguments: Any, fill: Callable[[Parser], None] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._fill = fill

    def complete(self) -> None:
        """Let `fill` add what it adds, once."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)

    def parse_known_args(self, *arguments: Any, **options: Any) -> Any:
        self.complete()
        return super().parse_known_args(*arguments, **options)


def parser(complete: bool = False) -> Parser:
    """The parser of the whole command line; with ``complete=True`` the options of all commands are there at once."""
    whole = Parser(
        prog="pylyap", description="Lyapunov spectra of recurrent neural networks, computed by Julia.", epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if not module.name.startswith("_"):  # what subcommands share
            importlib.import_module(f"{__name__}.{module.name}").add_parser(subparsers)
    if complete:
        for one in subparsers.choices.values():
            one.complete()
    return whole
