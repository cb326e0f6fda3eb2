"""Progress bars, drawn in the process whose screen the user sees."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .._streams import bar_class, bar_is_hidden

LAYOUT = "{desc}{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left"


def drawn(total: int, progress: bool | None) -> Any:
    """A bar of tqdm on standard error, for `total` units of work.

    Parameters
    ----------
    total : int
    progress : bool or None
        Whether it is to be seen; None: on a terminal and in a notebook.
    """
    return bar_class()(total=total, disable=bar_is_hidden(progress), delay=0.5, bar_format=LAYOUT, file=sys.stderr)


_made: Callable[[int, bool | None], Any] = drawn


def bar(total: int, progress: bool | None) -> Any:
    """A bar with the verbs of tqdm that `loop.run` uses, see `drawn`."""
    return _made(total, progress)


def make_with(function: Callable[[int, bool | None], Any]) -> None:
    """Have `bar` call `function` instead of `drawn`, in a process that has no screen of its own."""
    global _made
    _made = function
