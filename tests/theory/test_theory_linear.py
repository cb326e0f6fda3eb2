"""Laws of linear networks and of products of random matrices, sum rules and symmetry."""

import math

import numpy as np
import pytest
import scipy.linalg

from pylyap import theory
from pylyap.errors import NetworkError, OptionError

NEWMAN = {
    2: "-.288608 -.981755",
    4: "-.135181 -.328329 -.635181 -1.328329",
    10: "-.051660 -.110283 -.176660 -.253141 -.343327 -.453141 -.593327 -.786474 -1.093327 -1.786474",
}


@pytest.mark.parametrize("n", NEWMAN)
def test_newman(n):
    printed = np.array(NEWMAN[n].split(), dtype=float)
    np.testing.assert_allclose(theory.newman_spectrum(1.0, n), printed, atol=0.51e-6, rtol=0)  # printed digits
    np.testing.assert_allclose(theory.newman_spectrum(3.0, n), printed + math.log(3.0), atol=0.51e-6, rtol=0)


def test_newman_by_products():
    n, steps = 4, 20_000
    rng = np.random.default_rng(0)
    frame, logs = np.eye(n), np.empty((steps, n))
    for step, matrix in enumerate(rng.standard_normal((steps, n, n)) / math.sqrt(n)):
        frame, R = np.linalg.qr(matrix @ frame)
        logs[step] = np.log(np.abs(R.diagonal()))
    errors = logs.std(axis=0) / math.sqrt(steps)  # fresh matrices: independent steps
    assert (np.abs(logs.mean(axis=0) - theory.newman_spectrum(1.0, n)) < 4 * errors).all()


def test_newman_becomes_the_triangle():
    # digamma(z) = ln z - 1 / (2 z) ...: the difference is of order 1 / (n - i), largest at the end.
    n = 2000
    difference = theory.newman_spectrum(1.3, n) - theory.triangle_spectrum(1.3, n)
    assert np.abs(difference * np.arange(n, 0, -1)).max() < 0.5


def test_semicircle_quantiles():
    # g = 0.8: top -0.2, median -1, bottom -1.8; near the edge x = 0.6 l**1.5, so the first of n lies n**(-2/3) inside.
    n = 200_001
    spectrum = theory.semicircle_spectrum(0.8, n)
    assert spectrum[n // 2] == pytest.approx(-1.0, abs=1e-9)
    assert (spectrum[0], spectrum[-1]) == pytest.approx((-0.2, -1.8), abs=n ** (-2 / 3))
    np.testing.assert_allclose(spectrum + spectrum[::-1], -2.0, atol=1e-9)
    assert theory.semicircle_fraction([-5.0, -1.8, -1.0, -0.2, 5.0], 0.8) == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-15)


@pytest.mark.parametrize(
    "radius, printed",
    [(1.05, (0.00619, 1.24e-4, 0.01330)), (1.1, (0.01623, 6.52e-4, 0.03482)), (1.5, (0.1096, 0.02226, 0.2330))],
)
def test_semicircle_totals(radius, printed):
    totals = theory.semicircle_totals(radius)
    units = (1e-5, 1e-6, 1e-5) if radius < 1.5 else (1e-4, 1e-5, 1e-4)
    assert (np.abs(np.subtract(totals, printed)) < 0.51 * np.array(units)).all()  # printed digits
    n = 400_000
    spectrum = theory.semicircle_spectrum(radius, n)
    sums = np.cumsum(spectrum) / n
    counted = (np.mean(spectrum > 0), spectrum[spectrum > 0].sum() / n, np.argmax(sums < 0) / n)
    assert totals == pytest.approx(counted, abs=2 / n)


def test_semicircle_edge():
    # Mean-field exponent at g = 1.5; printed .00607, .01305, 1.135e-4 (1.1343e-4 before the rounding of its constants).
    n_positive, entropy_rate, dimension = theory.semicircle_edge_totals(theory.largest_exponent(1.5))
    assert (n_positive, dimension) == pytest.approx((0.00607, 0.01305), abs=0.51e-5)
    assert entropy_rate == pytest.approx(1.135e-4, abs=1.2e-7)
    for value, printed in zip(theory.semicircle_edge_totals(1.0), (0.6002, 0.2401, 1.2914)):
        assert value == pytest.approx(printed, abs=0.51e-4 if printed != 1.2914 else 1.2e-4)  # 1.29130 from the formula
    # It is the small-exponent limit of the whole semicircle, relative corrections of the order of the exponent.
    np.testing.assert_allclose(theory.semicircle_edge_totals(1e-3), theory.semicircle_totals(1.001), rtol=3e-3)
    assert theory.semicircle_edge_totals(theory.largest_exponent(3.0)).n_positive == pytest.approx(0.069, abs=5e-4)


@pytest.mark.parametrize("g, dt", [(0.8, 0.1), (0.8, 0.5), (0.8, 0.9), (0.8, 1.0), (1.3, 0.6), (3.0, 0.3)])
def test_disk_by_counting(g, dt):
    # Points of the disk on rings of equal area and equal angles: the count errs by the boundary, about 1 / side.
    side = 1000
    radius = g * np.sqrt((np.arange(side) + 0.5) / side)
    mu = radius[:, None] * np.exp(2j * np.pi * (np.arange(side) + 0.5) / side)
    exponents = np.log(np.abs(1 - dt + dt * mu)).ravel() / dt
    levels = np.quantile(exponents, [0.001, 0.1, 0.5, 0.9, 0.999])
    counted = [np.mean(exponents < level) for level in levels]
    np.testing.assert_allclose(theory.disk_fraction(levels, g, dt), counted, atol=2 / side)
    spectrum = theory.disk_spectrum(g, 40, dt)
    np.testing.assert_allclose(theory.disk_fraction(spectrum, g, dt), 1 - (np.arange(40) + 0.5) / 40, atol=1e-9)
    assert theory.disk_fraction([-1000.0, 1000.0], g, dt) == pytest.approx(
        [0.0, 1.0], abs=2e-7
    )  # rounding at the tangent


def test_disk_limits():
    n = 50
    np.testing.assert_allclose(theory.disk_spectrum(0.8, n, 1.0), theory.triangle_spectrum(0.8, n), atol=1e-12)
    # The Euler step's error is of first order: dt times the mean square of mu - 1 over two, at most 1.
    np.testing.assert_allclose(theory.disk_spectrum(0.8, n, 1e-3), theory.semicircle_spectrum(0.8, n), atol=2e-3)


def test_laws_against_eigenvalues():
    n, g = 400, 0.8
    W = np.random.default_rng(0).standard_normal((n, n)) * g / math.sqrt(n)
    ranks = 1 - (np.arange(n) + 0.5) / n
    # Eigenvalues repel, and their counts scatter less than those of independent points: by n**(1/4) = 4.5 of 400;
    # four times that.
    np.testing.assert_allclose(theory.semicircle_fraction(theory.fixed_point_spectrum(W), g), ranks, atol=0.045)
    for dt in (0.1, 0.5, 1.0):
        exponents = theory.fixed_point_spectrum(W, euler_step=dt)
        np.testing.assert_allclose(theory.disk_fraction(exponents, g, dt), ranks, atol=0.045)


def test_fixed_point_of_a_ring():
    W = 0.8 * np.roll(np.eye(8), 1, axis=0)
    flow = [-0.2] + 2 * [-0.434315] + 2 * [-1.0] + 2 * [-1.565685] + [-1.8]
    tenth = [-0.202027] + 2 * [-0.426573] + 2 * [-1.014254] + 2 * [-1.680325] + [-1.984509]
    half = [-0.210721] + 2 * [-0.366952] + 2 * [-0.891598] + 2 * [-2.062330] + [-4.605170]
    for dt, printed in ((None, flow), (0.1, tenth), (0.5, half), (1.0, 8 * [-0.223144])):
        np.testing.assert_allclose(theory.fixed_point_spectrum(W, euler_step=dt), printed, atol=0.51e-6, rtol=0)
    np.testing.assert_allclose(
        theory.fixed_point_spectrum(W, slopes=0.5), theory.fixed_point_spectrum(W / 2), atol=1e-12
    )
    # Slopes belong to columns: a unit of slope zero leaves an eigenvalue zero, and the map at dt = 1 kills it.
    slopes = np.r_[0.0, np.ones(7)]
    assert theory.fixed_point_spectrum(W, slopes=slopes, euler_step=1.0)[-1] == -np.inf


def test_triangle_totals():
    n = 1_000_000
    spectrum = theory.triangle_spectrum(1.25, n)
    counted = (np.mean(spectrum > 0), spectrum[spectrum > 0].sum() / n, np.argmax(np.cumsum(spectrum) < 0) / n)
    assert theory.triangle_totals(1.25) == pytest.approx(counted, abs=2 / n)
    assert theory.triangle_totals(0.9) == (0.0, 0.0, 0.0)
    assert theory.triangle_totals(math.exp(0.51)).kaplan_yorke_dimension == 1.0


def propagate(W, steps, rng, interval=0.1):
    """Exponents of dw/dt = (-1 + W D(t)) w with slopes D that are drawn anew in each interval, exact in between."""
    n = len(W)
    frame, sums, slopes_sum = np.linalg.qr(rng.standard_normal((n, n)))[0], np.zeros(n), np.zeros(n)
    for _ in range(steps):
        slopes = rng.uniform(0.1, 1.0, n)
        slopes_sum += slopes
        frame, R = np.linalg.qr(scipy.linalg.expm(interval * (W * slopes - np.eye(n))) @ frame)
        sums += np.log(np.abs(R.diagonal()))
    return sums / (steps * interval), slopes_sum / steps


def test_flow_sum_and_point_symmetry():
    rng = np.random.default_rng(3)
    n, steps = 8, 1200
    W = rng.standard_normal((n, n)) * 2 / math.sqrt(n)
    exponents, mean_slopes = propagate(W, steps, rng)
    # Exact over any stretch: rounding only.
    assert exponents.sum() == pytest.approx(theory.flow_exponent_sum(W, mean_slopes=mean_slopes), abs=1e-9)
    antisymmetric = (W - W.T) / math.sqrt(2)
    exponents, _ = propagate(antisymmetric, steps, rng)
    # Exact only in the long run: what is left is the bounded change of the frame over the time of 120, of
    # the order of one.
    assert np.abs(theory.pair_sums(exponents)).max() < 0.04
    exponents, _ = propagate(W - np.diag(W.diagonal()), steps, rng)
    assert np.abs(theory.pair_sums(exponents)).max() > 0.05  # eight Gaussian units are too few for it


def test_map_sum():
    rng = np.random.default_rng(4)
    n, steps = 12, 50
    W = rng.standard_normal((n, n))
    frame, sums, logs = np.eye(n), np.zeros(n), np.zeros(n)
    for _ in range(steps):
        slopes = rng.uniform(0.1, 1.0, n)
        logs += np.log(slopes)
        frame, R = np.linalg.qr(slopes[:, None] * W @ frame)
        sums += np.log(np.abs(R.diagonal()))
    assert sums.sum() / steps == pytest.approx(theory.map_exponent_sum(W, mean_log_slopes=logs / steps), abs=1e-10)
    assert theory.map_exponent_sum(np.zeros((2, 2))) == -math.inf


def test_pair_sums():
    np.testing.assert_allclose(theory.pair_sums(theory.semicircle_spectrum(0.9, 101) / 5, tau=5.0), 0.0, atol=1e-12)
    assert theory.pair_sums([-1.0, 0.5, -2.0]).tolist() == [0.5, 0.0]  # any order; the middle one counts twice


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda: theory.semicircle_spectrum(0.0, 3), OptionError),
        (lambda: theory.semicircle_totals(-1.0), OptionError),
        (lambda: theory.semicircle_edge_totals(-0.1), OptionError),
        (lambda: theory.disk_fraction(0.0, 1.0, 1.5), OptionError),
        (lambda: theory.disk_spectrum(1.0, 0, 0.5), OptionError),
        (lambda: theory.newman_spectrum(1.0, -3), OptionError),
        (lambda: theory.fixed_point_spectrum(np.ones((2, 3))), NetworkError),
        (lambda: theory.fixed_point_spectrum([[np.nan]]), NetworkError),
        (lambda: theory.fixed_point_spectrum(np.eye(3), slopes=[1.0, 2.0]), NetworkError),
        (lambda: theory.flow_exponent_sum(np.eye(3), mean_slopes=np.ones((3, 3))), NetworkError),
        (lambda: theory.map_exponent_sum(np.ones(4)), NetworkError),
        (lambda: theory.pair_sums([[0.0, 1.0]]), NetworkError),
        (lambda: theory.pair_sums([0.0], tau=0.0), OptionError),
    ],
)
def test_bad_input(call, error):
    with pytest.raises(error):
        call()
