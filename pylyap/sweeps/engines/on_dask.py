"""The engine on a Dask cluster."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import math
import queue
import time
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import OptionError, SweepError
from . import travel
from .contract import Batch, Compute, Engine, Failed, Outcome

AHEAD = 2  # batches sent for each thread of the cluster, so that none waits for the next one
SECONDS_BETWEEN_LOOKS = 2.0  # at the workers of the cluster
SECONDS_WITHOUT_WORKERS = 60.0  # after which somebody is told
LOST = (OSError, concurrent.futures.CancelledError)  # errors of a client whose scheduler has ended
SECONDS_FOR_A_RESULT = 30.0  # to come from the worker that has it; if that was killed, it is computed again


def dask(cluster: Any) -> Engine:
    """An engine: the workers of a Dask cluster.

    Tasks of Dask run in threads. So each worker process has a helper process beside it that owns Julia, with as many
    threads of Julia as the worker has; see docs/threads.md. A worker that is killed is replaced by Dask, and its tasks are
    computed elsewhere; one that kills every worker that takes it fails with the reason "killed".

    Parameters
    ----------
    cluster : str, distributed.Client or a cluster such as distributed.LocalCluster
        The address of a scheduler (``"tcp://..."``), a client, or a cluster object.

    Returns
    -------
    Engine

    Raises
    ------
    MissingPackageError
        If the package distributed is not installed.
    OptionError
        If `cluster` is none of these, or nobody answers at the address.

    Examples
    --------
    With a scheduler at that address, `docs/engines.md` has a cluster on one machine::

        engine = pylyap.sweeps.dask("tcp://10.0.0.1:8786")
        result = pylyap.sweep(measure, conditions, store="results", engine=engine)
    """
    try:
        import distributed
    except ImportError as error:
        raise travel.needed("distributed", "the engine on a Dask cluster") from error
    if isinstance(cluster, distributed.Client):
        return Dask(cluster)
    if not isinstance(cluster, (str, distributed.SpecCluster)) and not hasattr(cluster, "scheduler_address"):
        raise OptionError(f"cluster = {cluster!r} is not allowed: give an address, a Client or a cluster of Dask")
    try:
        return Dask(distributed.Client(cluster, set_as_default=False))
    except (OSError, ValueError) as error:
        raise OptionError(f"no Dask scheduler answers at {cluster!r} ({error}): check the address") from error


class Dask(Engine):
    """Batches as tasks of a client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def threads(self) -> int:
        """Of the smallest worker, so that all can keep theirs busy."""
        return max(1, min(self._threads_of_workers(), default=1))

    def _threads_of_workers(self):
        return [worker["nthreads"] for worker in self._client.scheduler_info(n_workers=-1)["workers"].values()]

    def __call__(self, measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
        # A task, not data that are sent once: the scheduler makes it again when all workers that had it are gone.
        payload = self._client.submit(travel.Payload, *travel.Payload.of(measure), pure=False)
        batches, threads, workers = iter(batches), self.threads, _Workers(self._client)
        under_way: dict[Any, Batch] = {}
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        try:
            while True:
                while len(under_way) < AHEAD * workers.n_threads() and (batch := next(batches, None)) is not None:
                    future = self._client.submit(_compute, payload, batch, threads, pure=False)
                    under_way[future] = batch
                    future.add_done_callback(done.put)
                if not under_way:
                    return
                try:
                    future = done.get(timeout=SECONDS_BETWEEN_LOOKS)
                except queue.Empty:  # no worker, or long conditions
                    continue
                outcomes = _outcomes(future, under_way[future])
                if outcomes is None:
                    future.add_done_callback(done.put)
                else:
                    del under_way[future]
                    yield from outcomes
        finally:
            with contextlib.suppress(Exception):  # there may be no scheduler any more
                self._client.cancel([*under_way, payload], force=True)


class _Workers:
    """The workers of a client's cluster, looked at now and then."""

    def __init__(self, client: Any) -> None:
        self._client, self._looked, self._n, self._without_since = client, -math.inf, 1, math.inf

    def n_threads(self) -> int:
        """Threads of all workers, at least 1; has the cluster replace workers that it has given up.

        A cluster of Dask gives a worker up for ever whose replacement has not begun 15 s after it was killed. When all
        are given up, its tasks wait without end.
        """
        now = time.monotonic()
        if now - self._looked >= SECONDS_BETWEEN_LOOKS:
            self._looked, self._n = now, sum(self._threads())
            self._replace()
            self._tell_if_there_is_none(now)
        return max(1, self._n)

    def _threads(self):
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        except LOST as error:
            raise _gone(error) from error
        return [worker["nthreads"] for worker in workers.values()]

    def _replace(self):
        import distributed

        cluster = self._client.cluster
        if isinstance(cluster, distributed.SpecCluster) and len(cluster.workers) < len(cluster.worker_spec):
            cluster.scale(len(cluster.worker_spec))

    def _tell_if_there_is_none(self, now):
        self._without_since = math.inf if self._n else min(self._without_since, now)
        if now - self._without_since >= SECONDS_WITHOUT_WORKERS:
            self._without_since = math.inf
            warnings.warn(
                f"the Dask cluster has had no worker for {SECONDS_WITHOUT_WORKERS:.0f} s: the sweep waits for one. Start "
                "workers, or end it with Ctrl-C; with a store, the same call goes on from what is finished", stacklevel=2,
            )


def _compute(payload, batch, threads):
    """In a thread of a worker of Dask, whose computations go to the helper process beside it."""
    from ..._runtime import helper_process

    helper_process.choose(threads)
    return travel.outcomes(payload, batch)


def _outcomes(future, batch):
    """What became of a batch; None: the worker that had it in memory was killed, and it is computed again."""
    import distributed

    try:
        return future.result(timeout=SECONDS_FOR_A_RESULT)
    except distributed.KilledWorker as error:
        text = " ".join(str(error).split())
        failed = Failed("killed", f"every worker that computed it was killed, or ran out of memory: {text}", len(batch))
        return [(condition, failed) for condition in batch]
    except asyncio.TimeoutError:
        return None
    except LOST as error:
        raise _gone(error) from error


def _gone(error):
    return SweepError(
        f"the Dask scheduler has ended, or cannot be reached ({type(error).__name__}: {error}): start a cluster and call "
        "again; with a store the sweep goes on from what is finished"
    )
