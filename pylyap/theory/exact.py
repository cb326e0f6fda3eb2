"""What holds exactly for a network of any size: fixed points, sums of all exponents, point symmetry."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NetworkError
from .. import _checks as checks
from . import _arguments as arguments
from ._relative import relative


def fixed_point_spectrum(
    W: ArrayLike, *, slopes: ArrayLike = 1.0, euler_step: float | None = None
) -> NDArray[np.float64]:
    """Exact spectrum at a fixed point, or of a linear network of any size.

    With the eigenvalues mu of W diag(slopes): Re(mu) - 1 for ``dx/dt = -x + W phi(x)``, and
    ln|1 - dt + dt mu| / dt for Euler's map; dt = 1 is the discrete-time network.

    Parameters
    ----------
    W : (N, N) array_like
        Weights.
    slopes : float or (N,) array_like
        phi' of each unit at the fixed point; 1 for tanh at zero.
    euler_step : float, optional
        dt / tau in (0, 1]; without it time is continuous.

    Returns
    -------
    (N,) float64 array
        Descending, per tau; -inf for directions that a map kills.

    Raises
    ------
    NetworkError
        If W is not a square matrix of finite numbers, or slopes do not fit it.
    OptionError
        If euler_step is outside what is allowed.

    References
    ----------
    Linear algebra; the exponents of a constant matrix are the logarithms of its eigenvalues' moduli.

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.fixed_point_spectrum([[0.0, 0.5], [-0.5, 0.0]]).tolist()
    [-1.0, -1.0]
    """
    W = _square(W)
    jacobian = W * _per_unit("slopes", slopes, len(W))
    mu = np.linalg.eigvals(jacobian)
    mu[np.argsort(np.abs(mu))[: len(W) - _rank(jacobian)]] = 0.0  # which rounding leaves at 1e-16
    if euler_step is None:
        return np.sort(mu.real - 1.0)[::-1]
    dt = arguments.euler_step(euler_step)
    return np.sort(_euler_exponents(mu, dt))[::-1]


def _euler_exponents(mu, dt):
    """ln|1 + dt (mu - 1)| / dt, by what the square of the modulus differs from one where that is little."""
    nu = mu - 1.0
    shift = 2.0 * nu.real + dt * (nu.real**2 + nu.imag**2)  # (|1 + dt nu|**2 - 1) / dt
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(
            np.abs(dt * shift) < 0.5,
            0.5 * shift * relative(np.log1p, np.maximum(dt * shift, -0.5)),
            np.log(np.abs(1.0 - dt + dt * mu)) / dt,
        )


def flow_exponent_sum(W: ArrayLike, *, mean_slopes: ArrayLike = 1.0) -> float:
    """Sum rule of the continuous-time network: all exponents add up to -N + sum(W[i, i] <phi'_i>), per tau.

    Parameters
    ----------
    W : (N, N) array_like
        Weights; without autapses the sum is -N whatever the network does.
    mean_slopes : float or (N,) array_like
        Time average of phi' of each unit; used only where there are autapses.

    Returns
    -------
    float

    Raises
    ------
    NetworkError
        If W is not a square matrix of finite numbers, or mean_slopes do not fit it.

    Notes
    -----
    Exact over any stretch of time, for any activation and input.

    References
    ----------
    Liouville's formula: the sum of the exponents is the average trace of the Jacobian.

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.flow_exponent_sum([[0.0, 2.0], [1.0, 0.5]], mean_slopes=0.6)
    -1.7
    """
    W = _square(W)
    return float(W.diagonal() @ _per_unit("mean_slopes", mean_slopes, len(W)) - len(W))


def map_exponent_sum(W: ArrayLike, *, mean_log_slopes: ArrayLike = 0.0) -> float:
    """Sum rule of the discrete-time network: all exponents add up to ln|det W| + sum(<ln|phi'_i|>), per step.

    Parameters
    ----------
    W : (N, N) array_like
        Weights.
    mean_log_slopes : float or (N,) array_like
        Time average of ln|phi'| of each unit.

    Returns
    -------
    float
        -inf for singular W.

    Raises
    ------
    NetworkError
        If W is not a square matrix of finite numbers, or mean_log_slopes do not fit it.

    Notes
    -----
    Exact over any stretch of time. Large N: `discrete_time_mean_exponent`.

    References
    ----------
    The determinant of a product is the product of the determinants.

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.map_exponent_sum([[0.0, 2.0], [0.5, 0.0]])
    0.0
    """
    W = _square(W)
    slopes = _per_unit("mean_log_slopes", mean_log_slopes, len(W)).sum()
    return float(np.linalg.slogdet(W)[1] + slopes) if _rank(W) == len(W) else -np.inf


def pair_sums(exponents: ArrayLike, *, tau: float = 1.0) -> NDArray[np.float64]:
    """Point symmetry of the continuous-time network: exponent i + exponent N + 1 - i + 2 / tau, zero where it holds.

    It holds exactly in the long run if W is antisymmetric, whatever the slopes do, and statistically at large N if the
    law of W is that of its negative transpose, as for independent Gaussian weights without autapses. Euler's method, a
    mean or low-rank part of W, and small N break it.

    Parameters
    ----------
    exponents : (N,) array_like
        The whole spectrum, in any order.
    tau : float
        Time constant, > 0, in the unit of time of the exponents.

    Returns
    -------
    ((N + 1) // 2,) float64 array
        From the outermost pair inwards; for odd N the last is twice the middle exponent, plus 2 / tau.

    Raises
    ------
    NetworkError
        If exponents are not one row of finite numbers.
    OptionError
        If tau is not > 0.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023). With u = exp(-t) w, w' = W D w has the negative
    exponents of its adjoint p' = -D W^T p, which are those of the pair (-W^T, D).

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.pair_sums([0.25, -0.5, -1.0, -1.5, -2.25]).tolist()
    [0.0, 0.0, 0.0]
    """
    spectrum = checks.real_array("exponents", exponents, "give all exponents of a network")
    if spectrum.ndim != 1 or not spectrum.size:
        raise NetworkError(f"exponents have shape {spectrum.shape}: give one row with all exponents of a network")
    tau = checks.real("tau", tau, "a finite time > 0", lambda time: time > 0)
    spectrum = np.sort(spectrum)
    return (spectrum[::-1] + spectrum)[: (spectrum.size + 1) // 2] + 2.0 / tau


def _square(W):
    W = checks.real_array("W", W, "give a square matrix")
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not W.size:
        raise NetworkError(f"W has shape {W.shape}: give a square matrix")
    return W


def _per_unit(name, values, n):
    values = checks.real_array(name, values, "give one number, or one for each unit")
    if values.shape not in ((), (n,)):
        raise NetworkError(f"{name} have shape {values.shape}: give one number, or one for each of the {n} units")
    return np.broadcast_to(values, n)


def _rank(W):
    """Rank up to rounding. Rows and columns are scaled before, so that graded matrices keep theirs."""
    scaled = np.abs(W)
    for axis in (1, 0, 1, 0):
        largest = scaled.max(axis=axis, keepdims=True)
        W, scaled = (part / np.where(largest > 0.0, largest, 1.0) for part in (W, scaled))
    values = np.linalg.svd(W, compute_uv=False)
    return int((values > len(W) * np.finfo(float).eps * values[0]).sum())
