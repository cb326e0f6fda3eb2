"""The largest exponent from two trajectories, and the spectrum from the other end, against the tangent's own."""

import numpy as np
import pytest

import pylyap
from pylyap import errors
from pylyap.analysis import adjoint_spectrum, twin_exponent

MAP = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=10))
FLOW = pylyap.RateNetwork(pylyap.weights.gaussian(30, 6.0, seed=4), bias=np.full(30, 0.3), tau=0.5)
NOISY = pylyap.RateNetwork(pylyap.weights.gaussian(30, 4.0, seed=4), drive=pylyap.drives.white_noise(0.3, seed=2))


@pytest.mark.parametrize("network", [MAP, FLOW, NOISY], ids=["map", "flow", "white noise"])
def test_twin_follows_the_tangent_vector(network):
    pair = twin_exponent(network, t_average=300, t_transient=50, t_align=50)
    # curvature: the separation 1e-8; rounding: 1e-16 * sqrt(30) * 4 / 1e-8, a block long amplified
    assert pair.difference < 1e-5
    assert np.std(pair.local_exponents) > 0.05  # there is something to follow


def test_twin_is_that_of_the_same_run():
    options = dict(t_average=200, t_transient=50, t_align=50, seed=3)
    pair = twin_exponent(MAP, **options)
    alone = pylyap.lyapunov_spectrum(MAP, n_exponents=1, **options)
    assert pair.tangent_exponent == pytest.approx(alone.exponents[0], rel=1e-12)  # the same numbers, summed again


@pytest.mark.parametrize("network", [MAP, FLOW, NOISY], ids=["map", "flow", "white noise"])
def test_backward_run_has_the_exponents_of_the_forward_run(network):
    step = dict(qr_interval=1.0, t_average=1000, t_transient=50, t_align=50, seed=3)
    back = adjoint_spectrum(network, **step)
    # by the solver of the backward run: "auto" would choose another for the flow
    forward = pylyap.lyapunov_spectrum(network, solver="rk4" if network is FLOW else None, **step)
    # The same product, but for the logarithms of the cosines between the two frames at its two ends. A cosine is below
    # exp(-a) with a probability of about exp(-a), for 20 or 30 directions and two ends; chaos makes every rounding another
    # draw. Over 64 seeds the largest of them was 3 to 12; more than 16 comes once in 100,000.
    np.testing.assert_allclose(back.exponents, forward.exponents, rtol=0, atol=16 / 1000)
    assert back.local_exponents.shape == (1000, network.size)
    # The determinant does not care about angles: block by block the sum is the same, to rounding times the condition
    # of a block, which the logarithm of the smallest direction has; found 1e-16 times it, where the map has 1e8 to 1e10.
    rounding = 100 * np.finfo(float).eps * forward.diagnostics["worst_condition_number"]
    np.testing.assert_allclose(
        back.local_exponents.sum(axis=1), forward.local_exponents.sum(axis=1), rtol=0, atol=rounding
    )


def test_runs_that_leave_the_finite_numbers_are_named():
    doubling = pylyap.systems.linear_map(np.diag([2.0, 0.5]))
    stiff = pylyap.RateNetwork(-100.0 * np.eye(3), activation="linear")
    options = dict(t_average=2000, t_transient=0, t_align=0, initial_state=np.ones(2))
    for measure in (twin_exponent, adjoint_spectrum):
        with pytest.raises(errors.OptionError, match="became infinite or NaN at step 10.*: check the weights, the parameters"):
            measure(doubling, **options)  # 2^1024 overflows
        with pytest.raises(errors.OptionError, match="make dt smaller"):
            measure(stiff, t_average=200, t_transient=0, t_align=0)


def test_time_limits_end_with_what_there_is():
    # more steps than there is time for; the first one counts, and is made before anybody looks at the clock
    pair = twin_exponent(MAP, t_average=3e6, t_transient=0, t_align=0, qr_interval=1, time_limit=0.5)
    assert pair.status == "max_time" and np.isfinite(pair.exponent)
    assert 0 < len(pair.durations) and pair.durations.sum() < 3e6
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=10))
    back = adjoint_spectrum(network, t_average=1000, t_transient=1e9, time_limit=1.0)
    assert back.status == "max_time" and np.isnan(back.exponents).all() and len(back.exponents) == 20


def test_a_sequence_is_used_up_by_default():
    rng = np.random.default_rng(3)
    network = pylyap.GRUNetwork(
        rng.normal(size=(12, 4)), W_in=rng.normal(size=(12, 2)), inputs=rng.normal(size=(60, 2)),
    )
    back = adjoint_spectrum(network)
    assert back.durations.sum() == 54  # a tenth aligns, half of it at each end
    assert adjoint_spectrum(network, t_align=7, qr_interval=3).durations.sum() == 42  # 7 and, in blocks of 3, 9 more
    assert adjoint_spectrum(network, t_average=50).durations.sum() == 50
    assert twin_exponent(network, qr_interval=1).durations.sum() == 54


def test_the_bound_on_memory_counts_what_a_linearisation_takes():
    rng = np.random.default_rng(3)
    gru = pylyap.GRUNetwork(rng.normal(size=(30, 10)))  # 5 numbers per unit, not one
    with pytest.raises(errors.OptionError, match="2.2 GB, more than 2"):
        adjoint_spectrum(gru, t_average=5e6, t_align=5e5)


def test_what_cannot_be_is_refused():
    with pytest.raises(errors.OptionError, match="tsit5"):
        twin_exponent(FLOW, t_average=10, solver="tsit5")
    with pytest.raises(errors.OptionError, match="2.4 GB, more than 2"):
        adjoint_spectrum(FLOW, t_average=2e5, t_align=5e4)
    short = pylyap.RateNetwork(np.eye(2), drive=pylyap.drives.array(np.ones(300), 0.1))  # of 30 tau, and 35 are recorded
    with pytest.raises(errors.OptionError, match="300 rows"):
        adjoint_spectrum(short, t_average=20, t_transient=5, t_align=5)
    with pytest.raises(errors.UnknownOptionError, match="precision"):
        adjoint_spectrum(FLOW, t_average=1, precision="float32")
    with pytest.raises(errors.OptionError, match="separation"):
        twin_exponent(FLOW, t_average=10, separation=0)
