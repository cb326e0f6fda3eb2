"""One control: its verdict, a number with its bound, and a sentence."""

from dataclasses import dataclass

import numpy as np

# Condition numbers of a block from where on digits are missed; at `spectrum.verdict.WORST_CONDITION` all are.
LARGE_CONDITION = 1e8
VERDICTS = ("fail", "warn", "pass", "no time", "not applicable")

LEAST_BLOCKS = 10  # that have standard errors
SIGMAS = 4.0  # of the difference of two runs; among hundreds of exponents one at 3 is nothing unusual
# Two stretches of the same trajectory, or two frames on one stretch, differ by what happens at their ends: logarithms of
# angles and of speeds, a few units in all, over the time.
AT_THE_ENDS = 3.0


class OutOfTime(Exception):
    """The time budget is used up."""


class Diverged(Exception):
    """The state or the frame of a run made for a control became infinite or NaN."""


class NotApplicable(Exception):
    """The control has nothing to say, because of this."""


@dataclass(frozen=True)
class Check:
    """Result of one control.

    Attributes
    ----------
    code : str
        "C1" to "C19", as in docs/controls.md.
    title : str
    verdict : str
        "pass", "warn", "fail", "not applicable" or "no time".
    text : str
        What it means, or what to do.
    value, bound : float
        The number that was looked at, and the one it should not exceed; NaN if there is none.
    """

    code: str
    title: str
    verdict: str
    text: str
    value: float = np.nan
    bound: float = np.nan


def graded(value, bound, fail=np.inf):
    """The verdict on a number that should be at most `bound` and never above `fail`."""
    if np.isnan([value, bound]).any():
        raise NotApplicable("The number to look at is not known.")
    if value > bound:
        return "warn" if value <= fail else "fail"
    return "pass"


def compare(one, other):
    """Largest difference of two spectra beside what statistics allow: (difference, allowed), of the worst exponent.

    The mean of all exponents is compared as well: its error is much smaller.
    """
    if min(one.n_blocks, other.n_blocks) < LEAST_BLOCKS:
        raise NotApplicable("Too few blocks for standard errors: raise t_average.")
    k = min(one.n_exponents, other.n_exponents)
    values = np.array([_with_mean(spectrum, k) for spectrum in (one, other)])  # (runs, value or error, k + 1)
    known = np.isfinite(values).all(axis=(0, 1))
    difference = np.abs(values[0, 0, known] - values[1, 0, known])
    ends = AT_THE_ENDS / min(one.durations.sum(), other.durations.sum())
    allowed = SIGMAS * np.hypot(*values[:, 1, known]) + ends
    if not len(difference):
        raise NotApplicable("No exponent is finite in both runs.")
    worst = np.argmax(difference / allowed)
    return float(difference[worst]), float(allowed[worst])


def _with_mean(spectrum, k):
    from ...results.statistics import standard_error

    rates = spectrum.local_exponents[:, :k].mean(axis=1)
    mean = np.average(rates, weights=spectrum.durations) if np.isfinite(rates).all() else np.nan
    return (
        np.append(spectrum.exponents[:k], mean),
        np.append(spectrum.stderr[:k], standard_error(rates, spectrum.durations)),
    )


def growth_difference(one, other):
    """Largest difference of the exponents over the longest stretch of trajectory both runs have, as the frame has them."""
    ends = [np.round(np.cumsum(spectrum.durations), 6) for spectrum in (one, other)]  # to compare sums of steps
    common = np.intersect1d(ends[0], ends[1])
    if not len(common):
        raise OutOfTime
    rates = [
        spectrum.log_growth[: np.searchsorted(end, common[-1]) + 1].sum(axis=0) / common[-1]
        for spectrum, end in zip((one, other), ends)
    ]
    k = min(map(len, rates))
    alive = np.isfinite(rates[0][:k]) & np.isfinite(rates[1][:k])
    return float(np.abs(rates[0][:k][alive] - rates[1][:k][alive]).max(initial=0.0))


def largest_difference(one, other):
    """Largest difference of two lists of exponents; infinite if one of a pair is -inf and the other is not."""
    apart = np.subtract(one, other, out=np.zeros(len(one)), where=one != other)
    return float(np.abs(apart).max(initial=0.0))
