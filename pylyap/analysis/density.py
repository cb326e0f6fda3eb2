"""How exponents are spread: their density, and how far a spectrum is from a law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._mean import mean_with_error
from ..errors import OptionError
from .. import _checks as checks


MOST_BINS = 10**6


class Density(NamedTuple):
    """Fraction of exponents per unit of exponent, in bins."""

    edges: np.ndarray
    density: np.ndarray
    stderr: np.ndarray


class Deviation(NamedTuple):
    """Distance of a spectrum from a law, in units of the exponents."""

    rms: float
    largest: float


def density(spectra: Sequence[ArrayLike] | NDArray[Any], bins: int | ArrayLike = 40) -> Density:
    """Density of the exponents of one network, or the mean of several.

    Parameters
    ----------
    spectra : array_like or list of array_like
        Exponents of one network, (N,), or of several. Those that are -inf count as exponents but lie in no bin.
    bins : int or array_like
        Number of bins between the smallest and the largest exponent, or their edges.

    Returns
    -------
    Density
        Named tuple (edges, density, stderr); the standard error is that of the mean over networks, NaN for one.

    Raises
    ------
    OptionError
        If there is no finite exponent.

    Examples
    --------
    >>> from pylyap import analysis
    >>> analysis.density([0.1, 0.3, 0.4, 0.9], bins=[0.0, 0.5, 1.0]).density.tolist()
    [1.5, 0.5]
    """
    given = _rows(spectra)
    found = np.concatenate(given)
    found = found[np.isfinite(found)]
    if not found.size:
        raise OptionError("there is no finite exponent to count")
    edges = _edges(found, bins)
    heights = np.array([np.histogram(s, edges)[0] / (len(s) * np.diff(edges)) for s in given])
    return Density(edges, *mean_with_error(heights))


def _rows(spectra):
    """The exponents of each network, a row."""
    advice = "give the exponents of one network, or a list of those of several"
    if isinstance(spectra, (list, tuple)) and not all(isinstance(one, (int, float, np.number)) for one in spectra):
        rows = [checks.numbers(f"spectra[{i}]", one, advice) for i, one in enumerate(spectra)]
    else:
        found = checks.numbers("spectra", spectra, advice)
        rows = list(found) if found.ndim == 2 else [found]
    if not rows or any(row.ndim != 1 or not row.size for row in rows):
        raise OptionError(f"spectra has shapes {[row.shape for row in rows]}: {advice}")
    return rows


def _edges(found, bins):
    """The edges of the bins: those given, or of so many equal ones."""
    if checks.n_dimensions(bins) == 0:
        return np.histogram_bin_edges(found, checks.count("bins", bins, most=MOST_BINS))
    edges = checks.real_array("bins", bins, "give a number of bins, or their edges in ascending order")
    if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise OptionError(f"bins = {checks.shown(bins)} is not allowed: give a number of bins, or their edges, ascending")
    return edges


def deviation(exponents: ArrayLike, law: ArrayLike, *, bulk: tuple[float, float] = (0.0, 1.0)) -> Deviation:
    """Distance of a spectrum from a law, exponent by exponent.

    Parameters
    ----------
    exponents, law : (N,) array_like
        In descending order; `law` is what one of `pylyap.theory`, such as ``discrete_time_spectrum(g, N)``, gives.
    bulk : (float, float)
        Range of i/N to look at; the ends of a spectrum are where the size of the network shows.

    Returns
    -------
    Deviation
        Named tuple (rms, largest).

    Raises
    ------
    OptionError
        If the two have not the same length, or there is nothing in the range.

    Examples
    --------
    >>> from pylyap import analysis
    >>> analysis.deviation([1.0, 0.0, -3.0, -9.0], [1.0, 0.5, -3.0, -7.0], bulk=(0.0, 0.75)).largest
    0.5
    """
    exponents = checks.real_array("exponents", exponents, "give a row of exponents")
    law = checks.real_array("law", law, "give a row of exponents")
    if exponents.ndim != 1 or exponents.shape != law.shape:
        raise OptionError(f"exponents and law have shapes {exponents.shape} and {law.shape}: give one of each")
    fractions = (np.arange(len(law)) + 0.5) / len(law)
    low, high = _range(bulk)
    difference = (exponents - law)[(fractions >= low) & (fractions <= high)]
    if not difference.size:
        raise OptionError(f"bulk = {bulk} holds no exponent: give two fractions of i/N, from 0 to 1")
    return Deviation(float(np.sqrt(np.mean(difference**2))), float(np.abs(difference).max()))


def _range(bulk):
    found = checks.real_array("bulk", bulk, "give two fractions of i/N, from 0 to 1")
    if found.shape != (2,):
        raise OptionError(f"bulk = {checks.shown(bulk)} is not allowed: give two fractions of i/N, from 0 to 1")
    return found
