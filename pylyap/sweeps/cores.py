"""For how many threads batches are cut: those of Julia in this process, or those of the workers of an engine."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator

_threads: contextvars.ContextVar[int | None] = contextvars.ContextVar("threads of each worker", default=None)


@contextlib.contextmanager
def for_each_worker(threads: int | None) -> Iterator[None]:
    """While it is entered, batches are cut for workers with so many threads; None: for this process."""
    token = _threads.set(threads)
    try:
        yield
    finally:
        _threads.reset(token)


def threads_to_fill() -> int:
    """The threads that a batch should keep busy; starts Julia if they are those of this process."""
    from .._runtime import session

    return _threads.get() or session.n_threads()
