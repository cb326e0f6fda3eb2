"""Spectra of large linear networks: a semicircle in continuous time, overlapping disks with steps of Euler's method."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from ..errors import OptionError
from .. import _checks as checks
from . import _arguments as arguments
from . import _disks
from ._relative import relative
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
    exponent, g = _exponents(exponent), arguments.gain(g)
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
    g, n = arguments.gain(g), checks.vector_size("n", n)
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
    g = arguments.gain(g)
    if g <= 1.0:
        return NONE

    # In the angle under which half the part above a chord is seen: the zero exponent, and the whole circle, pi. With
    # g = 1 + beyond the sum is (2 / (3 pi)) beyond sin(angle)**3 less what the cube leaves of the area.
    beyond = g - 1.0

    def sum_above(angle):
        if angle == math.pi:  # whose sine is 1e-16 in floating point, not 0
            return -1.0
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
    exponent, g, dt = _exponents(exponent), arguments.gain(g), arguments.euler_step(euler_step)
    distance = (1.0 - dt) / dt / g
    with np.errstate(over="ignore", invalid="ignore"):
        shift = dt * exponent
        radius = np.exp(shift) / dt / g
        # (exp(dt s) - (1 - dt)) / (dt g): where exp(dt s) is near one by what it differs from one
        excess = np.where(shift > -0.5, (exponent * relative(np.expm1, shift) + 1.0) / g, radius - distance)
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
    g, dt, n = arguments.gain(g), arguments.euler_step(euler_step), checks.vector_size("n", n)
    distance = (1.0 - dt) / dt / g
    if distance < 1.0:  # the radius, from that of a disk which holds less than any fraction asked for
        low, high = math.log(math.sqrt(0.25 / n)), math.log1p(distance)
        log_radius = _quantiles(lambda log: _of_radius(np.exp(log), distance), low, high, n)
        return (math.log(dt) + math.log(g) + log_radius) / dt
    excess = _quantiles(lambda e: _disks.shared_fraction(e, distance + e, distance), -1.0, 1.0, n)
    shift = g * excess - 1.0  # (exp(dt s) - 1) / dt
    with np.errstate(invalid="ignore"):
        return shift * relative(np.log1p, dt * shift)


def _of_radius(radius, distance):
    return _disks.shared_fraction(radius - distance, radius, distance)


def _exponents(values):
    values = checks.floats("exponent", values)
    if np.isnan(values).any():
        raise OptionError("exponent has entries that are NaN: give real numbers, or -inf or inf")
    return values


def _quantiles(fraction_below, low, high, n):
    """Values at which fraction_below is 1 - (i - 1/2) / n, by bisection between low and high."""
    target = 1.0 - (np.arange(checks.vector_size("n", n)) + 0.5) / n
    low, high = np.full(n, low), np.full(n, high)
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = fraction_below(middle) > target
        high, low = np.where(above, middle, high), np.where(above, low, middle)
    return 0.5 * (low + high)
