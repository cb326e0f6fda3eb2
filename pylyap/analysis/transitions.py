"""Where and how slowly networks turn chaotic: leading exponents of several realisations against the gain.

Everything takes `gains` (m,), ascending, and values (R, m) of R realisations, such as
``result.arranged("largest_exponent", "trial", "gain")`` of a sweep; whether a realisation has common or fresh weights
at its gains is a matter of the sweep. Between two gains the exponent is taken as linear in ln g.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._mean import mean_with_error
from .._random import stream
from ..errors import OptionError
from .. import _checks as checks


MOST_BINS, MOST_DRAWS = 10**6, 10**5


class Curve(NamedTuple):
    """Realisations averaged: `gains`, `mean`, `sd` (population, as in error bands), `sem` of the mean; all (m,)."""

    gains: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    sem: np.ndarray


class Crossing(NamedTuple):
    """Gain at which the mean exponent reaches a level, and how sure that is.

    `gain`, NaN if it does not happen within the gains; `stderr` and the ends `low` and `high` of the 95 % interval from
    bootstrap over realisations, NaN of a single one; `found`, the fraction of bootstrap samples that reach the level.

    The bootstrap of fewer than about 5 realisations says little, and its interval is then too narrow.
    """

    gain: float
    stderr: float
    low: float
    high: float
    found: float


class Window(NamedTuple):
    """The near-critical window: `width`, ln of the ratio of the gains at which the mean exponent is +eps and -eps; its
    bootstrap error `stderr`, as for `Crossing`; and the mean `slope` d lambda / d ln g within it, ``2 eps / width``."""

    width: float
    stderr: float
    slope: float


class Histogram(NamedTuple):
    """Density of exponents: `centers` and, averaged over realisations, `density` and its `sd`, all (bins,).

    `n_outliers` exponents of all realisations were left out.
    """

    centers: np.ndarray
    density: np.ndarray
    sd: np.ndarray
    n_outliers: int


def average(gains: ArrayLike, values: ArrayLike) -> Curve:
    """Mean, standard deviation and standard error over realisations at each gain.

    Parameters
    ----------
    gains : (m,) array_like
        Ascending and positive.
    values : (R, m) array_like
        One row per realisation; -inf is allowed.

    Returns
    -------
    Curve

    Raises
    ------
    OptionError
        If the shapes do not fit, gains do not ascend, or a value is NaN.

    Examples
    --------
    >>> from pylyap.analysis import transitions
    >>> transitions.average([1.0, 2.0], [[-1.0, 0.0], [0.0, 2.0]]).mean.tolist()
    [-0.5, 1.0]
    """
    gains, values = _checked(gains, values)
    mean, sem = mean_with_error(values)
    with np.errstate(invalid="ignore"):  # the spread of -inf is NaN
        return Curve(gains, mean, values.std(axis=0), sem)


def first_crossing(gains: ArrayLike, values: ArrayLike, level: float = 0.0) -> float:
    """First gain of the grid at which the mean over realisations is at least `level`; NaN if there is none.

    This is what the legends of the published curves call g*. It lies above the crossing by up to one step of the grid.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), figure 2.

    Examples
    --------
    >>> from pylyap.analysis import transitions
    >>> transitions.first_crossing([1.0, 2.0, 4.0], [[-1.0, 0.1, 0.5], [-1.0, 0.3, 0.5]])
    2.0
    """
    curve, level = average(gains, values), _level(level)
    reached = np.flatnonzero(curve.mean >= level)
    return float(curve.gains[reached[0]]) if len(reached) else np.nan


def crossings(gains: ArrayLike, values: ArrayLike, level: float = 0.0) -> NDArray[np.float64]:
    """(R,) gains at which each realisation first reaches `level`, interpolated; NaN if it starts above or never does.

    Examples
    --------
    >>> from pylyap.analysis import transitions
    >>> transitions.crossings([1.0, 4.0], [[-1.0, 1.0], [-2.0, -1.0]]).tolist()
    [2.0, nan]
    """
    gains, values = _checked(gains, values)
    return np.exp(_crossing(np.log(gains), values, _level(level)))


def crossing(
    gains: ArrayLike,
    values: ArrayLike,
    level: float = 0.0,
    *,
    n_bootstrap: int = 2000,
    seed: int | np.random.SeedSequence = 0,
) -> Crossing:
    """Gain at which the mean over realisations first reaches `level`, interpolated, with its bootstrap error.

    Parameters
    ----------
    gains, values : array_like
        As for `average`.
    level : float
        In the unit of `values`.
    n_bootstrap : int
        Sets of R realisations drawn with replacement.
    seed : int or numpy.random.SeedSequence
        Their source.

    Returns
    -------
    Crossing

    Raises
    ------
    OptionError
        As for `average`.

    Examples
    --------
    >>> import math
    >>> from pylyap.analysis import transitions
    >>> at = transitions.crossing([1.0, 4.0], [[-1.0, 1.0], [-1.0, 1.0]])
    >>> math.isclose(at.gain, 2.0), at.stderr < 1e-12
    (True, True)
    """
    (gains, values), level = _checked(gains, values), _level(level)
    logs = np.log(gains)
    means = _bootstrap_means(values, n_bootstrap, seed)
    drawn = np.exp(_crossing(logs, means, level))
    stderr, low, high, found = _spread(drawn, len(values))
    return Crossing(float(np.exp(_crossing(logs, values.mean(axis=0), level))), stderr, low, high, found)


def window(
    gains: ArrayLike,
    values: ArrayLike,
    eps: float = 0.05,
    *,
    n_bootstrap: int = 2000,
    seed: int | np.random.SeedSequence = 0,
) -> Window:
    """Width of the near-critical window in ln g, and the slope in it: how slow the transition is.

    Parameters
    ----------
    gains, values, n_bootstrap, seed
        As for `crossing`.
    eps : float
        Half height of the window, > 0.

    Returns
    -------
    Window
        NaN if the mean does not pass from below -eps to +eps within the gains.

    Raises
    ------
    OptionError
        As for `average`, or if eps is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.analysis import transitions
    >>> gains = np.geomspace(0.1, 10, 41)
    >>> round(transitions.window(gains, [0.2 * np.log(gains)], eps=0.05).width, 12)
    0.5
    """
    gains, values = _checked(gains, values)
    eps = checks.real("eps", eps, "a half height > 0", lambda height: height > 0)
    logs = np.log(gains)
    means = np.vstack([values.mean(axis=0), _bootstrap_means(values, n_bootstrap, seed)])
    widths = _crossing(logs, means, eps) - _crossing(logs, means, -eps)
    return Window(float(widths[0]), _spread(widths[1:], len(values))[0], float(2 * eps / widths[0]))


def exponent_histogram(exponents: ArrayLike, bins: int | ArrayLike = 80, outliers: float = 4.0) -> Histogram:
    """Density of the leading exponents, mean and standard deviation over realisations.

    Parameters
    ----------
    exponents : (R, k) array_like
        One row per realisation; -inf counts as an outlier.
    bins : int
        Bins, of equal width over what is kept.
    outliers : float
        Exponents further than this many standard deviations from the mean, both of all finite ones, are left out and
        counted.

    Returns
    -------
    Histogram
        The density of each realisation integrates to 1.

    Raises
    ------
    OptionError
        If the shape is wrong or an exponent is NaN.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), figure 3A, whose rule this is.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.analysis import transitions
    >>> exponents = np.linspace(-1.0, 0.0, 101)[None, :]
    >>> transitions.exponent_histogram(exponents, bins=2).density.round(2).tolist()
    [0.99, 1.01]
    """
    exponents = _rows(exponents, "exponents")
    finite = exponents[np.isfinite(exponents)]
    if finite.size == 0:
        raise OptionError("no exponent is finite: there is nothing to count")
    kept = np.isfinite(exponents)
    outliers = checks.real("outliers", outliers, "a number > 0 of standard deviations", lambda number: number > 0)
    kept[kept] = np.abs(finite - finite.mean()) <= outliers * finite.std()
    edges = np.histogram_bin_edges(exponents[kept], checks.count("bins", bins, most=MOST_BINS))
    densities = [np.histogram(row[use], edges, density=True)[0] for row, use in zip(exponents, kept)]
    return Histogram(
        (edges[1:] + edges[:-1]) / 2, np.mean(densities, axis=0), np.std(densities, axis=0), int((~kept).sum())
    )


def quiescent_fraction(mean_square: ArrayLike, threshold: float = 1e-12) -> Any:
    """(m,) fraction of realisations that are silent: mean of x**2 below `threshold`.

    Parameters
    ----------
    mean_square : (R, m) array_like
        Mean of x**2 over units and time, such as `mean_square` of `sweeps.GainFamily`.
    threshold : float
        Sustained activity is far above the default. Activity that decays with a rate below -0.014 per step for 1000
        steps falls below it; nearer to the transition, wait longer.

    Examples
    --------
    >>> from pylyap.analysis import transitions
    >>> transitions.quiescent_fraction([[0.0, 0.1], [1e-30, 0.0]]).tolist()
    [1.0, 0.5]
    """
    threshold = checks.real("threshold", threshold, "a number > 0", lambda number: number > 0)
    return (_rows(mean_square, "mean_square") < threshold).mean(axis=0)


def _crossing(log_gains, curves, level):
    """ln of the gain at which each curve, (..., m), first reaches `level` from below; NaN where it does not."""
    reached = curves >= level
    index = reached.argmax(axis=-1)  # the first one, 0 also where there is none
    there = reached.any(axis=-1) & (index > 0)
    before = np.maximum(index - 1, 0)
    high = np.take_along_axis(curves, index[..., None], axis=-1)[..., 0]
    low = np.take_along_axis(curves, before[..., None], axis=-1)[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (level - low) / (high - low)
        part = np.where(np.isneginf(low), 1.0, part)  # from -inf: all of the rise is at its end
        at = log_gains[before] + part * (log_gains[index] - log_gains[before])
    return np.where(there, at, np.nan)


def _bootstrap_means(values, n_bootstrap, seed):
    n = checks.count("n_bootstrap", n_bootstrap, most=MOST_DRAWS)
    drawn = stream(seed, "bootstrap").integers(len(values), size=(n, len(values)))
    return np.array([values[rows].mean(axis=0) for rows in drawn])


def _spread(drawn, n):
    """Standard error, 95 % interval and fraction of the bootstrap values of n realisations that exist."""
    exist = drawn[~np.isnan(drawn)]
    found = exist.size / drawn.size
    if exist.size == 0 or n == 1:
        return np.nan, np.nan, np.nan, found
    low, high = np.percentile(exist, [2.5, 97.5])
    # A mean of draws from n values varies by their variance over n; of n independent ones by that over n - 1.
    return float(exist.std() * np.sqrt(n / (n - 1))), float(low), float(high), found


def _checked(gains, values):
    gains = checks.real_array("gains", gains, "give gains, shape (m,)")
    values = _rows(values, "values")
    if gains.ndim != 1 or len(gains) != values.shape[1]:
        raise OptionError(f"gains {gains.shape} and values {values.shape} do not fit: give shapes (m,) and (R, m)")
    if gains[0] <= 0 or (np.diff(gains) <= 0).any():
        raise OptionError("gains have to be positive and to ascend")
    return gains, values


def _level(level):
    return checks.real("level", level, "a finite number")


def _rows(values, name):
    values = checks.numbers(name, values, "give one row for each realisation, shape (R, m)")
    if values.ndim != 2 or values.size == 0:
        raise OptionError(f"{name} has shape {values.shape}: give one row for each realisation, shape (R, m)")
    if np.isnan(values).any():
        raise OptionError(f"{name} has {np.isnan(values).sum()} entries that are NaN: leave those realisations out")
    return values
