"""Transitions of synthetic curves, whose answers are known."""

import numpy as np
import pytest

from pylyap import errors
from pylyap.analysis import transitions

GAINS = np.geomspace(0.1, 10, 41)
# lambda = s ln(g / g_c) of two realisations with their own g_c; piecewise linear in ln g, so interpolation is exact
SLOPES, CRITICAL = 0.2, np.array([0.5, 2.0])
VALUES = SLOPES * np.log(GAINS / CRITICAL[:, None])


def test_average():
    curve = transitions.average(GAINS, VALUES)
    np.testing.assert_allclose(curve.mean, SLOPES * np.log(GAINS), atol=1e-15)  # the geometric mean of g_c is 1
    np.testing.assert_allclose(curve.sd, SLOPES * np.log(2), rtol=1e-12)
    np.testing.assert_allclose(curve.sem, SLOPES * np.log(2), rtol=1e-12)  # sd * sqrt(R / (R - 1)) / sqrt(R)
    assert np.isnan(transitions.average(GAINS, VALUES[:1]).sem).all()


def test_crossings():
    np.testing.assert_allclose(transitions.crossings(GAINS, VALUES), CRITICAL, rtol=1e-12)
    np.testing.assert_allclose(transitions.crossings(GAINS, VALUES, level=0.1), CRITICAL * np.exp(0.5), rtol=1e-12)
    coarse = GAINS[::4] * 1.01  # 1.01 is on this grid, and the first one above 1
    assert transitions.first_crossing(coarse, SLOPES * np.log(coarse / CRITICAL[:, None])) == pytest.approx(1.01)
    at = transitions.crossing(GAINS, VALUES)
    assert at.gain == pytest.approx(1.0, rel=1e-12)
    # bootstrap of two: both the first (1/4), one of each (1/2), both the second (1/4)
    # times sqrt(R / (R - 1)); 2000 draws: 2 %
    assert at.stderr == pytest.approx(np.sqrt(2) * np.std([0.5, 1.0, 1.0, 2.0]), rel=0.05)
    assert (at.low, at.high) == pytest.approx((0.5, 2.0)) and at.found == 1.0
    assert transitions.crossing(GAINS, VALUES) == at  # the seed is fixed
    alone = transitions.crossing(GAINS, VALUES[:1])
    assert alone.gain == pytest.approx(0.5) and alone.found == 1.0
    assert np.isnan([alone.stderr, alone.low, alone.high]).all()


def test_the_bootstrap_error_is_the_scatter_of_means():
    generator = np.random.default_rng(1)
    means, errors_found = [], []
    for _ in range(200):
        values = SLOPES * np.log(GAINS) + 0.02 * generator.standard_normal((6, 1))
        at = transitions.crossing(GAINS, values, n_bootstrap=200)
        means.append(np.log(at.gain))
        errors_found.append((at.stderr / at.gain) ** 2)
    # 200 scatter by 5 %, and the mean of their squared errors by as much; without the correction it would be 9 % low
    assert np.sqrt(np.mean(errors_found)) == pytest.approx(0.02 / SLOPES / np.sqrt(6), rel=0.05)
    assert np.std(means) == pytest.approx(0.02 / SLOPES / np.sqrt(6), rel=0.2)


def test_a_curve_that_does_not_cross():
    below = VALUES - 2.0
    assert np.isnan(transitions.first_crossing(GAINS, below)) and np.isnan(transitions.crossings(GAINS, below)).all()
    at = transitions.crossing(GAINS, below)
    assert np.isnan(at.gain) and np.isnan(at.stderr) and at.found == 0.0
    assert np.isnan(transitions.crossings(GAINS, VALUES + 2.0)).all()  # above from the beginning: it is not seen
    assert np.isnan(transitions.window(GAINS, below).width)


def test_the_first_of_several_crossings_and_dead_directions():
    values = [[-np.inf, -np.inf, 0.5, -0.5, 0.5]]
    gains = [1.0, 2.0, 4.0, 8.0, 16.0]
    assert transitions.crossings(gains, values).tolist() == [4.0]
    assert transitions.first_crossing(gains, values) == 4.0


def test_window():
    found = transitions.window(GAINS, VALUES, eps=0.05)
    assert found.width == pytest.approx(2 * 0.05 / SLOPES, rel=1e-12)
    assert found.slope == pytest.approx(SLOPES, rel=1e-12)
    assert found.stderr < 1e-12  # realisations differ in where, not in how fast
    slow = transitions.window(GAINS, [0.1 * np.log(GAINS), 0.3 * np.log(GAINS)], eps=0.05)
    assert slow.width == pytest.approx(0.5, rel=1e-12)  # of the mean curve, slope 0.2
    assert slow.stderr == pytest.approx(np.sqrt(2) * np.std([0.1 / 0.1, 0.5, 0.5, 0.1 / 0.3]), rel=0.05)
    assert np.isnan(transitions.window(GAINS, VALUES[:1]).stderr)


def test_histogram():
    row = np.concatenate([np.full(50, -0.25), np.full(50, 0.25)])
    far = np.concatenate([row[:-2], [-30.0, -np.inf]])
    found = transitions.exponent_histogram([row, far], bins=2)
    # mean -0.15, sd 2.1: -30 is out, and -inf
    assert found.n_outliers == 2
    np.testing.assert_allclose(found.centers, [-0.125, 0.125])
    np.testing.assert_allclose(found.density * 0.25, [(0.5 + 50 / 98) / 2, (0.5 + 48 / 98) / 2])
    assert found.sd[0] * 0.25 == pytest.approx((50 / 98 - 0.5) / 2)
    assert len(transitions.exponent_histogram([row]).centers) == 80


def test_quiescent_fraction():
    assert transitions.quiescent_fraction([[0.0, 1e-20, 0.3], [0.0, 1e-3, 0.3]]).tolist() == [1.0, 0.5, 0.0]


@pytest.mark.parametrize(
    "gains, values, text",
    [
        ([1.0, 2.0], [[1.0, 2.0, 3.0]], "do not fit"),
        ([2.0, 1.0], [[1.0, 2.0]], "ascend"),
        ([0.0, 1.0], [[1.0, 2.0]], "positive"),
        ([1.0, 2.0], [1.0, 2.0], "one row"),
        ([1.0, 2.0], [[1.0, np.nan]], "NaN"),
    ],
)
def test_bad_input_is_named(gains, values, text):
    for function in (transitions.average, transitions.crossing, transitions.crossings, transitions.window):
        with pytest.raises(errors.OptionError, match=text):
            function(gains, values)
