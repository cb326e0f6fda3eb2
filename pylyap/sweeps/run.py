"""`sweep`: a measure at many conditions."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .._streams import bar_class, bar_is_hidden
from ..errors import OptionError, SweepError
from .. import _checks as checks
from ..runs import loop
from . import conditions as all_conditions
from . import engines
from .checkpoints import WithCheckpoints
from .engines.contract import Engine
from .engines.jobs import StoreEngine, Task
from .measures import MeasureLike
from .result import SweepResult
from .store import Store
from .work import Work

SHOWN = 10  # failures in the list at the end


class FailuresWarning(UserWarning):
    """Some conditions of a sweep failed; the sweep went on without them."""

def sweep(
    measure: Any,
    conditions: Sequence[dict[str, Any]],
    *,
    store: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
    time_limit: float | None = None,
    engine: Engine | str | Callable[..., Iterable[tuple[dict[str, Any], Any]]] | None = None,
    retries: int | None = None,
) -> SweepResult:
    """Measure at many conditions, going on from what a store already holds.

    Parameters
    ----------
    measure : measure
        What to compute: `sweeps.Spectra`, `sweeps.GainFamily`, `sweeps.Measure`, or anything like them.
    conditions : list of dict
        Where: names with numbers or strings, see `sweeps.grid`. Results do not depend on their order, nor on whether
        the sweep was interrupted.
    store : str or os.PathLike, optional
        A folder, made if need be, that keeps each result as soon as it is there, and that belongs to this measure with
        its settings. What it holds is not computed again; a damaged file is, with a warning.
    progress : bool, optional
        Show a progress bar with the time left on standard error; by default if that is a terminal.
    time_limit : float, optional
        Seconds after which nothing new is begun.
    engine : {"here", "processes"}, engine or callable, optional
        Where to compute: in this process, on all cores (the default); ``"processes"`` or `sweeps.processes`, processes of
        their own; `sweeps.dask`, a Dask cluster; `sweeps.slurm`, jobs of SLURM; or a function
        ``engine(measure, batches)`` that yields conditions with their values. The numbers are the same everywhere.
    retries : int, optional
        How often a condition that fails is tried again: because it raises, runs out of memory, or the process that
        computes it is killed. The sweep goes on meanwhile, and at the end warns with a list; a store keeps the reasons.
        By default 1 with a store; without one the first error ends the sweep and is raised.

    Returns
    -------
    SweepResult
        After Ctrl-C or the time limit with what is finished, ``complete`` is False then. Conditions that failed are in
        ``failures`` with the reasons; the next call with the same store tries them again.

    Raises
    ------
    OptionError
        If a condition or an option is not allowed, or the store belongs to other settings.
    FileFormatError
        If the store's description of itself is damaged.
    StoreError
        If the store cannot be written to; what was finished before is in it.
    SweepError
        Without `retries` and a store: if a process that computes a condition is killed.
    Exception
        Without `retries` and a store: whatever the measure raises. What was finished is in the attribute `partial` of any
        error, a SweepResult.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.GainFamily(pylyap.sweeps.RandomNetworks("levy", seed=1), t_average=200)
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(n=50, alpha=[1.0, 2.0], gain=[0.1, 1.0], trial=0))
    >>> result.select(alpha=1.0)["largest_exponent"].shape
    (2,)
    """
    return run(
        measure, conditions, store=store, progress=progress, time_limit=time_limit, engine=engine, retries=retries
    )


def run(measure, conditions, *, store, progress, time_limit, engine, retries, job=None):
    """See `sweep`; `job` is the sweep that this process computes for as a job among others."""
    if not isinstance(measure, MeasureLike):
        raise OptionError(
            f"measure = {checks.shown(measure)} is not allowed: give one of pylyap.sweeps, such as Spectra, or Measure(name, function)"
        )
    wanted = all_conditions.plain_conditions(conditions)
    if time_limit is not None:
        time_limit = checks.real("time_limit", time_limit, "a number of seconds > 0, or None", lambda s: s > 0)
    if retries is not None:
        retries = checks.count("retries", retries, least=0)
    elif store is not None:
        retries = 1
    engine = engines.chosen(engine)
    deadline = None if time_limit is None else time.monotonic() + time_limit
    kept = None if store is None else Store(store, measure)
    work = Work(measure, wanted, kept, retries, engine.threads, job)
    try:
        # A measure may run anything, and what Ctrl-C cuts short is not a result.
        with loop.whole_or_not_at_all(), work.begun(), _bar(len(wanted), work.n_settled, progress) as bar:
            for _ in _filled(engine, work, deadline) if isinstance(engine, StoreEngine) else _steps(engine, work, deadline):
                bar.update(work.n_settled - bar.n)
    except KeyboardInterrupt:
        if job or loop.is_part_of_a_whole():
            raise
        # else the result says that it is not complete
    except Exception as error:
        error.partial = work.result()  # type: ignore[attr-defined]
        raise
    result = work.result()
    if result.failures:
        warnings.warn(_told(result), FailuresWarning, stacklevel=3)
    return result


def _steps(engine, work, deadline):
    """Compute, one outcome after the other."""
    measure = work.measure
    if work.store is not None:
        with work.store.writing():
            work.store.checkpoints.mkdir(exist_ok=True)
        measure = WithCheckpoints(measure, work.store.checkpoints)
    for batches in work.rounds(deadline):
        with contextlib.closing(engine(measure, batches)) as outcomes:
            for condition, outcome in outcomes:
                work.take(condition, outcome)
                yield


def _filled(engine, work, deadline):
    """Have jobs compute, and look at what they do; what is left when none is left is submitted again."""
    if work.store is None:
        engine(work.measure, ())
    name, idle = secrets.token_hex(4), 0
    while work.n_open:
        before = work.n_open
        task = Task(name, work.measure, work.wanted, str(work.store.folder), work.retries)
        with work.store.writing():
            filling = engine.fill(task, work.n_open)
        with contextlib.closing(filling):
            for _ in filling:
                work.look_around()
                yield
                if not work.n_open or (deadline is not None and time.monotonic() >= deadline):
                    return
        work.look_around()
        yield
        idle = idle + 1 if work.n_open == before else 0
        if idle == 2:  # once may be an accident of their computers
            raise SweepError(
                f"jobs ended twice without a finished condition: see what they told in {work.store.work / 'jobs'}"
            )


def _told(result):
    """The list at the end."""
    shown, n = result.failures[:SHOWN], len(result.failures)
    more = [] if n == len(shown) else [f"and {n - len(shown)} more, see the result's attribute failures"]
    return "\n  ".join([f"{n} of {len(result) + len(result.missing)} conditions failed:", *map(str, shown), *more])


def _bar(total, done, progress):
    layout = "{n_fmt} of {total_fmt} conditions |{bar}| {elapsed} elapsed, {remaining} left"
    hidden = bar_is_hidden(progress)
    return bar_class()(total=total, initial=done, disable=hidden, smoothing=0, bar_format=layout, file=sys.stderr)
