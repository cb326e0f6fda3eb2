"""Standard errors by their measured coverage; dimension and entropy by cases worked out by hand."""

import math

import numpy as np
import pytest

from pylyap._mean import mean_with_error
from pylyap.errors import OptionError
from pylyap.results import statistics
from pylyap.results.statistics import entropy_rate, kaplan_yorke_dimension, standard_error

SERIES = 2000


def autoregressive(rho, blocks, columns=SERIES, seed=1):
    """Stationary AR(1) series of mean 0."""
    generator = np.random.default_rng(seed)
    x = generator.standard_normal((blocks, columns))
    x[0] /= math.sqrt(1 - rho**2)
    for t in range(1, blocks):
        x[t] += rho * x[t - 1]
    return x


def coverage(means, errors, truth):
    """Share of nominal 95 % intervals that hold the true value."""
    return np.mean(np.abs(means - truth) < 1.96 * errors)


def henon(runs, blocks, steps, seed=1):
    """Local exponents (blocks, runs, 2) of the Henon map, a = 1.4, b = 0.3, per step."""
    generator = np.random.default_rng(seed)
    x, y = 0.1 * generator.random((2, runs))
    u, v = np.eye(2)[:, :, np.newaxis] * np.ones(runs)
    local = np.empty((blocks, runs, 2))
    for block in range(-50, blocks):
        for _ in range(steps):
            u, v = (np.stack([-2.8 * x * w[0] + w[1], 0.3 * w[0]]) for w in (u, v))
            x, y = 1 - 1.4 * x**2 + y, 0.3 * x
        first = np.hypot(*u)
        u = u / first
        v = v - (u * v).sum(axis=0) * u
        second = np.hypot(*v)
        v = v / second
        if block >= 0:
            local[block] = np.log(np.stack([first, second], axis=-1)) / steps
    return local


@pytest.mark.parametrize("blocks", [200, 1000, 5000])
@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.5, 0.9])
def test_interval_covers_an_autoregressive_mean(rho, blocks):
    x = autoregressive(rho, blocks)
    # 90 to 98 % is what an error bar promises; the coverage itself is known to sqrt(.05 * .95 / 2000) = 0.5 %
    assert 0.90 <= coverage(x.mean(axis=0), standard_error(x), 0.0) <= 0.98


@pytest.mark.parametrize("blocks, steps", [(300, 1), (200, 5), (1000, 2)])
def test_interval_covers_the_henon_exponents(blocks, steps):
    local = henon(500, blocks, steps)
    means = local.mean(axis=0)
    for i, truth in enumerate((0.41922, -1.62319)):  # literature values, to 1e-5, a thousandth of the errors here
        errors = standard_error(local[:, :, i])
        assert 0.90 <= coverage(means[:, i], errors, truth) <= 0.98
    # one step at a time the series is so negatively correlated that the naive formula is 1.7 times too large
    if steps == 1:
        naive = local[:, :, 0].std(axis=0) / math.sqrt(blocks)
        assert coverage(means[:, 0], naive, 0.41922) > 0.99


@pytest.mark.parametrize("functional, truth", [("dimension", 1 + 0.41922 / 1.62319), ("entropy", 0.41922)])
def test_interval_covers_dimension_and_entropy_of_henon(functional, truth):
    local = henon(400, 400, 3)
    inside = []
    for run in range(local.shape[1]):
        function = getattr(statistics, functional)
        error = statistics.functional_error(function, local[:, run], np.ones(len(local)), 2)
        inside.append(abs(function(local[:, run].mean(axis=0), 2).value - truth) < 1.96 * error)
    assert 0.90 <= np.mean(inside) <= 0.98  # known to 1.1 %


def test_sum_of_the_henon_exponents_has_no_error():
    local = henon(3, 100, 2)
    total = local.sum(axis=2)
    np.testing.assert_allclose(total.mean(axis=0), math.log(0.3), rtol=1e-12)  # the determinant is -0.3 everywhere
    assert (standard_error(total) < 1e-14).all()  # rounding of a number of size 1


def test_telescoping_series():
    """Differences of noise: the mean is (last - first) / B, an error of sqrt(2) / B, and not 1 / sqrt(B)."""
    blocks = 400
    x = np.diff(np.random.default_rng(1).standard_normal((blocks + 1, 500)), axis=0)
    ratio = standard_error(x) / (math.sqrt(2) / blocks)
    assert 1.0 < np.median(ratio) < 3.0  # errs to the safe side: a model of order 26 does not reach density 0
    assert coverage(x.mean(axis=0), standard_error(x), 0.0) > 0.99


def test_limit_cycle():
    """The rate of something periodic: its mean is off by at most the whole range of that, over the number of blocks."""
    blocks = 300
    phase = 2 * math.pi * 0.1374 * np.arange(blocks + 1)
    periodic = np.sin(phase) + 0.4 * np.sin(2 * phase)
    x = np.diff(periodic)
    assert abs(x.mean()) < 2 * standard_error(x)
    assert standard_error(x) < np.ptp(periodic) / blocks


def test_constant_series_has_no_error():
    constants = np.random.default_rng(1).standard_normal(20)  # whose computed means differ from them by rounding
    assert not standard_error(np.tile(constants, (37, 1))).any()
    assert not standard_error(np.tile(constants, (37, 1)), np.linspace(0.3, 1.0, 37)).any()


def test_period_two_and_three():
    for pattern in ([1.0, -1.0], [1.0, -1.0, 3.0]):
        series = np.tile(pattern, 200)
        # the sum is off by less than one pattern: 4 / blocks; the naive formula gives (0.9 to 1.6) / sqrt(400) = 0.05
        assert 0 <= standard_error(series) < 4 / len(series)


def test_few_blocks_give_no_error_bar():
    x = np.random.default_rng(1).standard_normal((9, 2))
    assert np.isnan(standard_error(x)).all()
    assert np.isnan(standard_error(x[:0])).all() and np.isnan(standard_error([1.0]))
    assert standard_error(np.random.default_rng(1).standard_normal(10)) > 0


@pytest.mark.parametrize("blocks", [10, 20, 50])
def test_short_white_noise_is_covered(blocks):
    x = autoregressive(0.0, blocks)
    assert 0.90 <= coverage(x.mean(axis=0), standard_error(x), 0.0) <= 0.98


def test_columns_are_independent_and_infinite_ones_have_no_error():
    x = autoregressive(0.5, 100, columns=4)
    x[7, 1], x[3, 2] = -np.inf, np.nan
    errors = standard_error(x)
    assert np.isnan(errors[[1, 2]]).all()
    assert errors[0] == pytest.approx(standard_error(x[:, 0]), rel=1e-12)
    assert isinstance(standard_error(x[:, 3]), float)


def test_scale_and_offset():
    x = autoregressive(0.5, 300, columns=1)[:, 0]
    plain = standard_error(x)
    for scale in (1e-300, 1e-9, 1e300):
        assert standard_error(scale * x) == pytest.approx(scale * plain, rel=1e-9)
    # 1e6 + x keeps ten digits of x
    assert standard_error(1e6 + x) == pytest.approx(plain, rel=1e-6)


def test_durations_weight_the_blocks():
    """Rates in blocks of 1 and 4 units, from one noise per unit of time: the error is that of the whole time."""
    durations = np.tile([1.0, 4.0], 500)
    noise = np.random.default_rng(1).standard_normal((int(durations.sum()), 500))
    ends = np.cumsum(durations).astype(int)
    sums = np.diff(np.cumsum(noise, axis=0)[ends - 1], axis=0, prepend=0.0)
    errors = standard_error(sums / durations[:, None], durations)
    assert np.median(errors) == pytest.approx(1 / math.sqrt(durations.sum()), rel=0.05)  # a variance from 1000 blocks
    assert 0.92 <= coverage(noise.mean(axis=0), errors, 0.0) <= 0.98  # the average weighted by durations is noise's own


def test_bad_shapes_are_named():
    with pytest.raises(OptionError, match=r"series has shape \(2, 2, 2\)"):
        standard_error(np.ones((2, 2, 2)))
    with pytest.raises(OptionError, match=r"durations has shape \(3,\): give 20"):
        standard_error(np.ones(20), np.ones(3))
    with pytest.raises(OptionError, match="positive"):
        standard_error(np.ones(20), np.zeros(20))


@pytest.mark.parametrize(
    "exponents, dimension",
    [
        ([1, 0, -2], 2.5),
        ([-2, 1, 0], 2.5),
        ([0.4, -0.1, -0.5], 2.6),
        ([-0.1, -0.5], 0.0),
        ([0.0, -1.0], 1.0),
        ([0.0, 0.0, -1.0], 2.0),
        ([0.9056, 0.0, -14.5723], 2.06215),
        ([1.0, -1.0, -3.0], 2.0),
        ([0.5, 0.2], 2.0),
        ([0.0], 1.0),
        ([-1.0], 0.0),
        ([0.5, -0.1, -math.inf], 2.0),
        ([0.5, -math.inf, -math.inf], 1.0),
        ([-math.inf, -math.inf], 0.0),
        ([0.693147, 0.601177, 0.601177, 0.336472, 0.336472, -0.024563, -0.024563, -0.223144], 8.0),
    ],
)
def test_kaplan_yorke_dimension(exponents, dimension):
    assert kaplan_yorke_dimension(exponents) == pytest.approx(dimension, abs=1e-5)  # digits given


def test_leading_exponents_that_do_not_reach_the_crossing():
    found = statistics.dimension(np.array([0.5, -0.1]), 10)
    assert math.isnan(found.value) and "2 leading exponents of 10" in found.reason
    assert math.isnan(kaplan_yorke_dimension([0.5, -0.1], 10))
    assert kaplan_yorke_dimension([0.5, -0.1, -0.6], 10) == pytest.approx(2 + 0.4 / 0.6)
    assert kaplan_yorke_dimension([-0.5, -0.6], 10) == 0.0
    assert math.isnan(kaplan_yorke_dimension([0.5, math.nan]))


def test_entropy_rate():
    assert entropy_rate([0.5, 0.25, 0.0, -1.0]) == 0.75
    assert entropy_rate([-1.0, -math.inf]) == 0.0
    assert entropy_rate([0.5, 0.25]) == 0.75
    assert entropy_rate([0.5, -0.1], 10) == 0.5
    assert entropy_rate([0.5, 0.0], 10) == 0.5
    assert math.isnan(entropy_rate([0.5, 0.25], 10)) and math.isnan(entropy_rate([math.nan]))
    assert "all 2 exponents of 10" in statistics.entropy(np.array([0.5, 0.25]), 10).reason
    assert "all 2 exponents of 10" in statistics.positive_count(np.array([0.5, 0.25]), 10).reason


@pytest.mark.parametrize("functional", [statistics.dimension, statistics.entropy])
def test_slopes_are_the_derivatives(functional):
    exponents = np.array([0.7, 0.3, -0.2, -0.9, -2.0])
    step = 1e-6
    for i, slope in enumerate(functional(exponents, 5).slope):
        shift = step * (np.arange(5) == i)
        difference = functional(exponents + shift, 5).value - functional(exponents - shift, 5).value
        assert difference / (2 * step) == pytest.approx(slope, abs=1e-8)  # step^2 and rounding / step


def test_collapsed_directions_do_not_spoil_the_error_of_the_dimension():
    local = np.random.default_rng(1).standard_normal((200, 3)) + [0.5, -1.0, 0.0]
    local[:, 2] = -np.inf
    # to first order D = 1 + a / |b| has the errors of a and b / 2, each 1 / sqrt(200)
    error = statistics.functional_error(statistics.dimension, local[:, [0, 1, 2]], np.ones(200), 3)
    assert error == pytest.approx(math.hypot(1, 0.5) / math.sqrt(200), rel=0.3)


def test_mean_with_error():
    """One rule for realisations: n - 1, and no error where there is none to know."""
    values = np.array([[1.0, -np.inf, 4.0], [2.0, 0.0, 4.0], [6.0, 1.0, 4.0]])
    mean, error = mean_with_error(values)
    assert mean.tolist() == [3.0, -np.inf, 4.0]
    # by hand: deviations -2, -1, 3, so the variance is 14 / 2, and the error sqrt(7 / 3); rounding of a few operations
    np.testing.assert_allclose(error, [math.sqrt(7 / 3), np.nan, 0.0], rtol=1e-14)
    assert np.isnan(mean_with_error(values[:1])[1]).all()
    assert mean_with_error([5.0], least_sd=2.0) == (5.0, 2.0)
    assert mean_with_error([1.0, 3.0], least_sd=4.0) == (2.0, 4 / math.sqrt(2))  # it counts where it is larger
    assert mean_with_error([1.0, 3.0], least_sd=0.5)[1] == mean_with_error([1.0, 3.0])[1]
