"""Removing weights by their size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from . import matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def prune(W: Any, fraction: float, action: str, which: str) -> NDArray[np.float64] | csr_array:
    """Set weights to zero: remove, or keep alone, a fraction of them chosen by modulus.

    The fraction is that of the weights that are not zero, rounded to a whole number of them. Among weights of equal
    modulus those that come first in memory go with the smaller ones. What is kept is not rescaled: a gain is
    that of the matrix before pruning.

    Parameters
    ----------
    W : (N, N) array_like or sparse matrix of SciPy
        Left as it is. Entries of a sparse one given in parts are summed first.
    fraction : float
        In [0, 1].
    action : {"remove", "keep"}
        What happens to the weights chosen.
    which : {"largest", "smallest"}
        Which are chosen.

    Returns
    -------
    (N, N) float64 array in Fortran order, or csr_array

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.
    NetworkError
        If `W` is not a square matrix of finite real numbers.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), appendix K.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> W = pylyap.weights.levy(200, 1.0, 1.0, seed=1)
    >>> int(np.count_nonzero(pylyap.weights.prune(W, 0.05, "keep", "largest")))
    2000
    """
    fraction = checks.real("fraction", fraction, "a number in [0, 1]", lambda part: 0 <= part <= 1)
    checks.one_of("action", action, ("remove", "keep"))
    checks.one_of("which", which, ("largest", "smallest"))
    W = matrix.checked_weights(W)
    pruned = W.copy() if matrix.is_sparse(W) else W.copy(order="F")
    weights = pruned.data if matrix.is_sparse(W) else pruned.reshape(-1, order="F")
    smaller = _smallest(weights, fraction, which)
    weights[smaller if (action == "remove") == (which == "smallest") else ~smaller & (weights != 0)] = 0.0
    if matrix.is_sparse(W):
        pruned.eliminate_zeros()
    return pruned


def _smallest(weights, fraction, which):
    """Mask of the smallest weights, `fraction` of those that are not zero, or all but that fraction."""
    sizes = np.abs(weights)
    there = np.count_nonzero(sizes)
    count = round(fraction * there)
    count = count if which == "smallest" else there - count
    if count == 0:
        return np.zeros(len(sizes), dtype=bool)
    zeros = len(sizes) - there
    limit = np.partition(sizes, zeros + count - 1)[zeros + count - 1]
    smaller = (sizes < limit) & (sizes > 0)
    ties = np.flatnonzero(sizes == limit)
    smaller[ties[: count - np.count_nonzero(smaller)]] = True
    return smaller
