"""The chunk loop: Julia works for a moment at a time; in between Python draws progress and listens for Ctrl-C."""

import contextlib
import contextvars
import signal
import sys
import threading
import time

from ..results import target, verdict

CHUNK_SECONDS = 0.4
_WHOLE_OR_NOT = contextvars.ContextVar("whole or not at all", default=False)


def run(integrator, plan, *, progress, time_left, label=""):
    """Run all phases of a plan.

    Parameters
    ----------
    integrator : pylyap._core.integrator.Integrator or Ensemble
        Where the run happens.
    plan : Plan
        What to do.
    progress : bool or None
        Whether to draw a progress bar; None: if standard error is a terminal.
    time_left : float or None
        Seconds after which to end with what there is.
    label : str
        What the progress bar begins with.

    Returns
    -------
    str
        "done", "target", "interrupted", "time_limit", or the status of an integrator that cannot go on.
    """
    deadline = None if time_left is None else time.monotonic() + time_left
    with StopRequest() as stop, _bar(plan, progress) as bar:
        for name, move, n_steps, is_enough in _pieces(integrator, plan):
            bar.set_description(label + name, refresh=False)
            cost = 1 if name == "transient" else 1 + plan.k
            for moved in chunks(move, n_steps):
                bar.update(moved * cost)
                if integrator.status != "running":
                    return integrator.status
                if integrator.n_steps >= plan.n_steps:  # the run is whole, whatever arrives now
                    break
                if stop.requested:
                    return "interrupted"
                if deadline is not None and time.monotonic() >= deadline:
                    return "time_limit"
            if is_enough():
                return "target"
        integrator.close_block()
    return "done" if integrator.status == "running" else integrator.status


def _pieces(integrator, plan):
    """What to do, one piece after the other: (name, move, number of steps, whether that was enough)."""
    yield "transient", integrator.relax, plan.n_transient, lambda: False
    yield "align", integrator.align, plan.n_align, lambda: False
    integrator.start_averaging(plan.n_average)
    if plan.targets is None:
        yield "average", integrator.average, plan.n_average, lambda: False
        return
    # The errors are looked at after numbers of blocks that do not depend on how fast the machine is.
    done, n_blocks = 0, -(-plan.n_average // integrator.steps_per_block)
    for blocks in target.check_times(n_blocks):
        until = min(blocks * integrator.steps_per_block, plan.n_average)
        yield "average", integrator.average, until - done, lambda: verdict.is_enough(integrator, plan)
        done = until


def chunks(move, n_steps):
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
def whole_or_not_at_all():
    """While it is entered, runs that meet Ctrl-C raise KeyboardInterrupt and give back nothing half done."""
    token = _WHOLE_OR_NOT.set(True)
    try:
        yield
    finally:
        _WHOLE_OR_NOT.reset(token)


def is_part_of_a_whole():
    """Whether somebody outside wants Ctrl-C to raise, see `whole_or_not_at_all`."""
    return _WHOLE_OR_NOT.get()


class StopRequest:
    """While it is entered, Ctrl-C sets `requested` instead of raising; one in a later chunk still raises as usual.

    Within `whole_or_not_at_all`, leaving it raises what was requested. The handler that was there is put back on
    leaving. Handlers other than Python's own or the user's function, such as an ignored SIGINT, are left alone.
    """

    def __init__(self):
        self.requested = False

    def __enter__(self):
        self._previous = signal.getsignal(signal.SIGINT)
        self._installed = callable(self._previous) and threading.current_thread() is threading.main_thread()
        if self._installed:
            signal.signal(signal.SIGINT, self._handle)
        return self

    def _handle(self, number, stack):
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True

    def __exit__(self, *error):
        if self._installed:
            signal.signal(signal.SIGINT, self._previous)
        if self.requested and _WHOLE_OR_NOT.get():
            raise KeyboardInterrupt


def _bar(plan, progress):
    """A bar in units of one matrix-vector product, so that the time left is right from one phase to the next."""
    from tqdm.auto import tqdm

    total = plan.n_transient + (plan.n_align + plan.n_average) * (1 + plan.k)
    hidden = not (sys.stderr.isatty() if progress is None else progress)
    layout = "{desc}{percentage:3.0f}% |{bar}| {elapsed} elapsed, {remaining} left"
    return tqdm(total=total, disable=hidden, delay=0.5, bar_format=layout, file=sys.stderr)
