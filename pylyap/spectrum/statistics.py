"""Numbers drawn from a spectrum, and their standard errors: pure NumPy, natural logarithms."""

import math
from typing import NamedTuple

import numpy as np

from ..errors import OptionError

MIN_BLOCKS = 10  # from here on the 95 % interval of white noise covers 90 % or more (measured); below, no error bar


def standard_error(series, durations=None):
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
    The nominal 95 % interval, mean +- 1.96 standard errors, covers as follows (measured, 2000 series each):
    AR(1) series with rho = -0.5, 0, 0.5 and 0.9: 94, 94, 93 and 91 % at B = 200; 95, 95, 95 and 95 % at B = 5000.
    A telescoping sum, such as the zero-mean fluctuation on a limit cycle, gets an error 2 to 3 times too large,
    where the naive formula is too large by sqrt(B / 2).

    References
    ----------
    Akaike, IEEE Trans. Autom. Control 19, 716 (1974); Thompson, arXiv 1011.0175 (2010), who compares such estimators.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.spectrum.statistics import standard_error
    >>> x = np.random.default_rng(0).standard_normal(10_000)
    >>> bool(abs(standard_error(x) - 0.01) < 0.002)
    True
    """
    series = np.asarray(series, dtype=np.float64)
    columns = series[:, np.newaxis] if series.ndim == 1 else series
    if columns.ndim != 2:
        raise OptionError(f"series has shape {series.shape}: give (blocks,) or (blocks, k)")
    blocks = len(columns)
    weights = np.ones(blocks) if durations is None else np.asarray(durations, dtype=np.float64)
    if weights.shape != (blocks,) or not (weights > 0).all():
        raise OptionError(f"durations has shape {weights.shape}: give {blocks} positive lengths, one for each block")
    errors = np.full(columns.shape[1], np.nan)
    if blocks >= MIN_BLOCKS:
        finite = np.isfinite(columns).all(axis=0)
        errors[finite] = _error_of_mean(columns[:, finite], weights)
    return float(errors[0]) if series.ndim == 1 else errors


def _error_of_mean(columns, weights):
    """Standard errors of weighted means of finite columns."""
    columns = columns - columns[0]  # keeps the digits of small fluctuations, and makes a constant exactly 0
    residual = (columns - weights @ columns / weights.sum()) * (weights / weights.mean())[:, np.newaxis]
    size = np.abs(residual).max(axis=0)
    moving = size > 0
    errors = np.zeros(len(size))
    errors[moving] = size[moving] * np.sqrt(_variance_of_mean(residual[:, moving] / size[moving]))
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
    noise = covariance[0].copy()
    best = np.full(len(noise), np.inf)
    density = np.zeros(len(noise))
    for p in range(len(covariance)):
        if p > 0:
            reflection = (covariance[p] - (phi[1:p] * covariance[p - 1 : 0 : -1]).sum(axis=0)) / noise
            phi[1:p] -= reflection * phi[p - 1 : 0 : -1].copy()
            phi[p] = reflection
            noise = noise * (1 - reflection**2)  # stays positive: biased autocovariances are positive definite
        criterion = blocks * np.log(noise) + 2 * (p + 1)
        better = criterion < best
        best[better] = criterion[better]
        unbiased = noise * blocks / (blocks - p - 1)
        density[better] = (unbiased / (1 - phi[1 : p + 1].sum(axis=0)) ** 2)[better]
    return density


class Functional(NamedTuple):
    """A number computed from all exponents: its value, its slope in each exponent, and why it is NaN if it is."""

    value: float
    slope: np.ndarray
    reason: str = ""


def kaplan_yorke_dimension(exponents, size=None):
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
    >>> from pylyap.spectrum.statistics import kaplan_yorke_dimension
    >>> kaplan_yorke_dimension([1.0, 0.0, -2.0])
    2.5
    """
    return dimension(*_sorted(exponents, size)).value


def entropy_rate(exponents, size=None):
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
    >>> from pylyap.spectrum.statistics import entropy_rate
    >>> entropy_rate([0.5, 0.25, -1.0])
    0.75
    """
    return entropy(*_sorted(exponents, size)).value


def dimension(exponents, size):
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


def entropy(exponents, size):
    """Entropy rate of descending exponents, as a Functional."""
    unknown = _unknown(exponents) or _all_positive(exponents, size)
    if unknown:
        return unknown
    positive = exponents > 0
    return Functional(float(exponents[positive].sum()), positive.astype(float))


def positive_count(exponents, size):
    """Number of positive exponents, as a Functional whose slope says nothing: a count has no derivative."""
    unknown = _unknown(exponents) or _all_positive(exponents, size)
    if unknown:
        return unknown
    return Functional(int((exponents > 0).sum()), np.zeros(len(exponents)))


def functional_error(functional, local_exponents, durations):
    """Standard error of a Functional, to first order in the errors of the exponents and with their correlations.

    The slopes turn the columns of local exponents into one series, whose mean fluctuates as the Functional does.
    """
    if math.isnan(functional.value):
        return math.nan
    used = functional.slope != 0  # a collapsed direction, -inf, has slope 0 and does not count
    return standard_error(local_exponents[:, used] @ functional.slope[used], durations)


def _sorted(exponents, size):
    exponents = np.sort(np.asarray(exponents, dtype=np.float64))[::-1]
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
