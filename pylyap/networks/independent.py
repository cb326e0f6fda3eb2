"""Weight matrices whose entries are drawn independently."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .._random import stream
from ..errors import NetworkError
from .. import _checks as checks
from . import stable


def gaussian(n: int, g: float, *, seed: int | np.random.SeedSequence, autapses: bool = False) -> NDArray[np.float64]:
    """Independent Gaussian weights with mean 0 and variance ``g**2 / n``.

    Gain convention: `g` is the usual one, in which large networks with a slope-one activation turn chaotic at g = 1.
    One seed gives one matrix up to the factor g, so networks of different gain can be compared entry by entry.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0; the standard deviation of a weight is ``g / sqrt(n)``.
    seed : int or numpy.random.SeedSequence
        Required. The weights come from the stream named "weights".
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

    References
    ----------
    Sompolinsky, Crisanti, Sommers, Phys. Rev. Lett. 61, 259 (1988);
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023).

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.gaussian(500, 3.0, seed=1)
    >>> W.shape, float(W[0, 0])
    ((500, 500), 0.0)
    """
    n = checks.matrix_size("n", n)
    g, autapses = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0), checks.flag("autapses", autapses)
    W, entries = empty(n)
    stream(seed, "weights").standard_normal(out=entries)
    entries *= g / math.sqrt(n)
    return with_diagonal(W, autapses)


def levy(
    n: int,
    g: float,
    alpha: float,
    *,
    beta: float = 0.0,
    seed: int | np.random.SeedSequence,
    autapses: bool = True,
) -> NDArray[np.float64]:
    """Independent alpha-stable (heavy-tailed) weights of scale ``c = g * n**(-1 / alpha)``.

    The characteristic function of a weight is ``exp(-|c t|**alpha)`` for beta = 0, and that of S1 with location 0
    for beta != 0 (see `pylyap.networks.stable.fill`).

    Gain convention: that of Xie et al. At alpha = 2 a weight is Gaussian with variance ``2 g**2 / n``, so this g is
    that of `gaussian` divided by sqrt(2), and large Gaussian networks turn chaotic at g = 0.7071.
    For beta = 0, or alpha other than 1, one seed gives one matrix up to the factor g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    alpha : float
        Stability index in (0, 2]: 2 is Gaussian, 1 is Cauchy; the smaller, the heavier the tails.
    beta : float
        Skewness in [-1, 1]; without effect at alpha = 2.
    seed : int or numpy.random.SeedSequence
        Required. The weights come from the stream named "weights".
    autapses : bool
        Keep the weights from a unit to itself (default, as in the paper); if False the diagonal is zero.

    Returns
    -------
    (n, n) float64 array
        Fortran order.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.
    NetworkError
        If alpha is so small that a weight overflows float64 (seen below alpha of about 0.05).

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), eq. 2.

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.levy(500, 2.0, 1.5, seed=1)
    >>> W.shape, W.flags.f_contiguous
    ((500, 500), True)
    """
    n = checks.matrix_size("n", n)
    g, autapses = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0), checks.flag("autapses", autapses)
    alpha = checks.real("alpha", alpha, "a stability index in (0, 2]", lambda index: 0 < index <= 2)
    beta = checks.real("beta", beta, "a skewness in [-1, 1]", lambda skewness: -1 <= skewness <= 1)
    W, entries = empty(n)
    stable.fill(entries, alpha, beta, g * n ** (-1.0 / alpha), stream(seed, "weights"))
    if not np.isfinite(entries).all():
        raise NetworkError(f"alpha = {alpha} with n = {n}: some weights are too large for float64; use a larger alpha")
    return with_diagonal(W, autapses)


def empty(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An (n, n) matrix in Fortran order, and a flat view of it in memory order."""
    W = np.empty((n, n), order="F")
    return W, W.reshape(-1, order="F")


def with_diagonal(W: NDArray[np.float64], autapses: bool) -> NDArray[np.float64]:
    """`W` itself, its diagonal set to zero if there are to be no autapses."""
    if not autapses:
        np.fill_diagonal(W, 0.0)
    return W
