"""How far a store has come, and all that is in it: without the measure that filled it."""

from __future__ import annotations

import dataclasses
import os
import time
from typing import Any

from .._contracts import ResultStatus
from ..errors import FileFormatError, OptionError
from .conditions import identity
from .failures import Failure, Failures
from .leases import Driver, drivers, leased
from .result import SweepResult
from .store import Store, key_of


@dataclasses.dataclass
class Status:
    """How far a sweep has come.

    Attributes
    ----------
    about : str
        The measure's name.
    done, missing, running : list of dict
        Conditions that are finished, those that nobody works at, and those at which somebody does.
    failures : list of Failure
        Those that were tried as often as was allowed, and at which nobody works.
    damaged : list of str
        Files that are no results, each with the reason; the next sweep computes them again.
    diverged : list of dict
        Those of the finished ones whose ``status`` is "diverged".
    drivers : list of Driver
        Processes that are at work in the store.
    seconds_left : float or None
        If they go on as they have since the first of them began; None: nobody works, or nothing is finished yet.
    """

    about: str
    done: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    running: list[dict[str, Any]]
    failures: list[Failure]
    damaged: list[str]
    diverged: list[dict[str, Any]]
    drivers: list[Driver]
    seconds_left: float | None

    @property
    def total(self) -> int:
        """The number of all conditions."""
        return len(self.done) + len(self.missing) + len(self.running) + len(self.failures)

    def __str__(self) -> str:
        lines = [
            f"{self.about}: {len(self.done)} of {self.total} conditions done, {len(self.failures)} failed, "
            f"{len(self.running)} running, {len(self.missing)} missing, {len(self.damaged)} damaged"
        ]
        lines += [f"failed   {failure}" for failure in self.failures]
        lines += [f"damaged  {reason}" for reason in self.damaged]
        lines += [f"diverged {', '.join(f'{name}={value}' for name, value in c.items())}" for c in self.diverged]
        lines += [f"at work  {driver.host}, process {driver.pid}" for driver in self.drivers]
        if self.seconds_left is not None:
            lines.append(f"about {duration(self.seconds_left)} left")
        return "\n".join(lines)


def status(folder: str | os.PathLike[str]) -> Status:
    """How far the sweep of a store has come; nothing is computed, and sweeps at work are not disturbed.

    Parameters
    ----------
    folder : str or os.PathLike

    Returns
    -------
    Status
        ``print`` it for a report.

    Raises
    ------
    OptionError
        If the folder is not a store.
    FileFormatError
        If its description of itself is damaged.

    Examples
    --------
    >>> import tempfile
    >>> import pylyap
    >>> double = pylyap.sweeps.Measure("double", lambda condition: {"twice": 2 * condition["x"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = pylyap.sweep(double, pylyap.sweeps.grid(x=[1, 2]), store=folder)
    ...     print(pylyap.sweeps.status(folder))
    double: 2 of 2 conditions done, 0 failed, 0 running, 0 missing, 0 damaged
    """
    store = Store(folder)
    rows, damaged = _read_all(store)
    known = {key_of(condition): condition for condition in store.asked()}
    known |= {key: row.condition for key, row in rows.items() if key not in known}
    failures = Failures(store.work / "failed").load(known.keys() - rows.keys())
    known |= {key: failure.condition for key, failure in failures.items()}
    at_work = leased(store.work).keys() - rows.keys()
    failed = [failure for key, failure in failures.items() if key not in at_work]
    left = [key for key in known if key not in rows and (key in at_work or key not in failures)]
    alive = drivers(store.work)
    return Status(
        about=store.about["measure"],
        done=[known[key] for key in known if key in rows],
        missing=[known[key] for key in left if key not in at_work],
        running=[known[key] for key in left if key in at_work],
        failures=failed,
        damaged=damaged,
        diverged=[known[key] for key in known if key in rows and rows[key].values.get("status") == ResultStatus.DIVERGED],
        drivers=alive,
        seconds_left=_seconds_left(len(left), [row.seen[1] / 1e9 for row in rows.values()], alive),
    )


def read_store(*folders: str | os.PathLike[str]) -> SweepResult:
    """All that one or several stores of the same measure and settings hold, as one result.

    Parameters
    ----------
    *folders : str or os.PathLike
        Several, for instance, from computers that share no disk.

    Returns
    -------
    SweepResult
        ``missing`` are the conditions that sweeps have asked for and that no store has.

    Raises
    ------
    OptionError
        If a folder is not a store, or belongs to another sweep than the first one.
    FileFormatError
        If a store's description of itself is damaged.

    Examples
    --------
    >>> import tempfile
    >>> import pylyap
    >>> double = pylyap.sweeps.Measure("double", lambda condition: {"twice": 2 * condition["x"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = pylyap.sweep(double, pylyap.sweeps.grid(x=[1, 2]), store=folder)
    ...     print(pylyap.sweeps.read_store(folder))
    SweepResult(2 conditions: twice)
    """
    stores = [Store(folder) for folder in folders]
    if not stores:
        raise OptionError("no store was given: give at least one folder")
    known: dict[str, dict[str, Any]] = {}
    rows: dict[str, Any] = {}
    failures: dict[str, Failure] = {}
    for store in stores:
        if store.fingerprint != stores[0].fingerprint:
            raise OptionError(f"{store.folder} belongs to another sweep than {stores[0].folder}: merge stores of one sweep")
        found, _ = _read_all(store)
        rows |= {key: row for key, row in found.items() if key not in rows}
        for condition in store.asked():
            known.setdefault(key_of(condition), condition)
        failures |= Failures(store.work / "failed").load(known.keys())
    others = [key for key in rows if key not in known]  # of which only the file is left
    known |= {key: rows[key].condition for key in sorted(others, key=lambda key: identity(rows[key].condition))}
    done, missing = [key for key in known if key in rows], [key for key in known if key not in rows]
    return SweepResult(
        [known[key] for key in done], [rows[key].values for key in done], [known[key] for key in missing],
        failures=[failures[key] for key in missing if key in failures],
    )


def _read_all(store):
    """Every file of a store: the rows by their keys, and why others are none."""
    rows, damaged = {}, []
    for key in store.keys():
        try:
            rows[key] = store.row(key)
        except FileFormatError as error:
            damaged.append(str(error))
        except FileNotFoundError:  # a moment ago
            pass
    store.add_to_index()
    return rows, sorted(damaged)


def _seconds_left(n_left, finished, alive):
    if not alive or not n_left:
        return None
    began = min(driver.began for driver in alive)
    n_done = sum(when >= began for when in finished)
    return None if not n_done else n_left * (time.time() - began) / n_done


def duration(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.2g} seconds" if seconds < 10 else f"{seconds:.0f} seconds"
