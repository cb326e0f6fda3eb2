"""Annealed and feed-forward networks: a new weight matrix at every step, ``x(t+1) = phi(W(t) x(t))``.

Steps are layers: their widths may differ. Nothing here needs Julia.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._random import stream
from ..errors import NetworkError, OptionError
from .. import _checks as checks
from . import stable

__all__ = ["final_state", "fraction_below", "levy", "levy_matrices", "propagate"]


def levy(
    x: ArrayLike,
    g: float,
    alpha: float,
    *,
    widths: Iterable[int],
    phi: Callable[[NDArray[np.float64]], Any] | None = np.tanh,
    seed: int | np.random.SeedSequence,
) -> Iterator[NDArray[np.float64]]:
    """States of a network whose independent symmetric alpha-stable weights are drawn anew at every step, in O(N) per step.

    Given x, the entries of W x are independent and alpha-stable with scale ``g * mean(|x|**alpha)**(1 / alpha)``: they
    are drawn directly, and no matrix is made. In distribution this is exactly `propagate` through `levy_matrices`.

    Gain convention: that of `pylyap.weights.levy`; a weight of a layer with m inputs has scale ``g * m**(-1 / alpha)``.

    Parameters
    ----------
    x : (m,) array_like
        The first state.
    g : float
        Gain, g >= 0.
    alpha : float
        Stability index in (0, 2].
    widths : iterable of int
        Number of units at each of the next steps: ``[n] * 100`` for 100 steps of a network of n units.
    phi : callable or None
        Activation, a function from array to array of the same shape; None for the network linearised at 0 with slope one,
        ``x(t+1) = W(t) x(t)``.
    seed : int or numpy.random.SeedSequence
        Required. The stream named "annealed weights".

    Returns
    -------
    iterator of (width,) float64 arrays
        The states after each step, the first one not included; they are yours to change.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.
    NetworkError
        If x is not an array of finite real numbers, or (later) a state outgrows float64.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), eq. 3 and appendix A.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> x = np.random.default_rng(1).standard_normal(1000)
    >>> states = pylyap.annealed.levy(x, 0.5, 1.0, widths=[1000] * 100, seed=1)
    >>> bool(pylyap.annealed.fraction_below(pylyap.annealed.final_state(states)) < 1)
    True
    """
    x = _state(x)
    g, alpha, widths = _options(g, alpha, widths)
    _check_phi(phi)
    return _levy_states(x, g, alpha, widths, phi, stream(seed, "annealed weights"))


def _levy_states(x, g, alpha, widths, phi, generator):
    for step, width in enumerate(widths, start=1):
        scale = g * _stable_norm(x, alpha)
        x = np.empty(width)
        stable.fill(x, alpha, 0.0, scale, generator)
        x = _checked(x if phi is None else phi(x), width, step)
        yield x.copy()


def _stable_norm(x, alpha):
    """mean(|x|**alpha)**(1 / alpha), whatever the size of x."""
    sizes = np.abs(x)
    largest = float(sizes.max())
    return largest * float(np.mean((sizes / largest) ** alpha)) ** (1 / alpha) if largest > 0 else 0.0


def levy_matrices(
    width: int,
    g: float,
    alpha: float,
    *,
    widths: Iterable[int],
    seed: int | np.random.SeedSequence,
) -> Iterator[NDArray[np.float64]]:
    """The matrices themselves: one of symmetric alpha-stable weights from each layer to the next.

    Gain convention: that of `levy`.

    Parameters
    ----------
    width : int
        Number of units of the first state.
    g, alpha, widths, seed
        As in `levy`; but the same seed gives other states here.

    Returns
    -------
    iterator of (next width, width) float64 arrays
        Fortran order.

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> import pylyap
    >>> [W.shape for W in pylyap.annealed.levy_matrices(5, 0.5, 1.0, widths=[7, 3], seed=1)]
    [(7, 5), (3, 7)]
    """
    width = checks.count("width", width)
    g, alpha, widths = _options(g, alpha, widths)
    return _levy_matrices(width, g, alpha, widths, stream(seed, "annealed weights"))


def _levy_matrices(width, g, alpha, widths, generator):
    for next_width in widths:
        W = np.empty((next_width, width), order="F")
        stable.fill(W.reshape(-1, order="F"), alpha, 0.0, g * width ** (-1 / alpha), generator)
        yield W
        width = next_width


def propagate(
    x: ArrayLike,
    matrices: Iterable[Any],
    *,
    phi: Callable[[NDArray[np.float64]], Any] | None = np.tanh,
) -> Iterator[NDArray[np.float64]]:
    """States of a network with a matrix of its own for each step.

    Parameters
    ----------
    x : (m,) array_like
        The first state.
    matrices : iterable of (next width, width) arrays
        Dense or sparse; made one after the other if it is a generator.
    phi : callable or None
        As in `levy`.

    Returns
    -------
    iterator of (width,) float64 arrays
        The states after each step, the first one not included; they are yours to change.

    Raises
    ------
    OptionError
        If phi is not a function.
    NetworkError
        If x is not an array of finite real numbers, or (later) a matrix does not fit or a state outgrows float64.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> matrices = [pylyap.weights.orthogonal(50, 1.5, seed=seed) for seed in range(10)]
    >>> x = pylyap.annealed.final_state(pylyap.annealed.propagate(np.ones(50), matrices, phi=None))
    >>> bool(np.isclose(np.linalg.norm(x), 1.5**10 * 50**0.5))
    True
    """
    _check_phi(phi)
    if not np.iterable(matrices):
        raise NetworkError(f"matrices = {checks.shown(matrices)} is not allowed: give one matrix for each step")
    return _states(_state(x), matrices, phi)


def _states(x, matrices, phi):
    for step, W in enumerate(matrices, start=1):
        if not hasattr(W, "toarray"):
            W = checks.numbers(f"the matrix of step {step}", W, "give real numbers")
        if np.ndim(W) != 2 or W.shape[1] != len(x):
            raise NetworkError(f"the matrix of step {step} has shape {np.shape(W)}: its input has {len(x)} units")
        u = W @ x
        x = _checked(u if phi is None else phi(u), len(u), step)
        yield x.copy()


def final_state(states: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The last of the states, without keeping the others.

    Parameters
    ----------
    states : iterable of arrays
        From `levy` or `propagate`, with at least one step.

    Returns
    -------
    (width,) float64 array

    Raises
    ------
    NetworkError
        If there is none.

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> pylyap.annealed.final_state(pylyap.annealed.propagate([1.0, 1.0], [np.eye(2)] * 3, phi=None))
    array([1., 1.])
    """
    if not np.iterable(states):
        raise NetworkError(f"states = {checks.shown(states)} is not allowed: give what levy or propagate gives")
    last = collections.deque(states, maxlen=1)
    if not last:
        raise NetworkError("there is no state: widths or matrices are empty")
    return last[0]


def fraction_below(x: ArrayLike, size: float = 0.1) -> float:
    """Fraction of the components of a state with ``|x| < size``: near 1 in a network that is going quiet.

    Parameters
    ----------
    x : (m,) array_like
    size : float
        In units of x, > 0.

    Returns
    -------
    float

    Raises
    ------
    NetworkError, OptionError
        If x or size is not allowed.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), figure 1B and C.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.annealed.fraction_below([0.05, -0.2, 0.0, 3.0])
    0.5
    """
    size = checks.real("size", size, "a finite number > 0", lambda number: number > 0)
    return float(np.mean(np.abs(_state(x)) < size))


def _state(x):
    x = checks.real_array("x", x, "give a state, one number for each unit")
    if x.ndim != 1 or x.size == 0:
        raise NetworkError(f"x has shape {x.shape}: give a state, one number for each unit")
    return x


def _options(g, alpha, widths):
    g = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0)
    alpha = checks.real("alpha", alpha, "a stability index in (0, 2]", lambda index: 0 < index <= 2)
    if not np.iterable(widths):
        raise OptionError(f"widths = {checks.shown(widths)} is not allowed: give one integer for each step, as [5] * 100")
    return g, alpha, [checks.count("width", width) for width in widths]


def _check_phi(phi):
    if phi is not None and not callable(phi):
        raise OptionError(f"phi = {checks.shown(phi)} is not allowed: give a function such as numpy.tanh, or None")


def _checked(x, width, step):
    x = np.asarray(x)
    if x.shape != (width,):
        raise NetworkError(f"phi turned {width} numbers into shape {x.shape}: it must keep the shape")
    if not np.isfinite(x).all():
        raise NetworkError(f"the state is too large for float64 at step {step}: take fewer steps or a smaller gain")
    return x
