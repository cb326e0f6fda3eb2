"""Drifts that are slow and steady, such as the growth as a power of time of a defective Jacobian: rates m / t, not noise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .statistics import standard_error

PARTS = 10
# Of the 45 pairs among ten parts so many more run one way than the other: by chance in 3 of 100 000 series (Kendall 1938).
LEAST_SCORE = 41
SMALLEST_PART = 5e-4  # of the local rates (root mean square): a smaller drift is below what anybody reads off an exponent


def drifting(witnesses: Mapping[str, NDArray[np.float64]]) -> tuple[str, float] | None:
    """Name and size of the first series that drifts steadily, or None.

    Parameters
    ----------
    witnesses : dict
        (B,) series of local exponents by name.

    Returns
    -------
    (str, float) or None
        The size is the difference between the first and the last tenth of the run, in the unit of the series.

    Notes
    -----
    A series of rates lambda + m / t has an error of m ln(t) / t, which blocks drawn again do not show. Its parts descend or
    ascend in order (Mann-Kendall test), and differ by more than a standard error, which a drift makes larger itself.
    """
    for name, series in witnesses.items():
        if len(series) < 2 * PARTS:
            continue
        means = np.array([part.mean() for part in np.array_split(series, PARTS)])
        score = abs(np.sign(np.triu(means[None, :] - means[:, None], 1)).sum())
        drift = abs(means[0] - means[-1])
        if score >= LEAST_SCORE and drift > max(SMALLEST_PART * np.sqrt(np.mean(series**2)), standard_error(series)):
            return name, drift
    return None
