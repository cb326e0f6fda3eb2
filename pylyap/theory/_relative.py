"""expm1(x) / x and log1p(x) / x, also where x is zero."""

import numpy as np


def relative(function, x):
    """function(x) / x for expm1 or log1p, 1 at 0."""
    x = np.asarray(x, dtype=np.float64)
    return np.where(x == 0.0, 1.0, function(x) / np.where(x == 0.0, 1.0, x))
