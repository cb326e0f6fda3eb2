"""Readers of weights, one file per kind of format; `pylyap.read_weights` chooses among them by the ending of a name.

A module here that has a dict ``FORMATS``, from endings such as ".csv" to functions
``read(path, ending, *, key, direction, layout)`` that return a matrix [to, from], is found by itself.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

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
