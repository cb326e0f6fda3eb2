"""The mean over independent realisations, and how well it is known."""

import numpy as np


def mean_with_error(values, least_sd=np.nan):
    """Mean over the first axis, and its standard error: the standard deviation (n - 1) over the root of n.

    Parameters
    ----------
    values : (n, ...) array_like
        One entry for each of n independent realisations.
    least_sd : float
        Standard deviation that is known from elsewhere: it counts where that of the values is smaller.

    Returns
    -------
    mean, error : (...) float64
        The error is NaN where a value is not finite, and for a single value unless `least_sd` is given.

    Examples
    --------
    >>> from pylyap._mean import mean_with_error
    >>> [float(number) for number in mean_with_error([1.0, 3.0])]
    [2.0, 1.0]
    """
    values = np.asarray(values, dtype=float)
    n = len(values)
    with np.errstate(invalid="ignore"):  # infinite values have no scatter
        mean = values.mean(axis=0)
        sd = values.std(axis=0, ddof=1) if n > 1 else np.full(mean.shape, np.nan)
    return mean, np.where(np.isfinite(mean), np.fmax(sd, least_sd) / np.sqrt(n), np.nan)[()]
