"""What is left to do of a sweep, what is under way, and what has become of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import _checks as checks
from ..errors import OptionError, SweepError
from . import checkpoints, cores
from .conditions import identity
from .engines.contract import Failed, MeasureError
from .failures import Failure, Failures
from .leases import Leases
from .result import SweepResult
from .store import Store, key_of

SPARE_DEATHS = 1  # of jobs, beside those allowed by retries: some die of their computer
SECONDS_BETWEEN_LOOKS = 1.0  # at what other drivers do, while they have all that is left


class Work:
    """The conditions of a sweep on their way to values.

    It goes in rounds: an engine gets the batches of a round, and who failed is in the next one. Conditions that another
    driver has leased are passed over, and looked for again in the next round.

    Parameters
    ----------
    measure : measure
    wanted : list of dict
    store : Store, optional
    retries : int, optional
        How often a condition that failed is tried again; None: the first failure is raised.
    threads : int, optional
        Of each worker, for which batches are cut.
    job : str, optional
        The sweep that this process computes for as one job among others: it does not wait for them, and failures of
        theirs count.
    """

    def __init__(
        self, measure: Any, wanted: list[dict[str, Any]], store: Store | None, retries: int | None, threads: int | None,
        job: str | None = None,
    ) -> None:
        self.measure, self.wanted, self.store, self.retries, self.threads = measure, wanted, store, retries, threads
        self.job = job
        self._open = {identity(condition): condition for condition in wanted}  # neither finished nor failed
        self.found: dict[str, dict[str, Any]] = {}
        self.failed: dict[str, Failure] = {}
        self._attempts: dict[str, int] = {}
        self._suspects: dict[str, dict[str, Any]] = {}  # open ones that failed, alone or in company
        self._leases: Leases | None = None
        self._failures = None if store is None else Failures(store.work / "failed")
        self._ended: set[str] = set()  # drivers of failures that are tried again
        self._is_last = self._got_anything = True
        self._n_offered = self._n_taken = 0  # batches and outcomes of the round
        if store is not None:
            self._take_in(store.load(wanted))

    @property
    def n_open(self) -> int:
        """How many conditions are neither finished nor failed."""
        return len(self._open)

    @property
    def n_settled(self) -> int:
        """How many conditions are finished or have failed."""
        return len(self.found) + len(self.failed)

    @contextlib.contextmanager
    def begun(self) -> Iterator[None]:
        """While it is entered, this process is a driver of the store; nothing is written if nothing is left to do."""
        if self.store is None or self._failures is None or not self._open:
            yield
            return
        self.store.ask(self.wanted)
        leases = Leases(self.store.work)
        with self.store.writing():
            leases.__enter__()
        try:
            self._leases = leases
            # Failures of sweeps that have ended are tried again.
            known = self._failures.load(key_of(condition) for condition in self._open.values())
            others = {failure.driver for failure in known.values()} - {self.job}
            self._ended = {driver for driver in others if not leases.is_alive(driver)}
            self.look_around()
            yield
        finally:
            self._leases = None
            with contextlib.suppress(OSError):  # a store that cannot be written to has been told already
                leases.__exit__()
            self.store.add_to_index()

    def rounds(self, deadline: float | None) -> Iterator[Iterator[list[dict[str, Any]]]]:
        """The batches of one round after the other, until nothing is left; `deadline` is a time of `time.monotonic`.

        The first batch begins always.
        """
        first = True
        while self._open:
            self._is_last, self._got_anything, self._n_offered, self._n_taken = True, False, 0, 0
            yield self._round(deadline, first)
            if self._is_last:  # the engine has not asked for the end, or the time is over
                return
            first = False
            if self._n_offered and not self._n_taken:
                raise OptionError("the engine gave no condition of the batches it got: it has to yield each with its values")
            if not self._got_anything and self._open and (self.job or not self._wait(deadline)):
                return
            self.look_around()

    def _round(self, deadline, first):
        for batch in self._cut():
            if not first and deadline is not None and time.monotonic() >= deadline:
                return
            if self._claimed(batch):
                self._got_anything, first = True, False
                self._n_offered += 1
                yield batch
        self._is_last = False

    def _cut(self):
        """Batches of what is open; suspects in the smallest ones there are, so that a fault has few to hide among."""
        suspects = dict(self._suspects)
        if len(suspects) < len(self._open):
            regular = self._open.keys() - suspects.keys()
            yield from self._batches(lambda condition: identity(condition) not in regular)
        while suspects:
            alone = next(iter(suspects))
            for batch in self._batches(lambda condition, alone=alone: identity(condition) != alone):
                for condition in batch:
                    suspects.pop(identity(condition), None)
                yield batch
            suspects.pop(alone, None)

    def _batches(self, is_done):
        with cores.for_each_worker(self.threads):
            return list(self.measure.batches(self.wanted, is_done))

    def _claimed(self, batch):
        """Whether this driver has a whole batch for itself, and nothing of it has been finished meanwhile."""
        conditions = [condition for condition in batch if identity(condition) in self._open]
        if self._leases is None or self.store is None:
            return bool(conditions)
        keys = [key_of(condition) for condition in conditions]
        with self.store.writing():
            if not conditions or not self._leases.claim(keys):
                return False
        if self.job and self._had_deaths(conditions, self._leases):
            self._leases.release(keys)
            self._got_anything = True
            return False
        if not any((self.store.folder / f"{key}.npz").exists() for key in keys):
            return True
        self._take_in(self.store.load(conditions))  # cut anew in the next round
        damaged = [condition for condition in conditions if identity(condition) in self._open]
        if len(damaged) == len(conditions):
            return True
        self._leases.release(keys)
        self._got_anything = True
        return False

    def _had_deaths(self, conditions, leases):
        """Note those of some leased conditions at which too many jobs have died, and whether they are to be cut anew."""
        found = False
        for condition in conditions:
            deaths = leases.deaths(key_of(condition))
            if deaths > (self.retries or 0) + SPARE_DEATHS:
                failed = Failed("killed", f"{deaths} jobs ended while they computed it, without an error")
                self._give_up(condition, failed, deaths)
                found = True
            elif deaths and len(conditions) > 1 and identity(condition) not in self._suspects:
                self._suspects[identity(condition)] = condition
                found = True
        return found

    def _wait(self, deadline):
        """Wait a little for other drivers, which have all that is left; False if there is no time."""
        left = SECONDS_BETWEEN_LOOKS if deadline is None else min(SECONDS_BETWEEN_LOOKS, deadline - time.monotonic())
        time.sleep(max(0.0, left))
        return deadline is None or time.monotonic() < deadline

    def look_around(self) -> None:
        """Take in what other drivers have finished, and what failed with them."""
        if self.store is None or self._failures is None:
            return
        there, failed = self.store.keys(), self._failures.keys()
        keys = {key_of(condition): condition for condition in self._open.values()}
        self._take_in(self.store.load([keys[key] for key in there & keys.keys()]))
        for key, failure in self._failures.load(failed & keys.keys()).items():
            if failure.driver not in self._ended and identity(keys[key]) in self._open:
                self._settle(keys[key])
                self.failed[identity(keys[key])] = failure

    def _take_in(self, values):
        for name, found in values.items():
            if name in self._open:
                self._settle(self._open[name])
                self.found[name] = found

    def take(self, condition: dict[str, Any], outcome: Any) -> None:
        """Keep what an engine found: values, or why there are none. What is settled already came for others' sake."""
        self._n_taken += 1
        if identity(condition) not in self._open:
            return
        if isinstance(outcome, Failed):
            self._fail(condition, outcome)
            return
        check(condition, outcome)
        key = key_of(condition)
        if self.store is not None and self._failures is not None:
            self.store.save(condition, outcome)
            with self.store.writing():
                self._failures.forget(key)
                checkpoints.remove(self.store.checkpoints / f"{key}.npz")
        self._settle(condition)
        self.found[identity(condition)] = outcome

    def _fail(self, condition, failed):
        name = identity(condition)
        if self.retries is None:
            raise failed.error or SweepError(f"{checks.shown(condition)}: {failed.reason}")
        was_alone = failed.company == 1 or name in self._suspects
        self._suspects[name] = condition
        if was_alone:
            self._attempts[name] = self._attempts.get(name, 0) + 1
        if self._attempts.get(name, 0) > self.retries:
            self._give_up(condition, failed, self._attempts[name])
        elif self._leases is not None:
            self._leases.release([key_of(condition)])

    def _give_up(self, condition, failed, attempts):
        """A condition has failed for good."""
        driver = self.job or ("" if self._leases is None else self._leases.name)
        failure = Failure(condition, failed.kind, failed.reason, attempts, driver)
        if self.store is not None and self._failures is not None:
            with self.store.writing():
                self._failures.save(key_of(condition), failure)
        self._settle(condition)
        self.failed[identity(condition)] = failure

    def _settle(self, condition):
        self._open.pop(identity(condition), None)
        self._suspects.pop(identity(condition), None)
        if self._leases is not None:
            self._leases.release([key_of(condition)])

    def result(self) -> SweepResult:
        """What there is."""
        done = [condition for condition in self.wanted if identity(condition) in self.found]
        missing = [condition for condition in self.wanted if identity(condition) not in self.found]
        values = [self.found[identity(condition)] for condition in done]
        failures = [self.failed[name] for name in map(identity, missing) if name in self.failed]
        return SweepResult(done, values, missing, failures=failures)


def check(condition: dict[str, Any], values: Any) -> None:
    """Raise MeasureError unless these are values as a measure has to give them."""
    if not isinstance(values, dict) or not values or not all(isinstance(name, str) for name in values):
        raise MeasureError(f"the measure returned {checks.shown(values)}: it has to be a dict of names with values")
    for name, value in values.items():
        if name in condition:
            raise MeasureError(f"the measure returned {name!r}, which is also a name in the conditions")
        if not _is_plain(value):
            raise MeasureError(
                f"the measure returned {name} = {checks.shown(value)}: give numbers, strings, or arrays of one shape"
            )


def _is_plain(value):
    try:
        return np.asarray(value).dtype != object
    except ValueError:  # lists of different lengths
        return False
