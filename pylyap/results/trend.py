"""Drifts that are slow and steady, such as the growth as a power of time of a defective Jacobian: rates m / t, not noise."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .statistics import standard_error

PARTS = 10
# Of the 45 pairs among ten parts so many more run one way than the other: by chance in 3 of 100 000 series (Kendall 1938).
LEAST_SCORE = 41
SMALLEST_PART = 5e-4  # of the local rates (root mean square): a smaller drift is below what anybody reads off an exponent
ROUNDING = 1e-9  # of them, of a drift whose rates are as good as 0: far above that of the state, 1e-16, over its distance from rest


def drifting(witnesses: Mapping[str, NDArray[np.float64]], time: float = math.inf) -> tuple[str, float] | None:
    """Name and size of the first series that drifts steadily, or None.

    Parameters
    ----------
    witnesses : dict
        (B,) series of local exponents by name.
    time : float
        Length of the run. Rates of one sign that in all of it do not change lengths by a factor of e are as good as 0, and each
        drift of theirs counts.

    Returns
    -------
    (str, float) or None
        The size is the difference between the first and the last tenth of the run, in the unit of the series.

    Notes
    -----
    A series of rates lambda + m / t has an error of m ln(t) / t, which blocks drawn again do not show. Its parts descend or
    ascend in order (Mann-Kendall test), and differ by more than two standard errors.
    """
    for name, series in witnesses.items():
        if len(series) < 2 * PARTS:
            continue
        means = np.array([part.mean() for part in np.array_split(series, PARTS)])
        score = abs(np.sign(np.triu(means[None, :] - means[:, None], 1)).sum())
        drift = abs(means[0] - means[-1])
        neutral = abs(series.mean()) * time < 1 and series.min() * series.max() > 0
        part = ROUNDING if neutral else SMALLEST_PART
        if score >= LEAST_SCORE and drift > max(part * np.sqrt(np.mean(series**2)), 2 * standard_error(series)):
            return name, drift
    return None
