"""Leaky RNN, GRU and LSTM against steps written down in NumPy and differentiated by complex steps; no torch.

The step functions are the published equations, gate by gate; a complex step, imag f(x + i h v) / h, is exact to
rounding.
"""

import copy

import numpy as np
import pytest

import oracle
import pylyap
from pylyap.errors import NetworkError, OptionError, UnknownOptionError

STEPS = 40


def sigma(u):
    return 1 / (1 + np.exp(-u))


def leaky_step(layer, h, x):
    W, W_in, b, leak = layer["W"], layer["W_in"], layer["bias"], layer["leak"]
    return (1 - leak) * h + leak * np.tanh(W @ h + W_in @ x + b)


def gru_step(layer, h, x):
    (W_r, W_z, W_n), (U_r, U_z, U_n) = np.split(layer["W"], 3), np.split(layer["W_in"], 3)
    (b_r, b_z, b_n), (c_r, c_z, c_n) = np.split(layer["bias"], 3), np.split(layer["hidden_bias"], 3)
    r = sigma(U_r @ x + b_r + W_r @ h + c_r)
    z = sigma(U_z @ x + b_z + W_z @ h + c_z)
    n = np.tanh(U_n @ x + b_n + r * (W_n @ h + c_n))
    return (1 - z) * n + z * h


def lstm_step(layer, state, x):
    h, c = np.split(state, 2)
    u_i, u_f, u_g, u_o = np.split(layer["W_in"] @ x + layer["W"] @ h + layer["bias"], 4)
    c = sigma(u_f) * c + sigma(u_i) * np.tanh(u_g)
    return np.concatenate([sigma(u_o) * np.tanh(c), c])


KINDS = {
    "leaky": (pylyap.LeakyRNN, leaky_step, 1, 1),
    "gru": (pylyap.GRUNetwork, gru_step, 3, 1),
    "lstm": (pylyap.LSTMNetwork, lstm_step, 4, 2),
}


def random_layers(kind, sizes, width, seed):
    gates, rng, layers = KINDS[kind][2], np.random.default_rng(seed), []
    for H in sizes:
        arrays = dict(W=(H, H), W_in=(H, width), bias=(H,), hidden_bias=(H,))
        layer = dict(leak=0.4)
        for name, (rows, *columns) in arrays.items():
            layer[name] = 1.5 / np.sqrt((columns or [H])[0]) * rng.standard_normal((gates * rows, *columns))
        layers.append(layer)
        width = H
    return layers


def network_of(kind, layers, inputs, **options):
    names = {"leaky": ("W_in", "bias"), "gru": ("W_in", "bias", "hidden_bias"), "lstm": ("W_in", "bias")}[kind]
    given = {name: [layer[name] for layer in layers] for name in ("W", *names)}
    if len(layers) == 1:
        given = {name: values[0] for name, values in given.items()}
    if kind == "leaky":
        options["leak"] = layers[0]["leak"]
    return KINDS[kind][0](given.pop("W"), inputs=inputs, **given, **options)


def stack_step(kind, layers, state, x):
    _, step, _, parts = KINDS[kind]
    new, start = [], 0
    for layer in layers:
        H = layer["W"].shape[1]
        new.append(step(layer, state[start : start + parts * H], x))
        x, start = new[-1][:H], start + parts * H  # the layer above reads the new h within the same step
    return np.concatenate(new)


def complex_step_run(kind, layers, inputs, state):
    """The last state, and the Jacobian of every step."""
    jacobians, h = [], 1e-20  # its square is below the rounding of anything here
    for x in inputs:
        columns = [stack_step(kind, layers, state + 1j * h * e, x).imag / h for e in np.eye(len(state))]
        jacobians.append(np.array(columns).T)
        state = stack_step(kind, layers, state, x)
    return state, jacobians


def problem(kind, sizes=(5,), steps=STEPS, width=3, seed=1):
    layers = random_layers(kind, sizes, width, seed)
    rng = np.random.default_rng(seed + 100)
    n = KINDS[kind][3] * sum(sizes)
    Q0 = oracle.qr_positive(rng.standard_normal((n, n)))[0]
    return layers, rng.standard_normal((steps, width)), rng.standard_normal(n), Q0


def exact(network, Q0, **options):
    return pylyap.lyapunov_spectrum(network, t_transient=0, t_align=0, qr_interval=1, initial_frame=Q0, **options)


@pytest.mark.parametrize("sizes", [(5,), (4, 6), (3, 2, 4)])
@pytest.mark.parametrize("kind", KINDS)
def test_exponents_equal_products_of_complex_step_jacobians(kind, sizes):
    layers, inputs, state, Q0 = problem(kind, sizes)
    x, jacobians = complex_step_run(kind, layers, inputs, state)
    logs, Q = oracle.frame_logs(jacobians, Q0)
    found = exact(network_of(kind, layers, inputs, initial_state=state), Q0)
    # Rounding of 1e-16 a step; directions part by up to 1e4 a step, which in QR costs that factor at most.
    assert np.allclose(found.exponents, np.sort(logs.mean(axis=0))[::-1], rtol=0, atol=1e-10)
    assert np.allclose(found.final_state, x, rtol=0, atol=1e-11)
    assert len(found.exponents) == len(state) == KINDS[kind][3] * sum(sizes)
    if kind == "lstm":  # the core knows the determinant: the sum rule holds to rounding
        assert abs(found.diagnostics["sum_rule_residual"]) < 1e-11
    # the same inputs in another order are seen: an input read one step late would be
    late = exact(network_of(kind, layers, np.roll(inputs, 1, axis=0), initial_state=state), Q0)
    assert np.abs(late.exponents - found.exponents).max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_transient_and_alignment_read_the_inputs_that_are_theirs(kind):
    layers, inputs, state, Q0 = problem(kind)
    whole, jacobians = complex_step_run(kind, layers, inputs, state)
    _, Q = oracle.frame_logs(jacobians[7:16], Q0)
    logs, _ = oracle.frame_logs(jacobians[16:36], Q)
    network = network_of(kind, layers, inputs, initial_state=state)
    found = pylyap.lyapunov_spectrum(network, t_transient=7, t_align=9, t_average=20, qr_interval=1, initial_frame=Q0)
    assert np.allclose(found.exponents, np.sort(logs.mean(axis=0))[::-1], rtol=0, atol=1e-10)  # as above


def test_layers_above_do_not_change_the_exponents_of_those_below():
    # The Jacobian is block lower triangular: the exponents of two layers are those of the first and others.
    layers, inputs, _, _ = problem("gru", (4, 4), steps=3000)
    both = pylyap.lyapunov_spectrum(network_of("gru", layers, inputs), t_average=2000, t_align=1000)
    below = pylyap.lyapunov_spectrum(network_of("gru", layers[:1], inputs), t_average=2000, t_align=1000)
    distances = np.abs(both.exponents[:, None] - below.exponents).min(axis=0)
    # another frame ends in the same directions, up to a turn whose logarithm of some units is spread over 2000 steps
    assert distances.max() < 5e-3


# --- Known exponents ---

def test_a_vanilla_layer_without_inputs_is_a_discrete_network():
    W, bias, x0, Q0 = oracle.random_network(10, 2.0, seed=7)
    run = dict(t_average=40, t_transient=0, t_align=0, qr_interval=1, initial_state=x0, initial_frame=Q0)
    layer = pylyap.lyapunov_spectrum(pylyap.LeakyRNN(W, bias=bias), **run)
    network = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W, bias=bias), **run)
    # products by rows and by columns round differently, amplified as in test_core_against_oracle.py
    assert np.allclose(layer.local_exponents, network.local_exponents, rtol=0, atol=1e-11)


def test_orthogonal_weights_with_gain_g_at_rest_have_all_exponents_log_g():
    for g in (0.5, 1.7):
        W = g * oracle.qr_positive(np.random.default_rng(6).standard_normal((30, 30)))[0]
        at_rest = pylyap.LeakyRNN(W, W_in=np.ones((30, 1)), inputs=np.zeros((200, 1)))
        found = pylyap.lyapunov_spectrum(at_rest)
        assert np.allclose(found.exponents, np.log(g), rtol=0, atol=1e-13)  # rounding: all local ones are log g


def test_gaussian_weights_at_rest_have_the_logarithms_of_the_moduli_of_their_eigenvalues():
    W = 0.9 / np.sqrt(30) * np.random.default_rng(7).standard_normal((30, 30))
    found = pylyap.lyapunov_spectrum(
        pylyap.LeakyRNN(W, W_in=np.ones((30, 1)), inputs=np.zeros((3500, 1)), leak=0.3), t_align=500, qr_interval=1
    )
    expected = oracle.map_exponents(0.7 * np.eye(30) + 0.3 * W)
    # complex pairs turn their vectors for ever: logs oscillate by up to ln cond of the eigenvectors, over 3000 steps
    bound = np.log(np.linalg.cond(np.linalg.eig(W)[1])) / 3000
    assert np.allclose(found.exponents, expected, rtol=0, atol=bound)


def test_scaled_gaussian_lstm_and_gru_at_rest_equal_their_linearisation():
    # At h = c = 0 without input every gate is 1/2. GRU: J = 1/2 + W_n / 4; LSTM: (c, then h) as below.
    H, rng = 12, np.random.default_rng(8)
    zero = dict(W_in=np.ones((3 * H, 1)), inputs=np.zeros((3000, 1)))
    W = 1.2 / np.sqrt(H) * rng.standard_normal((3 * H, H))
    found = pylyap.lyapunov_spectrum(pylyap.GRUNetwork(W, **zero), t_align=1000, qr_interval=1)
    J = np.eye(H) / 2 + W[2 * H :] / 4
    bound = np.log(np.linalg.cond(np.linalg.eig(J)[1])) / 2000  # as in the test before
    assert np.allclose(found.exponents, oracle.map_exponents(J), rtol=0, atol=bound)
    W = 3.0 / np.sqrt(H) * rng.standard_normal((4 * H, H))
    zero["W_in"] = np.ones((4 * H, 1))
    found = pylyap.lyapunov_spectrum(pylyap.LSTMNetwork(W, **zero), t_align=1000, qr_interval=1)
    # c' = c / 2 + g / 2 with g = W_g h, h' = c' / 2: c' = (1/2 + W_g / 4) c, and H directions die at once
    J = np.eye(H) / 2 + W[2 * H : 3 * H] / 4
    bound = np.log(np.linalg.cond(np.linalg.eig(J)[1])) / 2000
    assert np.allclose(found.exponents[:H], oracle.map_exponents(J), rtol=0, atol=bound)
    assert np.all(found.exponents[H:] < -30)  # exactly -inf, or rounding of 1e-16 a step


# --- The sequence and its times ---

def test_a_sequence_is_used_from_its_beginning_to_its_end():
    layers, inputs, _, _ = problem("gru", steps=57)
    options = pylyap.lyapunov_spectrum(network_of("gru", layers, inputs)).provenance["options"]
    assert [options[name] for name in ("t_transient", "t_align", "t_average")] == [0, 5, 52]
    options = pylyap.lyapunov_spectrum(network_of("gru", layers, inputs), t_average=55).provenance["options"]
    assert [options[name] for name in ("t_transient", "t_align", "t_average")] == [0, 2, 55]
    assert options["initial_state"] == "the network's"
    one = pylyap.lyapunov_spectrum(network_of("gru", layers, inputs[:1]))
    assert one.local_exponents.shape == (1, 5)


@pytest.mark.parametrize("times", [
    dict(t_average=58), dict(t_transient=57), dict(t_transient=30, t_align=27), dict(t_transient=8, t_average=50)])
def test_times_longer_than_the_sequence_are_refused_before_julia_starts(times):
    layers, inputs, _, _ = problem("leaky", steps=57)
    with pytest.raises(OptionError, match="does not fit into the 57 steps that have an input"):
        pylyap.lyapunov_spectrum(network_of("leaky", layers, inputs), **times)


def test_networks_without_inputs_start_at_random_and_need_a_time():
    layers, _, _, _ = problem("lstm")
    network = network_of("lstm", layers, None)
    assert network.initial_state is None and network.sequence_length is None
    with pytest.raises(OptionError, match="t_average is missing"):
        pylyap.lyapunov_spectrum(network)
    found = pylyap.lyapunov_spectrum(network, t_average=500)
    assert np.isclose(found.diagnostics["sum_rule_residual"], 0, atol=1e-10)


def test_runs_cut_into_calls_and_ensembles_give_the_same():
    layers, inputs, state, _ = problem("lstm", (4, 3), steps=300)
    network = network_of("lstm", layers, inputs, initial_state=state)
    batch = [network, network.with_inputs(inputs[::-1], state), network.with_inputs(inputs)]
    spectra = pylyap.lyapunov_ensemble(batch)
    assert np.allclose(spectra[0].final_state, pylyap.lyapunov_spectrum(network).final_state, rtol=0, atol=1e-12)
    mean = pylyap.batch_mean(spectra)
    table = np.array([spectrum.exponents for spectrum in spectra])
    assert np.array_equal(mean.mean, table.mean(axis=0))
    assert np.allclose(mean.spread, table.std(axis=0, ddof=1)) and np.all(mean.spread > 0)
    assert np.allclose(mean.stderr, mean.spread / np.sqrt(3))
    assert "3 sequences, 14 exponents" in repr(mean)
    assert np.isnan(pylyap.batch_mean(spectra[:1]).spread).all()
    fewer = pylyap.lyapunov_spectrum(network, n_exponents=2)
    for bad in ([], [spectra[0], fewer]):
        with pytest.raises(OptionError):
            pylyap.batch_mean(bad)
    with pytest.raises(OptionError, match="spectrum 1 is over 100 steps, spectrum 0 over"):
        pylyap.batch_mean([spectra[0], pylyap.lyapunov_spectrum(network, t_average=100)])
    for status in ("interrupted", "diverged"):
        object.__setattr__(broken := copy.copy(spectra[1]), "status", status)
        with pytest.raises(OptionError, match=f"spectrum 1 is not whole .{status}"):
            pylyap.batch_mean([spectra[0], broken])


# --- Memory and input ---

def test_arrays_in_c_order_are_kept_and_never_written():
    layers, inputs, state, _ = problem("gru")
    given = [layers[0]["W"].copy(), inputs.copy(), state.copy()]
    network = network_of("gru", layers, inputs, initial_state=state)
    assert np.shares_memory(network.layers[0].weights, layers[0]["W"])
    assert np.shares_memory(network.inputs, inputs)
    first = pylyap.lyapunov_spectrum(network)
    by_columns = {name: np.asfortranarray(array) for name, array in layers[0].items()}
    turned = network_of("gru", [by_columns], inputs, initial_state=state)
    assert np.array_equal(pylyap.lyapunov_spectrum(turned).exponents, first.exponents)
    for before, after in zip(given, (layers[0]["W"], inputs, state)):
        assert np.array_equal(before, after)
    assert first.provenance["sha256"].keys() >= {"inputs", "layer0.weights", "layer0.hidden_bias"}
    with pytest.raises(ValueError):
        network.inputs[0] = 0


BAD = {
    "rows": (dict(W=np.zeros((8, 3))), r"W has shape \(8, 3\)"),
    "vector": (dict(W=np.zeros(9)), r"W has shape \(9,\)"),
    "NaN": (dict(W=np.full((9, 3), np.nan)), "W has 27 entries that are NaN"),
    "half": (dict(W=np.zeros((9, 3), np.float16)), "W has half precision"),
    "input rows": (dict(W_in=np.zeros((3, 2))), r"W_in has shape \(3, 2\)"),
    "width": (dict(inputs=np.zeros((5, 4))), "inputs has 4 columns, the first layer takes 2"),
    "batch": (dict(inputs=np.zeros((5, 4, 2))), "with_inputs"),
    "no steps": (dict(inputs=np.zeros((0, 2))), r"inputs has shape \(0, 2\)"),
    "no weights for them": (dict(W_in=None), "inputs has 2 columns, the first layer takes 0"),
    "bias": (dict(bias=np.zeros(3)), r"bias has shape \(3,\)"),
    "state": (dict(initial_state=np.zeros(4)), r"initial_state has shape \(4,\)"),
    "layers": (dict(W=[np.zeros((9, 3))] * 2), "give W_in as a list of 2"),
    "layers that do not fit": (
        dict(W=[np.zeros((9, 3))] * 2, W_in=[np.zeros((9, 2))] * 2), r"W_in\[1\] takes 2 inputs, .* below has 3"),
}


@pytest.mark.parametrize("case", BAD)
def test_arrays_that_do_not_fit_are_refused(case):
    changed, message = BAD[case]
    given = dict(W=np.zeros((9, 3)), W_in=np.zeros((9, 2)), inputs=np.zeros((5, 2))) | changed
    with pytest.raises(NetworkError, match=message):
        pylyap.GRUNetwork(given.pop("W"), **given)


def test_options_that_are_not_allowed_are_refused():
    W = np.zeros((3, 3))
    for leak in (0, 1.1, np.nan):
        with pytest.raises(OptionError, match="leak"):
            pylyap.LeakyRNN(W, leak=leak)
    with pytest.raises(UnknownOptionError, match="did you mean 'leak'"):
        pylyap.LeakyRNN(W, leaky=0.5)
    with pytest.raises(UnknownOptionError, match="bias"):
        pylyap.LSTMNetwork(np.zeros((12, 3)), input_bias=np.zeros(12))


# --- The other analyses ---

@pytest.mark.parametrize("kind", KINDS)
def test_the_adjoint_spectrum_multiplies_transposed_jacobians_from_the_end(kind):
    layers, inputs, state, _ = problem(kind, (4, 3))
    network = network_of(kind, layers, inputs, initial_state=state)
    n = network.size
    found = pylyap.analysis.adjoint_spectrum(network, t_average=STEPS, t_transient=0, t_align=0, qr_interval=1)
    _, jacobians = complex_step_run(kind, layers, inputs, state)
    # Whatever the frame, the sum of all exponents is the mean logarithm of the determinant. The largest is that of the
    # product up to -ln(overlap) / 40 of a random vector with its direction: 0.1 for an overlap of 0.02.
    logs = oracle.log_determinants(jacobians)
    assert np.isclose(found.exponents.sum(), logs.mean(), rtol=0, atol=1e-10)
    assert np.allclose(found.local_exponents.sum(axis=1), logs, rtol=0, atol=1e-9)
    largest = np.log(np.linalg.norm(oracle.product(jacobians), 2)) / STEPS
    assert abs(found.exponents[0] - largest) < 0.1
    assert len(found.exponents) == n


def test_the_adjoint_spectrum_needs_inputs_at_both_ends():
    layers, inputs, _, _ = problem("gru")
    with pytest.raises(OptionError, match="42 steps are needed.* 40 have an input"):
        pylyap.analysis.adjoint_spectrum(network_of("gru", layers, inputs), t_average=36, t_align=3)
