"""Measures and outcomes on their way between processes."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pickle
import threading
from multiprocessing.pool import ExceptionWithTraceback  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from ...errors import MissingPackageError, OptionError
from .contract import Batch, Failed, Outcome, computed

# Of NumPy and Julia, read when they are loaded: one worker must not take the cores of the others.
LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Payload(NamedTuple):
    """A measure as bytes, with the digest by which a worker knows that it has it already."""

    digest: str
    content: bytes

    @classmethod
    def of(cls, measure: Any) -> Payload:
        """Raises OptionError if the measure cannot be sent to another process."""
        try:
            import cloudpickle as pickler
        except ImportError:  # then functions have to be those of a module that can be imported
            pickler = pickle
        try:
            content = pickler.dumps(measure)
        except (AttributeError, TypeError, pickle.PicklingError) as error:
            raise OptionError(
                f"the measure cannot be sent to another process ({error}): give it functions that can be pickled; the "
                "package cloudpickle (pip install cloudpickle) sends those of scripts and notebooks, too"
            ) from error
        return cls(hashlib.sha256(content).hexdigest(), content)

    def value(self) -> Any:
        """The measure, made once in each process."""
        if self.digest not in _made:
            _made.clear()
            _made[self.digest] = pickle.loads(self.content)
        return _made[self.digest]


_made: dict[str, Any] = {}  # the measure that this process made last, by its digest


def is_made(digest: str) -> bool:
    """Whether this process has the measure."""
    return digest in _made


def outcomes(payload: Payload, batch: Batch) -> list[Outcome]:
    """Compute a batch, in a worker."""
    return [(condition, _portable(outcome)) for condition, outcome in computed(payload.value(), batch)]


def _portable(outcome):
    """A failure with its error as that can be sent, with the traceback of this process; if it cannot, without."""
    if not isinstance(outcome, Failed) or outcome.error is None:
        return outcome
    try:
        pickle.loads(pickle.dumps(outcome.error))
    except Exception:  # noqa: BLE001  an error of any class that cannot be pickled; its words say it, too
        return dataclasses.replace(outcome, error=None)
    return dataclasses.replace(outcome, error=ExceptionWithTraceback(outcome.error, outcome.error.__traceback__))


def variables(threads: int) -> dict[str, str]:
    """The environment of a worker that may keep so many cores busy."""
    return {name: str(threads) for name in (*LIBRARIES, "PYTHON_JULIACALL_THREADS")}


def end_with_parent() -> None:
    """Have this process end soon after the one that started it has gone, however that went."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            waiting.wait(1.0)
        os._exit(1)

    waiting = threading.Event()
    threading.Thread(target=watch, name="watches the parent", daemon=True).start()


def needed(package: str, why: str) -> MissingPackageError:
    """The error of an engine whose package is not installed."""
    return MissingPackageError(f"{why} needs the package {package}, which is not installed: pip install {package}")
