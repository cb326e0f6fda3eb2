"""Dimension of the activity itself: mean, covariance and participation ratio of the state and of the rates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .. import _solvers as solvers
from .._where import where_julia_is
from ..errors import OptionError
from . import loop
from .plan import UNITS, make_plan, studied, whole_steps
from .spectrum import plan_options

if TYPE_CHECKING:
    from .._contracts import System

DEFAULT_INTERVAL = {"tau": 0.5, "time": 0.5, "step": 1.0}
# Root mean square per unit below which activity counts as none: the rest of a decaying transient, while the
# activity of chaotic networks is of order 1.
QUIESCENT = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class Moments:
    """Mean and covariance of N numbers over K samples.

    Attributes
    ----------
    mean : (N,) float64
    covariance : (N, N) float64
        Unbiased: over K - 1.
    n_samples : int
        K.
    """

    mean: np.ndarray
    covariance: np.ndarray
    n_samples: int

    @cached_property
    def eigenvalues(self) -> NDArray[np.float64]:
        """(N,) float64: eigenvalues of the covariance, descending: the variances of its principal components."""
        return np.linalg.eigvalsh(self.covariance)[::-1]

    @property
    def variance(self) -> float:
        """Mean over the units of the mean square, <x_i^2>: what mean-field theory calls C(0)."""
        return float(np.mean(np.diagonal(self.covariance) + self.mean**2))

    @property
    def participation_ratio(self) -> float:
        """Dimension (sum mu)^2 / sum mu^2 of the eigenvalues mu of the covariance, from 1 to N; 0 for no activity."""
        return participation_ratio(self.covariance)


@dataclass(frozen=True, eq=False, repr=False)
class Activity:
    """Where a network's state has been, summed up; made by `activity`.

    Attributes
    ----------
    state : Moments
        Of the state x.
    rates : Moments or None
        Of phi(x) for a RateNetwork; for a DiscreteNetwork, and a LeakyRNN without a leak, the state itself, which is
        phi of the inputs; None for others.
    interval : float
        Time between samples.
    status : str
        "done", "max_time" (the time limit), "interrupted" or "diverged".
    """

    state: Moments
    rates: Moments | None
    interval: float
    status: str

    @property
    def n_samples(self) -> int:
        """Number of samples K."""
        return self.state.n_samples

    def __repr__(self) -> str:
        rates = "" if self.rates is None else f", {self.rates.participation_ratio:.4g} of the rates"
        return (
            f"Activity({len(self.state.mean)} units, {self.n_samples} samples, participation ratio "
            f"{self.state.participation_ratio:.4g} of the state{rates})"
        )


def activity(
    network: System,
    *,
    t_average: float,
    t_transient: float | None = None,
    dt: float | None = None,
    solver: str | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    every: float | None = None,
    initial_state: ArrayLike | None = None,
    seed: int | np.random.SeedSequence = 0,
    time_limit: float | None = None,
    progress: bool | None = None,
) -> Activity:
    """Mean, covariance and participation ratio of a network's activity, of the state x and of the rates phi(x).

    The state runs for `t_transient`, then a sample is taken every `every` for `t_average`. Sums are kept, no history.
    Input drives the network as in `lyapunov_spectrum`, and its own fluctuations are part of the activity.

    K samples of which n are independent give a participation ratio of about ``1 / (1 / PR + 1 / n)``: N independent
    units appear to have the dimension ``N n / (N + n)``. Take many more samples than there are units, over many
    correlation times. A network whose activity has died has none: below 1e-6 per unit, as root mean square, it is 0.

    Parameters
    ----------
    network : RateNetwork, DiscreteNetwork or one of `pylyap.systems`
    t_average, t_transient : float
        In the network's unit of time; the transient is as for `lyapunov_spectrum` by default.
    every : float, optional
        Time between samples, a whole number of steps; by default half a tau (of several the shortest), or every step of a map.
    dt, solver, rtol, atol, initial_state, seed, time_limit, progress
        As for `lyapunov_spectrum`: the same `seed` begins at the same state.

    Returns
    -------
    Activity

    Raises
    ------
    OptionError
        If an option is not allowed, or fewer than two samples would be taken.
    NetworkError
        If `network` is not a network of pylyap.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023); participation ratio: Xie, Mihalas, Kusmierz,
    arXiv 2505.09816 (2025), eq. 5.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(50, 3.0, seed=1))
    >>> seen = pylyap.analysis.activity(network, t_average=2000)
    >>> bool(1 < seen.rates.participation_ratio < 50)
    True
    """
    unit = studied(network).time_unit
    if every is None:
        every = DEFAULT_INTERVAL[unit] if network.time_scale is None or network.dt is None else 5 * network.dt
    every = checks.real("every", every, f"a time > 0 in {UNITS[unit]}", lambda t: t > 0)
    plan = make_plan(network, **plan_options(
        t_average=t_average, t_transient=t_transient, t_align=0, dt=dt, solver=solver, rtol=rtol, atol=atol,
        n_exponents=1, qr_interval=every if solvers.is_adaptive(solver) else "auto", initial_state=initial_state, seed=seed,
        time_limit=time_limit,
    ))
    interval = whole_steps("every", every, plan.dt, unit)
    if plan.n_average < 2 * interval:
        raise OptionError(f"t_average = {t_average} holds fewer than two samples, one every {every:g} {unit}")
    return _computed(network, plan, interval, progress)


@where_julia_is
def _computed(network, plan, interval, progress):
    from .._core import integrator as core

    run = core.ActivityRun(network, plan, interval)
    ending = loop.run(run, plan, progress=progress, time_left=plan.time_limit)
    moments = [Moments(*found) for found in run.record()]
    return Activity(
        state=moments[0], rates=_rates(network, moments), interval=interval * plan.dt, status=ending.status
    )


def participation_ratio(covariance: ArrayLike) -> float:
    """Participation ratio (tr C)^2 / tr(C^2) of a covariance matrix: the number of directions that share the variance.

    Parameters
    ----------
    covariance : (N, N) array_like
        Symmetric, not negative.

    Returns
    -------
    float
        From 1 to N; 0 if the root mean square per unit is below 1e-6, NaN for an unknown covariance.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023).

    Examples
    --------
    >>> import numpy as np
    >>> participation_ratio(np.diag([2.0, 2.0, 0.0]))
    2.0
    """
    advice = "give a symmetric matrix, shape (N, N)"
    covariance = checks.numbers("covariance", covariance, advice)
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1] or not covariance.size:
        raise OptionError(f"covariance has shape {covariance.shape}: {advice}")
    total = np.trace(covariance)
    if total < QUIESCENT**2 * len(covariance):
        return 0.0
    return float(total**2 / np.sum(covariance**2))


def _rates(network, moments):
    if len(moments) == 2:
        return moments[1]
    return moments[0] if network.rates == "state" else None
