"""Networks with each activation, through the public call, against the step itself: nobody here knows a derivative.

The Jacobian of a step is taken by central differences, so activations enter as values only.
"""

import pickle

import numpy as np
import pytest
from scipy import special

import oracle
import pylyap
from pylyap import activations
from pylyap.errors import OptionError

PHI = {
    "tanh": np.tanh,
    "linear": lambda u: u,
    "relu": lambda u: np.maximum(u, 0),
    "hard_tanh": lambda u: np.clip(u, -1, 1),
    "softplus": lambda u: np.logaddexp(0, u),
    "logistic": special.expit,
    "erf": special.erf,
    activations.threshold_linear(1.4, threshold=-0.2): lambda u: 1.4 * np.maximum(u + 0.2, 0),
}
each_activation = pytest.mark.parametrize("activation", list(PHI), ids=str)


def map_step(W, phi, bias):
    return lambda x: phi(W @ x + bias)


def rk4_step(W, phi, bias, dt):
    def velocity(x):
        return -x + W @ phi(x) + bias

    def step(x):
        k1 = velocity(x)
        k2 = velocity(x + dt / 2 * k1)
        k3 = velocity(x + dt / 2 * k2)
        k4 = velocity(x + dt * k3)
        return x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    return step


def jacobian(step, x, h=1e-5):
    return np.column_stack([(step(x + e) - step(x - e)) / (2 * h) for e in h * np.eye(len(x))])


def exponents(step, x, Q, n_steps):
    """Per step, in the order of the frame's columns; and the last state."""
    matrices = []
    for _ in range(n_steps):
        matrices.append(jacobian(step, x))
        x = step(x)
    return oracle.frame_logs(matrices, Q)[0].mean(0), x


def run(network, x0, Q0, n_steps, dt=None):
    return pylyap.lyapunov_spectrum(
        network, t_transient=0, t_align=0, t_average=n_steps * (dt or 1), dt=dt, qr_interval=dt or 1,
        initial_state=x0, initial_frame=Q0,
    )


def assert_same(result, expected, x):
    # Central differences with h = 1e-5 err by h^2 phi''' / 6 and 1e-16 / h, 1e-10 of a Jacobian entry at most; the
    # smallest exponent of these runs amplifies that by the condition number of a step, below 1e4.
    np.testing.assert_allclose(result.exponents, np.sort(expected)[::-1], rtol=0, atol=1e-6)
    np.testing.assert_allclose(result.final_state, x, rtol=0, atol=1e-11)


@each_activation
def test_map(activation):
    W, bias, x0, Q0 = oracle.random_network(8, 1.2, seed=3)
    if str(activation).startswith(("relu", "threshold", "hard")):
        Q0 = Q0[:, :2]  # with more directions than units with a slope some would die, which is for a test below
    expected, x = exponents(map_step(W, PHI[activation], bias), x0, Q0, 12)
    assert_same(run(pylyap.DiscreteNetwork(W, activation=activation, bias=bias), x0, Q0, 12), expected, x)


@each_activation
def test_flow(activation):
    W, bias, x0, Q0 = oracle.random_network(8, 1.2, seed=3)
    expected, x = exponents(rk4_step(W, PHI[activation], bias, 0.1), x0, Q0, 40)
    assert_same(run(pylyap.RateNetwork(W, activation=activation, bias=bias), x0, Q0, 40, dt=0.1), expected / 0.1, x)


@each_activation
def test_sum_rule_of_the_flow(activation):
    W, bias, x0, Q0 = oracle.random_network(10, 1.5, seed=4)
    result = run(pylyap.RateNetwork(W, activation=activation, bias=bias), x0, Q0, 300, dt=0.05)
    # the trace is -1 per unit; RK4 keeps the volume to order dt^4, 6e-6, where phi is smooth and to dt^2 at kinks
    assert result.exponents.mean() == pytest.approx(-1, abs=1e-3)
    assert abs(result.diagnostics["sum_rule_residual"]) < 1e-3


@pytest.mark.parametrize("activation", ["tanh", "linear", "softplus", "logistic", "erf"])
def test_sum_rule_of_the_map(activation):
    W, bias, x0, Q0 = oracle.random_network(10, 1.2, seed=5)
    residual = run(pylyap.DiscreteNetwork(W, activation=activation, bias=bias), x0, Q0, 50).diagnostics["sum_rule_residual"]
    # the logarithms of the slopes were summed, those of the diagonal of R measured: rounding times the condition of W
    assert abs(residual) < 1e-9


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
def test_units_that_are_off_collapse_directions_of_a_map(activation):
    W, _, _, Q0 = oracle.random_network(6, 1.0, seed=6)
    x0, bias = np.zeros(6), np.array([5.0, 5.0, 0.5, 0.5, 0.5, 0.5])
    if activation == "relu":
        bias[:2] *= -1  # two units far below threshold; for hard_tanh two far in saturation
    result = run(pylyap.DiscreteNetwork(0.01 * W, activation=activation, bias=bias), x0, Q0, 10)
    assert result.diagnostics["n_collapsed"] == 2 and np.isneginf(result.exponents[-2:]).all()
    # the state sits at a fixed point with slope 1 for the four others: their weights alone, step after step
    logs = oracle.frame_logs([0.01 * np.diag([0, 0, 1, 1, 1, 1]) @ W] * 10, Q0)[0].mean(0)
    np.testing.assert_allclose(result.exponents[:4], np.sort(logs)[::-1][:4], rtol=0, atol=1e-9)  # rounding


def test_relu_network_at_a_fixed_point_has_the_eigenvalues_of_its_active_units():
    W, _, x0, _ = oracle.random_network(40, 0.5, seed=7)
    result = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W, activation="relu", bias=np.full(40, 0.3)), t_average=2000)
    on = result.final_state > 0
    assert 0 < on.sum()
    expected = np.sort(np.linalg.eigvals(W * on).real - 1)[::-1]
    # a fixed point has no statistical error; the eigenvectors settle as 1 / t_average
    np.testing.assert_allclose(result.exponents, expected, rtol=0, atol=0.01)


def test_custom_activation_equals_the_built_in_one():
    W, bias, x0, Q0 = oracle.random_network(8, 2.0, seed=8)
    mine = activations.custom(value="u -> tanh(u)", slope="u -> 1 / cosh(u)^2")
    for Network, dt in ((pylyap.RateNetwork, 0.1), (pylyap.DiscreteNetwork, None)):
        results = [run(Network(W, activation=phi, bias=bias), x0, Q0, 60, dt) for phi in (mine, "tanh")]
        # the same numbers but for the last bit of a slope
        np.testing.assert_allclose(results[0].exponents, results[1].exponents, rtol=0, atol=1e-10)
        assert "1 / cosh(u)^2" in results[0].provenance["network"]


def test_custom_activation_of_several_lines_and_with_integers():
    phi = activations.custom(value="function (u)\n  u > 0 ? u : 0\nend", slope="u -> u > 0 ? 1 : 0")
    W, bias, x0, Q0 = oracle.random_network(5, 1.5, seed=9)
    results = [run(pylyap.RateNetwork(W, activation=a, bias=bias), x0, Q0, 30, 0.1) for a in (phi, "relu")]
    np.testing.assert_array_equal(results[0].exponents, results[1].exponents)


def test_custom_activations_do_not_share_names():
    W, bias, x0, Q0 = oracle.random_network(5, 1.5, seed=9)
    source = "begin constant = {0}; u -> tanh(constant * u) end", "u -> constant / cosh(constant * u)^2"
    mine = [activations.custom(*(text.format(c) for text in source)) for c in (2.0, 3.0)]
    plain = activations.custom("u -> tanh(2.0 * u)", "u -> 2.0 / cosh(2.0 * u)^2")
    first, second, expected = (
        run(pylyap.RateNetwork(W, activation=phi, bias=bias), x0, Q0, 30, 0.1).exponents for phi in (*mine, plain)
    )
    np.testing.assert_allclose(first, expected, rtol=0, atol=1e-10)  # the same numbers but for the last bit of a slope
    assert np.abs(second - expected).max() > 0.01


@pytest.mark.parametrize(
    "value, slope, message",
    [
        ("u -> tanh(u)", "u -> 1 - tanh(u)", "slope is not the derivative"),
        ("u -> u", "u -> 1.0 + (u > 9.5)", "slope is not the derivative"),
        ("u -> [u, u]", "u -> 1.0", "finite real numbers"),
        ("u -> sqrt(u)", "u -> 1 / (2 * sqrt(u))", "DomainError"),
        ("u -> log(abs(u) - 20)", "u -> 1.0", "DomainError"),
        ("u -> 1 / 0 * u", "u -> 1.0", "finite real numbers"),
        ("u -> tanh(u", "u -> 1.0", "custom activation"),
        ("u + 1", "u -> 1.0", "not defined"),
        ("3", "u -> 1.0", "custom activation"),
    ],
)
def test_custom_activation_that_cannot_be_used(value, slope, message):
    with pytest.raises(OptionError, match=message):
        activations.custom(value=value, slope=slope)


@pytest.mark.parametrize("given", [np.tanh, None, 3])
def test_custom_activation_is_text(given):
    with pytest.raises(OptionError, match="^slope = .*Julia expression"):
        activations.custom("u -> u", given)


@pytest.mark.parametrize("gain", [0, -1.0, np.nan, "1"])
def test_bad_gain(gain):
    with pytest.raises(OptionError, match="^gain = .*> 0"):
        activations.threshold_linear(gain)


def test_names_and_objects_are_the_same():
    for name in ("tanh", "linear", "relu", "threshold_linear", "hard_tanh", "softplus", "logistic", "erf"):
        by_name = pylyap.RateNetwork(np.eye(2), activation=name)
        assert by_name.activation == getattr(activations, name)()
        assert pickle.loads(pickle.dumps(by_name)).activation == by_name.activation
    with pytest.raises(OptionError, match="did you mean 'softplus'"):
        pylyap.RateNetwork(np.eye(2), activation="soft_plus")
