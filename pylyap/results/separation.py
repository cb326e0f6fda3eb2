"""Which exponents a run tells apart, and how far the start of a way back is forgotten."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import angles, statistics

# Neighbours whose mean growth differs by less than this many standard errors of the difference are not told apart.
STANDARD_ERRORS = 3.0
# Nor are those that differ by less than this part of the largest exponent: rounding of a mean is 1e-15 of it.
ROUNDING = 1e-9


def gaps(
    log_growth: NDArray[np.float64], durations: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Differences of neighbouring exponents, and whether they are told apart.

    Parameters
    ----------
    log_growth : (B, k) array
        Logarithms of the growth in B blocks, in the order of the columns of the frame.
    durations : (B,) array

    Returns
    -------
    gaps : (k - 1,) float64
        Per unit of time.
    apart : (k - 1,) bool
        False where fewer than 10 blocks do not tell.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.separation import gaps
    >>> gaps(np.tile([1.0, 0.5, 0.5], (20, 1)), np.ones(20))
    (array([0.5, 0. ]), array([ True, False]))
    """
    rates = log_growth / durations[:, None]
    rates = rates[np.isfinite(rates).all(axis=1)]
    durations = durations[: len(rates)]  # a direction dies in the last block
    if len(rates) < statistics.MIN_BLOCKS:
        empty = np.full(max(rates.shape[1] - 1, 0), np.nan)
        return empty, np.zeros(empty.shape, bool)
    means = np.average(rates, axis=0, weights=durations)
    found = means[:-1] - means[1:]
    errors = statistics.standard_error(rates[:, :-1] - rates[:, 1:], durations)
    return found, found > np.maximum(STANDARD_ERRORS * errors, ROUNDING * np.abs(means).max())


def smallest_gap(log_growth: NDArray[np.float64], durations: NDArray[np.float64]) -> float | None:
    """The smallest difference of neighbouring exponents that are told apart; None if there are none."""
    found, apart = gaps(log_growth, durations)
    return float(found[apart].min()) if apart.any() else None


def groups_of(log_growth: NDArray[np.float64], durations: NDArray[np.float64]) -> NDArray[np.int64]:
    """(k,) number of the group of each column. Of those of one group, not told apart, only the subspace is defined.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.separation import groups_of
    >>> groups_of(np.tile([1.0, 0.5, 0.5], (20, 1)), np.ones(20)).tolist()
    [0, 1, 1]
    """
    apart = gaps(log_growth, durations)[1]
    return np.concatenate([[0], np.cumsum(apart)])


def following_gaps(
    log_growth: NDArray[np.float64], following: NDArray[np.float64], durations: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How far the next exponent is from that of each column's group, and which columns have company.

    Parameters
    ----------
    log_growth : (B, k) array
        See `gaps`.
    following : (B, m) array
        The same of the columns of the frame that come next: one is enough, and 0 if there are no more.
    durations : (B,) array

    Returns
    -------
    gaps : (k,) float64
        Per unit of time, between the last exponent of the column's group and the next: the span of all columns up to there
        aligns at this rate. Infinite where no other direction follows; NaN where the group goes on beyond `following`, and
        where fewer than 10 blocks do not tell.
    is_degenerate : (k,) bool
        Whether a column's group has others, those of `following` included.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.separation import following_gaps
    >>> growth = np.tile([1.0, 0.5, 0.25, 0.25], (20, 1))
    >>> following_gaps(growth[:, :3], growth[:, 3:], np.ones(20))
    (array([0.5 , 0.25,  nan]), array([False, False,  True]))
    """
    k = log_growth.shape[1]
    found, apart = gaps(np.column_stack([log_growth, following]), durations)
    groups = np.concatenate([[0], np.cumsum(apart)])
    after = np.full(groups[-1] + 1, np.nan)  # of each group
    after[:-1] = found[apart]
    if following.shape[1] == 0 and not np.isnan(found).any():
        after[-1] = np.inf
    return after[groups[:k]], np.bincount(groups)[groups[:k]] > 1


def errors(starts: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """(k,) largest angle between the subspaces of each column's group after two different starts.

    Parameters
    ----------
    starts : (2, k, k) array
        Columns of coordinates in an orthonormal frame, after either start.
    groups : (k,) array
        See `groups_of`.
    """
    found = np.empty(len(groups))
    for group in np.unique(groups):
        columns = groups == group
        found[columns] = angles.principal_angles(starts[:1, :, columns], starts[1:, :, columns]).max()
    return found
