"""The weight matrix of a network, checked and in the layout Julia reads."""

import numpy as np

from ..errors import NetworkError
from . import checks


def checked(W):
    """Return W as a square, finite, read-only float64 array in Fortran order, without a copy where possible."""
    advice = "give a square matrix of real numbers"
    W = checks.real_array("W", W, advice)
    if W.ndim != 2 or W.shape[0] != W.shape[1] or W.size == 0:
        raise NetworkError(f"W has shape {W.shape}: {advice}, shape (N, N) with N >= 1")
    return frozen(np.asfortranarray(W))


def frozen(array):
    """A read-only view, so that nobody changes a network through its properties."""
    view = array.view()
    view.flags.writeable = False
    return view
