"""How much a finite number of units lowers the exponents of Gaussian tanh networks."""

import numpy as np


def edge(exponents, n, m=None):
    """Where the leading exponents of a flow end as N grows, and how far below it the first one lies.

    Near its upper edge the density of exponents vanishes like a square root, as the semicircle does, so that exponent i
    is lower than the edge by a multiple of ((i - 1/2) / N)^(2/3). A line through the first m gives edge and multiple.

    Parameters
    ----------
    exponents : (k,) array
        In descending order; k >= m.
    n : int
        Units.
    m : int, optional
        Exponents to fit, N/50 and at least 6 by default.

    Returns
    -------
    edge, shift : float
    """
    m = most_at_the_edge(n) if m is None else m
    x = ((np.arange(m) + 0.5) / n) ** (2 / 3)
    slope, end = np.polyfit(x, exponents[:m], 1)
    return float(end), float(-slope * x[0])


def most_at_the_edge(n):
    """Exponents that `edge` fits."""
    return max(6, n // 50)


def discrete_time_shift(g, n):
    """How much lower than in the closed form the exponents of a discrete-time network of n units are, to first order.

    The growth of one step is half the logarithm of a mean over n units of d^2 z^2, d = phi' and z normal, which
    fluctuates with the variance (3 r - 1) / n, r = <d^4> / <d^2>^2; so all exponents are lower by a quarter of it.
    """
    from .. import theory

    z = np.linspace(-9, 9, 4001)
    density = np.exp(-z * z / 2)
    squares = np.cosh(np.sqrt(theory.discrete_time_variance(g)) * z) ** -4.0
    r = (squares**2 @ density) * density.sum() / (squares @ density) ** 2
    return float((3 * r - 1) / (4 * n))
