"""Mean-field theory at the ends of its ranges, against arithmetic of 40 to 700 digits."""

import mpmath
import numpy as np
import pytest

from pylyap import theory

mpmath.mp.dps = 60


def gaussian_mean(function, variance):
    """By Gauss-Legendre on panels that are fine where tanh is, as far as 13 deviations: the rest weighs 1e-38."""
    deviation = mpmath.sqrt(variance)
    near = [x / deviation for x in (0, 1, 2, 4, 8, 16, 32, 64) if x / deviation < 1]
    edges = [*near, 1, 2, 4, 8, 13]
    density = lambda z: function(deviation * z) * mpmath.exp(-z * z / 2)  # noqa: E731
    return 2 * mpmath.quad(density, edges) / mpmath.sqrt(2 * mpmath.pi)


def log_cosh(x):
    return abs(x) + mpmath.log1p(mpmath.exp(-2 * abs(x))) - mpmath.log(2)


def energy(variance, g, noise):
    """Zero at the solution: C0^2 / 2 - g^2 Var[ln cosh h] - noise^4 / 8, over C0^2."""
    with mpmath.workdps(40):
        mean = gaussian_mean(log_cosh, variance)
        spread = gaussian_mean(lambda x: (log_cosh(x) - mean) ** 2, variance)
        return mpmath.mpf(1) / 2 - mpmath.mpf(g) ** 2 * spread / variance**2 - mpmath.mpf(noise) ** 4 / (8 * variance**2)


@pytest.mark.parametrize("g, noise", [(1.00002, 0.0), (1.001, 0.0), (1000.0, 0.0), (0.0, 1e-3), (1.0, 0.01), (20.0, 5.0)])
def test_variance_and_statistics(g, noise):
    found = theory.mean_field(g, noise=noise)
    variance = mpmath.mpf(found.variance)
    slope = (energy(variance * (1 + mpmath.mpf("1e-12")), g, noise) - energy(variance, g, noise)) * mpmath.mpf(10) ** 12
    # the energy is a difference of numbers of size one, each with some roundings
    assert abs(energy(variance, g, noise) / slope) < 1e-14 * max(1, float(2 / slope)), float(slope)
    for name, function in (
        ("mean_square_rate", lambda x: mpmath.tanh(x) ** 2), ("mean_slope", lambda x: mpmath.sech(x) ** 2),
        ("mean_square_slope", lambda x: mpmath.sech(x) ** 4),
    ):  # fmt: skip
        with mpmath.workdps(40):
            expected = float(gaussian_mean(function, variance))
        assert getattr(found, name) == pytest.approx(expected, rel=1e-13), name  # quadrature to 1e-16 a panel, summed


@pytest.mark.parametrize("g", [0.0, 1e-300, 1e-9, 0.5, 1.0])
@pytest.mark.parametrize("dt", [1e-300, 1e-17, 1e-9, 0.3, 0.7, 1 - 2**-30, 1 - 2**-53, 1.0])
def test_mean_exponent_of_eulers_map_at_rest(g, dt):
    """All slopes are one: the eigenvalues fill the disk of radius dt g around 1 - dt, where the mean of ln|z| is known."""
    with mpmath.workdps(700):  # 1 + dt and back, at steps of 1e-300
        z, radius = 1 - mpmath.mpf(dt), mpmath.mpf(dt) * mpmath.mpf(g)
        if z >= radius:
            mean = mpmath.log(z) if z else -mpmath.inf
        else:
            mean = mpmath.log(radius) - (1 - z**2 / radius**2) / 2
        expected, largest = float(mean / dt), float(mpmath.log(z + radius) / dt) if z + radius else -np.inf
    found = theory.mean_field(g, euler_step=dt)
    assert found.mean_exponent == pytest.approx(expected, rel=1e-13)  # a root, its residual and a logarithm
    assert found.largest_exponent == pytest.approx(largest, rel=1e-13, abs=1e-16)  # g - 1 and a logarithm


@pytest.mark.parametrize("g", [1 + 1e-9, 1.001, 2.0, 300.0])
def test_critical_noise(g):
    found = mpmath.mpf(theory.critical_noise(g))
    with mpmath.workdps(40):
        balance = lambda q: mpmath.mpf(g) ** 2 * gaussian_mean(lambda x: mpmath.tanh(x) ** 2, q) / q - 1  # noqa: E731
        start = mpmath.mpf(theory.discrete_time_variance(g))
        variance = mpmath.findroot(balance, (start, start * (1 + mpmath.mpf("1e-9"))))
        expected = (8 * variance**2 * energy(variance, g, 0.0)) ** (mpmath.mpf(1) / 4)
    # the energy is a difference of numbers of size one; where it is small, g - 1 below 0.1 or so, an expansion has its digits
    # and at g = 300 its nodes are far apart against the bend of ln cosh: 3e-10 was seen, and no rounding is in it
    assert abs(found / expected - 1) < (1e-11 if g < 10 else 1e-9)
