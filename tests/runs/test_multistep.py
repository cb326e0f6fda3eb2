"""solver="lab4": the frame by a multistep method, on the trajectory of "rk4"."""

import numpy as np
import pytest

import pylyap
from pylyap import drives
from pylyap.errors import OptionError

N = 40
W = pylyap.weights.gaussian(N, 3.0, seed=1)
SHORT = dict(t_transient=5, t_align=2, t_average=10, seed=3)
DRIVES = {
    "none": None,
    "held": drives.array(np.random.default_rng(1).normal(size=(40, N)), 0.5, interpolation="constant"),
    "coloured": drives.ornstein_uhlenbeck(0.5, 2.0, seed=2),
}


@pytest.mark.parametrize("name", DRIVES)
def test_the_state_is_that_of_rk4_and_the_spectrum_close(name):
    network = pylyap.RateNetwork(W, drive=DRIVES[name])
    options = dict(dt=0.05, qr_interval=1.0, **SHORT)
    rk4, lab4 = (pylyap.lyapunov_spectrum(network, solver=name, **options) for name in ("rk4", "lab4"))
    np.testing.assert_array_equal(lab4.final_state, rk4.final_state)
    # radius of the Jacobian about 2.5: 251 / 720 (2.5 * 0.05)^4 * 2.5 = 2e-4, and more where the input is not smooth;
    # a method of lower order, (2.5 * 0.05)^2, would be off by 0.01 and more
    assert np.abs(lab4.exponents - rk4.exponents).max() < 1e-3
    assert abs(lab4.diagnostics["sum_rule_residual"]) < 1e-4


@pytest.mark.parametrize("tau", [1.0, 5.0])
def test_units_without_loops_have_the_exponent_of_the_leak_exactly(tau):
    chain = np.zeros((6, 6))
    chain[2, 1] = chain[3, 2] = 1.0  # a chain; the other units are alone
    spectrum = pylyap.lyapunov_spectrum(
        pylyap.RateNetwork(np.diag([0.0] * 6) if tau == 1 else chain, tau=tau), solver="lab4", dt=0.5, t_average=200
    )
    # the product of all steps is exp(-t) times a polynomial of degree 2: its logarithm over t is 2 ln(200) / 200
    allowed = 1e-12 if tau == 1 else 0.06
    np.testing.assert_allclose(spectrum.exponents, -1.0, rtol=0, atol=allowed)


def test_single_precision():
    dense = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), solver="lab4", dt=0.05, qr_interval=0.5, **SHORT)
    single = pylyap.lyapunov_spectrum(
        pylyap.RateNetwork(W), solver="lab4", dt=0.05, qr_interval=0.5, precision="float32", **SHORT)
    # rounding, 1e-7, grows by exp(0.3 * 17) along the trajectory and by the condition of the frame within half a tau
    np.testing.assert_allclose(single.exponents, dense.exponents, rtol=0, atol=1e-3)


def test_an_ensemble_equals_single_runs():
    networks = [pylyap.RateNetwork(pylyap.weights.gaussian(N, 3.0, seed=s)) for s in (1, 2)]
    frame = np.linalg.qr(np.random.default_rng(5).normal(size=(N, N)))[0]
    options = dict(solver="lab4", dt=0.1, initial_state=np.ones(N), initial_frame=frame, qr_interval=0.5, **SHORT)
    for network, found in zip(networks, pylyap.lyapunov_ensemble(networks, **options)):
        alone = pylyap.lyapunov_spectrum(network, **options)
        np.testing.assert_allclose(found.exponents, alone.exponents, rtol=0, atol=1e-10)  # tasks cut panels otherwise


def test_steps_too_long_for_the_frame_are_said():
    # 0.3 times the radius 2.5 is beyond the method's stability
    long = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), solver="lab4", dt=0.3, t_average=200)
    assert long.status == "max_time" and ("sum rule" in long.message or "too long" in long.message), long.message


def test_what_needs_the_derivative_of_a_step_refuses_it():
    network = pylyap.RateNetwork(W)
    for call in (pylyap.analysis.adjoint_spectrum, pylyap.analysis.twin_exponent):
        with pytest.raises(OptionError, match='solver = "lab4" is not allowed in .*; use "rk4"'):
            call(network, t_average=10, solver="lab4")
    with pytest.raises(OptionError, match='solver="lab4" is not allowed'):
        pylyap.lyapunov_spectrum(
            pylyap.RateNetwork(W, drive=drives.white_noise(0.1, seed=1)), solver="lab4", t_average=10)
    with pytest.raises(OptionError, match="'map'"):
        pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W), solver="lab4", t_average=10)
    with pytest.raises(OptionError, match="solver"):
        pylyap.train_force(network, np.zeros(100), solver="lab4")
