"""Checkpoints in the store of a sweep: how far long conditions have come, wherever they are computed."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ..errors import CheckpointError
from ..runs import checkpoints
from .engines.contract import Batch, Compute, Condition
from .store import key_of

Found = TypeVar("Found")

_folder: contextvars.ContextVar[str | None] = contextvars.ContextVar("folder of checkpoints", default=None)


def checkpoint_of(condition: Condition) -> Path | None:
    """Where a measure may keep how far a long condition has come, or None in a sweep without a store.

    The file belongs to this condition alone, and nobody else works at it at the same time. The sweep removes it when
    the condition is finished. Its folder is there, but on computers that do not see the store.

    Examples
    --------
    >>> import pylyap
    >>> print(pylyap.sweeps.checkpoint_of({"g": 2.0}))
    None
    """
    folder = _folder.get()
    return None if folder is None else Path(folder) / f"{key_of(condition)}.npz"


def going_on(run: Callable[..., Found], condition: Condition) -> Found:
    """What `run` returns, a function with the options of a checkpoint, given one in the store if there is any.

    A checkpoint that is damaged, or does not fit because the condition had other company, is begun anew.
    """
    path = checkpoint_of(condition)
    if path is None or not os.access(path.parent, os.W_OK):
        return run()
    with checkpoints.only_on_the_way():
        try:
            return run(checkpoint=path, checkpoint_interval=checkpoints.INTERVAL)
        except CheckpointError:
            remove(path)
            return run(checkpoint=path, checkpoint_interval=checkpoints.INTERVAL)


def remove(path: Path) -> None:
    """Remove a checkpoint with its copies and parts."""
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink(missing_ok=True)


class WithCheckpoints:
    """A measure whose conditions have a folder for checkpoints, wherever it is called."""

    def __init__(self, measure: Compute, folder: Path) -> None:
        self.measure, self.folder = measure, os.path.abspath(folder)

    def __call__(self, batch: Batch) -> Iterator[dict[str, Any]]:
        results = None
        for _ in batch:
            token = _folder.set(self.folder)
            try:
                results = iter(self.measure(batch)) if results is None else results
                values = next(results, None)
            finally:
                _folder.reset(token)
            if values is None:  # fewer than there should be
                return
            yield values
