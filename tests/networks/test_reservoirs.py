"""Echo state networks: open loop, closed loop with a trained readout, sparse weights, and those of reservoirpy."""

import importlib.util

import numpy as np
import oracle
import pytest
from scipy import sparse

import pylyap
from pylyap.errors import MissingPackageError, NetworkError, OptionError
from pylyap.networks.reservoirs import ridge_regression

LORENZ = np.array([0.9056, 0.0, -14.5723])  # per unit of time: J. C. Sprott, Chaos and Time-Series Analysis (2003)


def made(n, seed=1, radius=0.9, inputs=2, **options):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.3)
    W *= radius / np.abs(np.linalg.eigvals(W)).max()
    return W, rng.uniform(-1, 1, (n, inputs)), rng.uniform(-0.5, 0.5, n)


def driven_logs(W, W_in, bias, leak, inputs, h, Q, transient=0):
    """Logarithms of the diagonal of R at each step, by explicit Jacobians."""
    jacobians = []
    for u in inputs:
        y = W @ h + W_in @ u + bias
        jacobians.append(np.diag(1 - leak) + (leak * oracle.slope(y))[:, np.newaxis] * W)
        h = (1 - leak) * h + leak * np.tanh(y)
    return oracle.frame_logs(jacobians, Q)[0], h


@pytest.mark.parametrize("kind", [np.array, sparse.csr_array])
@pytest.mark.parametrize("leak", [0.4, np.linspace(0.2, 1.0, 12)])
def test_fifty_steps_of_a_leaky_network_equal_the_oracle(kind, leak):
    W, W_in, bias = made(12)
    rng = np.random.default_rng(2)
    inputs, h, Q = rng.normal(size=(50, 2)), rng.normal(size=12), oracle.qr_positive(rng.normal(size=(12, 12)))[0]
    logs, end = driven_logs(W, W_in, bias, np.broadcast_to(leak, 12), inputs, h, Q)
    network = pylyap.LeakyRNN(kind(W), W_in=kind(W_in), inputs=inputs, bias=bias, leak=leak, initial_state=h)
    found = pylyap.lyapunov_spectrum(network, t_align=0, initial_frame=Q, qr_interval=1)
    order = np.argsort(-logs.sum(0), kind="stable")
    # rounding alone, as in the oracle with the units renumbered
    np.testing.assert_allclose(found.local_exponents, logs[:, order], rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.final_state, end, rtol=0, atol=1e-12)


def test_sparse_layers_above_each_other_and_the_way_back():
    W, W_in, bias = made(12)
    dense = pylyap.LeakyRNN([W, W], W_in=[W_in, W], bias=[bias, bias], leak=0.6, inputs=np.random.default_rng(1).normal(size=(120, 2)))
    thin = pylyap.LeakyRNN([sparse.csr_array(W)] * 2, W_in=[W_in, W], bias=[bias, bias], leak=0.6, inputs=dense.inputs)
    spectra = [pylyap.lyapunov_spectrum(network, n_exponents=5) for network in (dense, thin)]
    np.testing.assert_allclose(spectra[1].exponents, spectra[0].exponents, atol=1e-10)
    back = [pylyap.analysis.adjoint_spectrum(network, n_exponents=5) for network in (dense, thin)]
    np.testing.assert_allclose(back[1].exponents, back[0].exponents, atol=1e-10)
    with pytest.raises(NetworkError, match="all of one kind"):
        pylyap.LeakyRNN([W, sparse.csr_array(W)], W_in=[W_in, W])
    with pytest.raises(NetworkError, match="toarray"):
        pylyap.GRUNetwork(sparse.csr_array(np.ones((36, 12))))


@pytest.mark.parametrize("leak", [np.ones(3), np.zeros(12), 2 * np.ones(12), [0.5] * 11 + [np.nan]])
def test_leaks_are_checked(leak):
    with pytest.raises(OptionError, match="^leak"):
        pylyap.LeakyRNN(made(12)[0], leak=leak)


def test_open_loop_begins_washed_in():
    """Wherever the reservoir began: the state after the washout is that of the input alone."""
    W, W_in, bias = made(30, radius=0.8)
    reservoir = pylyap.EchoStateNetwork(W, W_in, bias=bias, leak=0.7)
    inputs = np.random.default_rng(3).normal(size=(600, 2))
    network = reservoir.driven(inputs, washout=200)
    assert network.sequence_length == 400
    other = reservoir.states(inputs[:200], initial_state=np.random.default_rng(4).normal(size=30))[-1]
    np.testing.assert_allclose(network.initial_state, other, atol=1e-9)  # contracted by 0.8^200 of the slowest mode
    found = pylyap.lyapunov_spectrum(network, n_exponents=1)
    assert found.exponents[0] < -0.05
    assert np.array_equal(network.inputs, inputs[200:])


def test_ridge_regression_is_the_formula():
    rng = np.random.default_rng(5)
    X, Y = rng.normal(size=(80, 6)) + 3, rng.normal(size=(80, 2))
    weights, bias = ridge_regression(X, Y, 0.7)
    centred = X - X.mean(0)
    expected = np.linalg.solve(centred.T @ centred + 0.7 * np.eye(6), centred.T @ (Y - Y.mean(0)))
    np.testing.assert_allclose(weights, expected, atol=1e-12)
    np.testing.assert_allclose(bias, Y.mean(0) - X.mean(0) @ expected, atol=1e-12)


def test_the_closed_loop_is_the_reservoir_that_reads_itself():
    W, W_in, bias = made(40, radius=0.7)
    u = np.column_stack([np.sin(0.3 * np.arange(800)), np.cos(0.3 * np.arange(800))])
    trained = pylyap.EchoStateNetwork(sparse.csr_array(W), W_in, bias=bias, leak=0.8).fit(u[:700])
    h, read = trained.state, []
    for _ in range(100):
        y = h @ trained.readout + trained.readout_bias
        h = 0.2 * h + 0.8 * np.tanh(W @ h + W_in @ y + bias)
        read.append(y)
    np.testing.assert_allclose(read, u[700:], atol=0.01)  # it has learned the circle
    loop = trained.closed_loop()
    found = pylyap.lyapunov_spectrum(loop, t_average=100, t_transient=0, t_align=0, n_exponents=1)
    np.testing.assert_allclose(found.final_state, h, atol=1e-9)
    assert np.array_equal(loop.initial_state, trained.state)
    again = trained.closed_loop(u[:700])  # washed in on the same inputs
    np.testing.assert_allclose(again.initial_state, trained.state, atol=1e-12)
    with pytest.raises(NetworkError, match="no readout"):
        pylyap.EchoStateNetwork(W, W_in).closed_loop()
    with pytest.raises(NetworkError, match="no state"):
        pylyap.EchoStateNetwork(W, W_in, readout=trained.readout).closed_loop()
    with pytest.raises(NetworkError, match="1 outputs and the reservoir 2 inputs"):
        pylyap.EchoStateNetwork(W, W_in, readout=trained.readout[:, :1], state=h).closed_loop()
    with pytest.raises(OptionError, match="leaves nothing"):
        trained.fit(u[:50])


def lorenz_data(steps, dt, transient=2000):
    def f(x):
        return np.array([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])

    x, out = np.array([1.0, 1.0, 20.0]), []
    for step in range(steps + transient):
        k1 = f(x)
        k2 = f(x + dt / 2 * k1)
        k3 = f(x + dt / 2 * k2)
        k4 = f(x + dt * k3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if step >= transient:
            out.append(x)
    data = np.array(out)
    return (data - data.mean(0)) / data.std(0)


def trained_on_lorenz(n, steps, dt=0.02, ridge=1e-9):
    W, W_in, bias = made(n, seed=7, radius=0.1, inputs=3)
    return pylyap.EchoStateNetwork(sparse.csr_array(W), 0.3 * W_in, bias=2 * bias).fit(lorenz_data(steps, dt), ridge=ridge)


def test_a_small_reservoir_in_closed_loop_has_the_exponents_of_lorenz():
    found = pylyap.lyapunov_spectrum(trained_on_lorenz(120, 4000).closed_loop(), t_average=10_000, n_exponents=3)
    exponents, stderr = found.exponents / 0.02, found.stderr / 0.02
    # 200 units of time: standard errors of about 0.03; the small reservoir itself is off by about as much
    np.testing.assert_allclose(exponents[:2], LORENZ[:2], atol=0.15)
    assert stderr[0] < 0.1


@pytest.mark.slow  # a run of 2000 units of time
def test_a_reservoir_in_closed_loop_has_the_exponents_of_lorenz():
    found = pylyap.lyapunov_spectrum(trained_on_lorenz(400, 20_000).closed_loop(), t_average=50_000, n_exponents=4)
    exponents, stderr = found.exponents / 0.02, found.stderr / 0.02
    assert np.all(np.abs(exponents[:3] - LORENZ) < 4 * stderr[:3] + [0.01, 0.01, 0.1]), (exponents, stderr)
    assert exponents[3] < -20  # the reservoir's own directions are behind those of Lorenz


def test_without_reservoirpy_it_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "reservoirpy", None)
    with pytest.raises(MissingPackageError, match="pip install reservoirpy"):
        pylyap.from_reservoirpy(None)


@pytest.mark.skipif(importlib.util.find_spec("reservoirpy") is None, reason="reservoirpy is not installed")
class TestReservoirpy:
    U = np.column_stack([np.sin(0.3 * np.arange(600)), np.cos(0.3 * np.arange(600))])

    def test_a_reservoir_alone(self):
        from reservoirpy.nodes import Reservoir

        node = Reservoir(50, lr=0.3, sr=0.9, seed=1, activation="sigmoid")
        with pytest.raises(NetworkError, match="no weights yet"):
            pylyap.from_reservoirpy(node)
        states = node.run(self.U)
        esn = pylyap.from_reservoirpy(node)
        np.testing.assert_allclose(esn.states(self.U), states, atol=1e-12)
        np.testing.assert_allclose(esn.state, states[-1], atol=1e-15)
        assert esn.driven(self.U).sequence_length == 500

    @pytest.mark.parametrize("leak", [0.5, np.linspace(0.1, 1.0, 50)])
    def test_a_model_with_a_readout(self, leak):
        from reservoirpy.nodes import Reservoir, Ridge

        model = Reservoir(50, lr=leak, sr=0.9, seed=1) >> Ridge(ridge=1e-6)
        model.fit(self.U[:-1], self.U[1:], warmup=100)
        said = model.run(self.U[:-1])
        esn = pylyap.from_reservoirpy(model)
        states = esn.states(self.U[:-1], initial_state=np.zeros(50))
        # reservoirpy goes on from the state of the training: behind a washout it is the same
        np.testing.assert_allclose((states @ esn.readout + esn.readout_bias)[300:], said[300:], atol=1e-6)
        assert esn.closed_loop().size == 50

    def test_what_it_does_not_read(self):
        from reservoirpy import ESN
        from reservoirpy.nodes import Reservoir, Ridge

        with pytest.raises(NetworkError, match="feedback"):
            pylyap.from_reservoirpy(ESN(units=10, feedback=True))
        with pytest.raises(NetworkError, match="inputs reach its readout"):
            pylyap.from_reservoirpy(ESN(units=10, input_to_readout=True))
        with pytest.raises(NetworkError, match="one Reservoir"):
            pylyap.from_reservoirpy(Reservoir(5) >> Reservoir(5) >> Ridge())
        with pytest.raises(NetworkError, match="got Ridge"):
            pylyap.from_reservoirpy(Ridge())
