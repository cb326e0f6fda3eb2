"""Numbers of a few realisations beside those of others."""

import math

import numpy as np

ENOUGH = 4  # realisations from which their own scatter is taken


def mean_with_error(values, known_sd=0.0):
    """Mean over realisations and its standard error; NaN or infinite, with an error of NaN, if one of them is.

    Fewer than four realisations do not tell their own scatter: it is then taken as `known_sd` if that is larger.
    """
    values = np.asarray(values, dtype=float)
    if not np.isfinite(values).all():
        return float(values.mean()), math.nan
    sd = values.std(ddof=1) if len(values) > 1 else 0.0
    if len(values) < ENOUGH:
        sd = max(sd, known_sd)
    return float(values.mean()), float(sd) / math.sqrt(len(values))
