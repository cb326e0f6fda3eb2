"""Numbers of a few realisations beside those of others."""

import math

import numpy as np

ENOUGH = 4  # realisations from which their own scatter is taken


def mean_with_error(values, known_sd=0.0):
    """Mean over realisations and its standard error.

    Fewer than four realisations do not tell their own scatter: it is then taken as `known_sd` if that is larger.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return math.nan, math.nan
    sd = values.std(ddof=1) if len(values) > 1 else 0.0
    if len(values) < ENOUGH:
        sd = max(sd, known_sd)
    return float(values.mean()), float(sd) / math.sqrt(len(values))
