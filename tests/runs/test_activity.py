"""Mean, covariance and participation ratio of the activity, against plain NumPy and exact cases."""

import numpy as np
import pytest

import pylyap
from pylyap import errors
from pylyap.analysis import activity, participation_ratio


def test_map_against_numpy():
    n, T = 20, 60
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=1), bias=np.linspace(-1, 1, n))
    x = np.full(n, 0.1)
    found = activity(network, t_average=T, t_transient=0, every=2, initial_state=x)
    states = []
    for step in range(1, T + 1):
        x = np.tanh(network.weights @ x + network.bias)
        if step % 2 == 0:
            states.append(x)
    assert found.n_samples == len(states) == 30 and found.status == "done"
    assert found.rates is found.state
    # chaos with an exponent of 0.3 makes 1e-8 of the rounding in 60 steps
    np.testing.assert_allclose(found.state.mean, np.mean(states, axis=0), atol=1e-7)
    np.testing.assert_allclose(found.state.covariance, np.cov(states, rowvar=False), atol=1e-7)
    assert found.state.eigenvalues.sum() == pytest.approx(np.trace(found.state.covariance))


def test_limit_cycle_is_two_dimensional():
    cycle = pylyap.systems.stuart_landau(mu=1.0, omega=1.0)
    # 25 periods of 2 pi, with 40 samples each: variance 1/2 of both coordinates, whose means are 0
    step = 2 * np.pi / 40
    found = activity(cycle, t_average=1000 * step, t_transient=50, dt=step, every=step)
    assert found.rates is None and found.n_samples == 1000
    np.testing.assert_allclose(found.state.covariance, np.eye(2) / 2 * 1000 / 999, atol=1e-4)  # RK4 at this step
    assert found.state.participation_ratio == pytest.approx(2.0, abs=1e-6)
    np.testing.assert_allclose(found.state.eigenvalues, [0.5, 0.5], atol=1e-3)


def test_linear_network_with_noise():
    # dx = -x dt + sigma dW in every unit: independent, variance sigma^2 / 2 each, correlation time 1
    n, sigma = 8, 0.6
    network = pylyap.RateNetwork(np.zeros((n, n)), drive=pylyap.drives.white_noise(sigma, seed=5))
    found = activity(network, t_average=4000, dt=0.05, every=2.0, seed=1)
    # Euler's variance is 1/(1 - dt/2) too large; 2000 samples of 8 units, nearly independent: 1.1 % standard error
    assert found.state.variance == pytest.approx(sigma**2 / 2 / (1 - 0.025), rel=0.035)
    assert found.state.participation_ratio == pytest.approx(1 / (1 / n + 1 / 2000), rel=0.01)
    z, weights = np.polynomial.hermite_e.hermegauss(40)
    expected = np.tanh(np.sqrt(found.state.variance) * z) ** 2 @ weights / weights.sum()
    assert found.rates.variance == pytest.approx(expected, rel=0.01)  # the state is Gaussian up to sampling


def test_rates_are_tanh_of_the_state_and_a_time_varying_drive_counts():
    # no weights: x follows the common sinusoid, and so the activity has one dimension
    network = pylyap.RateNetwork(np.zeros((5, 5)), drive=pylyap.drives.sinusoid(1.0, 0.2, phase=0.0))
    found = activity(network, t_average=200, dt=0.1, every=0.5)
    assert found.state.participation_ratio == pytest.approx(1.0, abs=1e-9)
    assert found.rates.participation_ratio == pytest.approx(1.0, abs=1e-9)
    gain = 1 / (1 + (2 * np.pi * 0.2) ** 2)  # low-pass filter with time constant 1
    assert found.state.variance == pytest.approx(gain / 2 * 400 / 399, rel=1e-5)  # 40 whole periods, RK4


def test_silence_has_no_dimension():
    quiet = pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 0.5, seed=1))
    assert activity(quiet, t_average=200).state.participation_ratio == 0.0
    assert participation_ratio(np.zeros((4, 4))) == 0.0
    assert participation_ratio(np.eye(4)) == 4.0
    assert np.isnan(participation_ratio(np.full((2, 2), np.nan)))


def test_bad_options():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(5, 2.0, seed=1))
    for options, words in (
        (dict(t_average=10, every=0.25), "every = 0.25 is not a whole number of steps"),
        (dict(t_average=10, every=-1), "every"),
        (dict(t_average=0.6), "fewer than two samples"),
        (dict(t_average=10, dt=-1), "dt"),
    ):
        with pytest.raises(errors.OptionError, match=words):
            activity(network, **options)
    with pytest.raises(errors.NetworkError):
        activity(np.eye(3), t_average=10)


def test_the_state_of_a_layer_is_its_rate_if_nothing_leaks():
    W, options = pylyap.weights.gaussian(10, 2.0, seed=1), dict(t_average=100, t_transient=10)
    whole = activity(pylyap.LeakyRNN(W), **options)
    assert whole.rates is whole.state
    assert activity(pylyap.LeakyRNN(W, leak=0.5), **options).rates is None
