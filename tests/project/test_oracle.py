"""The oracle against formulas and against itself by other routes. No Julia here."""

import numpy as np
import pytest

import oracle

MODELS = [("map", None), ("euler", 0.1), ("rk4", 0.1)]
each_model = pytest.mark.parametrize("model, dt", MODELS)

# Eigenvalues 6 and 1 in the order C B A, but 3 and 2 in the order A B C.
A, B, C = np.array([[2, 1], [0, 1]]), np.array([[1, 0], [1, 1]]), np.array([[1, 2], [-1, 1]])


@pytest.fixture
def network():
    return oracle.random_network(6, 2.0, seed=2)


# --- The step and its Jacobian ---

@each_model
def test_jacobian_equals_central_differences(network, model, dt):
    W, bias, x0, _ = network
    step = oracle.one_step(W, model, dt=dt, tau=0.7, bias=bias)
    h = 1e-5  # truncation h^2 and rounding eps/h are both near 1e-10
    columns = [(step(x0 + h * e)[0] - step(x0 - h * e)[0]) / (2 * h) for e in np.eye(6)]
    assert np.allclose(step(x0)[1], np.transpose(columns), rtol=0, atol=1e-9)


@each_model
def test_jacobian_equals_complex_step(network, model, dt):
    W, bias, x0, _ = network
    step = oracle.one_step(W, model, dt=dt, tau=0.7, bias=bias)
    columns = [step(x0 + 1e-20j * e)[0].imag / 1e-20 for e in np.eye(6)]
    # A complex step has no truncation error: only rounding is left.
    assert np.allclose(step(x0)[1], np.transpose(columns), rtol=0, atol=1e-14)


@pytest.mark.parametrize("model, order", [("euler", 1), ("rk4", 4)])
def test_integrators_reach_the_exact_flow_at_their_order(network, model, order):
    W, bias, x0, Q0 = network
    x_exact, logs_exact = oracle.exact_flow(W, x0, Q0, 2.0, tau=0.7, bias=bias)
    dts = np.array([0.05, 0.025, 0.0125])
    state_errors, log_errors = [], []
    for dt in dts:
        n_steps = round(2.0 / dt)
        logs, x, _ = oracle.oracle_spectrum(W, model, x0, Q0, n_steps, dt=dt, tau=0.7, bias=bias)
        state_errors.append(np.linalg.norm(x - x_exact))
        log_errors.append(np.linalg.norm(logs.sum(0) - logs_exact))
    # The next term of the error expansion moves a fitted order by a few times dt * rate, here about 0.1.
    assert oracle.convergence_order(dts, state_errors) == pytest.approx(order, abs=0.2)
    assert oracle.convergence_order(dts, log_errors) == pytest.approx(order, abs=0.2)


def test_slope_is_right_where_tanh_saturates():
    # 1 - tanh^2 would be 0 at 20; sech^2 there is 4 exp(-40) to relative 1e-17.
    assert oracle.slope(20.0) == pytest.approx(4 * np.exp(-40.0), rel=1e-12, abs=0)


# --- The product and its factorisation ---

def test_qr_has_orthonormal_q_and_positive_diagonal():
    M = np.random.default_rng(0).standard_normal((7, 4))
    Q, diagonal = oracle.qr_positive(M)
    R = Q.T @ M
    # Rounding of a few products of order-one numbers.
    assert np.allclose(Q.T @ Q, np.eye(4), rtol=0, atol=1e-14)
    assert np.allclose(R, np.triu(R), rtol=0, atol=1e-14) and np.allclose(np.diag(R), diagonal, rtol=0, atol=1e-14)
    assert np.all(diagonal > 0)


@each_model
@pytest.mark.parametrize("qr_every", [1, 3, 8])
def test_blocks_add_up_to_one_qr_of_the_whole_product(network, model, dt, qr_every):
    W, bias, x0, Q0 = network
    logs, _, Q = oracle.oracle_spectrum(W, model, x0, Q0[:, :4], 8, qr_every, dt, 0.7, bias)
    _, jacobians = oracle.trajectory(oracle.one_step(W, model, dt=dt, tau=0.7, bias=bias), x0, 8)
    Q_once, diagonal = oracle.qr_positive(oracle.product(jacobians) @ Q0[:, :4])
    assert len(logs) == -(-8 // qr_every)
    # Eight steps have a condition number of at most about 1e6: rounding 1e-16 * 1e6.
    assert np.allclose(logs.sum(0), np.log(diagonal), rtol=0, atol=1e-10)
    assert np.allclose(Q, Q_once, rtol=0, atol=1e-10)


@each_model
def test_all_exponents_add_up_to_the_log_determinant(network, model, dt):
    W, bias, x0, Q0 = network
    logs, _, _ = oracle.oracle_spectrum(W, model, x0, Q0, 40, dt=dt, bias=bias)
    _, jacobians = oracle.trajectory(oracle.one_step(W, model, dt=dt, bias=bias), x0, 40)
    # Per step: rounding 1e-16 times the condition number of a one-step Jacobian, at most about 1e3 here.
    assert np.allclose(logs.sum(1), oracle.log_determinants(jacobians), rtol=0, atol=1e-12)


def test_sum_rule_of_the_flow_holds_to_the_order_of_rk4(network):
    W, bias, x0, Q0 = network
    dts, residuals = np.array([0.05, 0.025, 0.0125]), []
    for dt in dts:
        logs, _, _ = oracle.oracle_spectrum(W, "rk4", x0, Q0, round(2.0 / dt), dt=dt, bias=bias)
        residuals.append(abs(logs.sum() / 2.0 / 6 + 1))  # no autapses: the mean exponent is -1/tau
    assert residuals[-1] < 5e-8  # |rate|^5 dt^4 / 120 with rates up to 3
    assert oracle.convergence_order(dts, residuals) == pytest.approx(4, abs=0.2)  # the next term, rate * dt


@each_model
def test_adjoint_sequence_has_the_transposed_product(network, model, dt):
    W, bias, x0, _ = network
    _, jacobians = oracle.trajectory(oracle.one_step(W, model, dt=dt, bias=bias), x0, 8)
    forward, backward = oracle.product(jacobians), oracle.product(oracle.adjoint(jacobians))
    scale = np.abs(forward).max()
    assert np.allclose(backward, forward.T, rtol=0, atol=1e-14 * scale)  # rounding
    # The mistake this tells apart is no rounding matter.
    wrong = oracle.product(oracle.transposed_in_forward_time(jacobians))
    assert np.abs(wrong - forward.T).max() > 1e-3 * scale


@each_model
def test_a_real_perturbation_grows_like_the_first_tangent_vector(network, model, dt):
    W, bias, x0, Q0 = network
    step = oracle.one_step(W, model, dt=dt, bias=bias)
    logs, _, _ = oracle.oracle_spectrum(W, model, x0, Q0[:, :1], 200, dt=dt, bias=bias)
    growth = oracle.two_trajectory_log_growth(step, x0, Q0[:, 0], 200, size=1e-7)
    # Per step curvature 1e-7 and rounding 1e-16/1e-7 = 1e-9 over 200 steps, some of which add up.
    assert growth == pytest.approx(logs.sum(), abs=1e-5)


# --- Closed forms ---

def test_cyclic_shift_has_the_published_values():
    W = oracle.shift_network()
    # Worked out by hand: mu = 0.8 exp(2 pi i m / 8); given to 6 decimals.
    flow = [-.2, -.434315, -.434315, -1, -1, -1.565685, -1.565685, -1.8]
    tenth = [-.202027, -.426573, -.426573, -1.014254, -1.014254, -1.680325, -1.680325, -1.984509]
    half = [-.210721, -.366952, -.366952, -.891598, -.891598, -2.062330, -2.062330, -4.605170]
    assert np.allclose(oracle.flow_exponents(W), flow, rtol=0, atol=6e-7)
    assert np.allclose(oracle.flow_exponents(W, tau=2), np.divide(flow, 2), rtol=0, atol=6e-7)
    assert np.allclose(oracle.euler_exponents(W, 0.1), tenth, rtol=0, atol=6e-7)
    assert np.allclose(oracle.euler_exponents(W, 0.5), half, rtol=0, atol=6e-7)
    assert np.allclose(oracle.euler_exponents(W, 1.0), np.log(0.8), rtol=0, atol=1e-12)
    assert np.allclose(oracle.map_exponents(W), np.log(0.8), rtol=0, atol=1e-12)


@pytest.mark.parametrize("model, formula", [
    ("map", oracle.map_exponents),
    ("euler", lambda W: oracle.euler_exponents(W, 0.1)),
    ("rk4", lambda W: oracle.rk4_exponents(W, 0.1))])
def test_cyclic_shift_spectrum_settles_on_the_formula(model, formula):
    W, Q0 = oracle.shift_network(), oracle.random_network(8, 1.0, seed=2)[3]
    n_align, duration = 1800, 1.0 if model == "map" else 0.1
    logs, x, _ = oracle.oracle_spectrum(W, model, np.zeros(8), Q0, n_align + 1, dt=0.1)
    # The smallest gap is 0.22 per tau: the frame is aligned to exp(-0.22 * 180) = 1e-17; then rounding / dt.
    assert np.allclose(oracle.descending(logs[-1] / duration), formula(W), rtol=0, atol=1e-12)
    assert np.all(x == 0)


def test_rk4_formula_approaches_the_flow_formula():
    W = oracle.shift_network()
    # Leading error |z|^5 / (120 dt) with |z| <= 1.8 dt: 1.6e-5 at dt = 0.1; twice that as the bound.
    assert np.allclose(oracle.rk4_exponents(W, 0.1), oracle.flow_exponents(W), rtol=0, atol=3.2e-5)


def test_orthogonal_matrices_have_one_exponent():
    rng = np.random.default_rng(3)
    matrices = [1.5 * oracle.qr_positive(rng.standard_normal((5, 5)))[0] for _ in range(100)]
    logs, _ = oracle.frame_logs(matrices, np.eye(5), qr_every=4)
    assert np.allclose(logs.sum(0) / 100, 0.4054651081, rtol=0, atol=1e-10)  # ln 1.5 to the digits given


# --- Order of multiplication ---

def test_three_matrices_are_multiplied_in_forward_time_order():
    assert np.allclose(oracle.cycle_exponents([A, B, C]), [np.log(6) / 3, 0], rtol=0, atol=1e-14)
    assert np.allclose(oracle.cycle_exponents([C, B, A]), [np.log(3) / 3, np.log(2) / 3], rtol=0, atol=1e-14)
    cycles = 40 * [A, B, C]

    def last_cycle(matrices):
        return oracle.descending(oracle.frame_logs(matrices, np.eye(2))[0][-3:].mean(0))

    # Alignment error: ratio of eigenvalues to the power of cycles, 6^-39 = 1e-30 and 1.5^-39 = 1e-7.
    assert np.allclose(last_cycle(cycles), [np.log(6) / 3, 0], rtol=0, atol=1e-14)
    assert np.allclose(last_cycle(oracle.adjoint(cycles)), [np.log(6) / 3, 0], rtol=0, atol=1e-14)
    wrong = last_cycle(oracle.transposed_in_forward_time(cycles))
    assert np.allclose(wrong, [np.log(3) / 3, np.log(2) / 3], rtol=0, atol=1e-6)


def test_cycle_network_realises_the_three_matrices():
    W, x0 = oracle.cycle_network(A, B, C)
    x, jacobians = oracle.trajectory(oracle.one_step(W, "map"), x0, 300)
    assert np.array_equal(x, x0)  # every number of the orbit is an integer: no rounding at all
    frame = np.zeros((9, 2))
    frame[3:5] = oracle.qr_positive(np.array([[1.0, 2.0], [3.0, 5.0]]))[0]
    logs, _ = oracle.frame_logs(jacobians, frame)
    expected, _ = oracle.frame_logs(100 * [A, B, C], frame[3:5])
    # The saturated neurons leak 1.7e-17 * 20: rounding only.
    assert np.allclose(logs, expected, rtol=0, atol=1e-13)
    wrong = oracle.frame_logs(oracle.transposed_in_forward_time(jacobians), frame)[0][-3:].mean(0)
    assert np.allclose(wrong, [np.log(3) / 3, np.log(2) / 3], rtol=0, atol=1e-13)


def test_a_direction_that_dies_is_minus_infinity():
    M = np.array([[1.0, 2.0, 3.0], [0.5, 1.0, -1.0], [0.0, 0.0, 0.0]])
    logs, _ = oracle.frame_logs([M, M], oracle.random_network(3, 1.0, seed=4)[3])
    assert np.all(np.isneginf(logs[:, -1])) and np.all(np.isfinite(logs[:, :-1]))
