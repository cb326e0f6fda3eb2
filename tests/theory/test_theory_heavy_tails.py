"""Heavy-tailed networks: transition gains, activity at infinite size, pruning."""

import math

import numpy as np
import pytest
from scipy.special import sici

from pylyap import theory
from pylyap.errors import NetworkError, OptionError
from pylyap.networks import weights

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
GAINS = {
    0.5: (0.09265, 0.05384, 0.03384, 0.02404, 0.01757, 0.01376, 0.01088, 0.00899, 0.00745),
    0.75: (0.23236, 0.16199, 0.11905, 0.09487, 0.07706, 0.0655, 0.05604, 0.04937, 0.04356),
    1.0: (0.36619, 0.28129, 0.22457, 0.19011, 0.16313, 0.14468, 0.12891, 0.11736, 0.10694),
    1.25: (0.48151, 0.39515, 0.33375, 0.29425, 0.26184, 0.23879, 0.21844, 0.20311, 0.18895),
    1.5: (0.58015, 0.50268, 0.44512, 0.40602, 0.37233, 0.34736, 0.32455, 0.30688, 0.29015),
    1.75: (0.66651, 0.60837, 0.56557, 0.53506, 0.50707, 0.48506, 0.46387, 0.44671, 0.42985),
    2.0: (0.7446, 0.71912, 0.71066, 0.70829, 0.70746, 0.70722, 0.70714, 0.70712, 0.70711),
}


@pytest.mark.parametrize("alpha", GAINS)
def test_annealed_gain_table(alpha):
    gains = [theory.annealed_transition_gain(n, alpha) for n in SIZES]
    # Half a unit of the last digit, plus the stated relative error of the table, 1e-4.
    np.testing.assert_allclose(gains, GAINS[alpha], atol=0.51e-5, rtol=1e-4)


def test_annealed_gain_of_one_unit():
    printed = {0.5: 0.56146, 0.75: 0.82497, 1.0: 1.0, 1.25: 1.12237, 1.5: 1.21216, 1.75: 1.28066, 2.0: 1.33457}
    for alpha, gain in printed.items():
        exact = math.exp(-np.euler_gamma * (1 / alpha - 1))
        assert round(exact, 5) == gain
        assert theory.annealed_transition_gain(1, alpha) == pytest.approx(exact, rel=1e-8)  # of the quadrature


def test_quadrature_against_closed_forms():
    from pylyap.theory import annealed

    for n in (1, 10, 1000):
        # alpha = 2: the sum is chi-squared, and the general quadrature must know it too.
        mean, deviation = annealed._log_mean_power(n, 2.0)
        expected = theory.annealed_log_growth(n, 2.0)
        assert (mean, deviation) == pytest.approx(expected, rel=1e-8)
    # alpha = 1: F(s) = (2 / pi) (Ci(s) sin s + (pi / 2 - Si(s)) cos s), integrated here on its own grid.
    n = 30
    t = np.arange(-34.0, 40.0, 0.1)
    s = np.exp(t) / n
    sine, cosine = sici(s)
    F = 2 / np.pi * (cosine * np.sin(s) + (np.pi / 2 - sine) * np.cos(s))
    F = np.where(s > 1e4, 2 / np.pi / s, F)  # its first term there; to the power of 30 it no longer matters
    mean = -0.1 * np.sum(F**n - np.exp(-np.exp(t)))
    # F**n is known to 30 * 1e-16 where it is one minus s ln s: at t = -34 the rest of the integral is 1e-13.
    assert theory.annealed_log_growth(n, 1.0).mean == pytest.approx(mean, abs=1e-8)


def test_spread_of_log_growth():
    # Printed for alpha = 1, 1.25, 1.5, 1.75, 2 at n = 100 and n = 1000.
    printed = {100: (0.73, 0.56, 0.44, 0.31, 0.071), 1000: (0.62, 0.48, 0.37, 0.28, 0.022)}
    for n, row in printed.items():
        for alpha, deviation in zip((1.0, 1.25, 1.5, 1.75, 2.0), row):
            # One unit of the last digit: .6113 and .3785 are printed as .62 and .37, from samples (see the next test).
            unit = 0.001 if alpha == 2.0 else 0.01
            assert theory.annealed_log_growth(n, alpha).deviation == pytest.approx(deviation, abs=unit)
    growth = theory.annealed_log_growth(100, 1.5, g=0.3)
    assert growth.mean == pytest.approx(math.log(0.3 / theory.annealed_transition_gain(100, 1.5)), abs=1e-12)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.5, 2.0])
def test_sampled_gain(alpha):
    n, draws = 200, 20_000
    gain, stderr = theory.annealed_transition_gain_sampled(n, alpha, seed=7, draws=draws)
    exact = theory.annealed_transition_gain(n, alpha)
    assert abs(gain - exact) < 4 * stderr
    # The standard error itself: the spread of Xi from the quadrature, with the sampling error of a spread (its
    # distribution has an exponential tail, hence four times that of a Gaussian), four standard errors.
    deviation = theory.annealed_log_growth(n, alpha).deviation
    assert stderr == pytest.approx(exact * deviation / math.sqrt(draws), rel=4 * 4 / math.sqrt(2 * draws))
    assert theory.annealed_transition_gain_sampled(n, alpha, seed=7, draws=draws) == (gain, stderr)


def test_large_n_law():
    for alpha in (0.5, 0.75, 1.0, 1.25, 1.5, 1.75):
        errors = [
            theory.annealed_transition_gain_large_n(n, alpha) / theory.annealed_transition_gain(n, alpha) - 1
            for n in (300, 10_000, 100_000)
        ]
        # The stated bounds; and the error falls, as the law must be one.
        assert -0.03 < errors[0] < errors[1] < errors[2] < 0 and errors[2] > -0.01
    # At alpha = 1 the constant is 1: M = (2 / pi) (ln n + ln M + 1).
    M = 1 / theory.annealed_transition_gain_large_n(5000, 1.0)
    assert M == pytest.approx(2 / math.pi * (math.log(5000) + math.log(M) + 1), rel=1e-12)
    with pytest.raises(OptionError):
        theory.annealed_transition_gain_large_n(1000, 2.0)
    with pytest.raises(OptionError):
        theory.annealed_transition_gain_large_n(1, 1.0)


ACTIVITY_GAINS = (0.44984, 0.79060, 1.04811, 1.38950, 2.02359, 3.23746, 5.17947, 10.0)
ACTIVITY = {
    1.0: (0.0689, 0.2670, 0.3951, 0.5191, 0.6598, 0.7873, 0.8692, 0.9339),
    1.5: (0.0034, 0.1865, 0.3623, 0.5197, 0.6781, 0.8060, 0.8823, 0.9407),
    2.0: (0.0, 0.1086, 0.3440, 0.5210, 0.6846, 0.8109, 0.8852, 0.9420),
}


@pytest.mark.parametrize("alpha", ACTIVITY)
def test_activity_table(alpha):
    rates = [theory.stationary_activity(g, alpha).mean_square_rate for g in ACTIVITY_GAINS]
    np.testing.assert_allclose(rates, ACTIVITY[alpha], atol=0.6e-4)  # printed digits, gains printed to five


def test_gaussian_exponents():
    printed = (0.00678, 0.06207, 0.14862, 0.29094, 0.49276, 0.70880, 1.02346)
    for g, exponent in zip(ACTIVITY_GAINS[1:], printed):
        usual = math.sqrt(2) * g
        assert theory.discrete_time_largest_exponent(usual) == pytest.approx(exponent, abs=0.6e-5)  # likewise
        # At alpha = 2 the pre-activation has variance 2 gamma**2: the same fixed point from two quadratures.
        scale = theory.stationary_activity(g, 2.0).scale
        assert 2 * scale**2 == pytest.approx(theory.discrete_time_variance(usual), rel=1e-8)


def test_activity_solves_its_equation():
    # alpha = 1: <|tanh(gamma z)|> over a Cauchy number, by the substitution z = tan u and 4 million midpoints.
    g = 0.8
    activity = theory.stationary_activity(g, 1.0)
    u = (np.arange(4_000_000) + 0.5) / 4_000_000 * np.pi / 2
    rates = np.tanh(activity.scale * np.tan(u))
    assert activity.scale == pytest.approx(g * rates.mean(), rel=1e-8)
    assert activity.mean_square_rate == pytest.approx((rates**2).mean(), rel=1e-8)


def test_small_activity():
    # alpha = 1: ln gamma = -pi / (2 g) + constant, on both sides of where the quadrature hands over to the tail law.
    constants = [theory.stationary_activity(g, 1.0).log_scale + math.pi / (2 * g) for g in (0.005, 0.02, 0.027, 0.05)]
    assert constants == pytest.approx([constants[0]] * 4, abs=1e-8)
    assert theory.stationary_activity(0.7, 2.0) == (-math.inf, 0.0, 0.0)
    assert theory.stationary_activity(0.72, 2.0).mean_square_rate > 0
    # alpha = 0.5: small steps are needed there; the equation once more, with a step of one half.
    from pylyap.theory import _stable

    g, alpha = 0.3, 0.5
    scale = theory.stationary_activity(g, alpha).scale
    logs, node_weights = _stable.nodes(alpha, 60.0, 0.08)
    mean = node_weights @ np.tanh(np.exp(np.minimum(logs + math.log(scale), 5.0))) ** alpha
    assert scale**alpha == pytest.approx(g**alpha * mean, rel=1e-7)


@pytest.mark.parametrize("alpha", [0.3, 0.75, 1.0, 1.25, 1.9, 1.999, 2.0])
def test_stable_quadrature(alpha):
    from pylyap.theory import _stable

    logs, node_weights = _stable.nodes(alpha, 60.0)
    assert node_weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert node_weights @ logs == pytest.approx(np.euler_gamma * (1 / alpha - 1), abs=1e-8)
    # E|z|**p at p = alpha / 2, the printed values' formula.
    p = alpha / 2
    moment = 2**p * math.gamma((1 + p) / 2) * math.gamma(1 - p / alpha) / (math.gamma(1 - p / 2) * math.sqrt(math.pi))
    assert node_weights @ np.exp(p * logs) == pytest.approx(moment, rel=1e-8)


def test_tail_probability():
    from pylyap.theory import _stable

    # Quartiles and others of |z|, five printed digits, three in the tail.
    quantiles = {0.75: (1.0652, 13.163, 298.4), 1.25: (0.97876, 4.0594, 24.267), 1.5: (0.96893, 3.0519, 11.983)}
    quantiles |= {1.0: (1.0, 6.3138, 63.657), 1.75: (0.96124, 2.5664, 6.4253), 2.0: (0.95387, 2.3262, 3.6428)}
    for alpha, row in quantiles.items():
        # The printed ones are of x with |x| counted on both sides: P(|z| > x) = 0.5, 0.1, 0.01.
        np.testing.assert_allclose(_stable.exceeds(alpha, np.log(row)), (0.5, 0.1, 0.01), rtol=2e-4)
    # A x**(-alpha) far out: the next term of the series is smaller by x**(-alpha).
    for alpha in (0.5, 1.0, 1.5):
        tail = _stable.exceeds(alpha, np.array([30.0]))[0] * math.exp(30 * alpha)
        assert tail == pytest.approx(_stable.tail_constant(alpha), rel=1e-5)
    printed = {0.5: 0.79788, 0.75: 0.72074, 1.0: 0.63662, 1.25: 0.53311, 1.5: 0.39894, 1.75: 0.22391}
    for alpha, constant in printed.items():
        assert round(_stable.tail_constant(alpha), 5) == constant


def test_pruning():
    for fraction, rate, gain in ((0.01, -6.22, 5.03), (0.03, -6.80, 8.93)):
        found = theory.pruned_transition_gain(1000, 1.0, fraction)
        assert math.log(0.01 / found) == pytest.approx(rate, abs=0.0051)
        assert found == pytest.approx(gain, abs=0.0051)
    # The paper's curves, read off a figure: -6.201 and -6.774; a quenched network of 1000 scatters by 0.01 to 0.02.
    assert math.log(0.01 / theory.pruned_transition_gain(1000, 1.0, 0.01)) == pytest.approx(-6.201, abs=0.03)
    assert math.log(0.01 / theory.pruned_transition_gain(1000, 1.0, 0.03)) == pytest.approx(-6.774, abs=0.03)
    # Continuous through alpha = 1, where the formula changes; the slope there is about -16.
    around = [theory.pruned_transition_gain(1000, alpha, 0.01) for alpha in (0.998, 1.0, 1.002)]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-4)
    # Gaussian: <z**2; |z| < z_p> of variance 2 has a closed form.
    z = 2.3263478740408408  # P(|normal| > z) = 0.02
    inside = 2 * (0.98 - 2 * z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi))
    assert theory.pruned_transition_gain(50, 2.0, 0.02) == pytest.approx(1 / math.sqrt(inside), rel=1e-8)
    with pytest.raises(OptionError):
        theory.pruned_transition_gain(1000, 1.0002, 0.01)


@pytest.mark.parametrize("alpha", [0.8, 1.5])
def test_pruning_by_counting(alpha):
    n = 1000
    W = weights.levy(n, 1.0, alpha, seed=5)
    cut = np.quantile(np.abs(W), 0.98)
    radius = math.sqrt(n) * W[np.abs(W) < cut].std() * math.sqrt(0.98)
    # 20 000 weights near the cut: z_p has a relative error of 0.7 % / alpha, and four of these are allowed.
    assert 1 / radius == pytest.approx(theory.pruned_transition_gain(n, alpha, 0.02), rel=4 * 0.007 / alpha)


def test_quenched_transition():
    W = weights.levy(100, 1.0, 1.0, seed=3)
    transition = theory.quenched_transition(W)
    assert theory.quenched_transition_gain(W) == transition.gain
    assert transition.gain == pytest.approx(1 / np.abs(np.linalg.eigvals(W)).max(), rel=1e-12)
    # Below it small activity decays, above it grows, each at the rate ln(g / gain).
    for ratio in (0.9, 1.1):
        power = np.linalg.matrix_power(ratio * transition.gain * W, 64)
        square = power @ power
        rate = math.log(np.linalg.norm(square @ square) / np.linalg.norm(square)) / 128
        assert rate == pytest.approx(math.log(ratio), abs=0.03)  # rotation of the leading pair over 128 steps


def test_bifurcations():
    turn = np.array([[0.0, -2.0], [2.0, 0.0]])
    assert theory.quenched_transition(turn).bifurcation == "neimark-sacker"
    assert theory.quenched_transition(np.diag([2.0, -1.0])) == (0.5, "pitchfork", 2.0)
    assert theory.quenched_transition(np.diag([1.0, -2.0])) == (0.5, "period doubling", -2.0)
    assert theory.quenched_transition(np.zeros((2, 2))) == (math.inf, "none", 0.0)
    # Near such a gain the type shows in the motion: past a period doubling the state alternates.
    x = np.array([0.1, 0.1])
    for _ in range(200):
        x = np.tanh(0.6 * np.diag([1.0, -2.0]) @ x)
    assert np.tanh(0.6 * np.diag([1.0, -2.0]) @ x) == pytest.approx(-x, abs=1e-9) and abs(x[1]) > 0.1


def test_quenched_statistics():
    # Means over 2000 networks of 30 units, with the standard errors they were published with.
    for alpha, mean, error in ((1.0, 0.3139, 0.0037), (1.5, 0.4994, 0.0034), (2.0, 0.6644, 0.0011)):
        gains = [theory.quenched_transition_gain(weights.levy(30, 1.0, alpha, seed=seed)) for seed in range(200)]
        own = np.std(gains) / math.sqrt(len(gains))
        assert np.mean(gains) == pytest.approx(mean, abs=4 * math.hypot(own, error))
    types = [theory.quenched_transition(weights.levy(100, 1.0, 2.0, seed=seed)).bifurcation for seed in range(100)]
    # Complex pairs: 75 to 82 % at alpha = 2 for 100 to 1000 units; 100 networks tell a fraction to 0.04.
    assert 0.75 - 4 * 0.04 < types.count("neimark-sacker") / 100 < 0.82 + 4 * 0.04


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda: theory.annealed_transition_gain(0, 1.0), OptionError),
        (lambda: theory.annealed_transition_gain(10, 2.5), OptionError),
        (lambda: theory.annealed_transition_gain(10, 0.0), OptionError),
        (lambda: theory.annealed_log_growth(10, 1.0, g=0.0), OptionError),
        (lambda: theory.annealed_transition_gain_sampled(10, 1.0, seed=1, draws=1), OptionError),
        (lambda: theory.annealed_transition_gain_sampled(10, 1.0, seed=-1), OptionError),
        (lambda: theory.stationary_activity(0.0, 1.0), OptionError),
        (lambda: theory.pruned_transition_gain(10, 1.0, 0.0), OptionError),
        (lambda: theory.pruned_transition_gain(10, 1.0, 1.0), OptionError),
        (lambda: theory.quenched_transition_gain(np.ones((2, 3))), NetworkError),
        (lambda: theory.quenched_transition_gain([[np.inf]]), NetworkError),
    ],
)
def test_bad_input(call, error):
    with pytest.raises(error):
        call()
