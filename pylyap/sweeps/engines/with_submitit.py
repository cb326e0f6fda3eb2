"""The engine of an executor of submitit: SLURM, or processes of this computer in its place."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from ... import _checks as checks
from ...errors import OptionError, SweepError
from . import travel
from .contract import Engine
from .jobs import Jobs


def submitit(executor: Any, jobs: int = 10, *, threads: int = 1, hours: float | None = None) -> Engine:
    """An engine: jobs of an executor of submitit, which share the work by the leases of the store.

    Parameters
    ----------
    executor : submitit.Executor
        Such as ``submitit.AutoExecutor(folder)``, with its parameters set.
    jobs : int
        How many at most.
    threads : int
        Threads of Julia of each.
    hours : float, optional
        The time that the executor gives each job, before which it ends itself. What is left then is submitted again.

    Returns
    -------
    Engine

    Raises
    ------
    MissingPackageError
        If submitit is not installed.
    OptionError
        If a value is not allowed; when the sweep begins, without a store.

    Examples
    --------
    Two jobs of one hour::

        executor = submitit.AutoExecutor("logs", cluster="local")
        executor.update_parameters(timeout_min=60)
        engine = pylyap.sweeps.submitit(executor, 2, hours=1)
        result = pylyap.sweep(measure, conditions, store="levy", engine=engine)
    """
    try:
        import submitit as package
    except ImportError as error:
        raise travel.needed("submitit", "an executor of submitit") from error
    if not isinstance(executor, package.Executor):
        raise OptionError(f"executor = {checks.shown(executor)} is not allowed: give one of submitit")
    seconds = None if hours is None else 3600 * checks.real("hours", hours, "a number > 0", lambda number: number > 0)
    return Submitit(executor, checks.count("jobs", jobs), checks.count("threads", threads), seconds)


class Submitit(Jobs):
    """Jobs of an executor."""

    def __init__(self, executor: Any, n_jobs: int, threads: int, seconds: float | None) -> None:
        super().__init__(n_jobs, threads, seconds)
        self._executor = executor

    def submit(self, folder: Path, command: list[str], n: int) -> list[Any]:
        return [self._executor.submit(run_in, self.environment(), command) for _ in range(n)]

    def are_left(self, names: list[Any]) -> bool:
        done = [job.done() for job in names]  # each is asked, or submitit would not look after it
        return not all(done)


def run_in(variables: dict[str, str], command: list[str]) -> int:
    """In the job: run a command in a process whose libraries read these variables when they are loaded."""
    ran = subprocess.run(command, env={**os.environ, **variables}, stderr=subprocess.PIPE, text=True)
    if ran.returncode not in (0, 75):
        raise SweepError(f"the job ended with exit code {ran.returncode}: {ran.stderr[-2000:]}")
    return ran.returncode
