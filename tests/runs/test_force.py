"""FORCE learning: what is learned, and what the exponents of the result are."""

import numpy as np
import pytest

import pylyap
from pylyap.errors import NetworkError, OptionError, UnknownOptionError

PERIOD, DT = 20.0, 0.1  # tau
SINE = np.sin(2 * np.pi * DT * np.arange(8000) / PERIOD)


def network(n=100):
    return pylyap.RateNetwork(pylyap.weights.gaussian(n, 1.5, seed=6))


@pytest.fixture(scope="module")
def trained():
    return pylyap.train_force(network(), SINE)


def test_the_network_goes_on_by_itself(trained):
    alone = trained.generate(2 * PERIOD)[:, 0]
    t = DT * (len(SINE) - 1 + np.arange(len(alone)))
    # found: 0.003 at the end of learning and after it, 0.02 with the worst of a few other networks
    assert trained.status == "done"
    assert trained.last_error < 0.01
    assert np.abs(alone - np.sin(2 * np.pi * t / PERIOD)).max() < 0.02


def test_the_result_is_a_limit_cycle(trained):
    spectrum = pylyap.lyapunov_spectrum(
        trained.network, n_exponents=4, t_average=10 * PERIOD, t_transient=2 * PERIOD,
        initial_state=trained.final_state,
    )
    # along the cycle 0, up to the change of speed between the ends of the average: about 0.1 in the logarithm, over 200
    assert abs(spectrum.exponents[0]) < 1e-3
    assert spectrum.exponents[1] < -0.02
    before = pylyap.lyapunov_spectrum(network(), n_exponents=1, t_average=300)
    assert before.exponents[0] > 0.02  # before learning it was chaotic


def test_weights_and_outputs_belong_together(trained):
    expected = network().weights + trained.feedback @ trained.readout.T
    np.testing.assert_allclose(trained.network.weights, expected, atol=1e-11)  # 4000 rank-one changes, each rounded
    first = trained.generate(0.1)[0]
    np.testing.assert_allclose(first, trained.readout.T @ np.tanh(trained.final_state), atol=1e-13)


def test_the_network_that_is_taught_is_left_alone_and_divergence_cuts_the_outputs():
    given = network(30)
    before = given.weights.copy()
    assert pylyap.train_force(given, SINE[:100]).network.weights is not given.weights
    np.testing.assert_array_equal(given.weights, before)
    explosive = pylyap.RateNetwork(1e3 * np.eye(30), activation="linear")
    # nothing is learned, and a step of RK4 multiplies by about 99.9^4 / 24
    lost = pylyap.train_force(explosive, SINE[:2000], steps_per_update=5000)
    assert lost.status == "diverged" and 1 < len(lost.outputs) < 300
    assert len(lost.outputs) == len(lost.times) == len(lost.errors)
    # the states themselves: the last one that was finite is the last one that was read out
    steps = len(lost.outputs) - 1
    again = pylyap.train_force(explosive, SINE[: steps + 1], steps_per_update=5000)
    assert again.status == "done" and np.isfinite(again.final_state).all()


def test_generate_names_its_time(trained):
    for t in (0, -1, 0.04, np.nan, "long"):
        with pytest.raises(OptionError, match="^t = "):
            trained.generate(t)


def test_recursive_least_squares_against_numpy():
    rng = np.random.default_rng(3)
    n, m, steps, regularization = 30, 2, 100, 0.7  # an update every second step: 50 of them
    J, feedback, x = 1.5 / np.sqrt(n) * rng.normal(size=(n, n)), rng.uniform(-1, 1, (n, m)), rng.normal(size=n)
    drive = rng.normal(size=n)
    target = rng.normal(size=(steps + 1, m))
    found = pylyap.train_force(
        pylyap.RateNetwork(J, activation="erf", tau=2.0, drive=pylyap.drives.constant(drive)), target, dt=0.05,
        solver="euler", feedback=feedback, regularization=regularization, initial_state=x,
    )
    from scipy.special import erf

    P, w, outputs = np.eye(n) / regularization, np.zeros((n, m)), [np.zeros(m)]
    for s in range(1, steps + 1):
        r = erf(x)
        x = x + 0.05 * (-x + J @ r + feedback @ (w.T @ r) + drive)
        r = erf(x)
        outputs.append(w.T @ r)
        if s % 2 == 0:
            P = P - np.outer(P @ r, r @ P) / (1 + r @ P @ r)
            w = w - np.outer(P @ r, outputs[-1] - target[s])
    np.testing.assert_allclose(found.readout, w, atol=1e-10)
    np.testing.assert_allclose(found.outputs, outputs, atol=1e-10)
    np.testing.assert_allclose(found.errors, found.outputs - target, atol=0)
    np.testing.assert_allclose(found.final_state, x, atol=1e-10)


def test_seeds_and_time_limit():
    short = SINE[:200]
    first, same, other = (pylyap.train_force(network(30), short, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.readout, same.readout) and not np.array_equal(first.feedback, other.feedback)
    assert np.abs(first.feedback).max() <= 1 and first.feedback.min() < -0.8 and first.feedback.max() > 0.8
    cut = pylyap.train_force(network(30), np.tile(SINE, 100), time_limit=0.5)
    assert cut.status == "max_time" and 1 <= len(cut.outputs) == len(cut.times) < 100 * len(SINE)


@pytest.mark.parametrize(("error", "arguments"), [
    (NetworkError, dict(network=pylyap.DiscreteNetwork(np.eye(3)))),
    (NetworkError, dict(target=[1.0])),
    (NetworkError, dict(target=[1.0, np.nan, 2.0])),
    (NetworkError, dict(feedback=np.ones((30, 2)))),
    (OptionError, dict(solver="tsit5")),
    (OptionError, dict(steps_per_update=0)),
    (OptionError, dict(regularization=0.0)),
    (OptionError, dict(dt=-0.1)),
    (UnknownOptionError, dict(regularisation=1.0)),
])
def test_bad_input(error, arguments):
    arguments = dict(network=network(30), target=SINE[:100]) | arguments
    with pytest.raises(error):
        pylyap.train_force(**arguments)


def test_sparse_weights_are_refused():
    import scipy.sparse

    with pytest.raises(NetworkError, match="toarray"):
        pylyap.train_force(pylyap.RateNetwork(scipy.sparse.eye(5)), SINE[:100])
