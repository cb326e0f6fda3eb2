"""Laws of disks, semicircles and fixed points at the ends of their ranges, against arithmetic of 60 digits."""

import mpmath
import numpy as np
import pytest

from pylyap import theory
from pylyap.errors import OptionError

mpmath.mp.dps = 60


def exact_disk_fraction(s, g, dt):
    """The textbook area of two disks, in digits enough for steps of 1e-12: they cancel to the third power."""
    with mpmath.workdps(140):
        s, a, d = mpmath.mpf(s), mpmath.mpf(dt) * mpmath.mpf(g), 1 - mpmath.mpf(dt)
        b = mpmath.exp(dt * s)
        if b >= a + d:
            return mpmath.mpf(1)
        if b <= abs(a - d):
            return b**2 / a**2 if b <= a - d else mpmath.mpf(0)
        alpha = mpmath.acos((d**2 + a**2 - b**2) / (2 * d * a))
        beta = mpmath.acos((d**2 + b**2 - a**2) / (2 * d * b))
        kite = mpmath.sqrt((a + b - d) * (d + a - b) * (d + b - a) * (a + b + d)) / 2
        return (a**2 * alpha + b**2 * beta - kite) / (mpmath.pi * a**2)


def exact_semicircle_fraction(s, g):
    c = (1 + mpmath.mpf(s)) / mpmath.mpf(g)
    return 1 - mpmath.acos(c) / mpmath.pi + c * mpmath.sqrt(1 - c**2) / mpmath.pi


def test_the_reported_fractions_at_small_steps():
    assert theory.disk_fraction(-1.1, 0.4, 1e-5) == pytest.approx(0.342528, abs=1e-6)
    assert theory.disk_fraction(-1.1, 0.4, 1e-6) == pytest.approx(0.342528, abs=1e-5)


@pytest.mark.parametrize("dt", [1.0, 0.999, 0.5, 0.3, 1e-2, 1e-5, 1e-8, 1e-12, 1e-17])
@pytest.mark.parametrize("g", [1e-3, 0.4, 1.0, 3.0, 1e4])
def test_disk_fraction(g, dt):
    bottom = -1 - g if 1 - dt > dt * g else -3.0
    top = float(mpmath.log1p(mpmath.mpf(dt) * (g - 1)) / dt)
    for part in (1e-6, 0.01, 0.3, 0.5, 0.9, 1 - 1e-6):
        s = bottom + part * (top - bottom)
        expected = exact_disk_fraction(s, g, dt)
        # some roundings of 1 + s and dt s, which move the fraction by its density of at most 1 / g
        tolerance = 1e-13 * (1 + (1 + abs(s)) / g)
        assert abs(theory.disk_fraction(s, g, dt) - expected) <= tolerance, (s, g, dt)
    assert theory.disk_fraction([-np.inf, np.inf], g, dt).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("g, dt", [(0.4, 1e-5), (0.4, 1e-300), (5e-324, 0.1), (3.0, 0.25), (3.0, 1.0), (1e4, 1e-3)])
def test_disk_spectrum_has_the_fractions_it_is_made_of(g, dt):
    n = 5
    spectrum = theory.disk_spectrum(g, n, dt)
    assert (np.diff(spectrum) <= 0).all() and np.isfinite(spectrum).all()
    if g == 0.4:  # as small a step is continuous time
        np.testing.assert_allclose(spectrum, theory.semicircle_spectrum(g, n), atol=10 * dt + 1e-15)  # O(dt), rounding
    if dt > 1e-100 and g > 1e-100:
        found = [exact_disk_fraction(s, g, dt) for s in spectrum]
        # the last digit of an exponent, over g
        np.testing.assert_allclose(np.array(found, float), 1 - (np.arange(n) + 0.5) / n, rtol=0, atol=1e-14 * (1 + 2 / g))


def test_small_steps_tend_to_the_semicircle():
    expected = theory.semicircle_spectrum(0.7, 50)
    np.testing.assert_allclose(theory.disk_spectrum(0.7, 50, 1e-14), expected, rtol=1e-12)  # they differ by O(dt)


def test_semicircle_tails_keep_their_digits():
    for g, s in [(0.8, -1.8 + 1e-9), (0.8, -1.5), (1.0, -1.0), (3.0, 1.9), (1e-6, -1.0), (1e300, 1e299)]:
        # the distance from the edge is known to 1e-16 / 1e-9 in the first case, the tail to 1.5 times that
        assert float(theory.semicircle_fraction(s, g)) == pytest.approx(float(exact_semicircle_fraction(s, g)), rel=1e-6)
    spectrum = theory.semicircle_spectrum(1e-9, 4)  # not lost in the rounding of a bisection
    fractions = [float(exact_semicircle_fraction(s, 1e-9)) for s in spectrum]
    np.testing.assert_allclose(fractions, [0.875, 0.625, 0.375, 0.125], atol=1e-6)  # 1e-16 / g


@pytest.mark.parametrize("beyond", [1e-14, 1e-9, 1e-4, 0.5, 3.0, 1e6])
def test_semicircle_totals_near_the_onset(beyond):
    g = 1.0 + beyond
    exact_g = mpmath.mpf(g)
    zero = mpmath.acos(1 / exact_g)
    cap = lambda angle: angle - mpmath.sin(angle) * mpmath.cos(angle)  # noqa: E731
    total = lambda angle: (2 * exact_g / 3 * mpmath.sin(angle) ** 3 - cap(angle)) / mpmath.pi  # noqa: E731
    found = theory.semicircle_totals(g)
    # a few roundings: g - 1 is exact, and each total is a sum of a few terms of one size
    assert found.n_positive == pytest.approx(float(cap(zero) / mpmath.pi), rel=1e-13)
    assert found.entropy_rate == pytest.approx(float(total(zero)), rel=1e-12)
    # the sum changes sign where the dimension is; one part in 1e12 of the angle below and above
    angle = mpmath.findroot(lambda angle: cap(angle) / mpmath.pi - mpmath.mpf(found.kaplan_yorke_dimension), (zero, 2))
    assert total(angle * (1 - mpmath.mpf("1e-10"))) > 0 > total(min(angle * (1 + mpmath.mpf("1e-10")), mpmath.pi))


@pytest.mark.parametrize("dt", [1.0, 0.5, 1e-3, 1e-8, 1e-15, 1e-300])
def test_fixed_points_of_eulers_map(dt):
    W = np.array([[0.3, -0.7], [0.7, 0.3]])
    with mpmath.workdps(700):  # 1 + dt and back, at steps of 1e-300
        step = mpmath.mpf(dt)
        expected = mpmath.log(abs(1 - step + step * mpmath.mpc(0.3, 0.7))) / step
    np.testing.assert_allclose(theory.fixed_point_spectrum(W, euler_step=dt), float(expected), rtol=1e-14)
    assert theory.fixed_point_spectrum([[0.0]], euler_step=1.0).tolist() == [-np.inf]


@pytest.mark.parametrize(
    "call",
    [
        lambda: theory.disk_fraction(np.nan, 0.5, 0.1),
        lambda: theory.disk_fraction("a", 0.5, 0.1),
        lambda: theory.disk_fraction(-1.0, 0.5, 0.0),
        lambda: theory.disk_spectrum(0.5, 3, 1.1),
        lambda: theory.semicircle_fraction([np.nan], 0.5),
        lambda: theory.semicircle_edge_totals(1e300),
        lambda: theory.semicircle_edge_totals(1.5),
        lambda: theory.onset(0.99),
        lambda: theory.onset(50.0),
    ],
)
def test_out_of_range_is_refused(call):
    with pytest.raises(OptionError):
        call()


def gaussian_mean(function, variance):
    """By 60 digits; a Gaussian is below 1e-60 at 17 deviations. Over its size, which quadrature takes to be one."""
    deviation = mpmath.sqrt(variance)
    size = function(deviation)
    density = lambda z: function(deviation * z) / size * mpmath.exp(-z * z / 2)  # noqa: E731
    return size * 2 * mpmath.quad(density, [0, 2, 6, 17]) / mpmath.sqrt(2 * mpmath.pi)


@pytest.mark.parametrize("g, noise", [(1 + 1e-12, 0.0), (1.0, 1e-9), (0.5, 1e-12), (0.5, 1e-100), (2.0, 1e-3)])
def test_variance_of_discrete_time(g, noise):
    variance = mpmath.mpf(theory.discrete_time_variance(g, noise=noise))
    exact_g, exact_noise = mpmath.mpf(g), mpmath.mpf(noise)
    residual = exact_g**2 * gaussian_mean(lambda x: mpmath.tanh(x) ** 2, variance) + exact_noise**2 - variance
    # the slope of the residual in ln q is (1 - g**2 <phi phi' x>...): at least the larger of noise and distance to onset
    slope = variance * max(2 * variance, abs(1 - exact_g**2)) + exact_noise**2
    assert abs(residual / slope) < 1e-11  # relative error of the variance


@pytest.mark.parametrize("g", [1 + 1e-9, 1.01])
def test_critical_noise_near_the_onset(g):
    found, exact_g = mpmath.mpf(theory.discrete_time_critical_noise(g)), mpmath.mpf(g)
    excess = lambda q: exact_g**2 * gaussian_mean(lambda x: mpmath.sech(x) ** 4, q) - 1  # noqa: E731
    q = mpmath.findroot(excess, (exact_g**2 - 1) / 2 / exact_g**2 * (1 + 2 * (exact_g - 1)))
    expected = mpmath.sqrt(q - exact_g**2 * gaussian_mean(lambda x: mpmath.tanh(x) ** 2, q))
    assert abs(found / expected - 1) < 1e-10  # the root to 1e-14, and three terms of the expansion beyond the first


@pytest.mark.parametrize("g", [1 + 2**-50, 1 + 1e-9, 1.0001, 1.01, 1.05, 1.25, 1.64, 1.7, 1e200])
def test_triangle_totals(g):
    log_g = mpmath.log(g)
    positive = 1 - mpmath.exp(-2 * log_g)

    def sum_to(x):
        return x * log_g - ((1 - x) * mpmath.log(1 - x) + x) / 2

    dimension = mpmath.mpf(1)
    if log_g < 0.5:  # above the positive exponents and below the whole space
        bracket = (positive * mpmath.mpf("1.2"), min(8 * log_g, 1 - mpmath.mpf(10) ** -50))
        dimension = mpmath.findroot(sum_to, bracket, solver="anderson")
    exact = float(positive), float(sum_to(positive) if positive < 1 else log_g - mpmath.mpf(1) / 2), float(dimension)
    # ln g of a g that is 2**-53 off relative to one: this input error, and no other, is what near one takes digits
    np.testing.assert_allclose(theory.triangle_totals(g), exact, rtol=1e-13)


@pytest.mark.parametrize("g", [1e-300, 1e-170, 1.0, 1e170, 1e300])
def test_newman_with_any_gain(g):
    exact = [(mpmath.log(2 * mpmath.mpf(g) ** 2 / 3) + mpmath.digamma(mpmath.mpf(i) / 2)) / 2 for i in (3, 2, 1)]
    np.testing.assert_allclose(theory.newman_spectrum(g, 3), [float(x) for x in exact], rtol=1e-14)  # some roundings


def test_rank_decides_how_many_directions_a_map_kills():
    rng = np.random.default_rng(3)
    n = 30
    low = rng.normal(size=(n, 2)) @ rng.normal(size=(2, n))
    graded = np.diag(10.0 ** -np.arange(0, 300, 10)) @ rng.normal(size=(n, n))  # of full rank, over 290 digits
    for W, rank in ((low, 2), (np.triu(rng.normal(size=(n, n)), 1), 0), (np.ones((n, n)), 1), (np.zeros((n, n)), 0)):
        spectrum = theory.fixed_point_spectrum(W, euler_step=1.0)
        assert np.isfinite(spectrum).sum() == rank
        assert theory.map_exponent_sum(W) == -np.inf
    assert np.isfinite(theory.map_exponent_sum(graded))
    small = theory.fixed_point_spectrum(np.diag([1.0, 1e-76, 0.0]), euler_step=1.0)
    np.testing.assert_allclose(small, [0.0, np.log(1e-76), -np.inf], rtol=1e-15)
    assert np.count_nonzero(theory.fixed_point_spectrum(low) == -1.0) == n - 2  # in a flow they are where the leak is


# --- Huge and tiny numbers ---

HUGE = [1e308, 1e155, 1e100, 1e-155, 5e-324]


# What they are of a network that rests, at g far below 1: the leak of a flow, and the weights alone of a map.
AT_REST = {
    theory.mean_field: lambda g: -1.0, theory.largest_exponent: lambda g: -1.0, theory.discrete_time_variance: lambda g: 0.0,
    theory.discrete_time_mean_exponent: lambda g: np.log(g) - 0.5, theory.discrete_time_largest_exponent: np.log,
    theory.discrete_time_totals: lambda g: (0.0, 0.0, 0.0),
}  # fmt: skip


@pytest.mark.parametrize("noise", [0.0, 1e200])
@pytest.mark.parametrize("g", HUGE)
@pytest.mark.parametrize("function", AT_REST)
def test_numbers_whose_powers_are_no_numbers_are_refused_by_name_or_right(function, g, noise):
    if g > 1 or noise:
        with pytest.raises(OptionError, match=r"give at most|the variance may be beyond"):
            function(g, noise=noise)
    else:
        found = function(g)
        # some roundings
        np.testing.assert_allclose(getattr(found, "largest_exponent", found), AT_REST[function](g), rtol=1e-14)


@pytest.mark.parametrize("g", [1e20, 1e100, 1e308])
def test_half_of_a_large_semicircle_is_unstable(g):
    found = theory.semicircle_totals(g)
    # the zero exponent is in the middle, and the mean of the positive half of a semicircle of radius g is 4 g / (3 pi)
    assert found == pytest.approx((0.5, g * (2 / (3 * np.pi)), 1.0), rel=1e-12)
