"""The closed form for the discrete-time network: tables, a direct integration, and products of matrices."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit

from pylyap import theory
from pylyap.errors import OptionError

# g: q, largest exponent, n+/N, H/N, D/N as printed in the table this is held against
TABLE = {
    1.5: (0.79335, 0.06522, 0.0845, 0.00281, 0.1662),
    2.0: (2.1215, 0.15472, 0.1335, 0.01070, 0.2577),
    3.0: (6.3054, 0.31025, 0.1530, 0.02521, 0.2878),
    5.0: (20.699, 0.53243, 0.1341, 0.03909, 0.2465),
}
CURVE = {
    0.01: 0.2935, 0.02: 0.2761, 0.05: 0.2213, 0.1: 0.1209, 0.15: 0.0071, 0.2: -0.1227, 0.25: -0.2716, 0.3: -0.4427,
    0.4: -0.8656, 0.5: -1.416, 0.75: -3.540, 0.9: -5.963,
}  # fmt: skip
DIGITS_OF_Q = {1.5: 5, 2.0: 4, 3.0: 4, 5.0: 3}
# The printed totals and curve belong to a grid in x: they are those of the curve shifted by up to 1 / 4000, as the
# direct integration below shows. (It gives, for g = 1.5, 2, 3, 5, n+ = .08432, .13343, .15289, .13408, H = .002795,
# .010683, .025196, .039082, D = .16581, .25756, .28772, .24648.) So they are held to that shift,
# the exact ones to 1e-7.
SHIFT = 1 / 4000


@pytest.mark.parametrize("g", TABLE)
def test_table(g):
    q, largest, n_positive, entropy_rate, dimension = TABLE[g]
    totals = theory.discrete_time_totals(g)
    assert round(theory.discrete_time_variance(g), DIGITS_OF_Q[g]) == q
    assert round(theory.discrete_time_largest_exponent(g), 5) == largest
    assert totals.n_positive == pytest.approx(n_positive, abs=SHIFT)
    assert totals.entropy_rate == pytest.approx(entropy_rate, abs=SHIFT * largest)
    # The sum falls to zero with the slope of the exponent at D, which for small D passes the shift on 1.6-fold.
    assert totals.kaplan_yorke_dimension == pytest.approx(dimension, abs=1.6 * SHIFT)


def test_curve():
    n = 100
    for x, printed in CURVE.items():
        # exponent(x) is entry i of a spectrum of n where x = (i - 1/2) / n; x = 0.01 is the first of 50.
        size = round(1 / (2 * x)) if x < 0.05 else n
        exponents = theory.discrete_time_spectrum(3.0, 2 * size)
        curve = np.interp(x, (np.arange(2 * size) + 0.5) / (2 * size), exponents) if x >= 0.05 else exact(3.0, x)
        slope = abs(exact(3.0, 1.01 * x) - exact(3.0, 0.99 * x)) / (0.02 * x)
        assert exact(3.0, x) == pytest.approx(printed, abs=0.6 * slope * SHIFT + 0.55 * 10.0 ** -digits(printed))
        assert curve == pytest.approx(exact(3.0, x), abs=2e-4 + 0.02 * slope / (2 * size))  # linear interpolation


def digits(number):
    return len(str(number).split(".")[1])


def fine_average(g):
    """Squared slopes on points 0.02 apart in h at most: all is smooth on that scale, and the ends weigh 1e-32."""
    z = np.linspace(-12, 12, 4001)
    weights = np.exp(-z * z / 2)
    weights /= weights.sum()
    q = brentq(lambda q: g**2 * weights @ np.tanh(math.sqrt(q) * z) ** 2 - q, 0.05, g**2, xtol=1e-13)
    return np.cosh(math.sqrt(q) * z) ** -4.0, weights


def exact(g, x, cache={}):  # noqa: B006  shared on purpose
    squares, weights = cache.setdefault(g, fine_average(g))
    log_y = brentq(lambda log_y: weights @ expit(log_y + np.log(squares)) - x, -30, 120, xtol=1e-12)
    return math.log(g) + 0.5 * (math.log(x) - log_y)


def test_spectrum_solves_the_equation():
    for g in (1.5, 3.0):
        exponents = theory.discrete_time_spectrum(g, 25)
        expected = [exact(g, (i + 0.5) / 25) for i in range(25)]
        np.testing.assert_allclose(exponents, expected, atol=1e-9, rtol=0)  # two quadratures that are both converged


@pytest.mark.parametrize("g", [1.5, 3.0])
def test_totals_are_integrals_of_the_curve(g):
    totals = theory.discrete_time_totals(g)
    zero = brentq(lambda x: exact(g, x), 0.01, 0.3, xtol=1e-10)
    assert totals.n_positive == pytest.approx(zero, abs=1e-8)
    # The curve is smooth but for x ln x at 0, which quad meets with an error of about 1e-8.
    entropy_rate = quad(lambda x: exact(g, x), 1e-12, zero, epsabs=1e-8)[0]
    assert totals.entropy_rate == pytest.approx(entropy_rate, abs=1e-7)
    rest = quad(lambda x: exact(g, x), zero, totals.kaplan_yorke_dimension, epsabs=1e-8)[0]
    assert entropy_rate + rest == pytest.approx(0.0, abs=1e-7)


def test_totals_belong_to_the_spectrum():
    for options in ({}, {"noise": 1.0}):
        n, totals = 20_000, theory.discrete_time_totals(3.0, **options)
        exponents = theory.discrete_time_spectrum(3.0, n, **options)
        assert np.mean(exponents > 0) == pytest.approx(totals.n_positive, abs=1 / n)
        assert exponents[exponents > 0].sum() / n == pytest.approx(totals.entropy_rate, abs=1e-6)  # midpoint rule
        assert np.argmax(np.cumsum(exponents) < 0) / n == pytest.approx(totals.kaplan_yorke_dimension, abs=1 / n)
        # The mean: the midpoint rule at the integrable end x = 1 leaves a few times 1 / n.
        assert exponents.mean() == pytest.approx(theory.discrete_time_mean_exponent(3.0, **options), abs=20 / n)
    assert theory.discrete_time_mean_exponent(3.0) == pytest.approx(-2.27281, abs=0.51e-5)


def test_simulations_of_others():
    # Clark, arXiv 2610.12426, one network of 4096 units at g = 3. Finite size lowers all by 0.1 to 0.4 % there.
    simulated = (0.15259, 0.025106, 0.28717)
    np.testing.assert_allclose(simulated, theory.discrete_time_totals(3.0), rtol=0.005)
    assert theory.discrete_time_largest_exponent(3.0) == pytest.approx(0.30958, rel=0.005)
    assert theory.discrete_time_mean_exponent(3.0) == pytest.approx(-2.27390, rel=0.001)


def test_peaks():
    gains = np.arange(2.0, 12.0, 0.1)
    n_positive, entropy_rate, dimension = np.array([theory.discrete_time_totals(g) for g in gains]).T
    assert gains[dimension.argmax()] == pytest.approx(2.8, abs=0.11) and dimension.max() == pytest.approx(
        0.288, abs=5e-4
    )
    assert gains[n_positive.argmax()] == pytest.approx(3.0, abs=0.11) and n_positive.max() == pytest.approx(
        0.153, abs=5e-4
    )
    # Printed as "about 0.0442"; 0.04428 here.
    assert gains[entropy_rate.argmax()] == pytest.approx(9.0, abs=0.2) and entropy_rate.max() == pytest.approx(
        0.0442, abs=1e-4
    )


def test_noise_table():
    table = {
        0.0: (0.3102, 0.2878, 0.0252), 0.5: (0.2989, 0.2736, 0.0230), 1.0: (0.2685, 0.2371, 0.0177),
        2.0: (0.1785, 0.1417, 0.0068), 4.0: (-0.0101, 0.0, 0.0), 8.0: (-0.2879, 0.0, 0.0),
    }  # fmt: skip
    for noise, (largest, dimension, entropy_rate) in table.items():
        # Half a unit; 0.310249 and -0.287849 are printed as 0.3102 and -0.2879, a tie to a hundredth of a unit.
        assert theory.discrete_time_largest_exponent(3.0, noise=noise) == pytest.approx(largest, abs=5.2e-5)
        totals = theory.discrete_time_totals(3.0, noise=noise)
        assert totals.entropy_rate == pytest.approx(entropy_rate, abs=5e-5)
        assert totals.kaplan_yorke_dimension == pytest.approx(dimension, abs=SHIFT)  # as for the table above
        if largest < 0:
            assert totals == (0.0, 0.0, 0.0)


def test_critical_noise():
    for g, printed, digit in ((1.5, 0.4314, 4), (2.0, 1.2790, 4), (3.0, 3.8834, 4), (5.0, 12.370, 3)):
        assert round(theory.discrete_time_critical_noise(g), digit) == printed
        noise = theory.discrete_time_critical_noise(g)
        assert theory.discrete_time_largest_exponent(g, noise=noise) == pytest.approx(0.0, abs=1e-12)
    assert theory.discrete_time_critical_noise(1.0) == 0.0


def test_isotropic_shortcut_is_wrong_but_for_the_first():
    effective = 3.0 * math.sqrt(theory.mean_field(3.0, euler_step=1.0).mean_square_slope)
    totals = theory.triangle_totals(effective)
    assert math.log(effective) == pytest.approx(theory.discrete_time_largest_exponent(3.0), abs=1e-9)
    assert totals.kaplan_yorke_dimension == pytest.approx(0.818, abs=5e-4)
    assert totals.n_positive == pytest.approx(0.462, abs=5e-4)


def test_product_of_matrices():
    """The free convolution itself, without the mean field: fresh Gaussian matrices times independent slopes."""
    n, steps, g = 60, 600, 3.0
    rng = np.random.default_rng(2)
    deviation = math.sqrt(theory.discrete_time_variance(g))
    frame, sums = np.linalg.qr(rng.standard_normal((n, n)))[0], np.zeros(n)
    for step in range(steps + 20):
        slopes = np.cosh(deviation * rng.standard_normal(n)) ** -2.0
        frame, R = np.linalg.qr(rng.standard_normal((n, n)) * g / math.sqrt(n) @ (slopes[:, None] * frame))
        if step >= 20:
            sums += np.log(np.abs(R.diagonal()))
    # Means of five neighbours, each of which scatters by about 1 / sqrt(steps) = 0.04; finite size shifts by a fraction
    # of 1 / n times the slope of the curve, which is 8 at x = 0.75. The isotropic shortcut is up to 2.5 off.
    found, expected = (
        spectrum[:45].reshape(9, 5).mean(axis=1) for spectrum in (sums / steps, theory.discrete_time_spectrum(g, n))
    )
    np.testing.assert_allclose(found, expected, atol=0.06)


def test_any_activation():
    tanh = (np.tanh, lambda x: np.cosh(x) ** -2.0)
    np.testing.assert_allclose(
        theory.discrete_time_spectrum(3.0, 50, activation=tanh), theory.discrete_time_spectrum(3.0, 50), atol=1e-12
    )
    # Linear: the triangle law. Rectified: half of the slopes are zero, the rest one.
    linear = (lambda x: x, lambda x: 1.0)
    np.testing.assert_allclose(
        theory.discrete_time_spectrum(0.9, 50, activation=linear), theory.triangle_spectrum(0.9, 50), atol=1e-12
    )
    rectified = (lambda x: np.maximum(x, 0.0), lambda x: (x > 0) * 1.0)
    exponents = theory.discrete_time_spectrum(1.2, 10, noise=1.0, activation=rectified)
    # x = (1/2) y / (1 + y), so exp(2 exponent) = g**2 x / y = g**2 (1/2 - x).
    expected = 0.5 * np.log(1.2**2 * (0.5 - (np.arange(5) + 0.5) / 10))
    np.testing.assert_allclose(exponents[:5], expected, atol=1e-12)
    assert (exponents[5:] == -np.inf).all()
    # q = g**2 q / 2 + 1
    assert theory.discrete_time_variance(1.2, noise=1.0, activation=rectified) == pytest.approx(1 / 0.28, rel=1e-12)
    assert theory.discrete_time_mean_exponent(1.2, noise=1.0, activation=rectified) == -math.inf
    with pytest.raises(OptionError, match="diverges"):
        theory.discrete_time_variance(1.5, activation=rectified)


def test_everything_expands():
    # phi = tanh with a slope of 2 everywhere: the whole space has a positive sum for ln(2 g) > 1/2.
    totals = theory.discrete_time_totals(3.0, activation=(lambda x: 2 * np.tanh(x), lambda x: 2.0))
    np.testing.assert_allclose(totals, theory.triangle_totals(6.0), rtol=1e-12)
    assert totals.kaplan_yorke_dimension == 1.0


def test_below_onset():
    assert theory.discrete_time_variance(0.8) == 0.0
    assert theory.discrete_time_totals(0.8) == (0.0, 0.0, 0.0)
    np.testing.assert_allclose(theory.discrete_time_spectrum(0.8, 9), theory.triangle_spectrum(0.8, 9), atol=1e-12)
    assert (theory.discrete_time_spectrum(0.0, 3) == -np.inf).all()


@pytest.mark.parametrize("activation", ["tnh", 3, (np.tanh,), (np.tanh, 1.0)])
def test_bad_activation(activation):
    with pytest.raises(OptionError):
        theory.discrete_time_spectrum(2.0, 10, activation=activation)


@pytest.mark.parametrize("arguments", [(-1.0, 10), (2.0, 0), (2.0, 2.5), (math.inf, 10)])
def test_bad_input(arguments):
    with pytest.raises(OptionError):
        theory.discrete_time_spectrum(*arguments)
