"""Drives: what reaches the network and when, frozen realisations, conditional exponents, and bad input.

Times are in units of tau (steps for the map). Plain loops take the same numbers and are compared to rounding.
"""

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

import pylyap
from driven import (
    ALLOWED, COLOURED, DT, HELD, MIXING, N, NOISE, SMOOTH, TABLE, TAU, interpolated,
)  # fmt: skip
from oracle import convergence_order, random_network
from pylyap import drives
from pylyap._core import feeds as feeding
from pylyap.errors import NetworkError, OptionError
from pylyap.runs import loop

def drawn(drive, n_samples, dt):
    """All the samples of a random drive at once, (samples, N)."""
    samples = np.empty((n_samples, drive.n_channels(N)))
    drive.source(samples.shape[1], dt)(samples)
    return samples @ MIXING.T if drive.input_weights is not None else np.broadcast_to(samples, (n_samples, N))


def step(model, W, x, u, s, dt, noise):
    """One step from time ``s * dt`` with input `u` (a function of time), written out."""

    def velocity(x, t):
        return -x + W @ np.tanh(x) + u(t)

    t = s * dt
    if model == "map":
        return np.tanh(W @ x + u(t) + noise[s])
    first = velocity(x, t)
    if model == "euler":
        return x + dt * first + noise[s]
    if model == "heun":
        return x + dt / 2 * (first + velocity(x + dt * first + noise[s], t + dt)) + noise[s]
    second = velocity(x + dt / 2 * first, t + dt / 2)
    third = velocity(x + dt / 2 * second, t + dt / 2)
    return x + dt / 6 * (first + 2 * second + 2 * third + velocity(x + dt * third, t + dt))


def network(model, W, drive, **options):
    if model == "map":
        return pylyap.DiscreteNetwork(W, drive=drive, **options)
    return pylyap.RateNetwork(W, drive=drive, tau=TAU, **options)


def run(model, W, drive, n_steps, *, dt=DT, transient=0, align=0, activation="tanh", **options):
    """A run of the core counted in steps, orthonormalised every step unless told otherwise."""
    unit = 1 if model == "map" else dt
    how = {} if model == "map" else dict(dt=dt, solver=model)
    options = {"qr_interval": unit, **options}
    return pylyap.lyapunov_spectrum(
        network(model, W, drive, activation=activation), t_average=n_steps * unit, t_transient=transient * unit,
        t_align=align * unit, **how, **options,
    )


@pytest.fixture
def small_windows(monkeypatch):
    monkeypatch.setattr(feeding, "WINDOW_STEPS", 7)


# --- The right numbers at the right time ---

FLOWS = ("euler", "heun", "rk4")
CASES = [
    *itertools.product(("map", *FLOWS), {**SMOOTH, **COLOURED}),
    *itertools.product(("map",), HELD),
    *itertools.product(("map", "euler", "heun"), NOISE),
]


@pytest.mark.parametrize("model, name", CASES)
def test_forty_steps_equal_a_plain_loop(model, name, small_windows):
    W, _, x, _ = random_network(N, 1.5, seed=4)
    dt, n_steps = (1 if model == "map" else DT), 40
    result = run(model, W, drive_named(name), 20, transient=13, align=7, initial_state=x, n_exponents=1)
    u, noise = {**SMOOTH, **HELD}.get(name, (None, None))[1], np.zeros((n_steps, N))
    if name in NOISE:
        u, noise = (lambda t: np.zeros(N)), drawn(NOISE[name], n_steps, dt)
    elif name in COLOURED:
        samples = drawn(COLOURED[name], n_steps + 1, dt)
        u = lambda t: interpolated(samples, t / dt)  # noqa: E731
    for s in range(n_steps):
        x = step(model, W, x, u, s, dt, noise)
    # rounding of 40 steps, amplified by no more than 1e2; an input one step late would differ by 1e-2 or more
    np.testing.assert_allclose(result.final_state, x, rtol=0, atol=1e-12)


def drive_named(name):
    if name in NOISE or name in COLOURED:
        return {**NOISE, **COLOURED}[name]
    return {**SMOOTH, **HELD}[name][0]


def test_an_input_that_jumps_keeps_rk4_at_order_four():
    W, _, x0, _ = random_network(N, 1.5, seed=4)
    drive = drives.array(TABLE, 0.5, interpolation="constant")
    x = x0
    for row in TABLE[:4]:  # between jumps the equation is smooth
        x = solved(W, x, lambda t: row, 0.5)
    dts = np.array([0.1, 0.05, 0.025])
    errors = [np.linalg.norm(run("rk4", W, drive, round(2 / dt), dt=dt, initial_state=x0).final_state - x) for dt in dts]
    assert convergence_order(dts, errors) == pytest.approx(4, abs=0.3)  # the next term; a late jump gives 1


def test_a_sinusoid_keeps_rk4_at_order_four():
    W, _, x0, _ = random_network(N, 1.5, seed=4)
    drive, u = SMOOTH["sinusoid"]
    x = solved(W, x0, u, 2.0)
    dts = np.array([0.1, 0.05, 0.025])
    errors = [np.linalg.norm(run("rk4", W, drive, round(2 / dt), dt=dt, initial_state=x0).final_state - x) for dt in dts]
    assert convergence_order(dts, errors) == pytest.approx(4, abs=0.3)
    adaptive = pylyap.lyapunov_spectrum(
        network("tsit5", W, drive), solver="tsit5", t_transient=0, t_align=0, t_average=2, initial_state=x0
    )
    np.testing.assert_allclose(adaptive.final_state, x, atol=1e-6)  # 1e-8 a step, some tens of steps


def solved(W, x0, u, duration):
    """The driven rate network, time in units of tau, to about 1e-12."""
    return solve_ivp(
        lambda t, x: -x + W @ np.tanh(x) + u(t), (0, duration), x0, method="DOP853", rtol=1e-12, atol=1e-13
    ).y[:, -1]


def test_random_phases_are_one_a_unit_and_spread_over_the_circle():
    sine, cosine = drives.sinusoid(2.0, 0.2, phase="random", seed=1).waves(2000)
    np.testing.assert_allclose(np.hypot(sine, cosine), 2, rtol=1e-14)  # one rounding of each
    # means of 2000 uniform phases: standard error 2 / sqrt(2 * 2000) = 0.03
    assert abs(sine.mean()) < 0.13 and abs(cosine.mean()) < 0.13
    again = drives.sinusoid(2.0, 0.2, phase="random", seed=1).waves(2000)
    np.testing.assert_array_equal(sine, again[0])


# --- Tangents ---

# smooth ones: a central difference across a kink is not a derivative
ACTIVATIONS = ("tanh", "linear", "softplus", "logistic", "erf")


@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data(), model=st.sampled_from(sorted(ALLOWED)), activation=st.sampled_from(ACTIVATIONS),
       gain=st.floats(0.1, 3.0), seed=st.integers(0, 1000), n_steps=st.integers(1, 4))
def test_tangents_are_central_differences_of_the_driven_steps(data, model, activation, gain, seed, n_steps):
    drive = ALLOWED[model][data.draw(st.sampled_from(sorted(ALLOWED[model])))]
    W, _, x0, Q0 = random_network(N, gain, seed)
    whole = dict(n_exponents=1, qr_interval=n_steps * (1 if model == "map" else DT), activation=activation)

    def moved(x):
        return run(model, W, drive, n_steps, initial_state=x, initial_frame=Q0[:, :1], **whole)

    h = 1e-5
    result = moved(x0)
    tangent = np.exp(result.log_growth[0, 0]) * result.final_frame[:, 0]
    difference = (moved(x0 + h * Q0[:, 0]).final_state - moved(x0 - h * Q0[:, 0]).final_state) / (2 * h)
    # h^2 times third derivatives (1e2, growing with the gain over four steps), and rounding of size |x| eps / h = 1e-10
    size = 1 + np.abs(difference).max() + np.abs(result.final_state).max()
    np.testing.assert_allclose(tangent, difference, rtol=0, atol=2e-7 * size)


@pytest.mark.parametrize("model, name", [(m, n) for m in ALLOWED for n in ("sinusoid", "mixed array", "coloured", "white") if n in ALLOWED[m]])
def test_input_to_a_linear_network_leaves_every_bit_of_the_logs(model, name):
    W, _, x0, Q0 = random_network(N, 0.9, seed=5)
    options = dict(n_steps=50, activation="linear", initial_state=x0, initial_frame=Q0)
    driven, free = (run(model, W, drive, **options) for drive in (ALLOWED[model][name], None))
    assert not np.allclose(driven.final_state, free.final_state, atol=0.01)  # the input did arrive
    np.testing.assert_array_equal(driven.log_growth, free.log_growth)  # the Jacobian does not know the state


# --- Frozen ---

@pytest.mark.parametrize("model, name", [("map", "white"), ("heun", "mixed white"), ("rk4", "coloured"), ("map", "common coloured")])
def test_neither_chunks_nor_windows_nor_the_frame_change_a_bit(model, name, monkeypatch):
    W, _, x0, _ = random_network(N, 3.0, seed=6)
    options = dict(n_steps=1500, transient=800, align=300, initial_state=x0)
    plain = run(model, W, drive_named(name), n_exponents=2, **options)
    monkeypatch.setattr(loop, "CHUNK_SECONDS", 1e-4)
    monkeypatch.setattr(feeding, "WINDOW_STEPS", 37)
    cut = run(model, W, drive_named(name), n_exponents=2, **options)
    np.testing.assert_array_equal(cut.log_growth, plain.log_growth)
    np.testing.assert_array_equal(cut.final_state, plain.final_state)
    wider = run(model, W, drive_named(name), n_exponents=5, **options)
    np.testing.assert_array_equal(wider.final_state, plain.final_state)


def test_the_seed_of_the_drive_alone_makes_the_realisation():
    W, _, x0, _ = random_network(N, 1.5, seed=6)

    def end(drive, seed=0):
        return run("heun", W, drive, 50, initial_state=x0, seed=seed).final_state

    same = end(drives.white_noise(0.5, seed=1))
    np.testing.assert_array_equal(same, end(drives.white_noise(0.5, seed=1), seed=8))
    assert not np.allclose(same, end(drives.white_noise(0.5, seed=2)), atol=1e-3)
    copied = pickle.loads(pickle.dumps(drives.white_noise(0.5, seed=1)))
    np.testing.assert_array_equal(same, end(copied))


def test_windows_stay_small():
    assert feeding._window(20_000).nbytes <= feeding.WINDOW_BYTES + 8 * 20_000
    assert len(feeding._window(1)) == feeding.WINDOW_STEPS + 1


# --- Conditional exponents ---

def replicas(net, **options):
    """Leading exponent with its error, and the distance at the end of two runs from different initial states."""
    first, second = (pylyap.lyapunov_spectrum(net, n_exponents=1, seed=seed, **options) for seed in (1, 2))
    return first.exponents[0], first.stderr[0], np.abs(first.final_state - second.final_state).max()


@pytest.mark.parametrize("drive, chaotic", [
    (drives.white_noise(2.0, seed=5), True), (drives.white_noise(8.0, seed=5), False),  # large N: .1785 and -.2879
    (drives.white_noise(2.0, common=True, seed=5), True), (drives.white_noise(8.0, common=True, seed=5), False),
])
def test_replicas_of_a_noisy_map_meet_if_and_only_if_the_exponent_is_negative(drive, chaotic):
    net = pylyap.DiscreteNetwork(pylyap.weights.gaussian(200, 3.0, seed=1), drive=drive)
    exponent, error, distance = replicas(net, t_transient=200, t_align=100, t_average=600)
    assert abs(exponent) > 4 * error  # the sign is known
    assert (exponent > 0) == chaotic
    # 900 steps at a rate of 0.05 or more end in rounding, or at the size of the network's own fluctuations
    assert (distance < 1e-12) == (exponent < 0) and (distance > 0.1) == (exponent > 0)


@pytest.mark.parametrize("sigma, chaotic", [(0.5, True), (3.0, False)])  # large N: .0809 and -.3668 per tau
def test_replicas_of_a_noisy_flow_meet_if_and_only_if_the_exponent_is_negative(sigma, chaotic):
    weights = pylyap.weights.gaussian(200, 2.0, seed=1)
    net = pylyap.RateNetwork(weights, drive=drives.white_noise(sigma, seed=5))
    exponent, error, distance = replicas(net, t_transient=100, t_align=50, t_average=2000)
    assert abs(exponent) > 4 * error
    assert (exponent > 0) == chaotic
    assert (distance < 1e-12) == (exponent < 0) and (distance > 0.1) == (exponent > 0)


@pytest.mark.parametrize("sigma, expected", [(0.0, 0.31025), (2.0, 0.1785), (8.0, -0.2879)])
def test_exponent_of_a_noisy_map_is_that_of_mean_field_theory(sigma, expected):
    net = pylyap.DiscreteNetwork(pylyap.weights.gaussian(1000, 3.0, seed=2), drive=drives.white_noise(sigma, seed=1))
    spectrum = pylyap.lyapunov_spectrum(net, n_exponents=1, t_transient=100, t_align=50, t_average=300)
    # corrections of order 1 / N with a large factor, and the statistical error of 300 steps: 0.01 each
    assert spectrum.exponents[0] == pytest.approx(expected, abs=0.02)


# --- Statistics of the random drives ---

def test_coloured_noise_is_stationary_with_exponential_memory():
    sigma, tau_c, dt = 0.6, 2.0, 0.1
    samples = np.empty((40_000, 100))
    draw = drives.ornstein_uhlenbeck(sigma, tau_c, seed=1).source(100, dt)
    draw(samples[:15_000])
    draw(samples[15_000:])
    # 100 channels of 4000 tau: 100 * 4000 / (2 tau_c) = 1e5 independent numbers; bounds are four standard errors
    assert abs(samples.mean()) < 4 * sigma / 1e5**0.5
    for lag in (0, 10, 20, 60):
        product = (samples[: len(samples) - lag] * samples[lag:]).mean() / sigma**2
        assert product == pytest.approx(np.exp(-lag * dt / tau_c), abs=4 * (2 / 1e5) ** 0.5)
    # the beginning is as good as the rest: 100 independent numbers, standard error of the variance 14 %
    assert samples[0].var() == pytest.approx(sigma**2, rel=0.56)
    correlation = np.corrcoef(samples.T) - np.eye(100)
    assert np.abs(correlation).max() < 5.5 * (2 * tau_c / 4000) ** 0.5  # the largest of 5000 pairs


@pytest.mark.parametrize("solver, variance", [("euler", lambda dt: 1 / (2 - dt)), ("heun", lambda dt: (
    dt * (1 - dt / 2) ** 2 / (1 - (1 - dt + dt**2 / 2) ** 2)))])
def test_white_noise_gives_the_stationary_variance_of_each_solver(solver, variance):
    """dx = -x dt + sigma dW: 1/2 sigma^2 for exact steps, and for steps of 0.5 the formula of the linear recursion."""
    sigma, dt = 1.4, 0.5
    drive = drives.white_noise(sigma, seed=2)
    result = run(solver, np.zeros((8, 8)), drive, 40_000, transient=100, n_exponents=1, dt=dt)
    # 8 units, 40000 steps that forget e^-0.5 or more: at least 7e4 independent squares; four standard errors
    assert result.unit_traces.var() == pytest.approx(sigma**2 * variance(dt), rel=4 * (2 / 7e4) ** 0.5)


def test_common_noise_is_common_and_independent_noise_is_not():
    for make in (drives.white_noise, lambda sigma, **how: drives.ornstein_uhlenbeck(sigma, 0.5, **how)):
        traces = [
            run("euler", np.zeros((4, 4)), make(0.5, seed=1, **how), 2000, n_exponents=1, initial_state=np.zeros(4)).unit_traces
            for how in (dict(common=True), {}, dict(input_weights=np.diag([1.0, 2, 3, 0])))
        ]
        np.testing.assert_array_equal(traces[0], np.repeat(traces[0][:, :1], 4, axis=1))
        correlation = np.corrcoef(traces[1].T) - np.eye(4)
        assert np.abs(correlation).max() < 0.5  # 200 tau are about 100 independent numbers: standard error 0.1
        np.testing.assert_allclose(traces[2], traces[1] * [1, 2, 3, 0], atol=1e-12)  # linear; rounding only


# --- Bad input ---

WRONG = [
    (lambda: drives.constant(np.nan), NetworkError, "NaN"),
    (lambda: drives.constant(np.ones((2, 2))), NetworkError, "shape"),
    (lambda: drives.array([1.0, np.nan], 0.1), NetworkError, "NaN"),
    (lambda: drives.array(np.ones((2, 2, 2)), 0.1), NetworkError, "shape"),
    (lambda: drives.array([], 0.1), NetworkError, "shape"),
    (lambda: drives.array([1j], 0.1), NetworkError, "real"),
    (lambda: drives.array([1.0, 2.0], 0), OptionError, "interval"),
    (lambda: drives.array([1.0, 2.0], 0.1, interpolation="liner"), OptionError, "did you mean 'linear'"),
    (lambda: drives.array([1.0, 2.0], 0.1, input_weights=np.ones((2, 2, 2))), NetworkError, "input_weights"),
    (lambda: drives.sinusoid(1.0, -1), OptionError, "frequency"),
    (lambda: drives.sinusoid(np.inf, 1), NetworkError, "amplitude"),
    (lambda: drives.sinusoid(1.0, 1, phase="random"), OptionError, "needs a seed"),
    (lambda: drives.sinusoid(1.0, 1, phase="randon", seed=1), OptionError, "did you mean 'random'"),
    (lambda: drives.sinusoid(1.0, 1, seed=1), OptionError, "no meaning"),
    (lambda: drives.sinusoid([1.0, 2.0], 1, phase=[1.0, 2.0, 3.0]), NetworkError, "2 entries, phase 3"),
    (lambda: drives.white_noise(-1, seed=1), OptionError, "sigma"),
    (lambda: drives.white_noise(1.0, seed=None), OptionError, "seed"),
    (lambda: drives.white_noise(1.0, common=1, seed=1), OptionError, "common"),
    (lambda: drives.white_noise(1.0, common=True, input_weights=np.ones(4), seed=1), OptionError, "contradicts"),
    (lambda: drives.ornstein_uhlenbeck(1.0, 0, seed=1), OptionError, "tau_c"),
]


@pytest.mark.parametrize("make, error, says", WRONG)
def test_bad_drives(make, error, says):
    with pytest.raises(error, match=says):
        make()


UNFITTING = [
    (drives.constant(np.ones(3)), "3 channels, the network has 4 units"),
    (drives.array(np.ones((9, 2)), 1), r"2 channels.*input_weights of shape \(4, 2\)"),
    (drives.array(np.ones((9, 2)), 1, input_weights=np.ones((3, 2))), r"\(3, 2\).*needs \(4, 2\)"),
    (drives.array(np.ones(9), 1, input_weights=np.ones((4, 2))), r"needs \(4, 1\)"),
    (drives.sinusoid(np.ones(3), 1), "3 channels"),
    (drives.white_noise(1, seed=1, input_weights=np.ones((3, 2))), r"needs \(4, m\)"),
]


@pytest.mark.parametrize("drive, says", UNFITTING)
@pytest.mark.parametrize("Network", [pylyap.RateNetwork, pylyap.DiscreteNetwork])
def test_drives_of_the_wrong_width(Network, drive, says):
    with pytest.raises(NetworkError, match=says):
        Network(np.zeros((4, 4)), drive=drive)


@pytest.mark.parametrize("drive, solver, says", [
    (drives.white_noise(1.0, seed=1), "rk4", 'use "heun"'),
    (drives.white_noise(1.0, seed=1), "tsit5", 'use "heun"'),
    (drives.ornstein_uhlenbeck(1.0, 1.0, seed=1), "tsit5", 'use "rk4"'),
    (drives.array(TABLE, 0.1, interpolation="constant"), "tsit5", 'use "rk4"'),
    (drives.array(TABLE, 0.17, interpolation="constant"), "rk4", "nearest is 0.2"),
    (drives.array(TABLE, 0.04, interpolation="constant"), "rk4", "nearest is 0.1"),
])
def test_drives_that_a_solver_cannot_have(drive, solver, says):
    with pytest.raises(OptionError, match=says):
        pylyap.lyapunov_spectrum(pylyap.RateNetwork(np.zeros((N, N)), drive=drive), t_average=2, solver=solver)


@pytest.mark.parametrize("model, interpolation, needed", [
    ("rk4", "linear", 41), ("heun", "linear", 41), ("euler", "linear", 40), ("map", "linear", 40),
    ("rk4", "constant", 40), ("euler", "constant", 40), ("map", "constant", 40)])
def test_an_array_must_last_for_the_whole_run_and_may_end_with_it(model, interpolation, needed):
    interval = 1 if model == "map" else DT
    short, enough = (drives.array(TABLE[:rows], interval, interpolation=interpolation) for rows in (needed - 1, needed))
    W = random_network(N, 1.0, seed=1)[0]
    with pytest.raises(OptionError, match=f"shorter than the run.*needs {needed} rows"):
        run(model, W, short, 20, transient=13, align=7)
    assert run(model, W, enough, 20, transient=13, align=7).n_blocks == 20


def test_white_noise_chooses_its_solver_and_is_in_the_provenance():
    net = pylyap.RateNetwork(np.zeros((2, 2)), drive=drives.white_noise(0.5, seed=7))
    spectrum = pylyap.lyapunov_spectrum(net, t_average=5, t_transient=0, t_align=0)
    assert spectrum.provenance["options"]["solver"] == "heun"
    assert "white_noise(sigma=0.5, seed=7)" in spectrum.provenance["network"]


@pytest.mark.parametrize("n_channels, dt", [(3, -1.0), (3, np.nan), (3, np.eye(2)), (-1, 0.1), (np.eye(2), 0.1), (True, 0.1)])
@pytest.mark.parametrize("drive", [drives.white_noise(0.5, seed=1), drives.ornstein_uhlenbeck(0.5, 2.0, seed=1)], ids=["white", "coloured"])
def test_sources_of_noise_refuse_what_is_no_number_of_channels_or_no_step(drive, n_channels, dt):
    with pytest.raises(OptionError, match=r"^(n_channels|dt) = "):
        drive.source(n_channels, dt)
