"""The Julia core, through the public call, against the NumPy oracle and against closed forms.

Times are in units of tau and exponents are per tau (per step for the map), whatever tau is.
Runs with a given state and frame are compared number by number. The bound of 1e-11 leaves room for rounding only:
the same 50 steps with the neurons renumbered, which rounds differently, move by 2e-14 in the oracle itself.
"""

import numpy as np
import pytest

import oracle
import pylyap

MODELS = [("map", None), ("euler", 0.1), ("rk4", 0.1)]
each_model = pytest.mark.parametrize("model, dt", MODELS)
ROUNDING = dict(rtol=0, atol=1e-11)

# Eigenvalues 6 and 1 in the order C B A, but 3 and 2 in the order A B C.
A, B, C = np.array([[2, 1], [0, 1]]), np.array([[1, 0], [1, 1]]), np.array([[1, 2], [-1, 1]])


@pytest.fixture
def network():
    return oracle.random_network(6, 2.0, seed=2)


def core_spectrum(W, model, *, dt=None, tau=1.0, bias=None, **options):
    """The public call; options are passed on."""
    if model == "map":
        return pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W, bias=bias), **options)
    network = pylyap.RateNetwork(W, tau=tau, bias=bias)
    return pylyap.lyapunov_spectrum(network, dt=dt, solver=model, **options)


def core_stretch(W, model, x0, Q0, n_steps, qr_every=1, dt=None, tau=1.0, bias=None, align=0, transient=0):
    """The oracle's call, answered by the core: exactly this stretch of trajectory, counted in steps."""
    step = 1 if model == "map" else dt
    return core_spectrum(W, model, dt=dt, tau=tau, bias=bias, n_exponents=Q0.shape[1], t_average=n_steps * step,
                         t_transient=transient * step, t_align=align * step, qr_interval=qr_every * step,
                         initial_state=x0, initial_frame=Q0)


def oracle_stretch(W, model, x0, Q0, n_steps, qr_every=1, dt=None, tau=1.0, bias=None):
    """The oracle's run, its dt turned from tau into time."""
    return oracle.oracle_spectrum(W, model, x0, Q0, n_steps, qr_every, dt and dt * tau, tau, bias)


def assert_same_logs(result, logs, n_steps, qr_every=1, dt=None):
    """Exponents and local exponents of a result equal those of the oracle's block logs."""
    step = dt or 1
    steps = np.full(len(logs), qr_every)
    steps[-1] = n_steps - qr_every * (len(logs) - 1)
    exponents = logs.sum(0) / (n_steps * step)
    order = np.argsort(-exponents, kind="stable")  # a result lists its directions in descending order
    assert result.local_exponents.shape == logs.shape
    assert np.allclose(result.exponents, exponents[order], **ROUNDING)
    assert np.allclose(result.local_exponents, (logs / (steps * step)[:, None])[:, order], **ROUNDING)


# --- Number by number ---

@each_model
@pytest.mark.parametrize("k", [10, 4])
def test_fifty_steps_equal_the_oracle(model, dt, k):
    W, bias, x0, Q0 = oracle.random_network(10, 2.0, seed=7)
    run = dict(n_steps=50, dt=dt, bias=bias, tau=1.0 if model == "map" else 1.7)
    logs, x, Q = oracle_stretch(W, model, x0, Q0[:, :k], **run)
    given = [array.copy() for array in (W, x0, Q0, bias)]
    result = core_stretch(W, model, x0, Q0[:, :k], **run)
    assert_same_logs(result, logs, 50, dt=dt)
    assert np.allclose(result.final_state, x, **ROUNDING)
    assert np.allclose(result.final_frame, Q, **ROUNDING)
    for before, after in zip(given, (W, x0, Q0, bias)):
        assert np.array_equal(before, after)  # the core works on its own copies of state and frame


@pytest.mark.parametrize("model, dt", [("map", None), ("euler", 0.02), ("rk4", 0.02)])
@pytest.mark.parametrize("k", [120, 75])
def test_a_frame_wide_enough_for_threads_and_a_long_block_equal_the_oracle(model, dt, k):
    W, bias, x0, Q0 = oracle.random_network(120, 1.5, seed=13)
    n_steps, qr_every = (10, 1) if model == "map" else (100, 70)
    logs, x, _ = oracle_stretch(W, model, x0, Q0[:, :k], n_steps, qr_every, dt=dt, bias=bias)
    result = core_stretch(W, model, x0, Q0[:, :k], n_steps, qr_every, dt=dt, bias=bias)
    # The condition number of a block is 80 for the flow and 1e4 for the map: rounding reaches 1e-12 at most.
    assert_same_logs(result, logs, n_steps, qr_every, dt=dt)
    assert np.allclose(result.final_state, x, **ROUNDING)


@each_model
def test_transient_moves_the_state_and_alignment_moves_both(network, model, dt):
    W, bias, x0, Q0 = network
    _, x, _ = oracle_stretch(W, model, x0, Q0, 7, dt=dt, bias=bias)
    _, x, Q = oracle_stretch(W, model, x, Q0, 5, dt=dt, bias=bias)
    logs, x, _ = oracle_stretch(W, model, x, Q, 20, dt=dt, bias=bias)
    result = core_stretch(W, model, x0, Q0, 20, dt=dt, bias=bias, transient=7, align=5)
    assert_same_logs(result, logs, 20, dt=dt)
    assert np.allclose(result.final_state, x, **ROUNDING)


@each_model
@pytest.mark.parametrize("k", range(1, 7))
def test_any_k_gives_the_first_k_of_the_full_frame(network, model, dt, k):
    W, bias, x0, Q0 = network
    full_logs, _, _ = oracle_stretch(W, model, x0, Q0, 50, dt=dt, bias=bias)
    result = core_stretch(W, model, x0, Q0[:, :k], 50, dt=dt, bias=bias)
    assert_same_logs(result, full_logs[:, :k], 50, dt=dt)


@each_model
def test_an_average_that_is_no_multiple_of_the_block_loses_nothing(network, model, dt):
    W, bias, x0, Q0 = network
    logs, _, _ = oracle_stretch(W, model, x0, Q0, 50, qr_every=8, dt=dt, bias=bias)
    result = core_stretch(W, model, x0, Q0, 50, qr_every=8, dt=dt, bias=bias)
    assert len(logs) == 7  # six blocks of eight steps and one of two
    assert_same_logs(result, logs, 50, qr_every=8, dt=dt)
    every_step = core_stretch(W, model, x0, Q0, 50, dt=dt, bias=bias)
    assert np.allclose(result.exponents, every_step.exponents, **ROUNDING)


@each_model
def test_numbering_of_the_neurons_does_not_matter(network, model, dt):
    W, bias, x0, Q0 = network
    p = np.array([3, 0, 5, 1, 4, 2])
    result = core_stretch(W, model, x0, Q0, 50, dt=dt, bias=bias)
    renumbered = core_stretch(W[np.ix_(p, p)], model, x0[p], Q0[p], 50, dt=dt, bias=bias[p])
    assert np.allclose(renumbered.local_exponents, result.local_exponents, **ROUNDING)
    assert np.allclose(renumbered.final_state, result.final_state[p], **ROUNDING)


@pytest.mark.parametrize("model", ["euler", "rk4"])
def test_tau_only_sets_the_unit_of_time(network, model):
    W, bias, x0, Q0 = network
    slow, fast = (core_stretch(W, model, x0, Q0, 50, dt=0.1, tau=tau, bias=bias) for tau in (2.5, 0.01))
    assert np.allclose(slow.local_exponents, fast.local_exponents, **ROUNDING)
    assert np.allclose(slow.final_state, fast.final_state, **ROUNDING)


def test_saturated_neurons_keep_the_digits_of_their_exponents():
    # Slopes 4 exp(-2u) down to 1e-30, which 1 - tanh(u)^2 would round to 0. No mixing: each exponent is on its own.
    W, bias = np.diag([1.0, 1.0, 1.0]), np.array([3.0, 15.0, 34.0])
    logs, _, _ = oracle_stretch(W, "map", np.ones(3), np.eye(3), 20, bias=bias)
    result = core_stretch(W, "map", np.ones(3), np.eye(3), 20, bias=bias)
    assert_same_logs(result, logs, 20)
    assert np.allclose(result.local_exponents[1:, 2], np.log(4) - 70, **ROUNDING)  # u = 34 + tanh = 35


# --- Order of multiplication ---

@pytest.mark.parametrize("qr_every", [1, 3])
def test_three_matrices_are_multiplied_in_forward_time_order(qr_every):
    W, x0 = oracle.cycle_network(A, B, C)
    frame = np.zeros((9, 2))
    frame[3:5] = oracle.qr_positive(np.array([[1.0, 2.0], [3.0, 5.0]]))[0]
    logs, _ = oracle.frame_logs(4 * [A, B, C], frame[3:5], qr_every)
    assert_same_logs(core_stretch(W, "map", x0, frame, 12, qr_every), logs, 12, qr_every)
    # Aligned to 6^-40 = 1e-31. Reversed or transposed factors would give ln 3 / 3 and ln 2 / 3 instead.
    aligned = core_stretch(W, "map", x0, frame, 30, qr_every, align=120)
    assert np.allclose(aligned.exponents, [np.log(6) / 3, 0], rtol=0, atol=1e-12)
    assert np.array_equal(aligned.final_state, x0)  # 150 steps of an exact integer orbit


# --- Closed forms ---

@pytest.mark.parametrize("model, dt, formula", [
    ("map", None, oracle.map_exponents),
    ("euler", 0.1, lambda W: oracle.euler_exponents(W, 0.1)),
    ("euler", 0.5, lambda W: oracle.euler_exponents(W, 0.5)),
    ("rk4", 0.1, lambda W: oracle.rk4_exponents(W, 0.1))])
def test_cyclic_shift_at_rest_has_the_formula_spectrum(model, dt, formula):
    W = oracle.shift_network()
    step = dt or 1
    result = core_spectrum(W, model, dt=dt, t_average=10 * step, t_transient=0, t_align=1800 * step,
                           qr_interval=step, initial_state=np.zeros(8), seed=3)
    # The smallest gap is 0.22 per tau: aligned to exp(-0.22 * 180) = 1e-17; then rounding 1e-16 / dt per step.
    assert np.allclose(result.exponents, formula(W), rtol=0, atol=1e-12)
    assert np.all(result.final_state == 0)
    if model == "rk4":  # integration error |z|^5 / (120 dt), |z| <= 1.8 dt: 1.6e-5, and twice that as the bound
        assert np.allclose(result.exponents, oracle.flow_exponents(W), rtol=0, atol=3.2e-5)


@pytest.mark.parametrize("model, dt, formula", [
    ("map", None, oracle.map_exponents),
    ("euler", 0.1, lambda W: oracle.euler_exponents(W, 0.1)),
    ("rk4", 0.1, oracle.flow_exponents)])
def test_weak_gaussian_network_relaxes_to_the_eigenvalue_formula(model, dt, formula):
    W = oracle.random_network(12, 0.5, seed=5)[0]
    step = dt or 1
    # Both the state and its memory of the start are gone after 100 units: the slowest rate is about 0.5.
    result = core_spectrum(W, model, dt=dt, t_average=1000 * step, t_transient=100, t_align=100, qr_interval=step)
    # Complex pairs turn their vectors round for ever, so logs oscillate by up to ln cond(eigenvectors).
    bound = np.log(np.linalg.cond(np.linalg.eig(W)[1])) / (1000 * step)
    assert np.allclose(result.exponents, formula(W), rtol=0, atol=bound)
    assert np.all(np.abs(result.final_state) < 1e-12)
    assert result.kaplan_yorke_dimension == 0 and result.entropy_rate == 0 and result.n_positive == 0


@each_model
def test_all_exponents_add_up_to_the_log_determinant(network, model, dt):
    W, bias, x0, Q0 = network
    _, jacobians = oracle.trajectory(oracle.one_step(W, model, dt=dt, bias=bias), x0, 50)
    result = core_stretch(W, model, x0, Q0, 50, dt=dt, bias=bias)
    sums = result.local_exponents.sum(1) * (dt or 1)
    # Per step, before any trajectory has had time to drift: rounding times a condition number of at most 1e3.
    assert np.allclose(sums, oracle.log_determinants(jacobians), rtol=0, atol=1e-11)


def test_sum_rule_residual_is_rounding_for_the_map(network):
    W, bias, x0, Q0 = network
    result = core_stretch(W, "map", x0, Q0, 50, bias=bias)
    assert abs(result.diagnostics["sum_rule_residual"]) < 1e-12  # a mean of the differences bounded just above


def test_sum_rule_residual_of_the_flow_is_the_error_of_rk4(network):
    W, bias, x0, Q0 = network
    W = W + np.diag([0.9, -0.5, 0.4, 0.7, -0.2, 0.3])  # autapses make the trace depend on the state
    dts, residuals = np.array([0.05, 0.025, 0.0125]), []
    for dt in dts:
        result = core_stretch(W, "rk4", x0, Q0, round(2 / dt), dt=dt, bias=bias)
        residuals.append(abs(result.diagnostics["sum_rule_residual"]))
    assert residuals[-1] < 5e-8  # |rate|^5 dt^4 / 120 with rates up to 3
    assert oracle.convergence_order(dts, residuals) == pytest.approx(4, abs=0.2)  # the next term, rate * dt


@pytest.mark.parametrize("tau", [1.0, 2.5])
def test_mean_exponent_without_autapses_is_minus_one_per_tau_to_order_four(network, tau):
    W, bias, x0, Q0 = network
    dts, residuals = np.array([0.05, 0.025, 0.0125]), []
    for dt in dts:
        result = core_stretch(W, "rk4", x0, Q0, round(2 / dt), dt=dt, tau=tau, bias=bias)
        residuals.append(abs(result.exponents.mean() + 1))
    assert residuals[-1] < 5e-8  # |rate|^5 dt^4 / 120 with rates up to 3 per tau
    assert oracle.convergence_order(dts, residuals) == pytest.approx(4, abs=0.2)  # the next term, rate * dt


@pytest.mark.parametrize("model, order", [("euler", 1), ("rk4", 4)])
def test_state_and_tangent_converge_at_the_order_of_the_integrator(network, model, order):
    W, bias, x0, Q0 = network
    x_exact, logs_exact = oracle.exact_flow(W, x0, Q0, 2.0, bias=bias)
    dts = np.array([0.05, 0.025, 0.0125])
    state_errors, log_errors = [], []
    for dt in dts:
        result = core_stretch(W, model, x0, Q0, round(2 / dt), dt=dt, bias=bias)
        state_errors.append(np.linalg.norm(result.final_state - x_exact))
        log_errors.append(np.linalg.norm(2.0 * result.exponents - oracle.descending(logs_exact)))
    # The next term of the error expansion moves a fitted order by a few times dt * rate, here about 0.1.
    assert oracle.convergence_order(dts, state_errors) == pytest.approx(order, abs=0.2)
    assert oracle.convergence_order(dts, log_errors) == pytest.approx(order, abs=0.2)


# --- Long runs ---

def test_few_exponents_of_a_long_run_equal_the_first_of_the_full_run_within_their_errors():
    W, bias, x0, _ = oracle.random_network(10, 4.0, seed=18)
    # Without noise the chaos of ten units may be transient: a cycle attracts, and rounding says when. Noise has no cycles.
    network = pylyap.DiscreteNetwork(W, bias=bias, drive=pylyap.drives.white_noise(0.5, seed=5))
    run = dict(t_average=20_000, t_align=200, qr_interval=1, initial_state=x0)
    full = pylyap.lyapunov_spectrum(network, t_transient=200, seed=1, **run)
    few = pylyap.lyapunov_spectrum(network, t_transient=50_000, seed=2, n_exponents=3, **run)  # another stretch and frame
    assert full.exponents[0] > 0.1  # chaotic: the two stretches are independent samples
    # Five standard errors of the difference: three comparisons fail by chance once in 500,000 roundings.
    assert np.all(np.abs(few.exponents - full.exponents[:3]) < 5 * np.hypot(few.stderr, full.stderr[:3]))
    assert np.all(few.stderr < 0.015)  # so that the comparison above says something


# --- Directions that die ---

@pytest.mark.parametrize("dead", [5, 2, 0])
def test_a_neuron_without_input_kills_one_direction_at_every_step(network, dead):
    W, _, x0, Q0 = network
    W[dead] = 0  # its row of every Jacobian is exactly zero
    result = core_stretch(W, "map", x0, Q0, 20)
    # The oracle's plain Householder QR keeps a zero row exact only as the last one: renumber for it.
    p = np.append(np.delete(np.arange(6), dead), dead)
    logs, _, _ = oracle_stretch(W[np.ix_(p, p)], "map", x0[p], Q0[p], 20)
    assert_same_logs(result, logs, 20)
    assert np.all(np.isneginf(result.local_exponents[:, -1])) and np.isneginf(result.exponents[-1])
    assert np.all(np.isfinite(result.exponents[:-1]))
    assert result.diagnostics["n_collapsed"] == 1


def test_a_neuron_without_output_kills_its_direction_once_and_for_all(network):
    W, _, x0, _ = network
    W[:, -1] = 0
    result = core_stretch(W, "map", x0, np.eye(6), 20)
    logs, _, _ = oracle_stretch(W, "map", x0, np.eye(6), 20)
    assert np.isneginf(result.local_exponents[0, -1]) and np.isneginf(result.exponents[-1])
    # After its death the sixth column of Q is whatever the QR filled in: only the other five are determined.
    assert np.allclose(result.exponents[:-1], oracle.descending(logs[:, :-1].sum(0) / 20), **ROUNDING)
    assert result.diagnostics["n_collapsed"] == 1
