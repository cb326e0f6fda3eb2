"""The weight matrix of a network, checked and in the layout Julia reads."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NetworkError
from .. import _checks as checks
from . import labels
from .tensors import refuse_half, without_torch

_ADVICE = "give a square matrix of real numbers"


def checked_weights(W: Any) -> Any:
    """Return W checked and read-only, see `named_weights`."""
    return named_weights(W)[0]


def named_weights(W: Any) -> tuple[Any, Any]:
    """Return W checked and read-only, without a copy where possible, and the names of its units, None if it has none.

    A square, finite float64 array in Fortran order; a sparse matrix of SciPy, of whatever format, becomes a csr_array.
    """
    refuse_half("W", W)
    W, names = labels.unlabelled("W", without_torch("W", W))
    if is_sparse(W):
        return _checked_sparse(W), names
    W = checks.real_array("W", W, _ADVICE)
    _check_square(W)
    return frozen(np.asfortranarray(W)), names


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only view, so that nobody changes a network through its properties."""
    view = array.view()
    view.flags.writeable = False
    return view


def handed_out(W: Any) -> Any:
    """Checked weights to hand out: of sparse ones another object on the same memory.

    SciPy's methods that work in place replace the arrays of the object they are called on, read-only or not.
    """
    return copy.copy(W) if is_sparse(W) else W


def is_sparse(W: Any) -> bool:
    """Whether W is a sparse matrix or array of SciPy (told without importing it)."""
    return hasattr(W, "tocsr")


def describe(W: Any) -> list[str]:
    """What a network's repr says of its checked weights besides their number of units."""
    return [f"density {W.nnz / W.shape[0] ** 2:.3g}"] if is_sparse(W) else []


def loop_free(weights: Any) -> NDArray[np.bool_]:
    """(N,) whether a unit has no autapse and no path leads back to it.

    Examples
    --------
    >>> import numpy as np
    >>> int(loop_free(np.eye(5, k=1)).sum())
    5
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    graph = sparse.csr_matrix(weights, copy=True)
    graph.eliminate_zeros()
    n_parts, part = connected_components(graph, directed=True, connection="strong")
    alone = np.bincount(part, minlength=n_parts)[part] == 1
    return alone & (graph.diagonal() == 0)


def _check_square(W):
    if W.ndim != 2 or W.shape[0] != W.shape[1] or W.shape[0] == 0:
        raise NetworkError(f"W has shape {W.shape}: {_ADVICE}, shape (N, N) with N >= 1{_what_it_may_be(W.shape)}")


def _what_it_may_be(shape):
    """How to make a matrix of other shapes that people have."""
    size = int(np.prod(shape))
    root = math.isqrt(size)
    if size > 1 and root**2 == size and max(shape) == size:
        return f". If it holds a matrix row by row, give W.reshape({root}, {root})"
    if len(shape) == 2 and shape[1] in (2, 3):
        weights = "W[:, 2]" if shape[1] == 3 else "numpy.ones(len(W))"
        return (
            ". If each row is an edge (from, to, and its weight), give scipy.sparse.csr_array(("
            f"{weights}, (W[:, 1].astype(int), W[:, 0].astype(int))), shape=(N, N))"
        )
    if len(shape) == 3 and shape[1] == shape[2]:
        return f". If it holds {shape[0]} matrices, give one of them, as W[0]"
    return ""


def _checked_sparse(W):
    from scipy.sparse import csr_array

    if W.dtype.kind not in "iuf":
        raise NetworkError(f"W has dtype {W.dtype}: {_ADVICE}; {checks.real_instead('W', W.dtype)}")
    _check_square(W)
    rows = csr_array(W, dtype=np.float64)  # shares the arrays of a float64 CSR
    try:
        rows.check_format(full_check=True)
    except ValueError as error:
        raise NetworkError(f"W is not a valid sparse matrix ({error}): {_ADVICE}") from error
    rows.prune()
    if not rows.has_canonical_format or not rows.data.all():
        rows = rows.copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
    checks.real_array("W", rows.data, _ADVICE)
    rows.data, rows.indices, rows.indptr = map(frozen, (rows.data, rows.indices, rows.indptr))
    return rows
