"""Hyperbolicity from two frames: how close the first m directions come to all the others, without forming vectors."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from .._contracts import ResultStatus
from .._random import stream
from .._where import where_julia_is
from ..errors import OptionError
from ..results.hyperbolicity import p_value
from . import fixed_step, scratch
from .plan import UNITS, whole_steps

if TYPE_CHECKING:
    from .._contracts import System

MOST_BYTES = 2e9  # of a recorded trajectory


@dataclass(frozen=True, eq=False)
class SplittingAngles:
    """Angles between leading directions and all the others along a run, made by `splitting_angles`.

    S is the number of samples, k that of directions.

    Attributes
    ----------
    angles : (S, k) float64
        In column m - 1 the smallest angle between the subspace of the first m covariant vectors and that of the N -
        m others, in [0, pi/2]; of all N - m, also if k < N. For m = N there are no others, and the angle is pi/2.
    times : (S,) float64
        Since the beginning of the run, in units of `time_unit`.
    exponents : (k,) float64
        Of the forward run over the same window, in the order of the frame: an m between two that are far apart tells
        most.
    time_unit, status : str
        "done", or "interrupted" or "max_time" with the samples that there are: the last ones.
    """

    angles: NDArray[np.float64]
    times: NDArray[np.float64]
    exponents: NDArray[np.float64]
    time_unit: str
    status: str

    @property
    def smallest(self) -> NDArray[np.float64]:
        """(k,): the smallest angle of each splitting; NaN without samples."""
        return self.angles.min(axis=0) if len(self.angles) else np.full(self.angles.shape[1], np.nan)

    @property
    def p_values(self) -> NDArray[np.float64]:
        """(k,): how probable it is that the smallest angles stop so far from 0 if they reach it with a positive
        density.

        NaN with fewer than 80 samples; as in `CovariantVectors.hyperbolicity`.
        """
        return np.array([p_value(column) for column in self.angles.T])


@checks.named_options(and_those_of=fixed_step.OPTIONS)
def splitting_angles(
    network: System,
    *,
    n_vectors: int,
    t_average: float,
    sample_interval: float,
    t_backward: float | None = None,
    **options: Any,
) -> SplittingAngles:
    """Test of hyperbolicity by Kuptsov and Parlitz: angles of all splittings from the forward and the adjoint frame.

    The first m columns of the forward frame span the first m covariant vectors. Those of the frame that transposed
    Jacobians bring back from the future span what is orthogonal to all others. The smallest singular value of the
    leading m by m minor
    of their product is the sine of the smallest angle between the two.

    Parameters
    ----------
    network : network or system
    n_vectors : int
        k, from 1 to N.
    t_average : float
        Length of the window, of which the whole `sample_interval` count.
    sample_interval : float
        Time between samples, a whole number of steps.
    t_backward : float, optional
        Length of the stretch beyond the window in which the adjoint frame aligns; by default as long as the alignment.
    **options
        `t_transient`, `t_align`, `dt`, `solver` (not "tsit5"), `qr_interval` ("auto" means one step),
        `initial_state`, `seed`,
        `time_limit` and `progress` of `pylyap.lyapunov_spectrum`.

    Returns
    -------
    SplittingAngles

    Raises
    ------
    OptionError
        If the recorded trajectory would need more than 2 GB or becomes infinite or NaN, or the drive does not last.

    References
    ----------
    Kuptsov, Parlitz, "Theory and computation of covariant Lyapunov vectors", J. Nonlinear Sci. 22, 727 (2012),
    section 6;
    arXiv 1105.5228.

    Examples
    --------
    >>> import pylyap
    >>> found = pylyap.analysis.splitting_angles(pylyap.systems.henon(), n_vectors=1, t_average=2000, sample_interval=1)
    >>> bool(found.smallest[0] < 0.01)                  # tangencies of the stable and the unstable direction
    True
    """
    progress = options.pop("progress", None)
    k = checks.count("n_vectors", n_vectors)
    plan = fixed_step.fixed_step_plan(network, "splitting_angles", n_exponents=k, t_average=t_average, **options)
    plan = replace(plan, max_condition=np.inf, longest_block=plan.steps_per_block)
    unit, block = plan.time_unit, plan.steps_per_block
    steps = whole_steps(
        "sample_interval", checks.real("sample_interval", sample_interval, "a time > 0", lambda t: t > 0), plan.dt, unit
    )
    if steps % block or steps > plan.n_average:
        raise OptionError(
            f"sample_interval = {sample_interval:g} is not allowed: give a whole number of blocks of {block * plan.dt:g} {unit}, at most "
            "t_average"
        )
    beyond = plan.n_align
    if t_backward is not None:
        beyond = round(
            checks.real("t_backward", t_backward, f"a time >= 0 in {UNITS[unit]}", lambda t: t >= 0) / plan.dt
        )
    plan = replace(plan, n_average=plan.n_average // steps * steps)
    n_beyond = -(-beyond // block)
    _check_input(network, plan, n_beyond * block)
    return _computed(network, plan, steps, n_beyond, progress)


def _check_input(network, plan, beyond):
    """Raise OptionError if an input does not last until `beyond` steps after the window."""
    needed = plan.n_steps + beyond
    if plan.sequence_length is not None and needed > plan.sequence_length:
        raise OptionError(f"{needed} steps are needed and {plan.sequence_length} have an input: make the times shorter")
    if network.drive is not None:
        network.drive.check_run(plan.solver, plan.dt, needed)


@where_julia_is
def _computed(network, plan, sample_steps, n_beyond, progress):
    from .._core import companions, covariant

    began = time.monotonic()

    def left():
        return None if plan.time_limit is None else max(0.0, plan.time_limit - (time.monotonic() - began))

    recorder = companions.Recorder(network, plan)
    on = replace(
        plan,
        n_transient=plan.n_transient + plan.n_align,
        n_align=0,
        n_average=plan.n_average + n_beyond * plan.steps_per_block,
    )
    size = recorder.bytes_per_step * on.n_average
    if size > MOST_BYTES:
        raise OptionError(
            f"a recorded trajectory of {on.n_average} steps needs {size / 1e9:.1f} GB, more than {MOST_BYTES / 1e9:g}: make "
            "t_average and t_backward shorter"
        )
    forward = covariant.Forward(network, plan, scratch.Room(np.inf), sample_steps)
    status = fixed_step.run(forward, plan, progress=progress, time_left=left(), label="forward: ")
    exponents = _mean_rates(forward.record())
    if status == ResultStatus.DONE:
        status = fixed_step.run(recorder, on, progress=progress, time_left=left(), label="recording: ")
    if status != ResultStatus.DONE:
        return SplittingAngles(np.empty((0, plan.k)), np.empty(0), exponents, plan.time_unit, status)
    every = sample_steps // plan.steps_per_block
    frame = np.array(stream(plan.start.seed, "adjoint frame").standard_normal((plan.k, plan.n)).T, order="F")
    kind = functools.partial(companions.SplittingRun, frames=forward.segments[0].frames, every=every)
    back = recorder.backward(frame, plan.steps_per_block, kind)
    in_blocks = replace(plan, n_transient=0, n_align=n_beyond, n_average=plan.n_average // plan.steps_per_block)
    status = fixed_step.run(back, in_blocks, progress=progress, time_left=left(), label="backward: ")
    angles = back.record()
    n_samples = plan.n_average // sample_steps
    times = (plan.n_transient + plan.n_align + sample_steps * np.arange(1, n_samples + 1)) * plan.dt
    return SplittingAngles(angles, times[n_samples - len(angles) :], exponents, plan.time_unit, status)


def _mean_rates(record):
    total = record.durations.sum()
    return record.log_growth.sum(axis=0) / total if total else np.full(record.log_growth.shape[1], np.nan)
