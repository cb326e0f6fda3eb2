"""Mean-field theory of the continuous-time network with phi = tanh, and of that network stepped by Euler's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import factorial

from ..errors import OptionError
from .. import _checks as checks
from . import _gaussian, _lattice, _path

LARGEST_STRENGTH = 1e70  # of gain and noise: their fourth powers are far below 1e308
NEAREST_ONSET = 1e-5  # closer, rounding errors of 1e-16 are no longer small against (g - 1)**2
LONGEST_LATTICE = 200_000  # steps; the solution takes about two seconds there


@dataclass(frozen=True, eq=False)
class MeanField:
    """Statistics of one unit of an infinitely large network; times in tau. Made by `mean_field`."""

    g: float
    noise: float
    euler_step: float | None
    variance: float  # C0 = <h**2>
    mean_square_rate: float  # <tanh(h)**2>
    mean_slope: float  # <phi'(h)>
    mean_square_slope: float  # <phi'(h)**2>
    ground_state: float  # E0, in 1 / tau**2; NaN with an Euler step, where it is not defined
    largest_exponent: float  # per tau
    mean_exponent: float  # mean of the whole spectrum, per tau
    times: np.ndarray  # (m,) ascending from 0
    autocorrelation: np.ndarray  # (m,) C at these times


def mean_field(g: float, *, noise: float = 0.0, euler_step: float | None = None) -> MeanField:
    """Dynamic mean-field theory of ``dh = (-h + J tanh(h)) dt + noise dW``, times in units of tau.

    J has independent entries of variance g**2 / N, and N is infinite. The autocorrelation C(t) obeys
    C'' = C - g**2 <phi phi>(C; C0) with C'(0+) = -noise**2 / 2, and decays: conservation of energy fixes C0. The
    largest exponent is -1 + sqrt(1 - E0), where E0 is the lowest level of -d2/dt2 + 1 - g**2 <phi' phi'>(t).
    With `euler_step` = dt in (0, 1] it is the theory of the map
    ``h <- (1 - dt) h + dt J tanh(h) + noise sqrt(dt) xi``, whose exponents are also per tau (dt = 1: per step).

    Parameters
    ----------
    g : float
        Gain, >= 0 (that of `pylyap.weights.gaussian`). For g <= 1 without noise the state is zero and the results are
        those of the fixed point.
    noise : float
        Amplitude of independent white noise, >= 0; h of a unit without weights has variance noise**2 / 2.
    euler_step : float, optional
        dt / tau in (0, 1]; without it time is continuous.

    Returns
    -------
    MeanField
        With fields g, noise, euler_step, variance, mean_square_rate, mean_slope, mean_square_slope, ground_state,
        largest_exponent, mean_exponent, times, autocorrelation. The times are not equally spaced in continuous time.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed, or the Euler step is too small for the lattice of times
        (within about dt = 0.03 of the onset at g = 1.01; then use continuous time, the difference is below 1e-6).

    Notes
    -----
    Valid at large N. Finite networks lie below the largest exponent: by about 0.005 at N = 4096, g = 3.
    Accuracy of the exponent: 1e-9 without noise for g from 1.001 to 1000; 2e-6 with noise for g <= 5, 1e-5 at g = 20
    and noise below 0.1. About 0.3 s per call, 0.6 s with an Euler step (1 s for dt = 0.01).
    The mean exponent is -1 in continuous time without autapses, and half the logarithm of a determinant, averaged, for
    Euler's map: with z = 1 - dt and y >= 0 the root of 1 = <(dt g d)**2 / (z**2 + y d**2)>, or 0 if there is none, it
    is (<ln(z**2 + y d**2)> / 2 - y / (2 (dt g)**2)) / dt, d = phi'(h).

    References
    ----------
    Sompolinsky, Crisanti, Sommers, Phys. Rev. Lett. 61, 259 (1988), eqs. 7-13; Schuecker, Goedeke, Helias,
    Phys. Rev. X 8, 041029 (2018), for the noise; Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023).

    Examples
    --------
    >>> from pylyap import theory
    >>> solution = theory.mean_field(3.0)
    >>> print(f"{solution.variance:.5f} {solution.mean_slope:.5f} {solution.largest_exponent:.6f}")
    5.44633 0.31942 0.235461
    """
    g = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0)
    noise = checks.real("noise", noise, "a finite amplitude >= 0", lambda amplitude: amplitude >= 0)
    if max(g, noise) > LARGEST_STRENGTH:
        raise OptionError(f"g = {g} and noise = {noise} are not allowed: give at most {LARGEST_STRENGTH:g}")
    if euler_step is not None:
        euler_step = checks.real("euler_step", euler_step, "None, or dt / tau in (0, 1]", lambda dt: 0 < dt <= 1)
    if noise == 0.0 and g <= 1.0:
        return _fixed_point(g, euler_step)
    if noise == 0.0 and g - 1.0 < NEAREST_ONSET:
        raise OptionError(f"g = {g} is too close to the onset at 1: use onset(g), which is right to 1e-4 there")
    variance = _variance(g, noise)
    path = _path.follow(variance, g, noise)
    return _continuous(g, noise, variance, path) if euler_step is None else _euler(g, noise, euler_step, variance, path)


def largest_exponent(g: float, *, noise: float = 0.0, euler_step: float | None = None) -> float:
    """Largest Lyapunov exponent, per tau, of an infinitely large network with phi = tanh.

    The largest exponent of `mean_field`, with the same arguments, errors, accuracy and source.

    Parameters
    ----------
    g : float
        Gain, >= 0.
    noise : float
        Amplitude of independent white noise, >= 0.
    euler_step : float, optional
        dt / tau in (0, 1] of Euler's method; without it time is continuous.

    Returns
    -------
    float

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    References
    ----------
    Sompolinsky, Crisanti, Sommers, Phys. Rev. Lett. 61, 259 (1988), eq. 13.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.largest_exponent(2.0):.6f} {theory.largest_exponent(2.0, noise=1.5):.4f}")
    0.112458 -0.0893
    """
    return mean_field(g, noise=noise, euler_step=euler_step).largest_exponent


def critical_noise(g: float) -> float:
    """White-noise amplitude at which the largest exponent is zero, in continuous time with phi = tanh.

    The exponent vanishes where C0 = g**2 <phi(h)**2>, which fixes C0; the energy then gives the noise:
    noise**4 / 8 = C0**2 / 2 - g**2 Var[ln cosh h].

    Parameters
    ----------
    g : float
        Gain, >= 0.

    Returns
    -------
    float
        Amplitude as in `mean_field`; 0 for g <= 1, where no noise is needed.

    Raises
    ------
    OptionError
        If g is outside what is allowed.

    References
    ----------
    Schuecker, Goedeke, Helias, Phys. Rev. X 8, 041029 (2018): the condition C0 = g**2 <phi**2>.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.critical_noise(2.0):.3f}")
    1.046
    """
    from .discrete_time import ORDERS, SMALL_VARIANCE, discrete_time_variance

    g = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0)
    if g <= 1.0:
        return 0.0
    variance = discrete_time_variance(g)  # the same condition
    if variance < SMALL_VARIANCE:
        # Hermite's expansion of C0**2 / 2 - g**2 Var[ln cosh h] under the condition, whose first term is zero
        means = _gaussian.derivative_means(variance, ORDERS)
        terms = ((k - 1) / 2 * variance ** (k + 1) * mean**2 / factorial(k + 1) for k, mean in zip(ORDERS, means))
        return float((8.0 * g**2 * sum(terms)) ** 0.25)
    return float((8.0 * variance**2 * _energy(variance, g, 0.0)) ** 0.25)


def _energy(variance, g, noise):
    """Conserved energy over C0**2, less what C'(0) gives it: zero at the solution, rising with C0."""
    x, weights = _gaussian.nodes(variance)
    potential = _gaussian.log_cosh(x)
    spread = weights @ (potential - weights @ potential) ** 2
    return 0.5 - g**2 * spread / variance**2 - noise**4 / (8.0 * variance**2)


def _variance(g, noise):
    # Var[ln cosh h] <= C0 gives the upper end, a unit without weights the lower one.
    high = 2.0 * g**2 + noise**2
    low = 0.25 * noise**2 if noise else 1e-3 * (g - 1.0)
    return np.exp(brentq(lambda log: _energy(np.exp(log), g, noise), np.log(low), np.log(high), xtol=1e-14))


def _fixed_point(g, dt):
    largest = g - 1.0 if dt is None else _log_of_step(g, dt) / dt
    level = 1.0 - g**2 if dt is None else np.nan
    mean = -1.0 if dt is None else _euler_mean(g, dt, 0.0)
    return MeanField(g, 0.0, dt, 0.0, 0.0, 1.0, 1.0, level, float(largest), mean, np.zeros(1), np.zeros(1))


def _log_of_step(g, dt):
    """ln(1 - dt + dt g) with all its digits."""
    if dt * (1.0 - g) < 0.5:
        return np.log1p(dt * (g - 1.0))
    factor = (1.0 - dt) + dt * g
    return np.log(factor) if factor > 0 else -np.inf


def _continuous(g, noise, variance, path):
    level = _path.lowest_level(path, g)
    exponent = -level / (1.0 + np.sqrt(1.0 - level))  # sqrt(1 - E0) - 1 without cancellation
    times, C = np.r_[0.0, path.time], np.r_[variance, path.covariance]
    statistics = _statistics(variance)
    return MeanField(g, noise, None, float(variance), *statistics, float(level), float(exponent), -1.0, times, C)


def _euler(g, noise, dt, variance, path):
    # Euler's method is, at small curvature, continuous time with a clock slower by sqrt(1 - dt).
    spacing = dt / np.sqrt(max(1.0 - dt, 1e-4))
    decay = CubicSpline(np.r_[0.0, path.time], np.log(np.r_[variance, path.covariance]))
    end = np.interp(-np.log(_lattice.SMALLEST * variance), -np.log(path.covariance), path.time)
    if end / spacing > LONGEST_LATTICE:
        raise OptionError(f"euler_step = {dt} is too small at g = {g}: leave it out, time is as good as continuous")
    solution = _lattice.solve(g, noise, dt, np.exp(decay(spacing * np.arange(max(4, end / spacing + 2)))))
    if solution is None:
        raise OptionError(f"no mean-field solution was found for g = {g}, noise = {noise}, euler_step = {dt}")
    C, slopes = solution
    exponent = _lattice.largest_exponent(slopes, g, dt)
    times, mean = dt * np.arange(C.size), _euler_mean(g, dt, C[0])
    return MeanField(g, noise, dt, float(C[0]), *_statistics(C[0]), np.nan, float(exponent), mean, times, C)


def _statistics(variance: float) -> tuple[float, float, float]:
    x, weights = _gaussian.nodes(variance)
    log_slope = -2.0 * _gaussian.log_cosh(x)
    return (
        float(weights @ np.tanh(x) ** 2),
        float(weights @ np.exp(log_slope)),
        float(weights @ np.exp(2.0 * log_slope)),
    )


def _euler_mean(g, dt, variance):
    x, weights = _gaussian.nodes(variance)
    log_slope, z, gain = -2.0 * _gaussian.log_cosh(x), 1.0 - dt, dt * g
    if gain == 0.0:
        return float(np.log1p(-dt) / dt) if z > 0 else -np.inf
    if z == 0.0:
        return float(np.log(g) - 0.5 + weights @ log_slope)
    slope_squared = np.exp(2.0 * log_slope)
    with np.errstate(over="ignore"):
        leak = np.square(z / gain)  # infinite for the smallest gains, which change nothing

    def excess(u):
        return weights @ (slope_squared / (leak + u * slope_squared)) - 1.0

    u = brentq(excess, 0.0, 1.0, xtol=1e-15) if excess(0.0) > 0 else 0.0  # y over gain**2; excess(1) <= 0
    push = u * gain**2 * slope_squared
    # z**2 = 1 - dt (2 - dt) keeps its digits in the first form where dt is small, in the second where z is
    logs = np.log1p(push - dt * (2.0 - dt)) if dt < 0.5 else np.log(z**2 + push)
    return float((0.5 * (weights @ logs) - 0.5 * u) / dt)
