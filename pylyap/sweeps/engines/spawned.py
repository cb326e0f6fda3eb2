"""The engine with processes of its own on this machine, through loky, which comes with joblib."""

from __future__ import annotations

import concurrent.futures
import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from ... import _checks as checks
from . import travel
from .contract import Batch, Compute, Engine, Failed, Outcome

SECONDS_IDLE = 300  # after which a worker without work ends; until then the next sweep finds it with Julia running


def processes(workers: int | None = None, *, threads: int = 1) -> Engine:
    """An engine: processes of their own on this machine, started afresh, each with its Julia in its main thread.

    A worker that is killed costs the conditions it was computing, no others: they fail with the reason "killed" and are
    tried again as other failures are.

    Parameters
    ----------
    workers : int, optional
        How many; by default as many as keep all usable cores busy.
    threads : int
        Threads of Julia, and of BLAS, of each.

    Returns
    -------
    Engine

    Raises
    ------
    OptionError
        If a number is not allowed.
    MissingPackageError
        When the sweep begins, if joblib is not installed.

    Examples
    --------
    >>> import pylyap
    >>> conditions = pylyap.sweeps.grid(n=20, trial=range(4))
    >>> measure = pylyap.sweeps.Spectra(pylyap.sweeps.RandomNetworks("gaussian"), t_average=100)
    >>> engine = pylyap.sweeps.processes(2)

    ``pylyap.sweep(measure, conditions, engine=engine)`` then computes in two processes.
    """
    from ..._runtime.cores import usable_cores

    threads = checks.count("threads", threads)
    workers = max(1, usable_cores() // threads) if workers is None else checks.count("workers", workers)
    return Processes(workers, threads)


class Processes(Engine):
    """Workers, each an executor of loky with one process: who ends takes nobody else along."""

    def __init__(self, workers: int, threads: int) -> None:
        self._threads = threads
        self._workers = [Worker(threads) for _ in range(workers)]

    @property
    def threads(self) -> int:
        return self._threads

    def __call__(self, measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
        payload, batches = travel.Payload.of(measure), iter(batches)
        idle, busy = list(self._workers), {}  # future -> (worker, batch)
        try:
            while True:
                while idle and (batch := next(batches, None)) is not None:
                    worker = idle.pop()
                    busy[worker.submit(payload, batch)] = worker, batch
                if not busy:
                    return
                done, _ = concurrent.futures.wait(busy, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    worker, batch = busy.pop(future)
                    found = worker.answer(future, batch)
                    if found is None:  # a process that took the place of another one
                        busy[worker.submit(payload, batch)] = worker, batch
                    else:
                        idle.append(worker)
                        yield from found
        finally:
            for worker, _ in busy.values():
                worker.end()


class Worker:
    """One process, started at its first batch and again after it was killed."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._executor: Any = None
        self._knows: str | None = None  # the digest of the measure that was sent last

    def submit(self, payload: travel.Payload, batch: Batch) -> concurrent.futures.Future[Any]:
        """Have a batch computed."""
        loky = _loky()
        sent = payload if self._knows != payload.digest else payload._replace(content=b"")
        self._knows = payload.digest
        try:
            return self._living().submit(_compute, sent, batch)
        except (loky.process_executor.BrokenProcessPool, loky.process_executor.ShutdownExecutorError):
            self.end()  # it died between two batches
            self._knows = payload.digest
            return self._living().submit(_compute, payload, batch)

    def answer(self, future: concurrent.futures.Future[Any], batch: Batch) -> list[Outcome] | None:
        """What became of a batch; None: the process does not know the measure, which is sent next time."""
        loky = _loky()
        try:
            found = future.result()
        except loky.process_executor.BrokenProcessPool as error:
            self.end()
            failed = Failed("killed", f"the process that computed it ended: {_cause(error)}", len(batch))
            return [(condition, failed) for condition in batch]
        if found is None:
            self._knows = None
        return found

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._executor is not None:
            with contextlib.suppress(Exception):  # what is broken already may not shut down in order
                self._executor.shutdown(wait=True, kill_workers=True)
        self._executor = self._knows = None

    def _living(self):
        if self._executor is None:
            self._executor = _loky().ProcessPoolExecutor(
                max_workers=1, timeout=SECONDS_IDLE, env=travel.variables(self._threads), initializer=travel.end_with_parent
            )
        return self._executor


def _compute(payload, batch):
    """In the worker: the outcomes of a batch, or None where the measure is not known."""
    if not payload.content and not travel.is_made(payload.digest):
        return None
    return travel.outcomes(payload, batch)


def _cause(error):
    """What loky knows of it: the signal, if it was one."""
    lines = [line for line in str(error).splitlines() if "exit codes" in line]
    return " ".join(lines[0].split()) if lines else "killed, or out of memory"


def _loky():
    try:
        from joblib.externals import loky
    except ImportError as error:
        raise travel.needed("joblib", "the engine of spawned processes") from error
    return loky
