"""The chunk loop: Julia works for a moment at a time; in between Python draws progress and listens for Ctrl-C."""

from __future__ import annotations

import contextlib
import contextvars
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .. import _stops
from .._contracts import Ending
from ..results import target, verdict
from . import bars

if TYPE_CHECKING:
    from .._contracts import Run
    from .checkpoints import Checkpoint
    from .plan import Plan

CHUNK_SECONDS = 0.4
_WHOLE_OR_NOT = contextvars.ContextVar("whole or not at all", default=False)


def run(
    integrator: Run,
    plan: Plan,
    *,
    progress: bool | None,
    time_left: float | None,
    label: str = "",
    checkpoint: Checkpoint | None = None,
) -> Ending:
    """Run all phases of a plan.

    Parameters
    ----------
    integrator : pylyap._contracts.Run
        Where the run happens.
    plan : Plan
        What to do.
    progress : bool or None
        Whether to draw a progress bar; None: if standard error is a terminal.
    time_left : float or None
        Seconds after which to end with what there is.
    label : str
        What the progress bar begins with.
    checkpoint : Checkpoint, optional
        Where to write, now and then and at the end, from where the run can go on. A run that was brought to where another
        one was goes on from there.

    Returns
    -------
    Ending
    """
    deadline = None if time_left is None else time.monotonic() + time_left

    def ended(ending):
        if checkpoint is not None and ending in (Ending.DONE, Ending.TARGET_MET):
            checkpoint.write_at_end(integrator)
        elif checkpoint is not None:
            checkpoint.write(integrator)
        return ending

    with StopRequest() as stop, _bar(plan, progress) as bar:
        bar.update(_cost(integrator.n_steps, plan))
        for name, move, n_steps, is_enough in _pieces(integrator, plan):
            bar.set_description(label + name, refresh=False)
            cost = 1 if name == "transient" else 1 + plan.k
            for moved in chunks(move, n_steps):
                bar.update(moved * cost)
                if integrator.ending is not None:
                    return integrator.ending
                if integrator.n_steps >= plan.n_steps:  # the run is whole, whatever arrives now
                    break
                if stop.requested:
                    return ended(Ending.INTERRUPTED)
                if deadline is not None and time.monotonic() >= deadline:
                    return ended(Ending.TIME_LIMIT)
                if checkpoint is not None:
                    checkpoint.write_if_due(integrator)
            if is_enough():
                return ended(Ending.TARGET_MET)
        ended(Ending.DONE)  # with the last block open, so that a longer run can go on from here
        integrator.close_block()
    return integrator.ending or Ending.DONE


def _pieces(integrator, plan):
    """What is left to do, one piece after the other: (name, move, number of steps, whether that was enough)."""
    transient, align, done = _done(integrator.n_steps, plan)
    yield "transient", integrator.relax, plan.n_transient - transient, lambda: False
    yield "align", integrator.align, plan.n_align - align, lambda: False
    if done == 0:
        integrator.start_averaging(plan.n_average)
    if plan.targets is None:
        yield "average", integrator.average, plan.n_average - done, lambda: False
        return
    # The errors are looked at after numbers of blocks that do not depend on how fast the machine is.
    n_blocks = -(-plan.n_average // integrator.steps_per_block)
    for blocks in target.check_times(n_blocks):
        until = min(blocks * integrator.steps_per_block, plan.n_average)
        if until < done:  # before the run was interrupted
            continue
        yield "average", integrator.average, until - done, lambda: verdict.is_enough(integrator.record(), plan)
        done = until


def _done(n_steps, plan):
    """How many steps of transient, alignment and average `n_steps` are."""
    transient = min(n_steps, plan.n_transient)
    align = min(n_steps - transient, plan.n_align)
    return transient, align, n_steps - transient - align


def _cost(n_steps, plan):
    """Matrix-vector products of the first steps of a run."""
    transient, align, average = _done(n_steps, plan)
    return transient + (align + average) * (1 + plan.k)


def chunks(move: Callable[[int], object], n_steps: int) -> Iterator[int]:
    """Call `move` with step counts that take about CHUNK_SECONDS each, and yield them."""
    size, done = 1, 0
    while done < n_steps:
        size = min(size, n_steps - done)
        began = time.perf_counter()
        move(size)
        elapsed = max(time.perf_counter() - began, 1e-6)
        done += size
        yield size
        # at most tenfold, since the first chunks also compile
        size = max(1, int(size * min(10.0, CHUNK_SECONDS / elapsed)))


@contextlib.contextmanager
def whole_or_not_at_all() -> Iterator[None]:
    """While it is entered, runs that meet Ctrl-C raise KeyboardInterrupt and give back nothing half done."""
    token = _WHOLE_OR_NOT.set(True)
    try:
        yield
    finally:
        _WHOLE_OR_NOT.reset(token)


def is_part_of_a_whole() -> bool:
    """Whether somebody outside wants Ctrl-C to raise, see `whole_or_not_at_all`."""
    return _WHOLE_OR_NOT.get()


class StopRequest(_stops.Handled):
    """While it is entered, Ctrl-C sets `requested` instead of raising; one in a later chunk still raises as usual.

    So do SIGTERM and the signal of the user's choice, see `_stops`. Within `whole_or_not_at_all`, leaving it raises what was
    requested. The handlers that were there are put back on leaving.
    """

    def __init__(self) -> None:
        super().__init__(self._request)
        self.requested = False
        self._arrived: set[int] = set()

    def _request(self, number, stack):
        if number in self._arrived:
            raise KeyboardInterrupt
        self._arrived.add(number)
        self.requested = True

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        if self.requested and _WHOLE_OR_NOT.get():
            raise KeyboardInterrupt


def _bar(plan, progress):
    """A bar in units of one matrix-vector product, so that the time left is right from one phase to the next."""
    return bars.bar(_cost(plan.n_steps, plan), progress)
