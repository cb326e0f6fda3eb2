"""Spectra of products of large Gaussian matrices: laws for maps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma

from .. import _checks as checks
from . import _arguments as arguments
from .totals import NONE, Totals


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
    n = checks.count("n", n)
    return math.log(arguments.gain(g)) + 0.5 * np.log1p(-(np.arange(n) + 0.5) / n)


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
    log_gain = math.log(arguments.gain(g))
    if log_gain <= 0.0:
        return NONE
    positive = -math.expm1(-2.0 * log_gain)
    dimension = 1.0 if log_gain >= 0.5 else brentq(lambda x: _balance(x) - log_gain, positive, 1.0, xtol=1e-300, rtol=1e-15)
    return Totals(positive, positive * (log_gain - _balance(positive)), dimension)


def _balance(x):
    """ln g at which the exponents down to x, from 0 to 1, add up to zero: (1 + ln(1 - x) (1 - x) / x) / 2."""
    if x < 0.05:  # where the terms cancel, their series, of terms x**k / (2 k (k + 1))
        return sum(x**k / (2 * k * (k + 1)) for k in range(1, 13))
    return 0.5 if x == 1.0 else 0.5 * (1.0 + math.log1p(-x) * (1.0 - x) / x)


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
    n = checks.count("n", n)
    return math.log(arguments.gain(g)) + 0.5 * (math.log(2.0 / n) + digamma(0.5 * np.arange(n, 0, -1)))
