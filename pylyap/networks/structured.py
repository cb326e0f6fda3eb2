"""Dense random weight matrices with structure: orthogonal, (anti)symmetric to a degree, low rank plus random."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._random import stream
from ..errors import NetworkError
from .. import _checks as checks
from .independent import gaussian, with_diagonal


def orthogonal(n: int, g: float, *, seed: int | np.random.SeedSequence) -> NDArray[np.float64]:
    """`g` times a random orthogonal matrix, uniform among all of them (Haar measure).

    Gain convention: all singular values and all moduli of eigenvalues are g; with slope one the network neither grows
    nor shrinks at g = 1. There is no option to remove autapses, which would destroy orthogonality.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    seed : int or numpy.random.SeedSequence
        Required. The stream named "weights".

    Returns
    -------
    (n, n) float64 array
        Fortran order.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    References
    ----------
    Mezzadri, Notices Am. Math. Soc. 54, 592 (2007).

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> W = pylyap.weights.orthogonal(100, 1.5, seed=1)
    >>> bool(np.allclose(W @ W.T, 1.5**2 * np.eye(100)))
    True
    """
    n = checks.matrix_size("n", n)
    g = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0)
    Q, R = np.linalg.qr(stream(seed, "weights").standard_normal((n, n)))
    # without the signs the distribution would depend on how LAPACK chooses them
    return np.asfortranarray(Q * (g * np.where(R.diagonal() < 0, -1.0, 1.0)))


def partially_symmetric(
    n: int,
    g: float,
    eta: float,
    *,
    seed: int | np.random.SeedSequence,
    autapses: bool = False,
) -> NDArray[np.float64]:
    """Gaussian weights of variance ``g**2 / n`` in which W[i, j] and W[j, i] have correlation `eta`.

    eta = 1 is symmetric, 0 is `gaussian` (to rounding the same matrix for the same seed), -1 antisymmetric. The eigenvalues
    of a large matrix fill an ellipse with half-axes ``g * (1 + eta)`` along the real and ``g * (1 - eta)`` along the
    imaginary axis.

    Gain convention: that of `gaussian` for a single weight. The fixed point 0 of a large rate network with a slope-one
    activation is stable below ``g = 1 / (1 + eta)``. One seed gives one matrix up to the factor g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    eta : float
        Correlation in [-1, 1].
    seed : int or numpy.random.SeedSequence
        Required. The stream named "weights".
    autapses : bool
        Keep the diagonal, whose variance is ``(1 + eta) * g**2 / n``; by default it is zero.

    Returns
    -------
    (n, n) float64 array
        Fortran order.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    References
    ----------
    Sommers, Crisanti, Sompolinsky, Stein, Phys. Rev. Lett. 60, 1895 (1988);
    Marti, Brunel, Ostojic, Phys. Rev. E 97, 062314 (2018).

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.partially_symmetric(100, 2.0, 1.0, seed=1)
    >>> bool((W == W.T).all())
    True
    """
    eta = checks.real("eta", eta, "a correlation in [-1, 1]", lambda correlation: -1 <= correlation <= 1)
    A = gaussian(n, g, seed=seed, autapses=autapses)
    W = np.empty((n, n), order="F")
    np.add(A, A.T, out=W)
    W *= math.sqrt((1 + eta) / 4)
    W += math.sqrt((1 - eta) / 4) * (A - A.T)
    return W


def antisymmetric(n: int, g: float, *, seed: int | np.random.SeedSequence) -> NDArray[np.float64]:
    """Gaussian weights with ``W[i, j] = -W[j, i]`` and variance ``g**2 / n``: `partially_symmetric` with eta = -1.

    Gain convention: that of `gaussian` for a single weight. All eigenvalues are imaginary, so the fixed point 0 of a rate
    network with a slope-one activation is stable at every g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    seed : int or numpy.random.SeedSequence
        Required. The stream named "weights".

    Returns
    -------
    (n, n) float64 array
        Fortran order; the diagonal is zero.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.antisymmetric(100, 2.0, seed=1)
    >>> bool((W == -W.T).all())
    True
    """
    return partially_symmetric(n, g, -1.0, seed=seed)


def low_rank(
    n: int,
    g: float,
    left: ArrayLike,
    right: ArrayLike,
    *,
    seed: int | np.random.SeedSequence,
    autapses: bool = False,
) -> NDArray[np.float64]:
    """Low rank plus random: ``gaussian(n, g) + left @ right.T / n``.

    Gain convention: g is that of `gaussian` for the random part. The structured part is not scaled by g; for rank one and
    vectors independent of the random part it adds an eigenvalue ``left . right / n`` if the modulus of that is larger
    than g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain of the random part, g >= 0.
    left, right : (n,) or (n, rank) array_like
        Connectivity vectors, one pair for each rank: `left` is the direction of the structured input to the units,
        `right` says how the units' activity is read out.
    seed : int or numpy.random.SeedSequence
        Required, for the random part; the stream named "weights".
    autapses : bool
        Keep the weights from a unit to itself; by default the diagonal is zero.

    Returns
    -------
    (n, n) float64 array
        Fortran order.

    Raises
    ------
    OptionError
        If n, g or seed is outside what is allowed.
    NetworkError
        If the vectors do not fit.

    References
    ----------
    Mastrogiuseppe, Ostojic, Neuron 99, 609 (2018).

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> m = np.random.default_rng(1).standard_normal(400)
    >>> W = pylyap.weights.low_rank(400, 0.5, m, 2 * m, seed=1)
    >>> bool(abs(np.abs(np.linalg.eigvals(W)).max() - 2 * m @ m / 400) < 0.2)
    True
    """
    autapses = checks.flag("autapses", autapses)
    W = gaussian(n, g, seed=seed, autapses=True)
    left, right = (_vectors(name, given, n) for name, given in (("left", left), ("right", right)))
    if left.shape != right.shape:
        raise NetworkError(f"left holds {left.shape[1]} vectors and right {right.shape[1]}: give as many of each")
    W += left @ (right.T / n)
    return with_diagonal(W, autapses)


def _vectors(name, given, n):
    advice = f"give {n} numbers, or a column of them for each rank"
    vectors = checks.real_array(name, given, advice)
    vectors = vectors[:, None] if vectors.ndim == 1 else vectors
    if vectors.ndim != 2 or vectors.shape[0] != n or vectors.shape[1] == 0:
        raise NetworkError(f"{name} has shape {np.shape(given)}: {advice}")
    return vectors
