"""Checkpoints: files from which a run that was ended, or killed, goes on with the same bits."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import json
import math
import os
import time
import warnings
from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

from .. import _archives, _files
from .. import _checks as checks
from ..errors import (
    CheckpointDamagedError, CheckpointForeignError, CheckpointMismatchError, FileFormatError, OptionError, PylyapError,
)  # fmt: skip
from .provenance import surroundings

if TYPE_CHECKING:
    import numpy as np

    from .._contracts import Run
    from .plan import Plan

FORMAT, VERSION = "pylyap checkpoint", 1
INTERVAL = 60.0  # seconds
COMPUTING = 100  # times as long as the last writing took there is to be computing before the next
# What a run keeps of its plan when it goes on: they follow from how long it was to be when it began.
KEPT = ("n_transient", "n_align", "steps_per_block", "max_condition", "longest_block", "look_every")
MAY_BE_ZERO = ("n_transient", "n_align", "look_every")  # of these
LARGEST = 2**62  # of these, too: the core counts in 64 bits
LENGTHS = ("t_average", "target_stderr")  # options that say when a run ends, and change no number before that
FREE = ("time_limit", "max_memory")  # options that change no number at all
_command: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar(
    "the command that asks for a checkpoint", default=None
)
_only_on_the_way: contextvars.ContextVar[bool] = contextvars.ContextVar("no checkpoint of a whole run", default=False)


@dataclasses.dataclass(frozen=True)
class Where:
    """Where and how often a checkpoint is to be written, as a caller has said. It can travel to another process.

    `has_t_align` says whether the caller gave `t_align`, and not its default, which follows from `t_average`. With
    `only_on_the_way` a run that has come to its end writes none.
    """

    path: str
    interval: float
    has_t_align: bool
    command: dict[str, Any] | None
    only_on_the_way: bool = False

    def numbered(self, number: int) -> Where:
        """The same for part `number`, from 1, of a work that keeps a file for each part."""
        return self if number == 1 else dataclasses.replace(self, path=f"{self.path}.{number}")


def where(checkpoint: str | PathLike[str] | None, interval: float, t_align: float | None = None) -> Where | None:
    """Check the options `checkpoint` and `checkpoint_interval`; None if there is to be no checkpoint."""
    interval = checks.real("checkpoint_interval", interval, "a number of seconds >= 0", lambda seconds: seconds >= 0)
    return None if checkpoint is None else _at(checkpoint, interval, t_align is not None)


def _at(checkpoint, interval, has_t_align):
    """The `Where` of a checkpoint that there is to be."""
    try:
        name = _files.name_of(checkpoint)
        if name.endswith(os.sep):
            raise OptionError(f"{name} names a folder: give the name of a file")
        path = os.path.abspath(name)
        _files.check_target(path)
        for other in (_files.previous(path), _files.previous(f"{path}.99")):  # names that are made of it may be too long
            _files.check_target(other)
    except OSError as error:
        raise OptionError(f"checkpoint = {checks.shown(checkpoint)} cannot be written: {error}") from error
    except OptionError as error:
        raise OptionError(f"checkpoint = {checks.shown(checkpoint)} is not allowed: {error}") from error
    return Where(path, interval, has_t_align, _command.get(), _only_on_the_way.get())


@contextlib.contextmanager
def made_by(command: dict[str, Any] | None) -> Iterator[None]:
    """Within it, checkpoints keep `command`, a dict for JSON, from which ``pylyap resume`` knows how they came about."""
    token = _command.set(command)
    try:
        yield
    finally:
        _command.reset(token)


@contextlib.contextmanager
def only_on_the_way() -> Iterator[None]:
    """Within it, a run that has come to its end writes no checkpoint: its result is kept elsewhere, and never prolonged."""
    token = _only_on_the_way.set(True)
    try:
        yield
    finally:
        _only_on_the_way.reset(token)


class Checkpoint:
    """The checkpoint of one run, or of runs side by side.

    Parameters
    ----------
    place : Where
    kind : str
        Of run: what its arrays mean.
    may_grow : bool
        Whether a longer run may go on from it.
    notes : dict, optional
        What else the file is to say, for JSON.
    """

    def __init__(self, place: Where, kind: str | None, *, may_grow: bool = True, **notes: Any) -> None:
        self._place, self._kind, self._notes = place, kind, notes
        self._open = FREE + LENGTHS if may_grow else FREE  # options that need not be those that the run began with
        self._found: dict[str, np.ndarray] | None = None
        self._earlier_seconds, self._began, self._last = 0.0, time.monotonic(), time.monotonic()
        self._took = 0.0  # seconds that the last writing took
        self._keeps_previous = True
        self._told_fault: int | str | None = None  # number of an OSError, or text of another error
        self._own, self._told_of_another = _identity(place.path), False  # the file that is there, as far as this run knows

    def find(self, parts: list[tuple[str, dict[str, str], Plan]]) -> list[Plan]:
        """Read the file, if there is one.

        Parameters
        ----------
        parts : list of (str, dict, Plan)
            For each run what it is called, its fingerprints, and its plan.

        Returns
        -------
        list of Plan
            To run by: those given; if there is a file, with what the run keeps of the plan it began with.

        Raises
        ------
        CheckpointDamagedError, CheckpointForeignError, CheckpointMismatchError
            See `pylyap.errors`.
        """
        self._parts = parts
        _files.remove_drafts(self._place.path)
        found = self._read()
        if found is None:
            self._plans = [plan for _, _, plan in parts]
            return self._plans
        header, self._found = found
        both = zip(parts, self._checked(header))
        self._plans = [self._continued(name, inputs, plan, saved) for (name, inputs, plan), saved in both]
        self._earlier_seconds = float(header["seconds"])
        if changed := _differences(header["surroundings"], surroundings()):
            warnings.warn(
                f"{self._place.path} was made elsewhere or with other versions ({changed}): the run goes on, and its last "
                "digits may not be those of a run that was not interrupted", stacklevel=2,
            )
        return self._plans

    def bring(self, run: Run) -> None:
        """Bring a new run to where the file has left off, if there is one."""
        if self._found is None:
            return
        try:
            run.restore(self._found)
        except (ValueError, LookupError, TypeError) as error:
            raise CheckpointMismatchError(f"{self._place.path} does not fit this run: {error}") from error
        if run.n_steps > self._plans[0].n_steps:
            raise CheckpointMismatchError(f"{self._place.path} has gone further than this run is to go")
        self._found = None  # memory that the run has copied

    @property
    def seconds(self) -> float:
        """Wall time of the run, with that before it was interrupted."""
        return self._earlier_seconds + time.monotonic() - self._began

    def write_if_due(self, run: Run) -> None:
        """Write the file if the last time was `checkpoint_interval` ago, and long enough that writing takes 1 % at most."""
        interval = self._place.interval
        if time.monotonic() - self._last >= (max(interval, COMPUTING * self._took) if interval else 0):
            self.write(run)

    def write_at_end(self, run: Run) -> None:
        """Write the file of a run that is whole, from which a longer one could go on."""
        if not self._place.only_on_the_way:
            self.write(run)

    def write(self, run: Run) -> None:
        """Write the file; where that cannot be done, warn and let the run go on."""
        began = time.monotonic()
        self._look_for_another()
        header = dict(
            format=FORMAT, version=VERSION, kind=self._kind, notes=self._notes, command=self._place.command,
            seconds=self.seconds, surroundings=surroundings(), parts=self._told(),
        )
        try:
            _archives.write(self._place.path, header, run.state_arrays(), keep_previous=self._keeps_previous)
            self._keeps_previous, self._told_fault, self._own = True, None, _identity(self._place.path)
        except (OSError, OptionError) as error:
            fault = error.errno if isinstance(error, OSError) else str(error)
            if fault != self._told_fault:  # the same again and again would hide everything else
                self._told_fault = fault
                warnings.warn(
                    f"the checkpoint {self._place.path} cannot be written ({error}): the run goes on without it, and tries "
                    "again later", stacklevel=2,
                )
        self._last = time.monotonic()
        self._took = self._last - began

    def _look_for_another(self):
        """Warn, once, if the file is not the one that this run has found or written."""
        there = _identity(self._place.path)
        if there not in (None, self._own) and not self._told_of_another:
            self._told_of_another = True
            warnings.warn(
                f"another process has written the checkpoint {self._place.path}: this run goes on and writes over it. Give each "
                "run a file of its own", stacklevel=2,
            )

    def _told(self):
        plans = zip(self._parts, self._plans)
        return [
            dict(name=name, about=self._about(inputs, plan), n_average=plan.n_average, kept={key: getattr(plan, key) for key in KEPT})
            for (name, inputs, _), plan in plans
        ]

    def _about(self, inputs, plan):
        """Everything that the numbers of a run depend on, as it comes back from JSON."""
        options = {name: value for name, value in plan.options.items() if name not in self._open}
        about = {**options, **{f"{name} (sha256)": digits for name, digits in inputs.items()}}
        return json.loads(json.dumps(about, default=_archives.plain))

    def _read(self):
        """(header, arrays) of the file, or of its previous copy if it is damaged; None if there is neither."""
        path = os.path.realpath(self._place.path)
        copy = _files.previous(path)
        try:
            return _content(path)
        except FileNotFoundError:
            if not os.path.lexists(copy):
                return None
            trouble, fault = f"there is no {path}", None
        except CheckpointDamagedError as error:
            trouble, fault = str(error), error
        try:
            found = _content(copy)
        except (FileFormatError, OSError):
            if fault is None:
                return None
            raise fault from None
        self._keeps_previous = False  # the good one is not to give way to the damaged one
        warnings.warn(f"{trouble}: the run goes on from the copy before it, {copy}", stacklevel=3)
        return found

    def _checked(self, header):
        """What the file says of each of the runs."""
        path = self._place.path
        try:
            if header["kind"] != self._kind:
                raise CheckpointMismatchError(f"{path} is that of another kind of run: {header['kind']}, not {self._kind}")
            saved = header["parts"]
            if len(saved) != len(self._parts):
                raise CheckpointMismatchError(f"{path} holds {len(saved)} runs, there are {len(self._parts)}")
            for entry in saved:
                _check_steps(entry["kept"], entry["n_average"])
            if not (_files.is_number(header["seconds"]) and 0 <= header["seconds"] < math.inf):
                raise ValueError(f"seconds = {checks.shown(header['seconds'])} is not a number of seconds")
            if not isinstance(header["surroundings"], dict):
                raise ValueError(f"surroundings = {checks.shown(header['surroundings'])} is not a dict")
            return saved
        except (LookupError, TypeError, ValueError) as error:
            if isinstance(error, PylyapError):
                raise
            raise CheckpointForeignError(f"{path} is incomplete: {error}") from error

    def _continued(self, name, inputs, plan, saved):
        """The plan of a run that goes on: what it began with, and the length that is asked for now."""
        kept = {key: saved["kept"][key] for key in KEPT}
        if not self._place.has_t_align:
            plan = _aligned(plan, kept["n_align"])
        about = self._about(inputs, plan)
        if differing := _differences(saved.get("about"), about):
            raise CheckpointMismatchError(
                f"{self._place.path} is the checkpoint of another run: {name}{differing}. Give the same, or another file"
            )
        if saved["n_average"] > plan.n_average:
            raise CheckpointMismatchError(
                f"{self._place.path} is the checkpoint of a longer run: t_average was {saved['n_average'] * plan.dt:g} and is "
                f"{plan.n_average * plan.dt:g}. It may be raised, not lowered"
            )
        plan = dataclasses.replace(plan, **{key: kept[key] for key in KEPT if key not in ("n_transient", "n_align")})
        if plan.sequence_length is not None and plan.n_steps > plan.sequence_length:
            raise OptionError(
                f"the {plan.n_steps} steps of the longer run do not fit into the {plan.sequence_length} steps that have an "
                "input: give a shorter t_average"
            )
        return plan


def check(place: Where) -> None:
    """Raise now what `Checkpoint.find` is going to raise for a file that cannot be believed, or is something else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they come when it is used
        Checkpoint(place, None)._read()


def notes(place: Where) -> dict[str, Any]:
    """What was noted in a checkpoint, {} if there is none or it cannot be read."""
    checkpoint = Checkpoint(place, None)
    with warnings.catch_warnings(), contextlib.suppress(FileFormatError, OSError):
        warnings.simplefilter("ignore")
        found = checkpoint._read()
        if found and isinstance(found[0].get("notes"), dict):
            return found[0]["notes"]
    return {}


def command(path: str | PathLike[str]) -> dict[str, Any]:
    """The command that made a checkpoint; errors as those of `Checkpoint.find`, and OptionError if there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they come when the run goes on
        found = Checkpoint(_at(path, INTERVAL, False), None)._read()
    if found is None:
        raise OptionError(f"there is no checkpoint {path}")
    header, _ = found
    if not isinstance(header.get("command"), dict):
        raise CheckpointForeignError(
            f"{path} was not made by a command of pylyap: call the function again that made it, with checkpoint={str(path)!r}"
        )
    return header["command"]


def _identity(path):
    """What tells a file from one that took its place; None if there is none."""
    try:
        there = os.stat(path)
    except OSError:
        return None
    # a file may be filled anew in place, and the number of one that has gone is given out again: size and times tell
    return there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns


def _content(path):
    """(header, arrays) of a file, which is a checkpoint of this version."""
    try:
        header, arrays = _archives.read(path, has_seal=True)
    except _archives.DamagedFileError as error:
        raise CheckpointDamagedError(str(error)) from error
    except FileFormatError as error:
        raise CheckpointForeignError(f"{path} is there and is not a checkpoint, it is left as it is: {error}") from error
    if header.get("format") != FORMAT:
        raise CheckpointForeignError(f"{path} is there and is not a checkpoint, but {header.get('format')!r}: it is left as it is")
    if header.get("version") != VERSION:
        raise CheckpointForeignError(
            f"{path} is a checkpoint of version {header.get('version')}, this pylyap reads {VERSION}: use the pylyap that made it"
        )
    return header, arrays


def _check_steps(kept, n_average):
    """Raise if what a file says of steps and blocks is not what a plan could hold."""
    for name, number in {**{key: kept[key] for key in KEPT if key != "max_condition"}, "n_average": n_average}.items():
        if type(number) is not int or not (name in MAY_BE_ZERO or number) or not 0 <= number < LARGEST:
            raise ValueError(f"{name} is {checks.shown(number)}")
    if not (_files.is_number(kept["max_condition"]) and kept["max_condition"] > 1):
        raise ValueError(f"max_condition is {checks.shown(kept['max_condition'])}")


def _aligned(plan, n_align):
    """The plan with another alignment than that which follows from its own length."""
    return dataclasses.replace(plan, n_align=n_align, options={**plan.options, "t_align": n_align * plan.dt})


def _differences(there, here):
    """In words every key whose values differ."""
    if not isinstance(there, dict):
        return "its description is not one"
    names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
    return ", ".join(f"{name} was {checks.shown(there.get(name))} and is {checks.shown(here.get(name))}" for name in names)
