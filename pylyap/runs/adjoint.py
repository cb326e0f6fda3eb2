"""The spectrum from the other end: transposed Jacobians along the recorded trajectory, backward in time."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._contracts import ResultStatus
from .._where import where_julia_is
from .. import _checks as checks
from ..errors import OptionError
from ..results import statistics
from . import fixed_step

if TYPE_CHECKING:
    from .._contracts import System

MOST_BYTES = 2e9  # of a recorded trajectory


@dataclass(frozen=True, eq=False)
class AdjointSpectrum:
    """Exponents of a backward run; compare them with those of `lyapunov_spectrum` over the same stretch.

    Attributes
    ----------
    exponents, stderr : (k,) float64
        In descending order, per unit of time.
    local_exponents : (B, k) float64
        In the order of time.
    durations : (B,) float64
    status : str
        "done", or "interrupted" or "max_time" with the last blocks; if there are none the exponents are NaN.
    """

    local_exponents: np.ndarray
    durations: np.ndarray
    status: str = ResultStatus.DONE

    @property
    def exponents(self) -> NDArray[np.float64]:
        if not len(self.durations):
            return np.full(self.local_exponents.shape[1], np.nan)
        return np.average(self.local_exponents, axis=0, weights=self.durations)

    @property
    def stderr(self) -> NDArray[np.float64]:
        return statistics.standard_error(self.local_exponents, self.durations)


@checks.named_options(and_those_of=("n_exponents", *fixed_step.OPTIONS))
def adjoint_spectrum(network: System, *, t_average: float | None = None, **options: Any) -> AdjointSpectrum:
    """Lyapunov spectrum of the transposed Jacobians, multiplied backward in time.

    The trajectory runs through the transient, the alignment and `t_average`, and then for another alignment, from whose
    end the backward frame starts. The product of all Jacobians and its transpose have the same singular values, hence the
    exponents are the same in the long run; over the same stretch they differ by terms of order 1 / `t_average`.

    Parameters
    ----------
    network : network or system
    t_average : float
        Time to average over; networks that read a sequence of inputs: by default all that is left.
    **options
        `n_exponents`, `t_transient`, `t_align` (with a sequence half the default, since there are two), `dt`, `solver`
        (not "tsit5" or "lab4"), `qr_interval` ("auto" means one step), `initial_state`, `seed`, `time_limit` and
        `progress` of `pylyap.lyapunov_spectrum`.

    Returns
    -------
    AdjointSpectrum

    Raises
    ------
    OptionError
        If the recorded trajectory would need more than 2 GB, becomes infinite or NaN, or is longer than the drive or the
        sequence of inputs.

    References
    ----------
    Ershov, Potapov, Physica D 118, 167 (1998).

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> spectrum = pylyap.analysis.adjoint_spectrum(pylyap.systems.linear_map(np.diag([2.0, 0.5])), t_average=200)
    >>> spectrum.exponents.round(2).tolist()
    [0.69, -0.69]
    """
    progress = options.pop("progress", None)
    plan = fixed_step.fixed_step_plan(network, "adjoint_spectrum", t_average=t_average, **options)
    plan, n_blocks, n_spare = _both_ends(network, plan, t_average, options.get("t_align"))
    return _computed(network, plan, n_blocks, n_spare, progress)


@where_julia_is
def _computed(network, plan, n_blocks, n_spare, progress):
    from .._core import companions

    began = time.monotonic()
    recorder = companions.Recorder(network, plan)
    size = recorder.bytes_per_step * plan.n_average
    if size > MOST_BYTES:
        raise OptionError(
            f"a recorded trajectory of {plan.n_average} steps needs {size / 1e9:.1f} GB, more than {MOST_BYTES / 1e9:g}:"
            " make t_average and t_align shorter"
        )
    status = fixed_step.run(recorder, plan, progress=progress, time_left=plan.time_limit, label="forward, ")
    if status != ResultStatus.DONE:
        return AdjointSpectrum(np.empty((0, plan.k)), np.empty(0), status)
    back = recorder.backward(np.array(recorder.frame, order="F"), plan.steps_per_block)
    left = None if plan.time_limit is None else plan.time_limit - (time.monotonic() - began)
    in_blocks = replace(plan, n_transient=0, n_align=n_spare, n_average=n_blocks)
    status = fixed_step.run(back, in_blocks, progress=progress, time_left=left, label="backward, ")
    block = plan.steps_per_block * plan.dt
    rates = back.record()[:, ::-1].T / block
    order = np.argsort(-rates.sum(axis=0), kind="stable")
    return AdjointSpectrum(np.ascontiguousarray(rates[:, order]), np.full(len(rates), block), status)


def _both_ends(network, plan, t_average, t_align):
    """The plan of the way forward, which records all that it averages over; blocks to count, and blocks to align in."""
    per_block, length, n_align, n_average = plan.steps_per_block, plan.sequence_length, plan.n_align, plan.n_average
    if length is not None and t_align is None:
        n_align //= 2
    n_spare = -(-n_align // per_block)
    if length is not None and t_average is None:
        n_average = length - plan.n_transient - n_align - n_spare * per_block
    n_blocks = n_average // per_block
    plan = replace(plan, n_align=n_align, n_average=(max(n_blocks, 1) + n_spare) * per_block, targets=None)
    if length is not None and plan.n_steps > length:
        raise OptionError(
            f"{plan.n_steps} steps are needed, with an alignment at both ends, and {length} have an input: "
            "make t_average or t_align shorter"
        )
    if (drive := network.drive) is not None:
        drive.check_run(plan.solver, plan.dt, plan.n_steps)
    return plan, n_blocks, n_spare
