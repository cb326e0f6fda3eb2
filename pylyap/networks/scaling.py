"""Weights brought to a stated size, or to many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
import numpy as np
from numpy.typing import NDArray

from .._random import stream
from ..errors import NetworkError
from .. import _checks as checks
from . import matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def scaled_to(W: Any, spectral_radius: float) -> NDArray[np.float64] | csr_array:
    """Return a copy of `W` times the one factor that gives it this spectral radius.

    Gain convention: the spectral radius is the gain; with a slope-one activation the fixed point 0 of a discrete network
    is stable below 1. The gain at which a matrix made with g = 1 turns unstable is one over its spectral radius.

    Parameters
    ----------
    W : (N, N) array_like or sparse matrix of SciPy
        From 1000 units on the radius of a sparse one is found by ARPACK, to 8 digits; that can take minutes for
        N = 20 000 and 200 entries per row.
    spectral_radius : float
        Largest modulus of the eigenvalues of the result, > 0.

    Returns
    -------
    (N, N) float64 array in Fortran order, or csr_array

    Raises
    ------
    OptionError
        If `spectral_radius` is not a finite number > 0.
    NetworkError
        If `W` is not a square matrix of finite real numbers, or all its eigenvalues are 0 (to rounding), as for a
        feed-forward network, or if ARPACK does not find the largest.

    Examples
    --------
    >>> import numpy as np
    >>> import pylyap
    >>> float(pylyap.weights.scaled_to(np.diag([1.0, 4.0]), 2.0).max())
    2.0
    """
    radius = checks.real("spectral_radius", spectral_radius, "a finite number > 0", lambda number: number > 0)
    W, names = matrix.named_weights(W)
    now = _radius_of_sparse(W) if matrix.is_sparse(W) else np.abs(np.linalg.eigvals(W)).max()
    if now <= np.finfo(float).eps * abs(W).sum(axis=1).max():
        raise NetworkError(f"the weights have spectral radius 0 and cannot be scaled to {radius:g}")
    return _named(W * (radius / now), names)


def _named(W, names):
    from .labelled import with_labels

    return W if names is None else with_labels(W, names)


def _radius_of_sparse(W):
    n = W.shape[0]
    if n < 1000:
        return np.abs(np.linalg.eigvals(W.toarray())).max()
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import ArpackError, eigs

    n_loops, _ = connected_components(W, connection="strong")
    if n_loops == n:  # nothing feeds back but autapses; ARPACK would not converge
        return np.abs(W.diagonal()).max()
    try:
        # Random matrices have many eigenvalues of nearly the largest modulus: asked for one only, ARPACK can miss it.
        largest = eigs(
            W, k=6, ncv=80, tol=1e-8, maxiter=1000, return_eigenvectors=False,
            v0=stream(0, "spectral radius").standard_normal(n),
        )  # fmt: skip
    except ArpackError as error:
        raise NetworkError(f"the spectral radius of the weights was not found ({error}): scale them by a gain") from error
    return np.abs(largest).max()


def rescaled(W: Any, gains: Iterable[float]) -> Iterator[NDArray[np.float64] | csr_array]:
    """One matrix at many gains: yield ``g * W`` for each g, a new matrix every time.

    With `W` made at gain 1 the matrices are those that the same seed gives at each gain (for `levy` with alpha = 1 and
    beta != 0 they are not), so runs at different gains share their randomness and differences between them are clearer.

    Parameters
    ----------
    W : (N, N) array_like or sparse matrix of SciPy
    gains : iterable of float
        Finite.

    Returns
    -------
    iterator of (N, N) float64 arrays in Fortran order, or of csr_arrays

    Raises
    ------
    OptionError
        If a gain is not a finite number.
    NetworkError
        If `W` is not a square matrix of finite real numbers.

    Examples
    --------
    >>> import pylyap
    >>> gains = [0.5, 1.0, 2.0]
    >>> for g, W in zip(gains, pylyap.weights.rescaled(pylyap.weights.levy(100, 1.0, 1.5, seed=1), gains)):
    ...     network = pylyap.DiscreteNetwork(W)
    """
    gains = checks.reals("gains", gains, "finite numbers")
    W, names = matrix.named_weights(W)
    return (_named(g * W, names) for g in gains)
