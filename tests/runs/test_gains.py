"""Many gains at once: the numbers of `lyapunov_spectrum`, gain by gain."""

import numpy as np
import pytest

import pylyap
from pylyap import errors

GAINS = [0.2, 0.9, 1.7, 4.0]


def network(n=60, g=1.0, alpha=1.5, **options):
    return pylyap.DiscreteNetwork(pylyap.weights.levy(n, g, alpha, seed=3), **options)


@pytest.mark.parametrize("options", [{}, {"drive": pylyap.drives.white_noise(0.1, seed=5), "bias": np.full(60, 0.1)}])
def test_each_gain_is_a_run_of_its_own(options):
    # 20 steps of chaos with an exponent below 0.6 make at most 1e-11 of the rounding, 1e-16
    times = dict(t_transient=5, t_align=5, t_average=10, seed=2)
    family = pylyap.leading_exponents(network(**options), GAINS, **times)
    for g, exponent in zip(GAINS, family.exponents):
        spectrum = pylyap.lyapunov_spectrum(network(g=g, **options), n_exponents=1, qr_interval=1, **times)
        assert exponent == pytest.approx(spectrum.exponents[0], abs=1e-10)
    assert family.status == "done" and family.n_steps == 10


def test_given_state_and_tangent_vector():
    state, vector = np.linspace(-1, 1, 60), np.eye(60, 1)
    times = dict(t_transient=0, t_align=0, t_average=3, initial_state=state, initial_frame=vector)
    family = pylyap.leading_exponents(network(), [0.5], **times)
    x, v = state, vector[:, 0]
    W = 0.5 * network().weights
    squares = 0.0
    for _ in range(3):
        u = W @ x
        x, v = np.tanh(u), (W @ v) / np.cosh(u) ** 2
        squares += (x**2).mean() / 3
    assert family.exponents[0] == pytest.approx(np.log(np.linalg.norm(v)) / 3, abs=1e-13)
    assert family.mean_square[0] == pytest.approx(squares, rel=1e-13)


def test_more_gains_than_fit_one_product_and_windows_of_noise():
    # 70 gains are three products, and 1100 steps two windows of noise
    noisy = network(n=20, drive=pylyap.drives.white_noise(0.1, seed=5))
    gains = np.linspace(0.05, 0.2, 70)
    times = dict(t_transient=500, t_align=500, t_average=100)
    family = pylyap.leading_exponents(noisy, gains, **times)
    alone = [pylyap.leading_exponents(noisy, [g], **times).exponents[0] for g in gains[::23]]
    np.testing.assert_allclose(family.exponents[::23], alone, rtol=0, atol=1e-12)  # no chaos: rounding does not grow
    assert (np.diff(family.exponents) > 0).all()  # ln g plus what hardly changes


def test_below_the_transition_the_exponent_is_that_of_the_spectral_radius():
    W = pylyap.weights.gaussian(80, 1.0, seed=1)
    radius = np.abs(np.linalg.eigvals(W)).max()
    gains = np.array([0.01, 0.5]) / radius
    family = pylyap.leading_exponents(pylyap.DiscreteNetwork(W), gains, t_transient=1000, t_align=500, t_average=3000)
    # the leading pair of eigenvalues turns, which an average over T steps sees to 1 / T
    np.testing.assert_allclose(family.exponents, np.log(gains * radius), atol=2e-3)
    assert family.mean_square[0] == 0.0


def test_death_and_divergence():
    dying = pylyap.DiscreteNetwork(np.eye(2), activation="relu", bias=[-1.0, -1.0])
    times = dict(t_transient=0, t_align=0, t_average=5000)
    family = pylyap.leading_exponents(dying, [0.5, 3.0], initial_state=[1.5, 1.5], **times)
    assert family.exponents[0] == -np.inf and np.isnan(family.stderr[0])
    assert np.isnan(family.exponents[1])  # 3**5000 is not a number


@pytest.mark.parametrize(
    "make, change, error, text",
    [
        (lambda: pylyap.RateNetwork(np.eye(3)), {}, errors.NetworkError, "DiscreteNetwork"),
        (network, {"gains": [[1.0]]}, errors.OptionError, "gains"),
        (network, {"gains": [np.nan]}, errors.NetworkError, "gains"),
        (network, {"t_average": -1}, errors.OptionError, "t_average"),
        (network, {"t_average": 1e12}, errors.OptionError, "too many to keep: at most 250000000 steps"),
        (network, {"initial_frame": np.eye(60, 2)}, errors.OptionError, "one tangent vector"),
    ],
)
def test_bad_input_is_named(make, change, error, text):
    options = {"gains": [1.0], "t_average": 10, **change}
    with pytest.raises(error, match=text):
        pylyap.leading_exponents(make(), **options)


def test_a_time_limit_keeps_what_was_counted():
    family = pylyap.leading_exponents(network(), GAINS, t_transient=0, t_align=0, t_average=1e6, time_limit=1.0)
    assert family.status == "max_time" and 0 < family.n_steps < 1e6
    assert np.isfinite(family.exponents).all()
