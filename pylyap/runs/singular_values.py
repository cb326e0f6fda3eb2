"""`jacobian_singular_values`: singular values of the derivative of the state after some time, exact over any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .._where import where_julia_is
from ..errors import OptionError
from ..results.units import many
from . import loop
from .plan import make_plan, studied, whole_steps
from .spectrum import plan_options

if TYPE_CHECKING:
    from .._contracts import System


@dataclass(frozen=True, eq=False, repr=False)
class JacobianSpectrum:
    """Singular values of ``J(T) = d x(t0 + T) / d x(t0)`` for one or more T, made by `jacobian_singular_values`.

    Attributes
    ----------
    times : (m,) float64
        The T, ascending, in units of `time_unit`.
    log_singular_values : (m, N) float64
        Natural logarithms in descending order; -inf for a direction that has died.
    time_unit : str
        "tau", "time" or "step".
    status : str
        "done", or how the run ended before the last T; then there are fewer T.
    """

    times: np.ndarray
    log_singular_values: np.ndarray
    time_unit: str
    status: str

    @property
    def rates(self) -> NDArray[np.float64]:
        """(m, N): finite-time exponents ``log_singular_values / T``, which approach the Lyapunov exponents."""
        return self.log_singular_values / self.times[:, None]

    @property
    def log_largest(self) -> NDArray[np.float64]:
        """(m,): logarithm of the largest growth, of perturbations forward and of gradients backward."""
        return self.log_singular_values[:, 0]

    @property
    def log_typical(self) -> NDArray[np.float64]:
        """(m,): logarithm of the root mean square growth of a vector in random direction, ``|J|_F / sqrt(N)``."""
        largest = self.log_largest
        with np.errstate(invalid="ignore"):  # -inf - -inf where every direction has died
            mean_square = np.mean(np.exp(2 * (self.log_singular_values - largest[:, None])), axis=1)
        return np.where(np.isneginf(largest), -np.inf, largest + 0.5 * np.log(mean_square))

    def __repr__(self) -> str:
        sizes = f"{self.log_singular_values.shape[1]} singular values after {len(self.times)} times"
        return f"JacobianSpectrum({sizes} up to {self.times.max(initial=0):g} {many(self.time_unit)}, {self.status})"


def jacobian_singular_values(
    network: System,
    times: float | Sequence[float] | None = None,
    *,
    t_transient: float | None = None,
    initial_state: ArrayLike | None = None,
    dt: float | None = None,
    solver: str | None = None,
    seed: int | np.random.SeedSequence = 0,
    time_limit: float | None = None,
    progress: bool | None = None,
) -> JacobianSpectrum:
    """Singular values of the derivative of the state after T with respect to that at the beginning, exact for any T.

    Unlike Lyapunov exponents, which are limits, they say what happens within T: how much a perturbation can grow, and a
    gradient on its way back. The product of Jacobians is kept as a product of triangular factors with the size of each
    row as a logarithm, one per step, and its singular values are found by one-sided Jacobi rotations, so that T may be so
    long, or the contraction so strong, that the product itself would overflow or underflow.

    A step costs two products and a QR decomposition of N by N matrices. Each T costs as much as some 30 steps, on one
    core (0.1 s for N = 200, 1.2 s for N = 400 on a common one): give a few.

    Parameters
    ----------
    network : network or one of `pylyap.systems`
        As for `pylyap.lyapunov_spectrum`. All N directions are carried.
    times : float or sequence of float, optional
        The T, ascending, whole numbers of steps, in the network's unit of time. Networks that read a sequence of
        inputs: by default the whole sequence.
    t_transient : float, optional
        Time for which the state runs before; the default is that of `lyapunov_spectrum` (for sequences 0).
    initial_state, dt, solver, seed, time_limit, progress
        As for `lyapunov_spectrum`.

    Returns
    -------
    JacobianSpectrum

    Raises
    ------
    OptionError
        If `times` is not ascending or not made of whole steps, or another option is not allowed.
    NetworkError, JuliaUnavailableError, WrongThreadError, ForkedProcessError
        As for `lyapunov_spectrum`.

    References
    ----------
    Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, section 2;
    one-sided Jacobi: Demmel, Veselic, SIAM J. Matrix Anal. Appl. 13, 1204 (1992).

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 0.5, seed=1))
    >>> jacobian = pylyap.analysis.jacobian_singular_values(network, [1, 10, 1000])
    >>> jacobian.log_singular_values.shape
    (3, 20)
    >>> bool(jacobian.log_singular_values[2, -1] < -745)     # no floating-point number is that small
    True
    """
    times = _times(times, network)
    plan = make_plan(network, **plan_options(
        t_average=None if times is None else times[-1], t_transient=t_transient, t_align=0, initial_state=initial_state,
        dt=dt, solver=solver, seed=seed, time_limit=time_limit,
    ))
    unit = plan.time_unit
    read_at = [plan.n_average] if times is None else [whole_steps("times", t, plan.dt, unit) for t in times]
    return _computed(network, plan, read_at, progress)


@where_julia_is
def _computed(network, plan, read_at, progress):
    from .._core.singular_values import JacobianRun

    run = JacobianRun(network, plan, read_at)
    ending = loop.run(run, plan, progress=progress, time_left=plan.time_limit)
    found = np.array(run.log_singular_values).reshape(-1, plan.n)
    return JacobianSpectrum(np.array(read_at[: len(found)]) * plan.dt, found, plan.time_unit, ending.status)


def _times(times, network):
    if times is None:
        if studied(network).sequence_length is None:
            raise OptionError("times is missing: give the times after which to take the singular values")
        return None
    found = np.atleast_1d(checks.real_array("times", times, "give times > 0, ascending"))
    if found.ndim != 1 or len(found) == 0 or found[0] <= 0 or (np.diff(found) <= 0).any():
        raise OptionError(f"times = {checks.shown(times)} is not allowed: give times > 0, ascending")
    return found
