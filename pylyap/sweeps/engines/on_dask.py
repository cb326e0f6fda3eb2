"""The engine on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import OptionError
from . import travel
from .contract import Batch, Compute, Engine, Failed, Outcome

AHEAD = 2  # batches sent for each thread of the cluster, so that none waits for the next one


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
    With a scheduler at that address, `docs/sweeps.md` has a cluster on one machine::

        engine = pylyap.sweeps.dask("tcp://10.0.0.1:8786")
        result = pylyap.sweep(measure, conditions, store="results", engine=engine)
    """
    try:
        import distributed
    except ImportError as error:
        raise travel.needed("distributed", "dask", "the engine on a Dask cluster") from error
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
        import distributed

        # A task, not data that are sent once: the scheduler makes it again when all workers that had it are gone.
        payload = self._client.submit(travel.Payload, *travel.Payload.of(measure), pure=False)
        batches, threads = iter(batches), self.threads
        under_way: dict[Any, Batch] = {}
        completed = distributed.as_completed(loop=self._client.loop)
        try:
            while True:
                while len(under_way) < self._room() and (batch := next(batches, None)) is not None:
                    future = self._client.submit(_compute, payload, batch, threads, pure=False)
                    under_way[future] = batch
                    completed.add(future)
                if not under_way:
                    return
                future = next(completed)
                yield from _outcomes(future, under_way.pop(future))
        finally:
            self._client.cancel([*under_way, payload], force=True)

    def _room(self):
        return AHEAD * max(1, sum(self._threads_of_workers()))


def _compute(payload, batch, threads):
    """In a thread of a worker of Dask, whose computations go to the helper process beside it."""
    from ..._runtime import helper_process

    helper_process.choose(threads)
    return travel.outcomes(payload, batch)


def _outcomes(future, batch):
    import distributed

    try:
        return future.result()
    except distributed.KilledWorker as error:
        text = " ".join(str(error).split())
        failed = Failed("killed", f"every worker that computed it was killed, or ran out of memory: {text}", len(batch))
        return [(condition, failed) for condition in batch]
