"""Growth of perturbations and gradients: singular values, windows, the verdict in words."""

import numpy as np
import pytest

import oracle
import pylyap
from pylyap import plotting
from pylyap.analysis import finite_time_exponents, gradient_verdict, jacobian_singular_values
from pylyap.errors import OptionError


@pytest.mark.parametrize("model", ["map", "rk4"])
def test_singular_values_of_the_product_of_jacobians(model):
    W = pylyap.weights.gaussian(8, 1.5, seed=1)
    x0 = np.random.default_rng(2).normal(size=8)
    network = pylyap.DiscreteNetwork(W) if model == "map" else pylyap.RateNetwork(W)
    unit = 1 if model == "map" else 0.1
    found = jacobian_singular_values(network, np.array([1, 3, 6]) * unit, t_transient=0, initial_state=x0)
    np.testing.assert_allclose(found.times, np.array([1, 3, 6]) * unit)
    _, jacobians = oracle.trajectory(oracle.one_step(W, model, dt=0.1), x0, 6)
    for steps, logs in zip((1, 3, 6), found.log_singular_values):
        product = np.linalg.multi_dot([np.eye(8), *jacobians[:steps][::-1]])
        # NumPy's singular values are exact to the rounding of the largest
        np.testing.assert_allclose(np.exp(logs), np.linalg.svd(product)[1], atol=1e-13 * np.exp(logs[0]))
        determinants = [np.linalg.slogdet(jacobian)[1] for jacobian in jacobians[:steps]]
        np.testing.assert_allclose(logs.sum(), np.sum(determinants), rtol=1e-9)
    assert found.status == "done" and found.time_unit == network.time_unit
    norms = np.linalg.norm(np.exp(found.log_singular_values), axis=1)
    np.testing.assert_allclose(found.log_typical, np.log(norms / np.sqrt(8)))


def test_gradients_grow_as_perturbations_do():
    """The gradient of a loss, by the transposed product, against the singular values: bounds and mean."""
    W = pylyap.weights.gaussian(12, 1.3, seed=3)
    x0 = np.random.default_rng(4).normal(size=12)
    logs = jacobian_singular_values(pylyap.DiscreteNetwork(W), 20, t_transient=0, initial_state=x0)
    _, jacobians = oracle.trajectory(oracle.one_step(W, "map"), x0, 20)
    growth = []
    for gradient in np.random.default_rng(5).normal(size=(4000, 12)):
        back = gradient / np.linalg.norm(gradient)
        for jacobian in reversed(jacobians):
            back = jacobian.T @ back
        growth.append(np.linalg.norm(back))
    assert max(growth) <= np.exp(logs.log_largest[0]) * (1 + 1e-9)
    # 4000 random directions: about 2 % statistical error
    np.testing.assert_allclose(np.sqrt(np.mean(np.square(growth))), np.exp(logs.log_typical[0]), rtol=0.1)


def test_long_times_approach_the_exponents():
    network = pylyap.DiscreteNetwork(pylyap.weights.orthogonal(10, 0.5, seed=1), activation="linear")
    found = jacobian_singular_values(network, [1, 5000])  # 0.5^5000 = 10^-1505
    np.testing.assert_allclose(found.rates, np.log(0.5), rtol=1e-12)
    chaotic = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=2))
    options = dict(t_transient=100, initial_state=np.ones(20))
    rates = jacobian_singular_values(chaotic, 2000, **options).rates[0]
    spectrum = pylyap.lyapunov_spectrum(chaotic, t_average=2000, t_align=0, **options)
    # both from the same steps; they differ by logarithms of order 1 to 10, the angles of the frame, over the time
    np.testing.assert_allclose(rates, spectrum.exponents, atol=0.01)


def test_sequences_and_dead_directions():
    rng = np.random.default_rng(6)
    inputs = rng.normal(size=(30, 2))
    network = pylyap.LeakyRNN(rng.normal(size=(6, 6)), W_in=rng.normal(size=(6, 2)), inputs=inputs, activation="relu")
    found = jacobian_singular_values(network)
    assert found.times.tolist() == [30] and np.isneginf(found.log_singular_values[0]).any()  # units that were off
    assert gradient_verdict(found).vanishing.any()
    cut = jacobian_singular_values(network, [10, 20])
    x, product = np.zeros(6), np.eye(6)
    for row in inputs[:20]:
        u = network.layers[0].weights @ x + network.layers[0].input_weights @ row
        x, product = np.maximum(u, 0), np.diag(u > 0) @ network.layers[0].weights @ product
    expected = np.linalg.svd(product)[1]
    np.testing.assert_allclose(np.exp(cut.log_singular_values[1]), expected, atol=1e-12 * expected[0])


def test_the_jacobian_of_a_torch_module():
    """All of a sequence at once, by autograd through the module itself."""
    torch = pytest.importorskip("torch", reason="this test differentiates with torch, which is not installed")

    torch.manual_seed(1)
    module, inputs = torch.nn.LSTM(3, 5, num_layers=2).double(), torch.randn(5, 3, dtype=torch.float64)
    with torch.no_grad():
        for weights in module.parameters():
            weights *= 3  # so that much is left at the end

    def last(state):  # the order of h and c only permutes rows and columns
        h, c = state.reshape(2, 2, 1, 5)
        return torch.stack(module(inputs[:, None], (h, c))[1]).flatten()

    jacobian = torch.autograd.functional.jacobian(last, torch.zeros(20, dtype=torch.float64)).numpy()
    expected = np.linalg.svd(jacobian)[1]
    found = np.exp(jacobian_singular_values(pylyap.from_torch(module, inputs)).log_singular_values[0])
    np.testing.assert_allclose(found, expected, atol=1e-12 * expected[0])  # rounding of five products
    assert expected[5] > 1e-6 * expected[0]  # more than the largest are seen in that


def spectrum_of(rates, blocks=40):
    return pylyap.LyapunovSpectrum(
        log_growth=np.tile(rates, (blocks, 1)), durations=np.ones(blocks), time_unit="step",
        size=len(rates), status="converged", message="", diagnostics={}, provenance={},
        final_state=np.zeros(len(rates)),
    )


def test_windows():
    spectrum = pylyap.lyapunov_spectrum(
        pylyap.DiscreteNetwork(pylyap.weights.gaussian(10, 2.0, seed=1)), n_exponents=3, t_average=100, qr_interval=2,
    )
    windows = finite_time_exponents(spectrum, 20)
    expected = spectrum.local_exponents.reshape(5, 10, 3).mean(axis=1)
    np.testing.assert_allclose(windows.exponents, expected, atol=1e-14)
    np.testing.assert_allclose(windows.times, spectrum.start_time + np.array([20, 40, 60, 80, 100]))
    np.testing.assert_allclose(finite_time_exponents(spectrum, 100).exponents[0], spectrum.exponents, atol=1e-14)
    assert len(finite_time_exponents(spectrum, 30).exponents) == 3  # 10 steps left out
    for window in (1, 101, -1):
        with pytest.raises(OptionError, match="window"):
            finite_time_exponents(spectrum, window)


def test_verdict():
    verdict = gradient_verdict(spectrum_of([0.5, 0.01, -0.01, -0.5, -1.0, -np.inf]), horizon=20)
    assert verdict.exploding.tolist() == [True, False, False, False, False, False]
    assert verdict.persisting.tolist() == [False, True, True, False, False, False]
    np.testing.assert_allclose(verdict.times, [2, 100, 100, 2, 1, 0])
    assert "Over 20 steps, of all 6 directions" in str(verdict)
    assert "3 (50 %) gradients vanish" in verdict.text and "within 2 steps" in verdict.text
    assert "1 (16.7 %) they explode" in verdict.text and "10^4.3" in verdict.text  # exp(0.5 * 20)
    assert "clip" in verdict.text
    assert "mild" in gradient_verdict(spectrum_of([0.5, -1.0]), horizon=4).text  # exp(2)
    assert "leaves no gradient" in gradient_verdict(spectrum_of([-0.5, -1.0])).text  # over its own 40 steps
    assert "whole horizon" in gradient_verdict(spectrum_of([-0.01, -1.0])).text
    noisy = pylyap.LyapunovSpectrum(
        log_growth=np.random.default_rng(1).normal(0.02, 1.0, (400, 1)), durations=np.ones(400), time_unit="step", size=5,
        status="converged", message="", diagnostics={}, provenance={}, final_state=np.zeros(5),
    )
    assert gradient_verdict(noisy).persisting.all()  # 0.02 +- 0.05
    assert not gradient_verdict(noisy).caution
    short = gradient_verdict(spectrum_of([0.5, -0.5, -np.inf], blocks=5))  # errors need ten
    assert "errors of 2 exponents are not known" in short.text and not short.persisting.any()
    ended = pylyap.LyapunovSpectrum(
        log_growth=np.ones((40, 1)), durations=np.ones(40), time_unit="step", size=1, status="interrupted", message="",
        diagnostics={}, provenance={}, final_state=np.zeros(1),
    )
    assert 'ended as "interrupted"' in gradient_verdict(ended).text
    assert "the 1 leading of 5" in gradient_verdict(noisy).text


@pytest.mark.parametrize("times", [0, [3, 2], [], 1.5, "ten"])
def test_bad_times(times):
    with pytest.raises((OptionError, pylyap.errors.NetworkError)):
        jacobian_singular_values(pylyap.DiscreteNetwork(np.eye(3)), times)


def test_bad_results():
    with pytest.raises(OptionError, match="times"):
        jacobian_singular_values(pylyap.DiscreteNetwork(np.eye(3)))
    with pytest.raises(OptionError, match="JacobianSpectrum"):
        gradient_verdict([1.0])
    with pytest.raises(OptionError, match="no numbers"):
        gradient_verdict(spectrum_of([1.0], blocks=0))
    with pytest.raises(OptionError, match="horizon"):
        gradient_verdict(spectrum_of([1.0]), horizon=0)


def test_figures():
    import matplotlib

    matplotlib.use("Agg")
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(10, 2.0, seed=1))
    jacobian = jacobian_singular_values(network, [1, 10, 100])
    ax = plotting.plot_singular_values(jacobian)
    lines = [line for line in ax.get_lines() if line.get_gid()]
    np.testing.assert_allclose(lines[1].get_ydata(), jacobian.log_singular_values[1] / np.log(10))
    ax = plotting.plot_gradient_growth(jacobian)
    largest = next(line for line in ax.get_lines() if line.get_gid())
    np.testing.assert_allclose(largest.get_ydata() * np.log(10), jacobian.log_largest)
    spectrum = pylyap.lyapunov_spectrum(network, t_average=100, qr_interval=1)
    windows = finite_time_exponents(spectrum, 10)
    mesh = plotting.plot_finite_time_exponents(windows).collections[0]
    with pytest.raises(OptionError, match="^limit = "):
        plotting.plot_finite_time_exponents(windows, limit=np.ones((2, 2)))
    np.testing.assert_allclose(mesh.get_array().reshape(10, 10), windows.exponents.T)
    ax = plotting.plot_gradient_verdict(gradient_verdict(spectrum, horizon=20))
    assert sum(len(line.get_xdata()) for line in ax.get_lines() if line.get_linestyle() == "None") == 10
