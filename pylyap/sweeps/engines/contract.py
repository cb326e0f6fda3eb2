"""What an engine is, and what happens to a batch wherever it is computed."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ...errors import JuliaProcessError, OptionError
from ...runs import loop

Condition = dict[str, Any]
Batch = Sequence[Condition]
Outcome = tuple[Condition, Any]  # a condition with its values, or with why there are none: a Failed
# A measure as an engine sees it: values for the conditions of a batch, in their order.
Compute = Callable[[Batch], Iterable[dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Failed:
    """Why a condition has no values.

    Attributes
    ----------
    kind : {"raised", "memory", "killed"}
        An error of the measure, a lack of memory it met, or the end of the process that computed it.
    reason : str
        In words, with the name of the error.
    company : int
        How many conditions of the batch failed together: the fault may be of any of them.
    error : Exception, optional
        The error itself, where it is at hand.
    """

    kind: str
    reason: str
    company: int = 1
    error: Exception | None = None

    @classmethod
    def by(cls, error: Exception, company: int) -> Failed:
        """What an error of the measure means."""
        kinds = {MemoryError: "memory", JuliaProcessError: "killed"}
        kind = next((kind for family, kind in kinds.items() if isinstance(error, family)), "raised")
        text = " ".join(str(error).split())
        return cls(kind, f"{type(error).__name__}: {text}" if text else type(error).__name__, company, error)


class Engine(ABC):
    """Where the batches of a sweep are computed.

    The sweep does all the rest: it chooses what is to be done, and keeps what arrives. A plain function
    ``engine(measure, batches)`` that yields conditions with their values is an engine, too.
    """

    @property
    @abstractmethod
    def threads(self) -> int | None:
        """Threads of Julia of each worker, for which batches are cut; None: as many as Julia has in this process."""

    @abstractmethod
    def __call__(self, measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
        """Yield every condition of every batch with its values or a `Failed`, in any order.

        `batches` is read one at a time, when there is somebody to compute it, and ends when nothing new is to be begun.
        The measure is called through `computed`. Closing the iterator ends what is under way.
        """


class Function(Engine):
    """A plain function as an engine."""

    threads = None

    def __init__(self, function: Callable[[Compute, Iterable[Batch]], Iterable[Outcome]]) -> None:
        self._function = function

    def __call__(self, measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
        yield from self._function(measure, batches)


def computed(measure: Compute, batch: Batch) -> Iterator[Outcome]:
    """Call the measure with a batch, and yield its conditions with their values as they come, or with a `Failed`.

    Runs that meet Ctrl-C raise KeyboardInterrupt, which is not a failure of a condition.
    """
    results, done = None, 0
    try:
        for condition in batch:
            with loop.whole_or_not_at_all():  # not while others have their turn
                results = iter(measure(batch)) if results is None else results
                values = _next(results, len(batch))
            yield condition, values
            done += 1
    except MeasureError:
        raise
    except Exception as error:  # noqa: BLE001  whatever a measure raises is the reason of a failure
        failed = Failed.by(error, len(batch) - done)
        for condition in batch[done:]:
            yield condition, failed


class MeasureError(OptionError):
    """A measure does not do what a measure has to do, at whatever condition."""


def _next(results, n):
    try:
        return next(results)
    except StopIteration:
        raise MeasureError(f"the measure gave fewer results than the {n} conditions it got") from None
