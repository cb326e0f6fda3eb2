"""Heavy-tailed networks with fixed weights: loss of quiescence, activity at infinite size, effect of pruning."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ..errors import NetworkError, OptionError
from .. import _checks as checks
from . import _stable

SMALLEST_LOG_SCALE = -60.0  # below, the equation for the scale is linear in its logarithm to within exp(-60 alpha)


class Transition(NamedTuple):
    """Where the zero state of a network loses stability, and how."""

    gain: float
    bifurcation: str
    eigenvalue: complex  # of W, the largest in modulus, with imaginary part >= 0


class Activity(NamedTuple):
    """Stationary activity of an infinitely large network."""

    log_scale: float  # ln gamma; gamma itself may be too small for a float
    scale: float  # gamma, of the alpha-stable pre-activation
    mean_square_rate: float  # <tanh(gamma z)**2>


def quenched_transition(W: ArrayLike) -> Transition:
    """Gain at which the zero state of ``x <- tanh(g W x)`` loses stability, and the type of the bifurcation.

    Exact: the gain is 1 / rho, rho the largest modulus of the eigenvalues of W, and below it the largest exponent is
    ln(g rho). The leading eigenvalue tells the type: a complex pair "neimark-sacker", real positive "pitchfork", real
    negative "period doubling".

    Parameters
    ----------
    W : (N, N) array_like
        Weights at g = 1, such as ``weights.levy(n, 1.0, alpha, seed=seed)``.

    Returns
    -------
    Transition
        Named tuple (gain, bifurcation, eigenvalue); gain inf and bifurcation "none" if all eigenvalues are zero.

    Raises
    ------
    NetworkError
        If W is not a square matrix of finite numbers.

    Notes
    -----
    All eigenvalues of a dense matrix: about 1 s for N = 1000, growing as N**3. For any phi with phi(0) = 0 and
    phi'(0) = 1.

    References
    ----------
    Linear stability; the statistics at alpha = 1 are those of Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025),
    figure 17.

    Examples
    --------
    >>> from pylyap import theory
    >>> transition = theory.quenched_transition([[0.0, -2.0], [2.0, 0.0]])
    >>> print(f"{transition.gain:.3f} {transition.bifurcation}")
    0.500 neimark-sacker
    """
    W = checks.real_array("W", W, "give a square matrix")
    if W.ndim != 2 or W.shape[0] != W.shape[1] or not W.size:
        raise NetworkError(f"W has shape {W.shape}: give a square matrix")
    eigenvalues = np.linalg.eigvals(W)
    leading = complex(eigenvalues[np.argmax(np.abs(eigenvalues))])
    leading = complex(leading.real, abs(leading.imag))
    if leading == 0:
        return Transition(math.inf, "none", leading)
    real = "pitchfork" if leading.real > 0 else "period doubling"
    return Transition(1.0 / abs(leading), "neimark-sacker" if leading.imag else real, leading)


def quenched_transition_gain(W: ArrayLike) -> float:
    """Gain at which the zero state of ``x <- tanh(g W x)`` loses stability: 1 / spectral radius of W.

    The gain of `quenched_transition`, with the same errors, cost and source.

    Parameters
    ----------
    W : (N, N) array_like
        Weights at g = 1.

    Returns
    -------
    float

    Raises
    ------
    NetworkError
        If W is not a square matrix of finite numbers.

    References
    ----------
    Linear stability.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.quenched_transition_gain([[0.0, 1.0], [0.25, 0.0]]):.3f}")
    2.000
    """
    return quenched_transition(W).gain


def stationary_activity(g: float, alpha: float) -> Activity:
    """Activity of the infinitely large network ``x <- tanh(W x)`` with alpha-stable weights.

    The pre-activation is alpha-stable of scale gamma, gamma**alpha = g**alpha <|tanh(gamma z)|**alpha>.

    Parameters
    ----------
    g : float
        Gain of `pylyap.weights.levy`, > 0.
    alpha : float
        Stability index in [0.1, 2]; the quadrature of smaller ones takes too much memory.

    Returns
    -------
    Activity
        Named tuple (log_scale, scale, mean_square_rate). For alpha < 2 activity never stops, but at small g it is as
        small as exp(-pi / (2 g)) at alpha = 1. For alpha = 2 and g <= 1 / sqrt 2 it is zero, log_scale -inf.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    Infinite N; at N = 1000, alpha = 1 simulations lie 0.001 to 0.01 below the mean square rate for g from 10 to 1.8.
    Relative accuracy 1e-8. At most 0.1 s for alpha >= 0.5, 0.6 s for alpha = 0.2.

    References
    ----------
    Derived; for networks of depth: Qu, Wardak, Gong, arXiv 2203.12967 (2022).

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.stationary_activity(2.0236, 1.5).mean_square_rate:.4f}")
    0.6781
    """
    g = checks.real("g", g, "a finite gain > 0", lambda gain: gain > 0)
    alpha = checks.real("alpha", alpha, "a stability index in [0.1, 2]", lambda index: 0.1 <= index <= 2)
    if alpha == 2.0 and g <= math.sqrt(0.5):
        return Activity(-math.inf, 0.0, 0.0)
    logs, weights = _stable.nodes(alpha, -alpha * SMALLEST_LOG_SCALE, _stable.STEP * min(1.0, alpha))
    log_scale = _log_scale(g, alpha, logs, weights)
    square = weights @ np.tanh(np.exp(np.minimum(logs + log_scale, 5.0))) ** 2  # tanh(exp(5)) is 1
    return Activity(log_scale, math.exp(log_scale), float(square))


def pruned_transition_gain(n: int, alpha: float, fraction: float) -> float:
    """Gain at which the zero state loses stability once the strongest weights are set to zero.

    Without the top fraction p of |W| the rest has finite variance and acts like a Gaussian: the standard deviation of a
    weight is g n**(-1 / alpha) s with s**2 = <z**2; |z| < z_p>, P(|z| > z_p) = p. Small activity grows by
    ln(g s n**(1/2 - 1/alpha)) per step, which is ln(g / gain).

    Parameters
    ----------
    n : int
        Number of units.
    alpha : float
        Stability index in [0.1, 2]; between 0.999 and 1.001 only 1.
    fraction : float
        Fraction p of the weights that is removed, in (0, 1), the largest in modulus.

    Returns
    -------
    float
        In the convention of `pylyap.weights.levy`.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    At large n p: the published curves for n = 1000, alpha = 1, p = 1 and 3 % are 2 % in gain from it. At alpha = 1
    z_p = cot(pi p / 2) and s**2 = (2 / pi) (z_p - arctan z_p).

    References
    ----------
    Derived; compare Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), appendix K and figure 18.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.pruned_transition_gain(1000, 1.0, 0.01):.2f}")
    5.03
    """
    n = checks.vector_size("n", n)
    alpha = checks.real("alpha", alpha, "a stability index in [0.1, 2]", lambda index: 0.1 <= index <= 2)
    fraction = checks.real("fraction", fraction, "a fraction between 0 and 1", lambda part: 0 < part < 1)
    if 0.0 < abs(alpha - 1.0) < 1e-3:
        raise OptionError(f"alpha = {alpha} is too close to 1 for this quadrature: give alpha = 1")
    deviation = math.sqrt(_truncated_square(alpha, fraction))
    return n ** (1.0 / alpha - 0.5) / deviation


def _log_scale(g, alpha, logs, weights):
    log_weights = np.log(weights)

    def growth(log_scale):
        """<|tanh(gamma z) / gamma|**alpha>, falling from <|z|**alpha> to 0 as gamma rises."""
        log_rate = np.log(np.tanh(np.exp(np.minimum(logs + log_scale, 5.0))))
        return np.exp(log_weights + alpha * (log_rate - log_scale)).sum()

    target, lowest = g**-alpha, SMALLEST_LOG_SCALE
    if growth(lowest) < target:
        # The tail adds alpha A for each unit by which the logarithm of the scale falls.
        return float(lowest - (target - growth(lowest)) / (alpha * _stable.tail_constant(alpha)))
    return brentq(lambda log_scale: math.log(growth(log_scale) / target), lowest, math.log(g) + 1.0, xtol=1e-13)


def _truncated_square(alpha, fraction):
    """<z**2; |z| < z_p> with P(|z| > z_p) = fraction."""
    if alpha == 1.0:
        z = 1.0 / math.tan(0.5 * math.pi * fraction)
        return 2.0 / math.pi * (z - math.atan(z))

    def excess(log_z):
        return math.log(_stable.exceeds(alpha, np.array([log_z]))[0] / fraction)

    low = high = 0.0
    while excess(low) < 0.0:
        low -= 1.0
    while excess(high) > 0.0:
        high += 1.0
    top = brentq(excess, low, high, xtol=1e-13)
    # Integral of 2 x P(|z| > x) dx up to z_p, in ln x by panels of ten points, less z_p**2 P(|z| > z_p).
    y, w = np.polynomial.legendre.leggauss(10)
    log_x = (top - 20.0 + np.arange(20)[:, None] + 0.5 * (1.0 + y)).ravel()
    integral = np.tile(0.5 * w, 20) @ (2.0 * np.exp(2.0 * log_x) * _stable.exceeds(alpha, log_x))
    return integral - math.exp(2.0 * top) * fraction
