"""`covariant_vectors`: the directions that belong to the exponents, by a run forward and one backward."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from os import PathLike

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks as checks
from .._contracts import Ending, System, fingerprint
from .._random import stream
from .._where import where_julia_is
from ..results import separation
from ..results.covariant import CovariantVectors
from ..results.covariant_verdict import judge
from . import checkpoints, covariant_plan, loop, scratch
from .plan import make_plan, studied
from .provenance import fingerprints
from .spectrum import package, plan_options

SMALL = 1e-10  # what is to be left of the backward start: far below the errors of angles that anybody measures
ENOUGH = 1e-6  # with which an automatic backward transient is content


@checks.named_options()
def covariant_vectors(
    network: System,
    *,
    n_vectors: int,
    t_average: float | None = None,
    t_transient: float | None = None,
    t_align: float | None = None,
    t_backward: float | None = None,
    sample_interval: float | None = None,
    dt: float | None = None,
    solver: str | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    qr_interval: float | str = "auto",
    initial_state: ArrayLike | None = None,
    seed: int | np.random.SeedSequence = 0,
    time_limit: float | None = None,
    checkpoint: str | PathLike[str] | None = None,
    checkpoint_interval: float = checkpoints.INTERVAL,
    progress: bool | None = None,
    max_memory: float | str = "4 GB",
) -> CovariantVectors:
    """Covariant Lyapunov vectors: for each exponent the direction that grows at this rate, forward and backward in
    time.

    State and frame run as in `lyapunov_spectrum`, and the R of every block is kept. The run goes on for `t_backward`
    beyond the window `t_average`. From there triangular solves go back (Ginelli et al. 2007): the stretch beyond the
    window lets the
    vectors forget where they began, and in the window they are formed at the samples. Two different backward starts
    tell what is not forgotten, ``diagnostics["backward_error"]``.

    Parameters
    ----------
    network : network or one of `pylyap.systems`
        As for `lyapunov_spectrum`; N units.
    n_vectors : int
        k, from 1 to N: vectors of the k leading exponents.
    t_average : float
        Length of the window, in the network's `time_unit`; networks that read a sequence of inputs: by default all
        that is left.
    t_transient : float, optional
        Time for which the state runs before; the default is that of `lyapunov_spectrum`.
    t_align : float, optional
        Time in which the frame aligns, at least some times the inverse gap of neighbouring exponents; default half of
        `t_average`, at least 20 tau, 100 steps of a map or 2000 of a flow's own steps; with a sequence a tenth of
        it, at most 100 steps.
    t_backward : float, optional
        Length of the stretch beyond the window. By default as long as the gaps of the exponents in the window say,
        at most
        `t_average`; with a sequence as long as the alignment.
    sample_interval : float, optional
        Time from one sample of the vectors to the next, a whole number of blocks. By default there are about 200
        samples. Automatic blocks are made to fit.
    dt, solver, rtol, atol, qr_interval, initial_state, time_limit, progress
        As for `lyapunov_spectrum`. Precision is double.
    seed : int or numpy.random.SeedSequence
        Source of the random initial state, frame and backward start.
    checkpoint, checkpoint_interval
        As for `lyapunov_spectrum`: a file from which the same call goes on, with the same bits; `t_average` may not be
        raised. It holds the R and the vectors, and is as large as they are. The stretch beyond the window, which goes
        on from the end of the window, has files of its own, ``FILE.2`` and, where the automatic `t_backward` turns out
        too short, ``FILE.3``. The way back, which takes a small part of the time, has none: it begins anew.
    max_memory : str or float
        Memory for vectors and R, such as "4 GB". The vectors, ``8 N k`` bytes per sample, have to fit. The R,
        ``4 k (k + 1)`` bytes per block, are kept in a scratch file where they do not; a warning says so beforehand.

    Returns
    -------
    CovariantVectors
        After Ctrl-C, at the time limit, where the state diverges and where a direction dies: the spectrum of what was
        finished and the vectors that can be had from it.

    Raises
    ------
    OptionError
        As for `lyapunov_spectrum`; if the vectors do not fit into `max_memory`; if `sample_interval` is not a whole
        number of blocks or longer than the window; if an input does not last as long as the stretch beyond the window.
    NotEnoughMemoryError
        If vectors and R, as far as they are kept in memory, need more than is free.
    CheckpointDamagedError, CheckpointForeignError, CheckpointMismatchError
        If `checkpoint` names a file that cannot be believed, is something else, or belongs to another run.
    NetworkError, JuliaUnavailableError, WrongThreadError, ForkedProcessError
        As for `lyapunov_spectrum`.

    References
    ----------
    Ginelli et al., PRL 99, 130601 (2007); J. Phys. A 46, 254005 (2013). Kuptsov, Parlitz, J. Nonlinear Sci. 22, 727
    (2012).

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> vectors = pylyap.covariant_vectors(pylyap.systems.cat_map(), n_vectors=2, t_average=100)
    >>> vectors.vectors.shape
    (100, 2, 2)
    >>> bool(np.allclose(vectors.angle(0, 1), np.pi / 2))       # the matrix is symmetric
    True
    """
    studied(network)
    room = scratch.n_bytes("max_memory", max_memory)
    plan = make_plan(
        network,
        **plan_options(
            n_exponents=checks.count("n_vectors", n_vectors, most=network.size),
            t_average=t_average,
            t_transient=t_transient,
            t_align=t_align,
            dt=dt,
            solver=solver,
            rtol=rtol,
            atol=atol,
            qr_interval=qr_interval,
            initial_state=initial_state,
            seed=seed,
            time_limit=time_limit,
        ),
    )
    if t_align is None and plan.sequence_length is None:
        plan = replace(plan, n_align=max(plan.n_align, plan.n_average // 2))
    plan, beyond, most_beyond = covariant_plan.with_beyond(network, plan, t_average, t_backward)
    sample_steps = covariant_plan.sample_steps(plan, sample_interval)
    expected = covariant_plan.check_room(plan, sample_steps, most_beyond, room)
    plan.options.update(
        t_average=plan.n_average * plan.dt,
        t_align=plan.n_align * plan.dt,
        t_backward="auto" if beyond is None else beyond * plan.dt,
        max_memory=room,
        sample_interval="auto" if sample_steps is None else sample_steps * plan.dt,
    )
    place = checkpoints.where(checkpoint, checkpoint_interval, plan.n_align)  # which follows from the fixed t_average
    return _computed(network, plan, beyond, most_beyond, sample_steps, room, expected, place, progress)


@where_julia_is
def _computed(network, plan, beyond, most_beyond, sample_steps, limit, expected, place, progress):
    from .._core import covariant as core
    from .._runtime import session

    began = time.monotonic()
    expected += covariant_plan.of_the_run(plan, session.n_threads())
    inputs = fingerprints(network, plan)
    checkpoint, plan = _found(place, inputs, plan)
    if place is not None:
        for number in (2, 3):
            checkpoints.check(place.numbered(number))
    room = scratch.Room(limit)
    # with one direction more, which is not kept: how far the next exponent is says how fast the span of all k aligns
    forward = core.Forward(network, plan, room, sample_steps, spare=int(plan.k < plan.n))
    if checkpoint is not None:
        checkpoint.bring(forward)
    ending = loop.run(
        forward, plan, progress=progress, time_left=plan.time_limit, label=f"up to {expected / 1e9:.2g} GB, forward: ",
        checkpoint=checkpoint,
    )  # fmt: skip
    seconds = time.monotonic() - began if checkpoint is None else checkpoint.seconds
    spectrum = package(network, plan, inputs, forward.record(), ending, seconds)
    gaps, is_degenerate = separation.following_gaps(spectrum.log_growth, forward.spare_growth(), spectrum.durations)
    forward_seconds = time.monotonic() - began
    if not forward.segments:  # ended before the window began
        forward.segments.append(core.Segment(plan.n, plan.k, 0, room, 1))
    backward = _Clock()
    stretch = _Stretch(forward, plan, inputs, place, progress, began)
    found, ending = _way_back(forward, plan, spectrum, ending, beyond, most_beyond, stretch, progress, backward)
    status, message, diagnostics = judge(ending, found, spectrum, plan, gaps, is_degenerate)
    vectors = _result(spectrum, plan, forward.segments[0], found, (status, message, diagnostics), room, forward.n_steps)
    vectors.diagnostics.update(
        bytes_expected=expected,
        seconds_forward=spectrum.provenance["wall_time"],
        seconds_after=time.monotonic() - began - forward_seconds,
        seconds_backward=backward.seconds,
    )
    return vectors


def _found(place, inputs, plan):
    """The checkpoint at a place, or None, and the plan to run by."""
    if place is None:
        return None, plan
    checkpoint = checkpoints.Checkpoint(place, "covariant vectors", may_grow=False)
    (plan,) = checkpoint.find([("", inputs, plan)])
    return checkpoint, plan


class _Stretch:
    """What a run forward does beyond its window, in one part or two, each with a checkpoint of its own.

    A checkpoint belongs to the state from which its part began.
    """

    def __init__(self, forward, plan, inputs, place, progress, began):
        self._forward, self._plan, self._inputs = forward, plan, inputs
        self._place, self._progress, self._began = place, progress, began
        self._number = 1  # of the file; the first is that of the window

    def go_on(self, n_steps):
        """Do so many steps more; how that ended."""
        from .._core import covariant as core

        self._number += 1
        plan = replace(self._plan, n_transient=0, n_align=0, n_average=n_steps)
        place = None if self._place is None else self._place.numbered(self._number)
        beginning = {"state at its beginning": fingerprint(self._forward.state)}
        checkpoint, plan = _found(place, {**self._inputs, **beginning}, plan)
        beyond = core.Beyond(self._forward, n_steps)
        if checkpoint is not None:
            checkpoint.bring(beyond)
        limit = plan.time_limit
        left = None if limit is None else max(0.0, limit - (time.monotonic() - self._began))
        return loop.run(
            beyond, plan, progress=self._progress, time_left=left, label="beyond: ", checkpoint=checkpoint
        )


class _Clock:
    """Adds up wall time, in seconds."""

    seconds = 0.0

    def __call__(self, function, *arguments, **options):
        began = time.monotonic()
        try:
            return function(*arguments, **options)
        finally:
            self.seconds += time.monotonic() - began


def _way_back(forward, plan, spectrum, ending, beyond, most_beyond, stretch, progress, clock):
    """The vectors, back at the beginning of the window, and how the run ended."""
    from .._core import covariant as core

    wanted = _wanted(spectrum, plan, most_beyond) if beyond is None else beyond
    groups = separation.groups_of(spectrum.log_growth, spectrum.durations)
    done = 0
    while True:
        if ending is Ending.DONE:
            ending = stretch.go_on(wanted - done)
            done = wanted
        back = core.Backward(forward.segments, _starts(plan))
        n_align = _blocks_to_forget(forward, ending, wanted)
        way = clock(loop.run, back, _in_blocks(plan, n_align, 0), progress=progress, time_left=None, label="backward: ")
        may_go_on = beyond is None and ending is Ending.DONE and way is Ending.DONE and wanted < most_beyond
        if may_go_on and separation.errors(back.record().starts, groups).max() > ENOUGH:
            wanted = most_beyond
            continue
        if way is Ending.DONE:
            back.count_from_here()
            way = clock(
                loop.run,
                back,
                _in_blocks(plan, 0, back.n_blocks),
                progress=progress,
                time_left=None,
                label="backward: ",
            )
        return back.record(), (way if ending is Ending.DONE else ending)


def _wanted(spectrum, plan, most):
    """Steps in which the gaps of the exponents leave nothing of the backward start."""
    if plan.k == 1:
        return 1  # the first column of the frame is the vector
    gap = separation.smallest_gap(spectrum.log_growth, spectrum.durations)
    wanted = plan.n_align if gap is None else math.ceil(-math.log(SMALL) / gap / plan.dt)
    return min(max(wanted, 1), most)


def _blocks_to_forget(forward, ending, wanted):
    """Blocks at the end that are spent on forgetting; of a run that was cut short up to half of those that there
    are."""
    window, *more = [segment.n_blocks for segment in forward.segments]
    if ending is Ending.DONE:
        return sum(more)
    needed = -(-wanted // forward.steps_per_block)
    return max(sum(more), min(needed, (window + sum(more)) // 2))


def _starts(plan):
    """Two upper triangular matrices to begin with on the way back: a random one, and the frame itself."""
    random = np.triu(stream(plan.start.seed, "backward start").standard_normal((plan.k, plan.k)), 1)
    np.fill_diagonal(random, np.sqrt(np.arange(plan.k) + 1.0))  # as large as what is above it
    return np.array([random, np.eye(plan.k)])


def _in_blocks(plan, n_align, n_average):
    """The plan of a way back, whose unit is the block."""
    return replace(plan, n_transient=0, n_align=n_align, n_average=n_average, targets=None)


def _result(spectrum, plan, window, found, verdict, room, n_steps):
    every = window.sample_every
    samples = [s for s in range(window.frames.shape[2]) if found.first < (s + 1) * every <= found.last]
    first, last = (samples[0], samples[-1] + 1) if samples else (0, 0)
    status, message, diagnostics = verdict
    diagnostics.update(
        bytes_in_memory=room.used,
        bytes_in_files=room.in_files,
        t_backward=_t_backward(spectrum, found, plan, n_steps),
    )
    return CovariantVectors(
        frames=window.frames[:, :, first:last],
        frame_participation=window.participation[:, first:last].T,
        sample_blocks=every * np.arange(first + 1, last + 1),
        log_growth=found.log_growth[found.first : found.last],
        first_block=found.first,
        spectrum=spectrum,
        status=status,
        message=message,
        diagnostics=diagnostics,
    )


def _t_backward(spectrum, found, plan, n_steps):
    """Time between the last block with vectors and the end of the run."""
    counted = (n_steps - plan.n_transient - plan.n_align) * plan.dt
    return max(0.0, counted - float(spectrum.durations[: found.last].sum()))
