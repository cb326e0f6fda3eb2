"""Heavy-tailed networks whose weights are drawn anew at each step: the gain at which small activity starts to grow.

A perturbation of scale gamma grows in one step by g (mean of |z_j|**alpha over the n units)**(1 / alpha), with
independent symmetric alpha-stable numbers z_j of scale one. The logarithm of this factor at g = 1 is called Xi.
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, polygamma

from .._mean import mean_with_error
from .._random import stream
from ..errors import OptionError
from .. import _checks as checks
from ..networks import stable
from . import _stable

STEP = 0.35  # of t below, chosen as in _stable: the integrand is analytic within pi/2 of the real axis
DRAWN_AT_A_TIME = 1_000_000


class LogGrowth(NamedTuple):
    """Mean and standard deviation of the logarithmic growth in one step."""

    mean: float
    deviation: float


class Estimate(NamedTuple):
    """A Monte-Carlo value with its standard error."""

    value: float
    stderr: float


def annealed_log_growth(n: int, alpha: float, *, g: float = 1.0) -> LogGrowth:
    """Mean and spread of the logarithmic growth per step of small activity, with weights drawn anew at each step.

    ln g + Xi with Xi = (1 / alpha) ln((1/n) sum |z_j|**alpha). Over T steps the growth rate has the mean given here and
    the standard deviation deviation / sqrt(T).

    Parameters
    ----------
    n : int
        Number of units, up to 1e15.
    alpha : float
        Stability index in [0.02, 2].
    g : float
        Gain of `pylyap.weights.levy`, > 0; it moves the mean only.

    Returns
    -------
    LogGrowth
        Named tuple (mean, deviation), natural logarithm per step.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    By quadrature, to 1e-8: with F(s) = <exp(-s |z|**alpha)> the mean X over the units has
    <ln X> = int (exp(-s) - F(s / n)**n) ds / s, and likewise <(ln X)**2>. At alpha = 2 in closed form:
    (digamma(n / 2) + ln(4 / n)) / 2 and sqrt(trigamma(n / 2)) / 2. Up to 1 s for the first call with an alpha
    >= 0.5, longer below, as 1 / alpha; at once for the next n, and for alpha = 1 and 2.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), eqs. 6 and 7 and appendix A, for Xi.

    Examples
    --------
    >>> from pylyap import theory
    >>> print("{:.4f} {:.2f}".format(*theory.annealed_log_growth(1000, 1.0)))
    1.8132 0.61
    """
    n, alpha = _checked(n, alpha)
    g = checks.real("g", g, "a finite gain > 0", lambda gain: gain > 0)
    if alpha == 2.0:
        mean, deviation = 0.5 * (digamma(0.5 * n) + math.log(4.0 / n)), 0.5 * math.sqrt(polygamma(1, 0.5 * n))
    else:
        mean, deviation = _log_mean_power(n, alpha)
    return LogGrowth(math.log(g) + float(mean), float(deviation))


def annealed_transition_gain(n: int, alpha: float) -> float:
    """Gain g*(n, alpha) = exp(-<Xi>) above which small activity grows if weights are drawn anew at each step.

    Parameters
    ----------
    n : int
        Number of units, up to 1e15.
    alpha : float
        Stability index in [0.02, 2].

    Returns
    -------
    float
        In the convention of `pylyap.weights.levy` (1 / sqrt 2 for alpha = 2 at large n).

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    Relative accuracy 1e-8 and times as in `annealed_log_growth`. A network with fixed weights loses quiescence at
    `quenched_transition_gain`, which scatters about this value; chaos (a positive exponent) sets in at larger gains.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), eq. 7.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.annealed_transition_gain(1000, 1.0):.5f} {theory.annealed_transition_gain(1000, 2.0):.5f}")
    0.16313 0.70746
    """
    return math.exp(-annealed_log_growth(n, alpha).mean)


def annealed_transition_gain_sampled(
    n: int, alpha: float, *, seed: int | np.random.SeedSequence, draws: int = 10_000
) -> Estimate:
    """g*(n, alpha) as in the paper, by Monte Carlo, with its standard error.

    Parameters
    ----------
    n : int
        Number of units, up to 1e15.
    alpha : float
        Stability index in [0.02, 2].
    seed : int or numpy.random.SeedSequence
        The numbers come from the stream named "annealed".
    draws : int
        Number of Xi to average, at least 2.

    Returns
    -------
    Estimate
        Named tuple (value, stderr); the error is g* sd(Xi) / sqrt(draws).

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    n * draws stable numbers: 0.4 s for n = 1000 and 10 000 draws.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), figure 1 A.

    Examples
    --------
    >>> from pylyap import theory
    >>> value, stderr = theory.annealed_transition_gain_sampled(100, 1.5, seed=1, draws=4000)
    >>> bool(abs(value - theory.annealed_transition_gain(100, 1.5)) < 4 * stderr)
    True
    """
    n, alpha = _checked(n, alpha)
    draws = checks.count("draws", draws, least=2)
    generator = stream(seed, "annealed")
    xi = np.empty(draws)
    rows = max(1, DRAWN_AT_A_TIME // n)
    for start in range(0, draws, rows):
        part = xi[start : start + rows]
        z = np.empty(part.size * n)
        stable.fill(z, alpha, 0.0, 1.0, generator)
        part[:] = np.log((np.abs(z) ** alpha).reshape(part.size, n).mean(axis=1)) / alpha
    growth, error = mean_with_error(xi)
    gain = math.exp(-growth)
    return Estimate(gain, gain * float(error))


def annealed_transition_gain_large_n(n: int, alpha: float) -> float:
    """g*(n, alpha) at large n: it falls as a power of ln n, for alpha < 2.

    g* = M**(-1 / alpha) with M = A (ln n + ln M + k), where A = (2 / pi) Gamma(alpha) sin(pi alpha / 2) is the constant
    of the tail and k = 1 - gamma - alpha (ln 2 + digamma((1 + alpha) / 2) / 2 + digamma(1 - alpha / 2) / 2), gamma
    Euler's constant (k = 1 at alpha = 1). Without ln M and k it is the paper's (A ln n)**(-1 / alpha).

    Parameters
    ----------
    n : int
        Number of units, up to 1e15.
    alpha : float
        Stability index in [0.02, 2).

    Returns
    -------
    float

    Raises
    ------
    OptionError
        If an argument is outside what is allowed, or n is too small for the law to have a solution.

    Notes
    -----
    Too low by less than 3 % for 0.5 <= alpha <= 1.75 and n >= 300, by less than 1 % for n = 100 000.
    Not uniform near alpha = 2.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), appendix B, for the power law. The constants (derived): expand
    F(s) = 1 - A s (k - gamma - ln s) in the integral of `annealed_log_growth`, and choose M so that the next order
    vanishes.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.annealed_transition_gain_large_n(1000, 1.0):.3f}")  # annealed_transition_gain: 0.163
    0.161
    """
    n, alpha = _checked(n, alpha)
    if alpha == 2.0:
        raise OptionError("alpha = 2.0 has no power law: g* tends to 1 / sqrt(2); use annealed_transition_gain")
    tail = _stable.tail_constant(alpha)
    scale = math.log(2.0) + 0.5 * digamma(0.5 * (1.0 + alpha)) + 0.5 * digamma(1.0 - 0.5 * alpha)
    constant = math.log(n) + 1.0 - np.euler_gamma - alpha * scale
    # The larger root of M = A (constant + ln M) exists if the line M / A meets the logarithm.
    if constant + math.log(tail) <= 1.0:
        raise OptionError(f"n = {n} is too small for the large-n law at alpha = {alpha}; use annealed_transition_gain")
    M = 2.0 * tail * constant
    for _ in range(200):
        M = tail * (constant + math.log(M))
    return float(M ** (-1.0 / alpha))


def _checked(n, alpha):
    # smaller indices take more memory than there is: the grids grow as 1 / alpha
    index = checks.real("alpha", alpha, "a stability index in [0.02, 2]", lambda a: 0.02 <= a <= 2)
    return checks.count("n", n, most=10**15), index


def _log_mean_power(n, alpha):
    """Mean and deviation of Xi, from the Laplace transform of X = (1/n) sum |z_j|**alpha at s = exp(t).

    G(t) = <exp(-X e**t)> is the probability that ln(E / X) > t for an exponential number E, and exp(-e**t) that
    of ln E > t. Their difference integrates to <ln X>, and times 2 t to the difference of the second moments.
    """
    log_s, lost = _laplace(alpha, 10 * math.ceil(math.log(n) / 10))
    t = log_s + math.log(n)
    with np.errstate(divide="ignore"):
        difference = np.exp(n * np.log1p(-lost)) - np.exp(-np.exp(np.minimum(t, 7.0)))  # exp(-exp(7)) is 0
    mean = -STEP * difference.sum()
    variance = np.euler_gamma**2 + 2.0 * STEP * (t @ difference) - (np.euler_gamma + mean) ** 2
    return mean / alpha, math.sqrt(variance) / alpha


@functools.lru_cache(maxsize=64)
def _laplace(alpha, log_n):
    """ln s and 1 - F(s), F(s) = <exp(-s |z|**alpha)>, for all sizes up to exp(log_n)."""
    # On the left G differs from 1 by e**t; on the right F falls as s**(-1 / alpha), which is slowest for n = 1.
    log_s = np.arange(-42.0 - log_n, 42.0 * max(1.0, alpha), STEP)
    logs, weights = _stable.nodes(alpha, 42.0 + log_n)
    powers = np.exp(np.minimum(alpha * logs, 700.0))
    lost = np.array([-(weights @ np.expm1(-s * powers)) for s in np.exp(log_s)])
    return log_s, np.minimum(lost, 1.0)
