"""Numbers drawn from a spectrum, and their standard errors: pure NumPy, natural logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .._random import stream
from ..errors import OptionError

Floats = NDArray[np.float64]

MIN_BLOCKS = 10  # from here on the 95 % interval of white noise covers 90 % or more (measured); below, no error bar
LONG_BLOCKS = 100  # a series is also looked at in about so many longer blocks: enough to know a variance to 15 %
RESAMPLES = 200  # give the size of a change to 5 %, less than the error of the error


def standard_error(series: ArrayLike, durations: ArrayLike | None = None) -> Any:  # float for (B,), array for (B, k)
    """Standard error of the time average of a correlated series.

    Parameters
    ----------
    series : (B,) or (B, k) array_like
        Values in B consecutive blocks, such as local exponents; each of k columns is treated on its own.
    durations : (B,) array_like, optional
        Lengths of the blocks, the weights of the average; equal by default.

    Returns
    -------
    float or (k,) float64 array
        In the units of `series`: 0 for a constant series, NaN with fewer than 10 blocks or where a value is not finite.

    Raises
    ------
    OptionError
        If the shapes do not fit, or a duration is not positive.

    Notes
    -----
    The variance of a mean is the spectral density at frequency 0, over B. That density is read from an autoregressive
    model (Yule-Walker equations), its order up to 10 log10(B) chosen by Akaike's criterion. Subtracting the estimated
    mean makes all autocovariances too small by the variance of the mean; they are raised by it, twice over.
    Correlations that are weak from block to block but last for tens of blocks escape that model, so that the same is
    done with the averages of about 100 longer blocks, and the larger of the two errors is returned.
    The nominal 95 % interval, mean +- 1.96 standard errors, covers as follows (measured, 2000 series each):
    AR(1) series with rho = -0.5, 0, 0.5 and 0.9: 96, 95, 95 and 92 % at B = 200; 96 % each at B = 5000.
    A telescoping sum, such as the zero-mean fluctuation on a limit cycle, gets an error 2 to 3 times too large,
    where the naive formula is too large by sqrt(B / 2).

    References
    ----------
    Akaike, IEEE Trans. Autom. Control 19, 716 (1974); Thompson, arXiv 1011.0175 (2010), who compares such estimators.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.statistics import standard_error
    >>> x = np.random.default_rng(0).standard_normal(10_000)
    >>> bool(abs(standard_error(x) - 0.01) < 0.002)
    True
    """
    series = checks.floats("series", series)
    columns = series[:, np.newaxis] if series.ndim == 1 else series
    if columns.ndim != 2:
        raise OptionError(f"series has shape {series.shape}: give (blocks,) or (blocks, k)")
    blocks = len(columns)
    weights = np.ones(blocks) if durations is None else checks.floats("durations", durations)
    if weights.shape != (blocks,) or not (weights > 0).all():
        raise OptionError(f"durations has shape {weights.shape}: give {blocks} positive lengths, one for each block")
    errors = np.full(columns.shape[1], np.nan)
    if blocks >= MIN_BLOCKS:
        finite = np.isfinite(columns).all(axis=0)
        errors[finite] = _error_of_mean(columns[:, finite], weights)
    return float(errors[0]) if series.ndim == 1 else errors


def effective_sample_size(series: ArrayLike, durations: ArrayLike | None = None) -> float:
    """Number of independent blocks that would give the average of a series the same standard error.

    Parameters
    ----------
    series : (B,) array_like
        Values in B consecutive blocks.
    durations : (B,) array_like, optional
        Lengths of the blocks.

    Returns
    -------
    float
        Variance of the blocks over the squared standard error: B if they are independent; NaN if the error is NaN or 0.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.statistics import effective_sample_size
    >>> 700 < effective_sample_size(np.random.default_rng(0).standard_normal(1000)) < 1100
    True
    """
    error = standard_error(series, durations)
    return float(np.var(np.asarray(series)) / error**2) if error > 0 else math.nan


def _error_of_mean(columns, weights):
    """Standard errors of weighted means of finite columns."""
    columns = columns - columns[0]  # keeps the digits of small fluctuations, and makes a constant exactly 0
    residual = (columns - weights @ columns / weights.sum()) * (weights / weights.mean())[:, np.newaxis]
    size = np.abs(residual).max(axis=0)
    moving = size > 0
    errors = np.zeros(len(size))
    residual = residual[:, moving] / size[moving]
    variance = _variance_of_mean(residual)
    merged = len(residual) // LONG_BLOCKS
    if merged > 1 and residual.size:
        whole = residual[: len(residual) // merged * merged]
        variance = np.maximum(variance, _variance_of_mean(whole.reshape(len(whole) // merged, merged, -1).mean(axis=1)))
    errors[moving] = size[moving] * np.sqrt(variance)
    return errors


def _variance_of_mean(residual):
    blocks = len(residual)
    order = int(min(blocks // 4, 10 * math.log10(blocks)))
    covariance = np.array([np.einsum("bk,bk->k", residual[: blocks - p], residual[p:]) for p in range(order + 1)])
    covariance /= blocks
    variance = np.zeros(residual.shape[1])
    for _ in range(3):  # without, and twice with, the correction for the estimated mean
        variance = _density_at_zero(covariance + variance, blocks) / blocks
    return variance


def _density_at_zero(covariance, blocks):
    """Spectral density at frequency 0 of the best autoregressive model of each column, by Levinson's recursion."""
    phi = np.zeros_like(covariance)  # phi[p] multiplies the value p blocks ago; row 0 is not used
    least = 1e-30 * covariance[0] + np.finfo(float).tiny  # something periodic leaves no noise but rounding
    noise = np.maximum(covariance[0], least)
    best = np.full(len(noise), np.inf)
    density = np.zeros(len(noise))
    for p in range(len(covariance)):
        if p > 0:
            reflection = (covariance[p] - (phi[1:p] * covariance[p - 1 : 0 : -1]).sum(axis=0)) / noise
            phi[1:p] -= reflection * phi[p - 1 : 0 : -1].copy()
            phi[p] = reflection
            noise = np.maximum(noise * (1 - reflection**2), least)
        criterion = blocks * np.log(noise) + 2 * (p + 1)
        better = criterion < best
        best[better] = criterion[better]
        unbiased = noise * blocks / (blocks - p - 1)
        density[better] = (unbiased / (1 - phi[1 : p + 1].sum(axis=0)) ** 2)[better]
    return density


class Functional(NamedTuple):
    """A number computed from all exponents: its value, its slope in each exponent, and why it is NaN if it is."""

    value: float
    slope: Floats
    reason: str = ""


def kaplan_yorke_dimension(exponents: ArrayLike, size: int | None = None) -> float:
    """Kaplan-Yorke dimension ``D = j + (lambda_1 + ... + lambda_j) / |lambda_(j+1)|``.

    j is the largest number of leading exponents whose sum is not negative.

    Parameters
    ----------
    exponents : (k,) array_like
        Lyapunov exponents in any order and any unit of time; -inf is allowed.
    size : int, optional
        Number of degrees of freedom N; by default all exponents are given, N = k.

    Returns
    -------
    float
        0 if all exponents are negative; N if all N exponents are given and their sum is not negative;
        NaN if an exponent is NaN, or if k < N and the sum of the k leading ones is still not negative.

    References
    ----------
    Kaplan, Yorke, in Lecture Notes in Mathematics 730, 204 (1979).

    Examples
    --------
    >>> from pylyap.results.statistics import kaplan_yorke_dimension
    >>> kaplan_yorke_dimension([1.0, 0.0, -2.0])
    2.5
    """
    return dimension(*_sorted(exponents, size)).value


def entropy_rate(exponents: ArrayLike, size: int | None = None) -> float:
    """Sum of the positive exponents: the entropy rate if the invariant measure is smooth along the unstable directions.

    Parameters
    ----------
    exponents : (k,) array_like
        Lyapunov exponents in any order, natural logarithm per unit of time; -inf is allowed.
    size : int, optional
        Number of degrees of freedom N; by default all exponents are given, N = k.

    Returns
    -------
    float
        Nats per unit of time; NaN if an exponent is NaN, or if k < N and all k exponents are positive.

    References
    ----------
    Pesin, Russ. Math. Surv. 32, 55 (1977); Ruelle, Bol. Soc. Bras. Mat. 9, 83 (1978): an upper bound in general.

    Examples
    --------
    >>> from pylyap.results.statistics import entropy_rate
    >>> entropy_rate([0.5, 0.25, -1.0])
    0.75
    """
    return entropy(*_sorted(exponents, size)).value


def dimension(exponents: Floats, size: int) -> Functional:
    """Kaplan-Yorke dimension of descending exponents, as a Functional."""
    unknown = _unknown(exponents)
    if unknown:
        return unknown
    k = len(exponents)
    sums = np.concatenate([[0.0], np.cumsum(exponents)])  # sums[j]: sum of the j leading exponents
    slope = np.zeros(k)
    j = np.flatnonzero(sums >= 0)[-1]
    if j == k:
        if k == size:
            return Functional(float(k), slope)
        return _nan(k, f"the sum of the {k} leading exponents of {size} is not negative yet: ask for more exponents")
    # d D = -d(sum_j) / lambda + sum_j d(lambda) / lambda^2, with lambda = lambda_(j+1) < 0
    slope[:j] = -1.0 / exponents[j]
    slope[j] = sums[j] / exponents[j] ** 2
    return Functional(float(j - sums[j] / exponents[j]), slope)


def entropy(exponents: Floats, size: int) -> Functional:
    """Entropy rate of descending exponents, as a Functional."""
    unknown = _unknown(exponents) or _all_positive(exponents, size)
    if unknown:
        return unknown
    positive = exponents > 0
    return Functional(float(exponents[positive].sum()), positive.astype(float))


def positive_count(exponents: Floats, size: int) -> Functional:
    """Number of positive exponents, as a Functional whose slope says nothing: a count has no derivative."""
    unknown = _unknown(exponents) or _all_positive(exponents, size)
    if unknown:
        return unknown
    return Functional(int((exponents > 0).sum()), np.zeros(len(exponents)))


def functional_error(
    function: Callable[[Floats, int], Functional], local_exponents: Floats, durations: Floats, size: int
) -> float:
    """Standard error of a Functional: how far it moves when the blocks are drawn again.

    The exponents of a resampled run are sorted and the function is evaluated on them, so that the kinks are seen, which a
    derivative misses: beyond an integer dimension the slope is another one, and exponents that are close change places.
    The result is the root mean square change, upwards or downwards, whichever is larger. Only the size of the moves is
    taken from `standard_error`, for the mean slope: resampled blocks forget the correlations beyond their length.

    Parameters
    ----------
    function : callable
        `dimension` or `entropy`.
    local_exponents : (B, k) array
        In the order of the exponents, which descend.
    durations : (B,) array
    size : int
        N.
    """
    exponents = np.average(local_exponents, axis=0, weights=durations)
    value = function(exponents, size).value
    if math.isnan(value) or len(local_exponents) < MIN_BLOCKS:
        return math.nan
    alive = np.isfinite(exponents)  # a collapsed direction stays where it is
    moves = np.zeros((RESAMPLES, len(exponents)))
    moves[:, alive] = _resampled_means(local_exponents[:, alive], durations) - exponents[alive]
    changes, slope = np.empty(len(moves)), np.zeros(len(exponents))
    for i, moved in enumerate(exponents + moves):
        order = np.argsort(-moved, kind="stable")
        found = function(moved[order], size)
        changes[i] = found.value - value
        slope[order] += found.slope / len(moves)
    used = slope != 0
    linear = moves[:, used] @ slope[used]
    if not linear.any():
        return 0.0
    ratio = _size(changes) / _size(linear)
    return ratio * standard_error(local_exponents[:, used] @ slope[used], durations)


def _size(changes):
    """Root mean square of the changes upwards or downwards, whichever is larger."""
    changes = changes[np.isfinite(changes)]  # NaN where the k exponents of a resampled run are too few to tell
    sides = [changes[changes > 0], changes[changes < 0]]
    return math.sqrt(max(np.mean(side**2) if len(side) else 0.0 for side in sides))


def long_blocks(sums: Floats, durations: Floats) -> tuple[Floats, Floats]:
    """Sums (B, k) and durations of about `LONG_BLOCKS` longer blocks, where there are more than twice as many."""
    starts = np.arange(0, len(durations), max(1, len(durations) // LONG_BLOCKS))
    return np.add.reduceat(sums, starts), np.add.reduceat(durations, starts)


def _resampled_means(local_exponents, durations):
    """Averages of runs made of blocks drawn with replacement, (RESAMPLES, k); the blocks are about 100 long ones."""
    sums, lengths = long_blocks(local_exponents * durations[:, np.newaxis], durations)
    blocks = len(lengths)
    drawn = stream(0, "resampled blocks").multinomial(blocks, np.full(blocks, 1 / blocks), RESAMPLES)
    return drawn @ sums / (drawn @ lengths)[:, np.newaxis]


def _sorted(exponents, size):
    exponents = np.sort(checks.floats("exponents", exponents))[::-1]
    return exponents, len(exponents) if size is None else size


def _unknown(exponents):
    if len(exponents) == 0 or np.isnan(exponents).any():
        return _nan(len(exponents), "no block was finished")
    return None


def _all_positive(exponents, size):
    k = len(exponents)
    if k < size and exponents[-1] > 0:
        return _nan(k, f"all {k} exponents of {size} are positive: ask for more exponents")
    return None


def _nan(k, reason):
    return Functional(math.nan, np.zeros(k), reason)
