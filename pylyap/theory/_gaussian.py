"""Averages over one or two Gaussian numbers, for functions that vary on the scale one whatever the variance is."""

import numpy as np
from scipy.special import roots_legendre

from ..errors import OptionError

SPREAD = 9.0  # standard deviations kept: the rest weighs 2e-19
# Panels of ten Gauss-Legendre points and width 1/2: an integrand analytic within pi/4 of the axis, which covers all
# tanh makes here, has a relative error of 6.4**-20 = 1e-16. A kink at zero does no harm: zero is a panel's edge.
POINTS, WIDTH = 10, 0.5
MOST_PANELS = 10**6  # seconds, and some hundred MB
# The trapezoidal rule in the plane: the product of slopes below is analytic within 2.2 of the axes, so a step of 0.3
# leaves exp(-2 pi 2.2 / 0.3) = 1e-20 times a few thousand for the order of the pole, and half a standard deviation
# leaves exp(-79). At 48 * 0.3 = 14.4 the product has fallen to 1e-16.
STEP, STEPS_PER_DEVIATION, COUNT = 0.3, 2.0, 49


def nodes(variance):
    """Points x and weights w with ``sum(w * f(x))`` the mean of f over a Gaussian of that variance and mean 0."""
    if variance == 0.0:
        return np.zeros(1), np.ones(1)
    deviation = np.sqrt(variance)
    panels = int(np.ceil(SPREAD * deviation / min(WIDTH, deviation)))
    if panels > MOST_PANELS:
        raise OptionError(f"the standard deviation {deviation:.3g} is too large to average over: give a smaller gain or noise")
    width = SPREAD * deviation / panels
    y, w = roots_legendre(POINTS)
    x = (width * (np.arange(-panels, panels)[:, None] + 0.5 * (1.0 + y))).ravel()
    weights = np.tile(0.5 * width * w, 2 * panels) * np.exp(-0.5 * (x / deviation) ** 2)
    return x, weights / weights.sum()


def log_cosh(x):
    """ln cosh x, accurate near zero and without overflow."""
    x = np.abs(x)
    small = np.minimum(x, 1.0)
    return np.where(x < 1.0, 0.5 * np.log1p(np.sinh(small) ** 2), x + np.log1p(np.exp(-2.0 * x)) - np.log(2.0))


def square_lost(x):
    """x**2 - tanh(x)**2, accurate near zero."""
    x = np.abs(x)
    small = np.minimum(x, 0.3)
    z = small**2
    # x - tanh x by the continued fraction of tanh: x**3 / (3 + x**2 k) k with k = 1 / (1 + ...)
    tail = 1.0 + z / (15.0 * (1.0 + z / (35.0 * (1.0 + z / (63.0 * (1.0 + z / (99.0 * (1.0 + z / 143.0))))))))
    return np.where(x < 0.3, small**3 / (3.0 * tail + z) * (small + np.tanh(small)), (x - np.tanh(x)) * (x + np.tanh(x)))


def derivative_means(variance, orders):
    """Means of the derivatives of tanh of these orders, over a Gaussian of that variance."""
    x, weights = nodes(variance)
    t, polynomial, means = np.tanh(x), np.polynomial.Polynomial([0.0, 1.0]), {}
    for order in range(1, max(orders) + 1):
        polynomial = polynomial.deriv() * np.polynomial.Polynomial([1.0, 0.0, -1.0])
        if order in orders:
            means[order] = weights @ polynomial(t)
    return [means[order] for order in orders]


def slope_overlaps(covariance, variance):
    """Means of phi'(x) phi'(y) and of phi'''(x) phi'(y), phi = tanh, for Gaussian x, y of equal variance.

    In u = (x + y) / sqrt 2 and v = (x - y) / sqrt 2, which are independent, the product of the slopes is p**2 with
    p = 2 / (cosh(sqrt 2 u) + cosh(sqrt 2 v)).
    """
    first, third = np.empty_like(covariance), np.empty_like(covariance)
    for start in range(0, covariance.size, 256):  # a few megabytes at a time
        part = slice(start, start + 256)
        a, a_weights = _axis(np.sqrt(variance + covariance[part]))
        b, b_weights = _axis(np.sqrt(np.maximum(variance - covariance[part], 0.0)))
        a, b = a[:, :, None], b[:, None, :]
        p_squared = (2.0 / (a + b)) ** 2
        first[part] = np.einsum("ij,ijk,ik->i", a_weights, p_squared, b_weights)
        p_squared *= 4.0 - 3.0 * (1.0 + a * b) * p_squared
        third[part] = np.einsum("ij,ijk,ik->i", a_weights, p_squared, b_weights)
    return first, third


def _axis(deviation):
    """cosh(sqrt 2 u) and the weight at each step of one half axis, a row for each deviation."""
    deviation = deviation[:, None]
    with np.errstate(divide="ignore"):
        step = np.minimum(STEP / deviation, 1.0 / STEPS_PER_DEVIATION)  # in units of the deviation
    z = step * np.arange(COUNT)
    weights = step * np.sqrt(2.0 / np.pi) * np.exp(-0.5 * z**2)
    weights[:, 0] *= 0.5
    return np.cosh(np.sqrt(2.0) * deviation * z), weights
