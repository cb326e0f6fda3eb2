"""Null models of a wiring diagram: the same degrees, otherwise random."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._random import stream
from .. import _checks as checks
from . import matrix

ATTEMPTS = 10  # for each connection; one in most of them succeeds in sparse wiring


def shuffled(W: ArrayLike, *, seed: int | np.random.SeedSequence) -> NDArray[np.float64]:
    """Rewire at random, keeping how many connections every unit sends and receives.

    Two connections, drawn at random, exchange their receivers, unless that would make a connection that exists already or
    connect a unit to itself; this is tried ten times for each connection. The diagonal stays as it is. A weight stays with
    its sender, so signs of senders and the sum of the weights each one sends are kept too (not what it receives).

    If `W` is symmetric, pairs of equal weights are rewired together: number of connections of every unit and symmetry are
    kept, but a weight may leave both its units, and neither signs nor sums are kept.

    Parameters
    ----------
    W : (N, N) array_like
        Dense; left as it is. Rewiring needs absent connections: a matrix without zeros comes back as it is.
    seed : int or numpy.random.SeedSequence
        Required. The stream named "shuffle".

    Returns
    -------
    (N, N) float64 array
        Fortran order.

    Raises
    ------
    NetworkError
        If `W` is sparse or not a square array of finite real numbers.
    OptionError
        If the seed is not allowed.

    References
    ----------
    Maslov, Sneppen, Science 296, 910 (2002).

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> W = pylyap.weights.connectome()
    >>> null = pylyap.weights.shuffled(W, seed=1)
    >>> bool(((null != 0).sum(axis=1) == (W != 0).sum(axis=1)).all()), bool((null == W).all())
    (True, False)
    """
    return rewired(matrix.checked_weights(checks.real_array("W", W, "give a dense square matrix")), stream(seed, "shuffle"))


def rewired(W: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    """`shuffled` with a random generator."""
    symmetric = bool((W == W.T).all())
    wires = np.tril(W, -1) if symmetric else W - np.diag(W.diagonal())
    receivers, senders = (ends.tolist() for ends in np.nonzero(wires))
    weights = wires[receivers, senders]
    _exchange(receivers, senders, symmetric, generator)
    out = np.asfortranarray(np.diag(W.diagonal()))
    out[receivers, senders] = weights
    if symmetric:
        out[senders, receivers] = weights
    return out


def _exchange(receivers, senders, symmetric, generator):
    """Exchange receivers in place."""
    count = len(receivers)
    if count < 2:
        return

    def wire(receiver, sender):
        return (max(receiver, sender), min(receiver, sender)) if symmetric else (receiver, sender)

    there = {wire(*ends) for ends in zip(receivers, senders)}
    pairs = generator.integers(count, size=(ATTEMPTS * count, 2)).tolist()
    turns = generator.integers(2, size=ATTEMPTS * count).tolist()
    for (a, b), turn in zip(pairs, turns):
        if symmetric and turn:  # an undirected wire may be taken from either end
            receivers[b], senders[b] = senders[b], receivers[b]
        new = wire(receivers[b], senders[a]), wire(receivers[a], senders[b])
        if receivers[b] == senders[a] or receivers[a] == senders[b] or new[0] in there or new[1] in there:
            continue
        there -= {wire(receivers[a], senders[a]), wire(receivers[b], senders[b])}
        there.update(new)
        receivers[a], receivers[b] = receivers[b], receivers[a]
