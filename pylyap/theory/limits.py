"""Continuous-time mean-field theory in closed form: near the onset of chaos and at strong coupling (phi = tanh)."""

from __future__ import annotations

import math
from typing import NamedTuple

from .. import _checks as checks
from .linear_networks import semicircle_edge_totals
from .totals import Totals


class Onset(NamedTuple):
    """Leading order in g - 1; times in tau, totals per unit."""

    variance: float
    correlation_rate: float  # kappa: C = C0 / cosh(kappa t)
    ground_state: float
    largest_exponent: float
    totals: Totals


class StrongCoupling(NamedTuple):
    """Leading order at large g."""

    variance: float
    mean_slope: float
    mean_square_slope: float


def onset(g: float) -> Onset:
    """Expansion in eps = g - 1 just above the onset of chaos, continuous time, without noise.

    C(t) = eps / cosh(eps t / sqrt 3), E0 = -eps**2, largest exponent eps**2 / 2; with the edge of the semicircle at
    that exponent, n_positive = 0.212 eps**3, Kaplan-Yorke dimension 0.457 eps**3 and entropy rate 0.0424 eps**5, each
    per unit.

    Parameters
    ----------
    g : float
        Gain, from 1 to 2.4; beyond, the totals would be larger than the network.

    Returns
    -------
    Onset
        Named tuple (variance, correlation_rate, ground_state, largest_exponent, totals).

    Raises
    ------
    OptionError
        If g is not between 1 and 2.4.

    Notes
    -----
    Leading order only: the true exponent is 0.74 of it at g = 1.1 and 0.54 at g = 1.25. For the totals at such g, put
    the exponent of `largest_exponent` into `semicircle_edge_totals`.

    References
    ----------
    Sompolinsky, Crisanti, Sommers, Phys. Rev. Lett. 61, 259 (1988), after eq. 13, for the exponent.

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.onset(1.01).largest_exponent:.2e} {theory.largest_exponent(1.01):.2e}")
    5.00e-05 4.82e-05
    """
    g = checks.real("g", g, "a gain from 1 to 2.4, near the onset", lambda gain: 1 <= gain <= 2.4)
    eps = g - 1.0
    exponent = 0.5 * eps**2
    return Onset(eps, eps / math.sqrt(3.0), -(eps**2), exponent, semicircle_edge_totals(exponent))


def strong_coupling(g: float) -> StrongCoupling:
    """Leading order at large gain, continuous time, without noise: the rates are almost always -1 or 1.

    variance 2 (1 - 2 / pi) g**2, and with the density p(0) = 1 / sqrt(2 pi variance) of zero crossings the mean slope
    2 p(0) and the mean square slope (4 / 3) p(0). The largest exponent has no closed form; it grows without bound,
    by less than 1.43 for each unit of ln g.

    Parameters
    ----------
    g : float
        Gain, > 0.

    Returns
    -------
    StrongCoupling
        Named tuple (variance, mean_slope, mean_square_slope).

    Raises
    ------
    OptionError
        If g <= 0.

    Notes
    -----
    N to infinity before g. At g = 20: within 0.5 % of the variance and 0.3 % of the slopes.

    References
    ----------
    Follows from the equations of `mean_field` with phi = sign: <phi phi> = (2 / pi) arcsin(C / C0).

    Examples
    --------
    >>> from pylyap import theory
    >>> print(f"{theory.strong_coupling(20.0).variance:.1f} {theory.mean_field(20.0).variance:.1f}")
    290.7 289.3
    """
    g = checks.real("g", g, "a finite gain > 0", lambda gain: gain > 0)
    variance = 2.0 * (1.0 - 2.0 / math.pi) * g * g
    density = 1.0 / (math.sqrt(4.0 * math.pi * (1.0 - 2.0 / math.pi)) * g)
    return StrongCoupling(variance, 2.0 * density, 4.0 / 3.0 * density)
