"""Spectra of linear networks and of products of random matrices: laws to hold the spectra of networks against."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import digamma

from ..errors import NetworkError, OptionError
from .. import _checks as checks
from . import _disks
from .totals import NONE, Totals


def semicircle_fraction(exponent: ArrayLike, g: float) -> float | NDArray[np.float64]:
    """Fraction of exponents below a value, for the large linear flow ``dx/dt = -x + J x``: a semicircle.

    The exponents are Re(mu) - 1 with the eigenvalues mu of J uniform on the disk of radius g, so with c = (1 + s) / g
    the fraction is 1 - arccos(c) / pi + c sqrt(1 - c**2) / pi.

    Parameters
    ----------
    exponent : float or array_like
        Value s, per tau.
    g : float
        Gain, > 0: J has independent entries of variance g**2 / N.

    Returns
    -------
    float or numpy.ndarray
        In [0, 1], of the shape of `exponent`.

    Raises
    ------
    OptionError
        If g is not > 0.

    Notes
    -----
    Exact at large N for the fixed point of a network with phi'(0) = 1 and g < 1; for g > 1 an approximation that leaves
    out the slope's fluctuations (put g sqrt(<phi'**2>) for g).

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023); circular law: Girko, Theory Probab. Appl. 29, 694
    (1984).

    Examples
    --------
    >>> from pylyap import theory
    >>> float(theory.semicircle_fraction(-1.0, 0.8))
    0.5
    """
    exponent, g = _exponents(exponent), _gain(g)
    with np.errstate(over="ignore"):
        c = np.clip((1.0 + exponent) / g, -1.0, 1.0)
    return _disks.cap(np.arccos(-c)) / np.pi


def semicircle_spectrum(g: float, n: int) -> NDArray[np.float64]:
    """Spectrum, per tau, of the large linear flow ``dx/dt = -x + J x``.

    Parameters
    ----------
    g : float
        Gain, > 0: J has independent entries of variance g**2 / N.
    n : int
        Number of exponents: those at (i - 1/2) / n of `semicircle_fraction`, counted from the top.

    Returns
    -------
    (n,) float64 array
        Descending, between g - 1 and -g - 1.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    References
    ----------
    As for `semicircle_fraction`, and with its range of validity.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.semicircle_spectrum(0.8, 3)[1]:.6f}")
    -1.000000
    """
    g, n = _gain(g), checks.vector_size("n", n)
    return g * np.cos(_disks.cap_angle(np.pi * (np.arange(n) + 0.5) / n)) - 1.0


def semicircle_totals(g: float) -> Totals:
    """Positive exponents, entropy rate and Kaplan-Yorke dimension per unit of a semicircle of radius g about -1.

    The sum of the exponents above s = g c - 1, per unit, is (2 g / (3 pi)) (1 - c**2)**1.5 - (1 - fraction(s)).

    Parameters
    ----------
    g : float
        Radius, > 0; for a chaotic network near onset 1 + its largest exponent.

    Returns
    -------
    Totals
        Named tuple (n_positive, entropy_rate, kaplan_yorke_dimension), each over N, per tau.

    Raises
    ------
    OptionError
        If g is not > 0.

    References
    ----------
    As for `semicircle_fraction`, and with its range of validity.

    Examples
    --------
    >>> from pylyap import theory
    >>> print("{:.4f} {:.5f} {:.4f}".format(*theory.semicircle_totals(1.5)))
    0.1096 0.02226 0.2330
    """
    g = _gain(g)
    if g <= 1.0:
        return NONE

    # In the angle under which half the part above a chord is seen: the zero exponent, and the whole circle, pi. With
    # g = 1 + beyond the sum is (2 / (3 pi)) beyond sin(angle)**3 less what the cube leaves of the area.
    beyond = g - 1.0

    def sum_above(angle):
        return (2.0 / 3.0 * beyond * math.sin(angle) ** 3 - float(_disks.cap_beyond_cube(angle))) / math.pi

    zero = math.atan(math.sqrt(beyond) * math.sqrt(g + 1.0))
    whole = brentq(sum_above, zero, math.pi, xtol=1e-300, rtol=1e-15)
    positive, dimension = _disks.cap([zero, whole]) / np.pi
    return Totals(float(positive), sum_above(zero), float(dimension))


def semicircle_edge_totals(largest_exponent: float) -> Totals:
    """Totals of a network with a small largest exponent, from the upper edge of a semicircle that ends there.

    n_positive = (4 sqrt 2 / (3 pi)) l**1.5, Kaplan-Yorke dimension (5/3)**1.5 n_positive, entropy rate
    (2/5) l n_positive, each per unit, l the largest exponent.

    Parameters
    ----------
    largest_exponent : float
        l, per tau, from 0 to 1; for instance that of `largest_exponent`.

    Returns
    -------
    Totals
        Named tuple (n_positive, entropy_rate, kaplan_yorke_dimension), each over N, per tau.

    Raises
    ------
    OptionError
        If l is not between 0 and 1: beyond, the totals would be larger than the network.

    Notes
    -----
    For the continuous-time network near onset. With the mean-field exponent at g = 1.5 it is 6 to 20 % below
    simulations of 8192 units; at g = 3 it is twice too large.

    References
    ----------
    Expansion of the semicircle of `semicircle_fraction` at its edge.

    Examples
    --------
    >>> from pylyap import theory
    >>> print("{:.5f} {:.3e} {:.5f}".format(*theory.semicircle_edge_totals(theory.largest_exponent(1.5))))
    0.00607 1.134e-04 0.01305
    """
    allowed = "an exponent from 0 to 1, the edge of a semicircle"
    edge = checks.real("largest_exponent", largest_exponent, allowed, lambda exponent: 0 <= exponent <= 1)
    positive = 4.0 * math.sqrt(2.0) / (3.0 * math.pi) * edge**1.5
    return Totals(positive, 0.4 * edge * positive, (5.0 / 3.0) ** 1.5 * positive)


def disk_fraction(exponent: ArrayLike, g: float, euler_step: float) -> float | NDArray[np.float64]:
    """Fraction of exponents below a value, for the large linear map ``x <- (1 - dt) x + dt J x``: overlapping disks.

    The exponents are ln|1 - dt + dt mu| / dt with the eigenvalues mu of J uniform on the disk of radius g; the fraction
    is the part of that disk within exp(dt s) / dt of the point 1 - 1 / dt.

    Parameters
    ----------
    exponent : float or array_like
        Value s, per tau.
    g : float
        Gain, > 0.
    euler_step : float
        dt / tau in (0, 1]; 1 is the discrete-time network.

    Returns
    -------
    float or numpy.ndarray
        In [0, 1], of the shape of `exponent`.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    Exact at large N for the fixed point of a network with phi'(0) = 1 and g < 1. `semicircle_fraction` as dt goes to 0.

    References
    ----------
    Circular law, as for `semicircle_fraction`; the area that two disks share is elementary.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.disk_fraction(-0.5, 0.8, 1.0):.4f} {theory.disk_fraction(-1.0, 0.8, 0.01):.3f}")
    0.5748 0.503
    """
    exponent, g, dt = _exponents(exponent), _gain(g), _euler_step(euler_step)
    distance = (1.0 - dt) / dt / g
    with np.errstate(over="ignore", invalid="ignore"):
        shift = dt * exponent
        radius = np.exp(shift) / dt / g
        # (exp(dt s) - (1 - dt)) / (dt g): where exp(dt s) is near one by what it differs from one
        excess = np.where(shift > -0.5, (exponent * _relative(np.expm1, shift) + 1.0) / g, radius - distance)
        excess = np.where(np.isinf(exponent), exponent, excess)
        return _disks.shared_fraction(excess, radius, distance)


def disk_spectrum(g: float, n: int, euler_step: float) -> NDArray[np.float64]:
    """Spectrum, per tau, of the large linear map ``x <- (1 - dt) x + dt J x``.

    Parameters
    ----------
    g : float
        Gain, > 0.
    n : int
        Number of exponents: those at (i - 1/2) / n of `disk_fraction`, counted from the top.
    euler_step : float
        dt / tau in (0, 1].

    Returns
    -------
    (n,) float64 array
        Descending.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    References
    ----------
    As for `disk_fraction`, and with its range of validity.

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.disk_spectrum(0.8, 4, 1.0).round(4).tolist() == theory.triangle_spectrum(0.8, 4).round(4).tolist()
    True
    """
    g, dt, n = _gain(g), _euler_step(euler_step), checks.vector_size("n", n)
    distance = (1.0 - dt) / dt / g
    if distance < 1.0:  # the radius, from that of a disk which holds less than any fraction asked for
        low, high = math.log(math.sqrt(0.25 / n)), math.log1p(distance)
        log_radius = _quantiles(lambda log: _of_radius(np.exp(log), distance), low, high, n)
        return (math.log(dt) + math.log(g) + log_radius) / dt
    excess = _quantiles(lambda e: _disks.shared_fraction(e, distance + e, distance), -1.0, 1.0, n)
    shift = g * excess - 1.0  # (exp(dt s) - 1) / dt
    with np.errstate(invalid="ignore"):
        return shift * _relative(np.log1p, dt * shift)


def _of_radius(radius, distance):
    return _disks.shared_fraction(radius - distance, radius, distance)


def _relative(function, x):
    """function(x) / x for expm1 or log1p, 1 at 0."""
    x = np.asarray(x, dtype=np.float64)
    return np.where(x == 0.0, 1.0, function(x) / np.where(x == 0.0, 1.0, x))


def triangle_spectrum(g: float, n: int) -> NDArray[np.float64]:
    """Spectrum, per step, of products of large Gaussian matrices, fixed or fresh: ln g + ln(1 - x) / 2.

    Parameters
    ----------
    g : float
        Gain, > 0: independent entries of variance g**2 / N. With g sqrt(<phi'**2>) it is the isotropic approximation
        to the discrete-time network, right for the first exponent only.
    n : int
        Number of exponents: those at x = (i - 1/2) / n.

    Returns
    -------
    (n,) float64 array
        Descending.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Notes
    -----
    Exact at large N; the squared growth factors fall on a line, a triangle. At finite N: `newman_spectrum`.

    References
    ----------
    Newman, Commun. Math. Phys. 103, 121 (1986).

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.triangle_spectrum(1.0, 2).round(4).tolist()
    [-0.1438, -0.6931]
    """
    n = checks.vector_size("n", n)
    return math.log(_gain(g)) + 0.5 * np.log1p(-(np.arange(n) + 0.5) / n)


def triangle_totals(g: float) -> Totals:
    """Positive exponents, entropy rate and Kaplan-Yorke dimension per unit, of ln g + ln(1 - x) / 2.

    The sum down to x is x ln g - ((1 - x) ln(1 - x) + x) / 2, so that the dimension is the whole space for
    ln g >= 1/2.

    Parameters
    ----------
    g : float
        Gain as in `triangle_spectrum`, > 0.

    Returns
    -------
    Totals
        Named tuple (n_positive, entropy_rate, kaplan_yorke_dimension), each over N, per step.

    Raises
    ------
    OptionError
        If g is not > 0.

    References
    ----------
    As for `triangle_spectrum`, and with its range of validity.

    Examples
    --------
    >>> from pylyap import theory
    >>> print("{:.3f} {:.3f} {:.3f}".format(*theory.triangle_totals(1.25)))
    0.360 0.043 0.662
    """
    g = _gain(g)
    if g <= 1.0:
        return NONE

    def sum_to(rest):  # rest = 1 - x
        return (1.0 - rest) * math.log(g) - 0.5 * (rest * math.log(rest) + 1.0 - rest)

    zero = g**-2.0
    smallest = 1e-300
    rest = brentq(sum_to, smallest, zero, xtol=1e-15) if sum_to(smallest) < 0.0 else 0.0
    return Totals(1.0 - zero, sum_to(zero), 1.0 - rest)


def newman_spectrum(g: float, n: int) -> NDArray[np.float64]:
    """Spectrum, per step, of products of fresh Gaussian n x n matrices, exact at any n.

    Exponent i is (ln(2 g**2 / n) + digamma((n - i + 1) / 2)) / 2, i = 1 ... n.

    Parameters
    ----------
    g : float
        Gain, > 0: independent entries of variance g**2 / n.
    n : int
        Size of the matrices.

    Returns
    -------
    (n,) float64 array
        Descending.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    References
    ----------
    Newman, Commun. Math. Phys. 103, 121 (1986).

    Examples
    --------
    >>> from pylyap import theory
    >>> theory.newman_spectrum(1.0, 2).round(6).tolist()
    [-0.288608, -0.981755]
    """
    n = checks.vector_size("n", n)
    return 0.5 * (math.log(2.0 * _gain(g) ** 2 / n) + digamma(0.5 * np.arange(n, 0, -1)))


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
    mu = np.linalg.eigvals(W * _per_unit("slopes", slopes, len(W)))
    if euler_step is None:
        return np.sort(mu.real - 1.0)[::-1]
    dt = _euler_step(euler_step)
    return np.sort(_euler_exponents(mu, dt))[::-1]


def _euler_exponents(mu, dt):
    """ln|1 + dt (mu - 1)| / dt, by what the square of the modulus differs from one where that is little."""
    nu = mu - 1.0
    shift = 2.0 * nu.real + dt * (nu.real**2 + nu.imag**2)  # (|1 + dt nu|**2 - 1) / dt
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(
            np.abs(dt * shift) < 0.5,
            0.5 * shift * _relative(np.log1p, np.maximum(dt * shift, -0.5)),
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
    return float(np.linalg.slogdet(W)[1] + _per_unit("mean_log_slopes", mean_log_slopes, len(W)).sum())


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


def _exponents(values):
    try:
        values = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError(f"exponent = {checks.shown(values)} is not allowed: give real numbers") from error
    if np.isnan(values).any():
        raise OptionError("exponent has entries that are NaN: give real numbers, or -inf or inf")
    return values


def _gain(g):
    return checks.real("g", g, "a finite gain > 0", lambda gain: gain > 0)


def _euler_step(dt):
    return checks.real("euler_step", dt, "dt / tau in (0, 1]", lambda step: 0 < step <= 1)


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


def _quantiles(fraction_below, low, high, n):
    """Values at which fraction_below is 1 - (i - 1/2) / n, by bisection between low and high."""
    target = 1.0 - (np.arange(checks.vector_size("n", n)) + 0.5) / n
    low, high = np.full(n, low), np.full(n, high)
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = fraction_below(middle) > target
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    return 0.5 * (low + high)
