"""The engine that computes in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .contract import Batch, Compute, Outcome, computed


def here(measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
    """Compute in this process, one batch after the other; each uses all cores."""
    for batch in batches:
        yield from computed(measure, batch)
