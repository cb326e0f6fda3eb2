"""Weights brought to a stated size, or to many."""

import numpy as np

from ..errors import NetworkError
from . import checks, matrix


def scaled_to(W, spectral_radius):
    """Return a copy of `W` times the one factor that gives it this spectral radius.

    Gain convention: the spectral radius is the gain; with a slope-one activation the fixed point 0 of a discrete network
    is stable below 1. The gain at which a matrix made with g = 1 turns unstable is one over its spectral radius.

    Parameters
    ----------
    W : (N, N) array_like
        Dense.
    spectral_radius : float
        Largest modulus of the eigenvalues of the result, > 0.

    Returns
    -------
    (N, N) float64 array, Fortran order

    Raises
    ------
    OptionError
        If `spectral_radius` is not a finite number > 0.
    NetworkError
        If `W` is sparse or not a square array of finite real numbers, or all its eigenvalues are 0 (to rounding),
        as for a feed-forward network.

    Examples
    --------
    >>> import numpy as np
    >>> import pylyap
    >>> float(pylyap.weights.scaled_to(np.diag([1.0, 4.0]), 2.0).max())
    2.0
    """
    radius = checks.real("spectral_radius", spectral_radius, "a finite number > 0", lambda number: number > 0)
    W = matrix.checked(checks.real_array("W", W, "give a dense square matrix"))
    now = np.abs(np.linalg.eigvals(W)).max()
    if now <= np.finfo(float).eps * np.abs(W).sum(axis=1).max():
        raise NetworkError(f"the weights have spectral radius 0 and cannot be scaled to {radius:g}")
    return np.array(W, order="F") * (radius / now)


def rescaled(W, gains):
    """One matrix at many gains: yield ``g * W`` for each g, a new matrix every time.

    With `W` made at gain 1 the matrices are those that the same seed gives at each gain (for `levy` with alpha = 1 and
    beta != 0 they are not), so runs at different gains share their randomness and differences between them are clearer.

    Parameters
    ----------
    W : array_like or scipy.sparse array
    gains : iterable of float
        Finite.

    Returns
    -------
    iterator of float64 arrays in Fortran order, or of sparse arrays of the kind of `W`

    Raises
    ------
    OptionError
        If a gain is not a finite number.
    NetworkError
        If `W` is not an array of finite real numbers.

    Examples
    --------
    >>> import pylyap
    >>> gains = [0.5, 1.0, 2.0]
    >>> for g, W in zip(gains, pylyap.weights.rescaled(pylyap.weights.levy(100, 1.0, 1.5, seed=1), gains)):
    ...     network = pylyap.DiscreteNetwork(W)
    """
    gains = [checks.real("gain", g, "a finite number") for g in gains]
    if not hasattr(W, "toarray"):
        W = np.asfortranarray(checks.real_array("W", W, "give a matrix of real numbers"))
    return (g * W for g in gains)
