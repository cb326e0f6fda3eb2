"""Do entropy rate and dimension grow in proportion to the size of the network, and does its spectrum keep its shape?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from ..errors import OptionError
from .line import Line, fit_line


def extensivity(sizes: ArrayLike, values: ArrayLike, errors: ArrayLike | None = None) -> Line:
    """Fit ``value = slope N + offset`` to a number of several networks, such as entropy rate or dimension.

    An extensive number has the slope it has per unit, and an offset that stays while N grows.

    Parameters
    ----------
    sizes : (n,) array_like
        N of each network, at least three different ones.
    values : (n,) array_like
    errors : (n,) array_like, optional
        Standard errors of the values. Leave them out to have the errors of the line from the scatter of the networks
        about it, which differ by more than the errors of single runs.

    Returns
    -------
    Line

    Raises
    ------
    OptionError
        If there are fewer than three sizes or the arrays do not fit each other.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023), extensivity of the attractor dimension.

    Examples
    --------
    >>> from pylyap import analysis
    >>> line = analysis.extensivity([100, 200, 400, 800], [7.1, 13.8, 26.9, 54.2])
    >>> print(f"{line.slope:.4f} +- {line.slope_error:.4f} per unit")
    0.0673 +- 0.0004 per unit
    """
    return fit_line(sizes, values, errors)


def collapse(spectra: Sequence[ArrayLike], *, grid: int = 200) -> NDArray[np.float64]:
    """How far spectra of different sizes are from one curve lambda(i/N).

    Parameters
    ----------
    spectra : list of (N,) array_like
        All exponents of each network, in descending order; -inf is not allowed.
    grid : int
        Number of fractions i/N at which to compare.

    Returns
    -------
    (n,) float64 array
        Root mean square difference of each spectrum from the mean of all, per unit of time.

    Raises
    ------
    OptionError
        If there are fewer than two spectra, or exponents are not finite.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023), size-invariant spectra.

    Examples
    --------
    >>> from pylyap import analysis, theory
    >>> small, large = theory.semicircle_spectrum(0.9, 50), theory.semicircle_spectrum(0.9, 400)
    >>> bool(analysis.collapse([small, large]).max() < 0.002)
    True
    """
    if not isinstance(spectra, (list, tuple)) or len(spectra) < 2:
        raise OptionError(f"spectra = {checks.shown(spectra)} is not allowed: give a list of at least two spectra")
    spectra = [_row(f"spectra[{i}]", spectrum) for i, spectrum in enumerate(spectra)]
    grid = checks.vector_size("grid", grid)
    if not all(np.isfinite(spectrum).all() for spectrum in spectra):
        raise OptionError("collapse compares finite exponents, got some that are -inf or NaN: leave such spectra out")
    curves = np.array([at_fractions(spectrum, (np.arange(grid) + 0.5) / grid) for spectrum in spectra])
    return np.sqrt(np.mean((curves - curves.mean(axis=0)) ** 2, axis=1))


def at_fractions(exponents: ArrayLike, fractions: ArrayLike) -> NDArray[np.float64]:
    """A spectrum at fractions x = i/N from 0 to 1, linear between exponent i at (i - 1/2)/N and its neighbours.

    Parameters
    ----------
    exponents : (N,) array_like
        All of them, in descending order.
    fractions : array_like
        Where to read it, from 0 to 1; before the first and behind the last exponent the curve is flat.

    Returns
    -------
    ndarray
        Of the shape of `fractions`, in the unit of `exponents`.

    Examples
    --------
    >>> from pylyap.analysis import at_fractions
    >>> at_fractions([0.5, -0.5], [0.25, 0.5, 0.75]).tolist()
    [0.5, 0.0, -0.5]
    """
    exponents = _row("exponents", exponents)
    fractions = checks.real_array("fractions", fractions, "give fractions from 0 to 1")
    return np.interp(fractions, (np.arange(len(exponents)) + 0.5) / len(exponents), exponents)


def _row(name, exponents):
    row = checks.numbers(name, exponents, "give a row of exponents")
    if row.ndim != 1 or not row.size:
        raise OptionError(f"{name} has shape {row.shape}: give a row of exponents")
    return row
