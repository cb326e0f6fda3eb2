"""The largest exponent by its definition: two trajectories that start close, and how fast they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._contracts import ResultStatus
from .._where import where_julia_is
from .. import _checks as checks
from ..results import statistics
from . import fixed_step

if TYPE_CHECKING:
    from .._contracts import System


@dataclass(frozen=True, eq=False)
class TwinExponent:
    """Growth of the distance of two trajectories beside that of the first tangent vector, block by block.

    Attributes
    ----------
    exponent, stderr : float
        Mean growth rate of the distance per unit of time, and its standard error.
    tangent_exponent : float
        The same of the tangent vector, on the same trajectory.
    local_exponents, tangent_local_exponents : (B,) float64
        Rates in each block.
    durations : (B,) float64
    status : str
        "done", or "interrupted" or "max_time" with the blocks there are; without any the means are NaN.
    """

    local_exponents: np.ndarray
    tangent_local_exponents: np.ndarray
    durations: np.ndarray
    status: str = ResultStatus.DONE

    @property
    def exponent(self) -> float:
        return self._mean(self.local_exponents)

    @property
    def stderr(self) -> float:
        return statistics.standard_error(self.local_exponents, self.durations)

    @property
    def tangent_exponent(self) -> float:
        return self._mean(self.tangent_local_exponents)

    def _mean(self, rates):
        return float(np.average(rates, weights=self.durations)) if len(rates) else np.nan

    @property
    def difference(self) -> float:
        """Root mean square difference of the two rates in a block."""
        two, one = self.local_exponents, self.tangent_local_exponents
        apart = np.subtract(two, one, out=np.zeros_like(two), where=two != one)  # both are -inf where the vector dies
        return float(np.sqrt(np.mean(apart**2))) if len(apart) else np.nan


@checks.named_options(and_those_of=fixed_step.OPTIONS)
def twin_exponent(
    network: System, *, t_average: float | None = None, separation: float = 1e-8, **options: Any
) -> TwinExponent:
    """Largest exponent from a second trajectory, brought back to `separation` at the end of every block.

    The twin starts along the first tangent vector and receives the same input, noise included. Its rates have to agree
    with the tangent's block by block, to about `separation` and rounding over `separation`: a test of the Jacobian and
    of the tangent integration along the whole trajectory.

    Parameters
    ----------
    network : network or system
    t_average : float
        Time to average over; networks that read a sequence of inputs: by default all that is left.
    separation : float
        Distance of the two, in units of the state.
    **options
        `t_transient`, `t_align`, `dt`, `solver` (not "tsit5" or "lab4"), `qr_interval`, `initial_state`, `seed`,
        `time_limit` and `progress` of `pylyap.lyapunov_spectrum`.

    Returns
    -------
    TwinExponent

    Raises
    ------
    OptionError
        If the state or the tangent vector becomes infinite or NaN; and as others for `pylyap.lyapunov_spectrum`.

    References
    ----------
    Benettin, Galgani, Strelcyn, Phys. Rev. A 14, 2338 (1976).

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 3.0, seed=1))
    >>> pair = pylyap.analysis.twin_exponent(network, t_average=200)
    >>> bool(abs(pair.exponent - pair.tangent_exponent) < 1e-4)
    True
    """
    separation = checks.real("separation", separation, "a distance > 0", lambda distance: distance > 0)
    progress = options.pop("progress", None)
    plan = fixed_step.fixed_step_plan(network, "twin_exponent", n_exponents=1, t_average=t_average, **options)
    return _computed(network, plan, separation, progress)


@where_julia_is
def _computed(network, plan, separation, progress):
    from .._core import companions

    twin = companions.Twin(network, plan, separation)
    status = fixed_step.run(twin, plan, progress=progress, time_left=plan.time_limit)
    record = twin.record()
    tangent = record.log_growth[:, 0] / record.durations
    return TwinExponent(twin.log_separation / record.durations, tangent, record.durations, status)
