"""One time constant for each unit, and one input gain: against the oracle, closed forms, and the network with one tau."""

import numpy as np
import oracle
import pytest
from scipy import sparse

import pylyap
from pylyap import drives, theory
from pylyap.errors import NetworkError, OptionError

N = 10
TAU = np.where(np.arange(N) < 7, 2.0, 0.8) * (1 + 0.01 * np.arange(N))  # excitatory and inhibitory, none the same
GAIN = np.linspace(0.5, 1.5, N)
# the same 50 steps with the units renumbered, which rounds differently, move by 2e-14
ROUNDING = dict(rtol=0, atol=1e-11)


@pytest.fixture
def parts():
    return oracle.random_network(N, 2.5, seed=11)


def stretch(network, x0, Q0, *, dt, steps=50, **options):
    """Exactly `steps` steps of trajectory, orthonormalised after each."""
    return pylyap.lyapunov_spectrum(
        network, n_exponents=Q0.shape[1], t_average=steps * dt, t_transient=0, t_align=0, dt=dt, qr_interval=dt,
        initial_state=x0, initial_frame=Q0, **options,
    )


def in_order(result, logs, dt):
    exponents = logs.sum(0) / (len(logs) * dt)
    order = np.argsort(-exponents, kind="stable")
    return result.local_exponents, logs[:, order] / dt


# few combinations: Julia compiles a run for each
@pytest.mark.parametrize("kind, solver, k, gain", [
    (np.array, "rk4", N, 1.0), (np.array, "rk4", 4, GAIN), (sparse.csr_array, "rk4", N, GAIN), (np.array, "euler", 4, 1.0)])
def test_fifty_steps_equal_the_oracle(parts, kind, solver, k, gain):
    W, bias, x0, Q0 = parts
    dt, Q0 = 0.08, Q0[:, :k]
    logs, x, Q = oracle.oracle_spectrum(W, solver, x0, Q0, 50, 1, dt, TAU, bias, gain)
    network = pylyap.RateNetwork(kind(W), tau=TAU, bias=bias, input_gain=None if np.isscalar(gain) else gain)
    result = stretch(network, x0, Q0, dt=dt, solver=solver)
    np.testing.assert_allclose(*in_order(result, logs, dt), **ROUNDING)
    np.testing.assert_allclose(result.final_state, x, **ROUNDING)
    np.testing.assert_allclose(result.final_frame, Q, **ROUNDING)
    assert result.time_unit == "time"


def test_input_gain_of_a_map_equals_the_oracle(parts):
    W, bias, x0, Q0 = parts
    logs, x, _ = oracle.oracle_spectrum(W, "map", x0, Q0, 50, bias=bias, gain=GAIN)
    network = pylyap.DiscreteNetwork(W, bias=bias, input_gain=GAIN)
    result = pylyap.lyapunov_spectrum(
        network, t_average=50, t_transient=0, t_align=0, qr_interval=1, initial_state=x0, initial_frame=Q0)
    np.testing.assert_allclose(*in_order(result, logs, 1), **ROUNDING)
    np.testing.assert_allclose(result.final_state, x, **ROUNDING)
    # the determinant's logarithm, of size 10, to rounding
    assert abs(result.diagnostics["sum_rule_residual"]) < 1e-12
    family = pylyap.leading_exponents(network, [1.0], t_average=50, t_transient=0, t_align=0, initial_state=x0,
                                      initial_frame=Q0[:, :1])
    np.testing.assert_allclose(family.exponents[0], logs[:, 0].mean(), **ROUNDING)


def test_adaptive_steps_meet_the_exact_flow(parts):
    W, bias, x0, Q0 = parts
    k = 3
    x, logs = oracle.exact_flow(W, x0, Q0[:, :k], 4.0, tau=TAU, bias=bias)
    network = pylyap.RateNetwork(W, tau=TAU, bias=bias)
    result = pylyap.lyapunov_spectrum(
        network, n_exponents=k, t_average=4.0, t_transient=0, t_align=0, qr_interval=0.5, initial_state=x0,
        initial_frame=Q0[:, :k], solver="tsit5", rtol=1e-10, atol=1e-10)
    # the error of a step is held below 1e-10; it grows with the exponent, below e^4 over this time
    np.testing.assert_allclose(result.final_state, x, rtol=0, atol=1e-8)
    np.testing.assert_allclose(np.sort(result.log_growth.sum(0)), np.sort(logs), rtol=0, atol=1e-7)


WAVE = np.sin(0.3 * np.arange(N))
DRIVES = {
    "sinusoid": (drives.sinusoid(WAVE, 0.4), lambda t: WAVE * np.sin(0.8 * np.pi * t)),
    "array": (drives.array(np.outer(np.arange(6.0), WAVE), 1.0), lambda t: WAVE * t),
}


@pytest.mark.parametrize("drive", DRIVES)
def test_drives_enter_before_the_leak(parts, drive):
    """``tau dx/dt = ... + drive(t)``, in the time in which tau is given: no time constant is the unit."""
    W, bias, x0, Q0 = parts
    given, function = DRIVES[drive]
    x, _ = oracle.exact_flow(W, x0, Q0[:, :1], 3.0, tau=TAU, bias=bias, drive=function)
    network = pylyap.RateNetwork(W, tau=TAU, bias=bias, drive=given)
    result = stretch(network, x0, Q0[:, :1], dt=0.02, steps=150)
    # RK4 at dt / tau = 0.025 over 150 steps: (dt / tau)^4 = 4e-7, times rates of order g and growth
    np.testing.assert_allclose(result.final_state, x, rtol=0, atol=1e-5)


RANDOM = [
    drives.white_noise(0.4, seed=3), drives.white_noise(0.4, seed=3, input_weights=np.ones((N, 2))),
    drives.ornstein_uhlenbeck(0.5, 2.0, seed=3),
]


@pytest.mark.parametrize("drive", RANDOM, ids=str)
def test_equal_time_constants_are_the_network_with_one(parts, drive):
    """With tau = 1 the units of time are the same, and so is every number; the products round differently."""
    W, bias, x0, Q0 = parts
    runs = [
        pylyap.lyapunov_spectrum(
            pylyap.RateNetwork(W, tau=tau, bias=bias, drive=drive), t_average=5, t_transient=0, t_align=1, initial_state=x0,
            initial_frame=Q0, qr_interval=0.5)
        for tau in (1.0, np.ones(N))
    ]
    np.testing.assert_allclose(runs[1].local_exponents, runs[0].local_exponents, **ROUNDING)
    np.testing.assert_allclose(runs[1].final_state, runs[0].final_state, **ROUNDING)


@pytest.mark.parametrize("weights", [None, 2 * np.ones(N)])
def test_white_noise_is_per_root_of_the_units_own_time_constant(weights):
    """A unit alone has the stationary variance sigma^2 / 2, whatever its tau, with Euler's method sigma^2 / (2 - dt / tau)."""
    drive = drives.white_noise(0.5, seed=1, common=weights is None, input_weights=weights)
    tau = np.linspace(1.0, 4.0, N)
    network = pylyap.RateNetwork(np.zeros((N, N)), tau=tau, drive=drive)
    seen = pylyap.analysis.activity(network, t_average=20_000, t_transient=50, dt=0.2, solver="euler", every=0.4)
    expected = 0.25 / (2 - 0.2 / tau) * (1 if weights is None else 4)
    # about 20000 / (2 tau) independent squares: standard error sqrt(4 tau / 20000) of the variance, 3 % for the slowest
    np.testing.assert_allclose(np.diag(seen.state.covariance) / expected, 1, atol=5 * np.sqrt(4 * tau.max() / 20_000))


def test_sum_rule(parts):
    """All exponents add up to the mean trace: sum((W_ii <phi'> - 1) / tau_i), without autapses whatever happens."""
    W, bias, x0, Q0 = parts
    result = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W, tau=TAU, bias=bias), t_average=20, dt=0.05)
    # RK4's own error for the fastest leak: (dt / tau)^4 / 120 of its rate, 1e-7 per unit
    assert result.exponents.sum() == pytest.approx(theory.flow_exponent_sum(W, tau=TAU), abs=1e-6)
    assert abs(result.diagnostics["sum_rule_residual"]) < 1e-7
    W = W + np.diag(np.linspace(-0.5, 0.5, N))
    result = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W, tau=TAU, bias=bias), t_average=20, dt=0.05)
    assert abs(result.diagnostics["sum_rule_residual"]) < 1e-6
    assert result.diagnostics["sum_rule_residual"] != 0


def test_fixed_point_spectrum(parts):
    W = 0.3 * parts[0]
    network = pylyap.RateNetwork(sparse.csr_array(W), tau=TAU, input_gain=GAIN)
    result = pylyap.lyapunov_spectrum(network, t_average=2000, dt=0.05)
    expected = np.sort(np.linalg.eigvals((W * GAIN - np.eye(N)) / TAU[:, np.newaxis]).real)[::-1]
    np.testing.assert_allclose(theory.fixed_point_spectrum(W, slopes=GAIN, tau=TAU), expected, atol=1e-12)
    # a frame that is not yet aligned is off by some logarithms over the time
    np.testing.assert_allclose(result.exponents, expected, atol=5e-3)
    np.testing.assert_allclose(oracle.flow_exponents(W, TAU), theory.fixed_point_spectrum(W, tau=TAU), atol=1e-12)


def test_euler_at_a_fixed_point_in_theory(parts):
    W = 0.3 * parts[0]
    expected = np.log(np.abs(np.linalg.eigvals(np.eye(N) + 0.1 * (W - np.eye(N)) / TAU[:, np.newaxis]))) / 0.1
    np.testing.assert_allclose(theory.fixed_point_spectrum(W, tau=TAU, euler_step=0.1), np.sort(expected)[::-1], atol=1e-12)
    with pytest.raises(OptionError, match=r"dt in \(0, 0.856\]"):
        theory.fixed_point_spectrum(W, tau=TAU, euler_step=1.0)


def test_the_adjoint_of_a_network_with_time_constants(parts):
    """Over one stretch the product and its transposed have the same determinant; the spectra agree up to its ends."""
    network = pylyap.RateNetwork(parts[0], tau=TAU, bias=parts[1], input_gain=GAIN)
    forward = pylyap.lyapunov_spectrum(network, t_average=300, dt=0.1)
    backward = pylyap.analysis.adjoint_spectrum(network, t_average=300, dt=0.1)
    # ends of the run: a few logarithms over the time, beside the statistical error
    np.testing.assert_allclose(backward.exponents, forward.exponents, atol=0.03)
    assert backward.exponents.sum() == pytest.approx(-(1 / TAU).sum(), abs=1e-4)


def test_times_are_those_in_which_tau_is_given(parts):
    """Milliseconds or seconds: nothing but the unit changes. A power of two scales exactly."""
    W, bias = parts[:2]
    spectra = [
        pylyap.lyapunov_spectrum(pylyap.RateNetwork(W, tau=unit * TAU, bias=bias), t_average=50 * unit)
        for unit in (1.0, 2.0**10)
    ]
    np.testing.assert_array_equal(spectra[1].log_growth, spectra[0].log_growth)
    assert spectra[0].status == spectra[1].status
    options = [spectrum.provenance["options"] for spectrum in spectra]
    assert options[0]["dt"] == pytest.approx(0.1 * TAU.min())
    assert options[0]["t_transient"] == pytest.approx(100 * TAU.max(), rel=1e-2)
    assert options[1]["t_transient"] == 2**10 * options[0]["t_transient"]
    assert "per time" in spectra[0].summary() and "per tau" not in spectra[0].summary()


def test_chains_have_the_exponents_of_their_own_leaks():
    """Units in no loop: exponents -1 / tau each, which a short run has not found where several are equal."""
    tau = np.array([1.0, 1.0, 1.0, 4.0, 4.0])
    network = pylyap.RateNetwork(np.eye(5, k=1), tau=tau)
    assert network.loop_free_rates.tolist() == (-1 / tau).tolist()
    result = pylyap.lyapunov_spectrum(network, t_average=100)
    assert result.status == "max_time" and "have exponent" in result.message


@pytest.mark.slow  # nineteen controls
def test_controls_know_networks_with_time_constants(parts):
    report = pylyap.controls(pylyap.RateNetwork(0.3 * parts[0], tau=TAU), t_average=100)
    found = {check.code: check for check in report.checks}
    assert found["C2"].verdict == "pass" and found["C3"].verdict == "not applicable"
    assert found["C16"].verdict == "pass" and "eigenvalues" in found["C16"].text


def test_what_is_said_of_them(parts):
    network = pylyap.RateNetwork(parts[0], tau=TAU.tolist(), input_gain=2)
    assert repr(network) == (
        "RateNetwork(10 units, tanh, tau from 0.856 to 2.12, with bias, with input gain, no autapses)"
        .replace("with bias", "no bias"))
    assert not network.tau.flags.writeable and network.input_gain.tolist() == [2.0] * N
    assert set(network.arrays()) == {"weights", "bias", "activation", "tau", "input_gain"}
    assert pylyap.RateNetwork(parts[0]).input_gain is None and "input_gain" not in pylyap.RateNetwork(parts[0]).arrays()


@pytest.mark.parametrize("name", ["tau", "input_gain"])
@pytest.mark.parametrize("value, told", [
    ([1.0, 2.0], r"shape \(2,\)"), (np.ones((N, 1)), r"shape \(10, 1\)"), (np.zeros(N), "not > 0"), (-np.ones(N), "not > 0"),
    ([np.nan] * N, "NaN"), (["a"] * N, "dtype"), ([[1], [1, 2]], "rectangular"), (0, "finite"), ("1", "finite"),
])
def test_time_constants_and_gains_are_checked(parts, name, value, told):
    with pytest.raises((OptionError, NetworkError), match=told):
        pylyap.RateNetwork(parts[0], **{name: value})


def test_single_precision_and_force(parts):
    network = pylyap.RateNetwork(parts[0], tau=TAU, bias=parts[1], input_gain=GAIN)
    options = dict(t_average=20, t_transient=0, t_align=0, initial_state=parts[2], initial_frame=parts[3], qr_interval=network.dt)
    double = pylyap.lyapunov_spectrum(network, **options)
    single = pylyap.lyapunov_spectrum(network, precision="float32", **options)
    # 7 digits, amplified by at most exp(20 / 2) over the run, of exponents that are averages over 20
    np.testing.assert_allclose(single.exponents, double.exponents, atol=1e-2)
    trained = pylyap.train_force(network, np.sin(0.1 * np.arange(400)))
    assert trained.status == "done" and trained.network.tau.tolist() == TAU.tolist()
    assert trained.dt == network.dt and trained.network.input_gain.tolist() == GAIN.tolist()
    # with the readout that it ends with, the output is what the rates give
    rates = np.tanh(GAIN * trained.final_state)
    assert trained.generate(network.dt)[0, 0] == pytest.approx((rates @ trained.readout)[0], abs=1e-10)


def test_rates_are_taken_behind_the_gain(parts):
    network = pylyap.RateNetwork(np.zeros((N, N)), tau=TAU, bias=parts[1], input_gain=GAIN)
    seen = pylyap.analysis.activity(network, t_average=20, t_transient=200)
    np.testing.assert_allclose(seen.rates.mean, np.tanh(GAIN * parts[1]), atol=1e-12)
