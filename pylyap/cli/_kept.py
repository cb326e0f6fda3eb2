"""What a command keeps in files after its computation."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from typing import Any

from .. import _files
from ..errors import OptionError

# Options of all commands that name files which are read (or are other words, such as "levy"), and files which are written.
READ = ("weights", "tau", "bias", "input", "input_weights", "source", "inputs", "equations", "results", "words")
WRITTEN = ("output", "plot", "html", "csv")


def refuse_to_overwrite(options: argparse.Namespace, results: Iterable[str] = ()) -> None:
    """Raise OptionError if a file that is to be written is one that the command also reads, or writes something else to.

    `results` are files that are written, too, because of ``--output``.
    """
    taken = {_identity(path): name for name in READ for path in _names(vars(options).get(name)) if os.path.exists(path)}
    for path in _names(vars(options).get("checkpoint")):
        taken |= {_identity(file): "checkpoint" for file in (path, _files.previous(path))}
    written = [(name, path) for name in WRITTEN for path in _names(vars(options).get(name))]
    for name, path in [*written, *(("output", path) for path in results)]:
        if other := taken.get(_identity(path)):
            also = other.replace("_", "-")
            raise OptionError(f"--{name} would write over {path}, which is also given as {also}: give another name")
        taken[_identity(path)] = name


def _identity(path):
    """What two names of one file have in common: a file with several names is filled anew in place."""
    try:
        there = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return there.st_dev, there.st_ino


def _names(value):
    """The names of files among what an option may be: one, several, or none."""
    found = value if isinstance(value, list) else [value]
    return [path for path in found if isinstance(path, str) and path and "\0" not in path]


def keep(*files: tuple[str | None, Callable[[str], Any]]) -> None:
    """Write files, each a path, or None, and a function that writes to it.

    The places were good before the computation. If a folder has gone since, or the disk is full, the other files are written
    all the same.

    Raises
    ------
    OSError
        When all has been tried; the message names those that could not be written.
    """
    missed = []
    for path, write in files:
        try:
            if path:
                write(path)
        except (OSError, OptionError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            missed.append(f"{path} could not be written: {reason or error}")
    if missed:
        raise OSError("; ".join(missed))
