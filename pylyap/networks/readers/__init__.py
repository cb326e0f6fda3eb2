"""Readers of weights, one file per kind of format; `pylyap.read_weights` chooses among them by the ending of a name.

A module here that has a dict ``FORMATS``, from endings such as ".csv" to functions
``read(path, ending, *, key, direction, layout)`` that return a matrix [to, from], is found by itself.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path


@functools.cache
def by_ending() -> dict[str, Callable[..., Any]]:
    """The reader of each ending."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        found.update(importlib.import_module(f"{__name__}.{module.name}").FORMATS)
    return found


def refuse_layout(path: Path, ending: str, layout: str) -> None:
    """Raise NetworkError for a layout of a file that is not text."""
    if layout != "auto":
        raise NetworkError(f"layout = {layout!r} is about files of text, but {path} is a {ending} file")


def say_direction(path: Path, W: Any, direction: str | None, stacklevel: int) -> None:
    """In one line, which way a matrix of another program is taken, unless that was given or makes no difference."""
    if direction is not None or np.ndim(W) != 2 or W.shape[0] != W.shape[1]:
        return
    differs = (W != W.T).nnz > 0 if hasattr(W, "tocsr") else not np.array_equal(W, W.T)
    if differs:
        warnings.warn(
            f"{path}: element [i, j] is taken as the weight from unit j to unit i (direction=\"to_from\")",
            stacklevel=stacklevel,
        )
