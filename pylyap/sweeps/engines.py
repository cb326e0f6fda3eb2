"""Engines: where the batches of a sweep are computed.

An engine is a function ``engine(measure, batches)`` that yields ``(condition, values)`` in any order, for every
condition of every batch; ``measure(batch)`` gives the values in the order of the batch. The sweep does all the rest:
it chooses what is to be done and keeps what arrives. `batches` is read one at a time, and ends when nothing new is to
be begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..errors import OptionError


def here(
    measure: Callable[[Sequence[dict[str, Any]]], Iterable[dict[str, Any]]], batches: Iterable[Sequence[dict[str, Any]]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Compute in this process, one batch after the other; each uses all cores."""
    for batch in batches:
        results = iter(measure(batch))
        for condition in batch:
            try:
                yield condition, next(results)
            except StopIteration:
                raise OptionError(f"the measure gave fewer results than the {len(batch)} conditions it got") from None
