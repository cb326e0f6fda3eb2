"""Arrays in memory up to a limit, and beyond it in a scratch file without a name."""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from typing import Any

import numpy as np

from .. import _checks as checks
from ..errors import OptionError

UNITS = {"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
ALLOWED = 'a size such as "4 GB", or a number of bytes > 0'


def n_bytes(name: str, size: Any) -> float:
    """A size as a number of bytes; it may be given as text with a unit.

    Examples
    --------
    >>> from pylyap.runs.scratch import n_bytes
    >>> n_bytes("max_memory", "1.5 GB")
    1500000000.0
    """
    if isinstance(size, str):
        found = re.fullmatch(r"\s*([0-9.]+(?:e[+-]?\d+)?)\s*([a-z]+)\s*", size, re.IGNORECASE)
        if found is None or found[2].lower() not in UNITS:
            raise OptionError(f"{name} = {checks.shown(size)} is not allowed: give {ALLOWED}")
        return _number(name, size, found[1]) * UNITS[found[2].lower()]
    return checks.real(name, size, ALLOWED, lambda value: value > 0)


def _number(name, size, digits):
    try:
        number = float(digits)
    except ValueError:
        number = 0.0
    if not 0 < number < np.inf:
        raise OptionError(f"{name} = {checks.shown(size)} is not allowed: give {ALLOWED}")
    return number


class Room:
    """Memory for arrays, of which `limit` bytes may be used; those that are too large for what is left go into a file.

    Attributes
    ----------
    used, in_files : int
        Bytes given out so far, in memory and in scratch files.
    """

    def __init__(self, limit: float) -> None:
        self.limit, self.used, self.in_files = limit, 0, 0

    def array(self, shape: tuple[int, ...], what: str) -> np.ndarray:
        """Zeros of this shape in Fortran order, in a file if memory does not have the room; `what` is said of it
        then."""
        size = 8 * int(np.prod(shape))
        if self.used + size <= self.limit:
            self.used += size
            return np.zeros(shape, order="F")
        self.in_files += size
        return _in_file(shape, size, what, self.limit)


def _in_file(shape, size, what, limit):
    folder = tempfile.gettempdir()
    warnings.warn(
        f"{what} need {size / 1e9:.3g} GB, more than max_memory = {limit / 1e9:.3g} GB leaves: they are kept in a scratch file in "
        f"{folder} (TMPDIR chooses another folder)",
        stacklevel=2,
    )
    with tempfile.TemporaryFile() as file:
        try:
            _reserve(file, size)
        except OSError as error:
            raise OptionError(
                f"{what} need {size / 1e9:.3g} GB in a scratch file, for which {folder} has no room ({error.strerror}): let TMPDIR "
                "name a folder with more, or take fewer vectors or a shorter time"
            ) from error
        return np.memmap(file, dtype=np.float64, mode="r+", shape=shape, order="F")


def _reserve(file, size):
    """Take the disk's room now: where it is missing later, writing to the array would end the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:  # macOS, Windows
        file.truncate(size)
