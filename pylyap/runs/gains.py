"""`leading_exponents`: one network at many gains, at the cost of matrix products instead of products with vectors."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._where import where_julia_is
from ..errors import NetworkError, OptionError
from .. import _checks as checks
from ..networks import matrix
from ..networks.models import DiscreteNetwork
from . import loop
from .plan import make_plan
from .spectrum import plan_options
from ..results.statistics import standard_error

# Gains that share one matrix product. The same on any number of cores, so that the results have the same bits.
GAINS_TOGETHER = 32
LOG_BYTES = 2e9  # of the logarithms of all counted steps and gains of a network


class LeadingExponents(NamedTuple):
    """Leading exponents of one network at many gains.

    Attributes
    ----------
    gains : (m,) float64
        Factors on the weights.
    exponents : (m,) float64
        Leading exponent per step; -inf if the tangent vector died, NaN if the state diverged or nothing was counted.
    stderr : (m,) float64
        Standard errors, corrected for autocorrelation; NaN where unknown.
    mean_square : (m,) float64
        Mean of x**2 over units and counted steps.
    n_steps : int
        Steps that were counted.
    status : str
        "done", "max_time" (the time limit) or "interrupted".
    """

    gains: NDArray[np.float64]
    exponents: NDArray[np.float64]
    stderr: NDArray[np.float64]
    mean_square: NDArray[np.float64]
    n_steps: int
    status: str


def leading_exponents(
    network: DiscreteNetwork,
    gains: ArrayLike,
    *,
    t_average: float,
    t_transient: float | None = None,
    t_align: float | None = None,
    initial_state: ArrayLike | None = None,
    initial_frame: ArrayLike | None = None,
    seed: int | np.random.SeedSequence = 0,
    time_limit: float | None = None,
    progress: bool | None = None,
) -> LeadingExponents:
    """Leading Lyapunov exponent of ``x(t+1) = phi(g W x(t) + bias + drive(t))`` for many gains g.

    All gains share W, bias, drive, initial state and initial tangent vector; their states and tangent vectors go
    through one matrix product per step. Much faster than one `lyapunov_spectrum` per gain, which gives the same numbers.

    Parameters
    ----------
    network : DiscreteNetwork
        The network at gain 1, with dense weights W; N units.
    gains : (m,) array_like
        Factors g on the weights.
    t_average, t_transient, t_align, initial_state, initial_frame, seed, time_limit, progress
        As for `lyapunov_spectrum` with one exponent; the same seed is the same state and tangent vector. Eight bytes
        are kept for each counted step and gain, at most 2 GB. There are no checkpoints: a family is short. Of many, the
        store of a sweep keeps those that are done, see `pylyap.sweeps.GainFamily`.

    Returns
    -------
    LeadingExponents

    Raises
    ------
    NetworkError
        If the network is another system, its weights are sparse, or a gain is not a finite real number.
    OptionError
        If an option is not allowed, `gains` is not a list of numbers, or the steps of all gains are too many to keep.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), figure 2, whose gains are such a family.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.levy(100, 1.0, 1.5, seed=1))
    >>> family = pylyap.leading_exponents(network, [0.2, 1.0, 5.0], t_average=500)
    >>> bool(family.exponents[0] < 0 < family.exponents[2])
    True
    """
    options = dict(
        t_average=t_average, t_transient=t_transient, t_align=t_align, initial_state=initial_state,
        initial_frame=initial_frame, time_limit=time_limit,
    )
    return side_by_side([(network, gains, seed)], progress=progress, **options)[0]


def side_by_side(
    members: Iterable[tuple[DiscreteNetwork, ArrayLike, int | np.random.SeedSequence]],
    *,
    progress: bool | None = None,
    **options: Any,
) -> list[LeadingExponents]:
    """`leading_exponents` of several networks at once; `members` are tuples (network, gains, seed)."""
    checked = [(network, _gains(gains), _plan(network, seed, options)) for network, gains, seed in members]
    for _, gains, plan in checked:
        _check_room(len(gains), plan.n_average)
    return _computed(checked, progress)


@where_julia_is
def _computed(checked, progress):
    from .._core import integrator as core
    from .._core.gain_family import GainFamily

    groups = [[GainFamily(network, part, plan) for part in _parts(gains)] for network, gains, plan in checked]
    plan = checked[0][-1]  # all take the same steps
    ensemble = core.Ensemble([family for group in groups for family in group])
    ending = loop.run(ensemble, plan, progress=progress, time_left=plan.time_limit)
    return [_packaged(gains, group, ending) for (_, gains, _), group in zip(checked, groups)]


def _gains(gains):
    gains = checks.real_array("gains", gains, "give real numbers")
    if gains.ndim != 1 or gains.size == 0:
        raise OptionError(f"gains has shape {gains.shape}: give one or more numbers, shape (m,)")
    return gains


def _check_room(n_gains, n_steps):
    if 8 * n_gains * n_steps > LOG_BYTES:
        most = int(LOG_BYTES / (8 * n_gains))
        raise OptionError(
            f"t_average = {n_steps} steps of {n_gains} gains are too many to keep: at most {most} steps, or fewer gains"
        )


def _plan(network, seed, options):
    if not isinstance(network, DiscreteNetwork) or matrix.is_sparse(network.weights):
        raise NetworkError(f"leading_exponents needs a DiscreteNetwork with dense weights, got {network!r}")
    given = options.get("initial_frame")
    plan = make_plan(network, **plan_options(n_exponents=None if given is not None else 1, seed=seed, **options))
    if plan.k != 1:
        raise OptionError(f"initial_frame has {plan.k} columns: each gain has one tangent vector, give ({plan.n}, 1)")
    return plan


def _parts(gains):
    return np.array_split(gains, math.ceil(len(gains) / GAINS_TOGETHER))


def _packaged(gains, families, ending):
    steps = families[0].n_logged
    records = [family.record() for family in families]
    log_growth = np.concatenate([log_growth for log_growth, _ in records])
    squares = np.concatenate([squares for _, squares in records])
    with np.errstate(invalid="ignore"):  # 0 / 0 where nothing was counted
        exponents, mean_square = log_growth.sum(axis=1) / steps, squares / steps
    exponents[~np.isfinite(mean_square)] = np.nan
    return LeadingExponents(
        np.array(gains), exponents, standard_error(np.ascontiguousarray(log_growth.T)), mean_square, steps, ending.status
    )
