"""What a command keeps in files after its computation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import OptionError


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
