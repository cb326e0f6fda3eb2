"""Sparse random weight matrices, for networks too large for dense ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .._random import stream
from ..errors import OptionError
from .. import _checks as checks

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def erdos_renyi(
    n: int,
    g: float,
    *,
    probability: float | None = None,
    in_degree: float | None = None,
    seed: int | np.random.SeedSequence,
    autapses: bool = False,
) -> csr_array:
    """Sparse Gaussian weights: each connection exists independently with the same probability.

    The weights that exist have mean 0 and variance ``g**2 / K``, where K is the mean number of connections that a unit
    receives. The in-degrees themselves are binomial.

    Gain convention: as `gaussian`; large networks with K >> 1 and a slope-one activation turn chaotic at g = 1.
    One seed gives one matrix up to the factor g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    probability : float
        Of a connection, in (0, 1]. Give this or `in_degree`.
    in_degree : float
        Mean in-degree K, > 0, at most the number of possible senders: n with autapses, n - 1 without.
    seed : int or numpy.random.SeedSequence
        Required. Streams "connections" and "weights".
    autapses : bool
        Let units connect to themselves.

    Returns
    -------
    (n, n) scipy.sparse.csr_array of float64

    Raises
    ------
    OptionError
        If an argument is outside what is allowed, or both or none of `probability` and `in_degree` are given.

    References
    ----------
    Erdos, Renyi, Publ. Math. Debrecen 6, 290 (1959), in the directed version of Gilbert.

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.erdos_renyi(500, 2.0, probability=0.1, seed=1)
    >>> W.shape, bool(0.09 < W.nnz / 500**2 < 0.11)
    ((500, 500), True)
    """
    n, g, senders = _size(n, g, autapses)
    if (probability is None) == (in_degree is None):
        raise OptionError("give either probability or in_degree, the mean number of connections that a unit receives")
    if probability is None:
        allowed = f"a mean in-degree > 0 and <= {senders}, the number of possible senders"
        probability = checks.real("in_degree", in_degree, allowed, lambda mean: 0 < mean <= senders) / senders
    else:
        probability = checks.real("probability", probability, "a number in (0, 1]", lambda p: 0 < p <= 1)
    generator = stream(seed, "connections")
    counts = generator.binomial(senders, probability, size=n)
    return _csr(n, counts, senders, g / math.sqrt(probability * senders), generator, seed)


def fixed_in_degree(
    n: int,
    g: float,
    in_degree: int,
    *,
    seed: int | np.random.SeedSequence,
    autapses: bool = False,
) -> csr_array:
    """Sparse Gaussian weights: each unit receives exactly `in_degree` connections, from randomly chosen units.

    The weights have mean 0 and variance ``g**2 / in_degree``.

    Gain convention: as `gaussian`; large networks with many connections per unit and a slope-one activation turn chaotic
    at g = 1. One seed gives one matrix up to the factor g.

    Parameters
    ----------
    n : int
        Number of units.
    g : float
        Gain, g >= 0.
    in_degree : int
        From 1 to the number of possible senders: n with autapses, n - 1 without.
    seed : int or numpy.random.SeedSequence
        Required. Streams "connections" and "weights".
    autapses : bool
        Let units connect to themselves.

    Returns
    -------
    (n, n) scipy.sparse.csr_array of float64

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> import pylyap
    >>> W = pylyap.weights.fixed_in_degree(2000, 2.0, 50, seed=1)
    >>> W.shape, int(W.nnz)
    ((2000, 2000), 100000)
    """
    n, g, senders = _size(n, g, autapses)
    in_degree = checks.count("in_degree", in_degree, most=senders)
    return _csr(n, np.full(n, in_degree), senders, g / math.sqrt(in_degree), stream(seed, "connections"), seed)


def _size(n, g, autapses):
    autapses = checks.flag("autapses", autapses)
    n = checks.count("n", n, least=1 if autapses else 2)
    g = checks.real("g", g, "a finite gain >= 0", lambda gain: gain >= 0)
    return n, g, n if autapses else n - 1


def _csr(n, counts, senders, size_of_weights, generator, seed):
    """`counts[i]` different senders for each unit i, the unit itself left out if there are n - 1 possible ones."""
    from scipy.sparse import csr_array

    ends = np.concatenate([[0], np.cumsum(counts)])
    columns = np.empty(ends[-1], dtype=np.int32 if ends[-1] < 2**31 else np.int64)
    for i in range(n):
        chosen = generator.choice(senders, counts[i], replace=False, shuffle=False)
        if senders < n:
            chosen += chosen >= i
        columns[ends[i] : ends[i + 1]] = np.sort(chosen)
    weights = stream(seed, "weights").standard_normal(len(columns))
    weights *= size_of_weights
    return csr_array((weights, columns, ends.astype(columns.dtype)), shape=(n, n))
