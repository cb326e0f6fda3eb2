"""Numbers of a few realisations beside those of others."""

import numpy as np

from ..._mean import mean_with_error

ENOUGH = 4  # realisations from which their own scatter is taken


def of_few(values, known_sd=0.0):
    """Mean over realisations and its standard error; NaN or infinite, with an error of NaN, if one of them is.

    Fewer than four realisations do not show their scatter: the standard deviation is then at least `known_sd`.
    """
    mean, error = mean_with_error(values, known_sd if len(values) < ENOUGH else np.nan)
    return float(mean), float(error)
