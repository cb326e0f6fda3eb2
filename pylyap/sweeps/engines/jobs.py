"""Engines whose workers are jobs of a queue: they fill the store by themselves, and share the work by its leases."""

from __future__ import annotations

import abc
import dataclasses
import os
import pickle
import secrets
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ... import _files
from ...errors import OptionError
from . import travel
from .contract import Batch, Compute, Engine, Outcome

SECONDS_BETWEEN_LOOKS = 2.0
MARGIN = 0.1  # of a job's time that is left for ending in order,
LONGEST_MARGIN = 120.0  # and no more seconds than these


@dataclasses.dataclass(frozen=True)
class Task:
    """What a job has to know.

    Attributes
    ----------
    name : str
        Of the sweep that submitted it; failures that its jobs note are not tried again by its other jobs.
    measure, conditions, store, retries
        As of `pylyap.sweep`.
    seconds : float, optional
        After which the job would be killed.
    """

    name: str
    measure: Any
    conditions: list[dict[str, Any]]
    store: str
    retries: int
    seconds: float | None = None


class StoreEngine(Engine):
    """An engine whose workers write into the store themselves."""

    @abc.abstractmethod
    def fill(self, task: Task, n_left: int) -> Iterator[None]:
        """Have workers compute what the store lacks, and yield now and then until none of them is left."""

    def __call__(self, measure: Compute, batches: Iterable[Batch]) -> Iterator[Outcome]:
        raise OptionError("jobs of a queue need a store, in which they keep what they find: give store=, a folder they all see")


class Jobs(StoreEngine):
    """What queues have in common."""

    seconds: float | None
    n_jobs: int

    def __init__(self, n_jobs: int, threads: int, seconds: float | None) -> None:
        self.n_jobs, self._threads, self.seconds = n_jobs, threads, seconds

    @property
    def threads(self) -> int:
        return self._threads

    @abc.abstractmethod
    def submit(self, folder: Path, command: list[str], n: int) -> list[Any]:
        """Queue `n` jobs that run a command and write what it says into a folder; return what names them."""

    @abc.abstractmethod
    def are_left(self, names: list[Any]) -> bool:
        """Whether any of the jobs waits or runs."""

    def fill(self, task: Task, n_left: int) -> Iterator[None]:
        folder = Path(task.store).resolve() / "work" / "jobs" / f"{task.name}-{secrets.token_hex(3)}"
        folder.mkdir(parents=True)
        payload = travel.Payload.of(dataclasses.replace(task, store=str(Path(task.store).resolve()), seconds=self.seconds))
        with _files.writing(folder / "task") as file:
            file.write(payload.content)
        command = [sys.executable, "-m", "pylyap.sweeps.engines.worker", str(folder / "task"), payload.digest]
        names = self.submit(folder, command, min(self.n_jobs, n_left))
        while self.are_left(names):
            yield
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def environment(self) -> dict[str, str]:
        """What a job's command finds in its environment."""
        return travel.variables(self._threads) | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def read_task(path: str, digest: str) -> Task:
    """The task of a file that the driver wrote; one that has changed since is not opened.

    Raises
    ------
    OptionError
        If it has changed.
    """
    import hashlib

    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise OptionError(f"{path} is not the file that was submitted: submit the sweep again")
    return pickle.loads(content)


def in_shell(command: list[str]) -> str:
    """A command as a line of a shell script."""
    return shlex.join(command)
