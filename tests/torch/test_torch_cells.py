"""Networks read from torch, against products of Jacobians that torch's own automatic differentiation gives.

Torch's modules are run one step at a time in float64, and each step is differentiated by `torch.autograd`; nothing of
pylyap is used but the numbers compared. Inputs vary from step to step, so that reading them one step early or late fails.
"""

import numpy as np
import pytest

import oracle
import pylyap
from pylyap.errors import NetworkError, UnknownOptionError
from subprocesses import run_python

torch = pytest.importorskip("torch", reason="these tests compare with torch, which is not installed")
nn = torch.nn

STEPS, H, D = 40, 6, 3
KINDS = {
    "tanh": lambda **o: nn.RNN(D, H, nonlinearity="tanh", **o),
    "relu": lambda **o: nn.RNN(D, H, nonlinearity="relu", **o),
    "gru": lambda **o: nn.GRU(D, H, **o),
    "lstm": lambda **o: nn.LSTM(D, H, **o),
}
CELLS = {
    "tanh": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell,
    "relu": lambda *sizes: nn.RNNCell(*sizes, nonlinearity="relu"),
}


def made(kind, *, gain=2.5, seed=1, **options):
    """A module of KINDS in float64; `gain` makes its default weights and biases large enough to matter."""
    torch.manual_seed(seed)
    module = KINDS[kind](**options).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter *= gain
    return module


def sequence(steps=STEPS, seed=2):
    return torch.randn(steps, D, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def unpacked(state, parts, layers):
    """torch's states from the flat one: for each layer h, or h and c."""
    states = state.reshape(layers, parts, 1, H).transpose(0, 1)
    return states[0] if parts == 1 else tuple(part.contiguous() for part in states)


def module_step(module, x):
    """One step of a module with input x as a function of the flat state."""
    parts, layers = 2 if isinstance(module, (nn.LSTM, nn.LSTMCell)) else 1, getattr(module, "num_layers", 1)

    def step(state):
        before = unpacked(state, parts, layers)
        if isinstance(module, nn.RNNCellBase):
            before = before[0] if parts == 1 else tuple(part[0] for part in before)
            after = module(x[None], before)
            return torch.cat([part.flatten() for part in (after if parts == 2 else (after,))])
        order = (1, 0, 2) if module.batch_first else (0, 1, 2)
        after = module(x[None, None].permute(order), before)[1]
        after = torch.stack(after if parts == 2 else (after,))  # parts, layers, 1, H
        return after.transpose(0, 1).flatten()

    return step


def autograd_run(module, inputs, state):
    """The last state, the Jacobian of each step in order, and the rounding that the last state may have."""
    jacobians, sizes = [], []
    for x in inputs:
        step = module_step(module, x)
        jacobians.append(torch.autograd.functional.jacobian(step, state).numpy())
        state = step(state).detach()
        sizes.append(1 + float(state.abs().max()))
    return state.numpy(), jacobians, carried_rounding(jacobians, sizes)


def carried_rounding(jacobians, sizes):
    """Each step rounds sums of n products of a size (up to 9e4 in a ReLU network); later Jacobians carry that on."""
    n = len(jacobians[0])
    later, total = np.eye(n), 0.0
    for J, size in zip(reversed(jacobians), reversed(sizes)):
        total += np.linalg.norm(later, 2) * n * np.finfo(float).eps * size
        later = later @ J
    return total


def frame_of(n, k=None, seed=3):
    return oracle.qr_positive(np.random.default_rng(seed).standard_normal((n, n)))[0][:, :k]


def exact(network, Q0, **options):
    """The stretch from the network's initial state and exactly this frame, with QR every step."""
    return pylyap.lyapunov_spectrum(
        network, t_transient=0, t_align=0, qr_interval=1, initial_frame=Q0, **options
    )


def mean_logs(jacobians, Q0):
    return np.sort(oracle.frame_logs(jacobians, Q0)[0].mean(axis=0))[::-1]


# Rounding of 1e-16 a step, amplified where directions part by up to 1e4 a step, for exponents between -6 and 0.3: errors
# found are up to 1e-12. The limit is the one that was asked for.
EXPONENTS = dict(rtol=0, atol=1e-8)


def assert_equal_to_autograd(module, inputs, network, state):
    n = network.size
    # units of a ReLU network that are off kill directions, whose logs the oracle's plain QR leaves at about 1e-16
    k = 2 if getattr(module, "nonlinearity", "") == "relu" else n
    x, jacobians, rounding = autograd_run(module, inputs, torch.as_tensor(state))
    Q0 = frame_of(n, k)
    found = exact(network, Q0)
    assert np.allclose(found.exponents, mean_logs(jacobians, Q0), **EXPONENTS)
    assert np.allclose(found.final_state, x, rtol=0, atol=rounding)
    assert rounding < 1e-11 * (1 + np.abs(x).max())  # so that the line above says something
    assert len(found.exponents) == k and np.isfinite(found.exponents).all()
    # the same frame with the inputs one step late is far away: the comparison above would see it
    late = exact(network.with_inputs(np.roll(network.inputs, 1, axis=0), network.initial_state), Q0)
    assert np.abs(late.exponents - found.exponents).max() > 1e-4


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_exponents_of_modules_equal_products_of_autograd_jacobians(kind, layers, bias):
    module = made(kind, num_layers=layers, bias=bias)
    network = pylyap.from_torch(module, sequence())
    assert network.size == (2 if kind == "lstm" else 1) * layers * H
    assert_equal_to_autograd(module, sequence(), network, np.zeros(network.size))


@pytest.mark.parametrize("kind", KINDS)
def test_the_limits_see_wrong_jacobians(kind):
    module = made(kind, num_layers=2)
    network = pylyap.from_torch(module, sequence())
    _, jacobians, _ = autograd_run(module, sequence(), torch.zeros(network.size, dtype=torch.float64))
    Q0 = frame_of(network.size, 2)
    found = exact(network, Q0).exponents
    assert np.allclose(found, mean_logs(jacobians, Q0), **EXPONENTS)
    for wrong in (
        [J.T for J in jacobians],
        jacobians[::-1],
        [(1 + 1e-6) * J for J in jacobians],  # every slope a millionth too large
        [jacobians[0], *jacobians[:-1]],  # one step late
    ):
        assert not np.allclose(found, mean_logs(wrong, Q0), **EXPONENTS)


@pytest.mark.parametrize("kind", CELLS)
def test_cells_are_read_as_modules_are(kind):
    torch.manual_seed(4)
    cell = CELLS[kind](D, H).double()
    network = pylyap.from_torch(cell, sequence())
    assert_equal_to_autograd(cell, sequence(), network, np.zeros(network.size))


def test_an_lstm_has_two_exponents_a_unit_and_the_hidden_state_alone_would_give_others():
    module = made("lstm")
    network = pylyap.from_torch(module, sequence())
    found = exact(network, frame_of(2 * H))
    _, jacobians, _ = autograd_run(module, sequence(), torch.zeros(2 * H, dtype=torch.float64))
    # the shortcut: only h counts as the state, and c as a constant; far beyond the 1e-8 of the tests above
    shortcut, _ = oracle.frame_logs([J[:H, :H] for J in jacobians], frame_of(H))
    assert found.exponents.shape == (2 * H,)
    assert np.abs(found.exponents[:H] - np.sort(shortcut.mean(axis=0))[::-1]).max() > 0.1
    # every exponent counts: their sum is the mean logarithm of the determinant, that of 2H by 2H Jacobians
    assert np.isclose(found.exponents.sum(), oracle.log_determinants(jacobians).mean(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ["gru", "lstm"])
@pytest.mark.parametrize("batch_first", [False, True])
def test_a_batch_is_a_list_of_networks_each_with_its_sequence_and_state(kind, batch_first):
    module = made(kind, num_layers=2, batch_first=batch_first)
    B, generator = 3, torch.Generator().manual_seed(5)
    inputs = torch.randn(*((B, STEPS, D) if batch_first else (STEPS, B, D)), dtype=torch.float64, generator=generator)
    states = [torch.randn(2, B, H, dtype=torch.float64, generator=generator) for _ in range(2 if kind == "lstm" else 1)]
    given = tuple(states) if kind == "lstm" else states[0]
    networks = pylyap.from_torch(module, inputs, initial_state=given)
    outputs, last = module(inputs, given)
    last = last if kind == "lstm" else (last,)
    spectra = pylyap.lyapunov_ensemble(networks, t_align=0, n_exponents=2)
    for b, spectrum in enumerate(spectra):
        expected = torch.stack(last).transpose(0, 1)[:, :, b].flatten().detach().numpy()
        assert np.allclose(spectrum.final_state, expected, rtol=0, atol=1e-10)  # 40 contracting steps of rounding 1e-16
    one = inputs[1] if batch_first else inputs[:, 1]
    part = tuple(s[:, 1] for s in states) if kind == "lstm" else states[0][:, 1]
    single = pylyap.from_torch(module, one, initial_state=part)
    assert np.array_equal(single.initial_state, networks[1].initial_state)
    assert np.array_equal(single.inputs, networks[1].inputs)
    assert networks[0].layers[0] is networks[2].layers[0]  # the weights are there once


def test_initial_states_of_a_cell_have_no_axis_of_layers():
    cell = nn.LSTMCell(D, H).double()
    h, c = torch.arange(6.0), -torch.arange(6.0)
    network = pylyap.from_torch(cell, sequence(), initial_state=(h, c))
    assert np.array_equal(network.initial_state, np.r_[0:6, -np.arange(6)])
    both = torch.stack([h, c]), torch.stack([c, h])
    batch = pylyap.from_torch(cell, sequence()[:, None].repeat(1, 2, 1), initial_state=both)
    assert np.array_equal(batch[1].initial_state, np.r_[-np.arange(6), 0:6])


def test_float64_weights_are_read_in_place_and_float32_ones_are_converted():
    module = made("gru")
    layer = pylyap.from_torch(module, sequence()).layers[0]
    assert np.shares_memory(layer.weights, module.weight_hh_l0.detach().numpy())
    assert np.shares_memory(layer.input_weights, module.weight_ih_l0.detach().numpy())
    single = pylyap.from_torch(made("gru").float(), sequence().float()).layers[0]
    assert single.weights.dtype == np.float64
    assert np.array_equal(single.weights, module.weight_hh_l0.detach().float().numpy())


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_on_float64_weights_follows_the_training_of_the_module_in_all_of_them(kind):
    module = made(kind)
    network = pylyap.from_torch(module, sequence())
    before = pylyap.lyapunov_spectrum(network, n_exponents=2).final_state
    with torch.no_grad():
        for parameter in module.parameters():  # the second bias is among them
            parameter *= 0.5
    after = pylyap.lyapunov_spectrum(network, n_exponents=2)
    expected = pylyap.lyapunov_spectrum(pylyap.from_torch(module, sequence()), n_exponents=2)
    np.testing.assert_array_equal(after.exponents, expected.exponents)
    np.testing.assert_array_equal(after.final_state, expected.final_state)
    assert not np.allclose(after.final_state, before)


def test_dropout_is_off_as_in_evaluation():
    module = made("lstm", num_layers=2, dropout=0.5)
    network = pylyap.from_torch(module, sequence())
    assert_equal_to_autograd(module.eval(), sequence(), network, np.zeros(network.size))


# --- Initialisations ---

@pytest.mark.parametrize("initialise", ["normal", "orthogonal"])
@pytest.mark.parametrize("g, noise", [(1.5, 0.5), (3.0, 1.0)])
def test_scaled_and_orthogonal_initialisations_follow_the_mean_field(initialise, g, noise):
    """tanh(W h + noise) at large N, on either side of the onset of chaos: lambda_1 is -0.017 and 0.269 in theory."""
    N, T = 100, 400
    torch.manual_seed(1)
    module = nn.RNN(N, N, bias=False).double()
    with torch.no_grad():
        module.weight_ih_l0.copy_(torch.eye(N))
        if initialise == "normal":
            nn.init.normal_(module.weight_hh_l0, std=g / N**0.5)
        else:
            nn.init.orthogonal_(module.weight_hh_l0, gain=g)
    network = pylyap.from_torch(module, noise * torch.randn(T, N, dtype=torch.float64))
    found = pylyap.lyapunov_spectrum(network, t_transient=50, t_align=50)
    # Realisations at N = 100 and 200 were found to differ by 0.01 and 0.006 in the largest exponent and by 0.03 and 0.02 in
    # the mean, and to lie 0.01 below in the largest; three times that. Other gains, or no input, are 0.2 away and more.
    largest = pylyap.theory.discrete_time_largest_exponent(g, noise=noise)
    assert abs(found.exponents[0] - largest) < 0.04
    # The mean is that of ln |det W| and of the slopes; the first is ln g, less 1/2 for Gaussian entries (ln N! / 2 N).
    mean = pylyap.theory.discrete_time_mean_exponent(g, noise=noise) + (0.5 if initialise == "orthogonal" else 0.0)
    assert abs(found.exponents.mean() - mean) < 0.1


@pytest.mark.parametrize("g", [0.5, 1.0, 2.0])
def test_orthogonal_initialisation_at_rest_has_all_exponents_log_g(g):
    module = nn.RNN(3, 30, bias=False).double()
    nn.init.orthogonal_(module.weight_hh_l0, gain=g)
    found = pylyap.lyapunov_spectrum(pylyap.from_torch(module, torch.zeros(100, 3)))
    # rounding of products of 30 x 30, so all local exponents are log g; torch's orthogonal matrix has a few eps itself
    assert np.allclose(found.exponents, np.log(g), rtol=0, atol=1e-12)


# --- What cannot be read ---

def refusals():
    class Own(nn.LSTM):
        def forward(self, x):
            return x

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.GRU(D, H)

    broken = made("gru")
    with torch.no_grad():
        broken.weight_hh_l0[1, 2] = float("nan")
    x = sequence()
    packed = nn.utils.rnn.pack_sequence([x])
    return {
        "another module": (nn.Linear(3, 3), x, "cannot read a Linear"),
        "no module": (np.eye(3), x, "cannot read a ndarray"),
        "a model around it": (Model(), x, r"contains \.encoder"),
        "a forward of its own": (Own(D, H), x, "forward of its own"),
        "bidirectional": (made("gru", bidirectional=True), x, "bidirectional: one half reads the sequence backwards"),
        "projections": (nn.LSTM(D, H, proj_size=2), x, "proj_size"),
        "half": (made("lstm").half(), x, "weight_ih_l0 has half precision.*module.float()"),
        "bfloat16": (made("lstm").bfloat16(), x, "weight_ih_l0 has half precision"),
        "float8": (made("lstm").to(torch.float8_e5m2), x, "weight_ih_l0 has half precision or less .float8_e5m2"),
        "NaN": (broken, x, "weight_hh_l0 has 1 entries that are NaN"),
        "no numbers": (nn.GRU(D, H, device="meta"), x, '"meta", which holds no numbers'),
        "width": (made("gru"), x[:, :2], "inputs has 2 columns, the first layer takes 3"),
        "NaN in the inputs": (made("gru"), x * float("nan"), "inputs has 120 entries that are NaN"),
        "one-dimensional": (made("gru"), x[0], "one sequence \\(T, D\\) or a batch"),
        "an empty batch": (made("gru"), x[:, None][:, :0], "one sequence \\(T, D\\) or a batch"),
        "packed": (made("gru"), packed, "PackedSequence"),
    }


@pytest.mark.parametrize("case", refusals())
def test_what_cannot_be_read_is_refused_with_the_reason(case):
    module, inputs, message = refusals()[case]
    with pytest.raises(NetworkError, match=message):
        pylyap.from_torch(module, inputs)


def test_states_and_options_that_do_not_fit_are_refused():
    h = torch.zeros(1, H)
    for module, state, message in [
        (made("lstm"), h, "pair"), (made("gru"), (h, h), "shape"), (made("gru"), h[:, 1:], r"shape \(1, 5\)"),
        (made("gru", num_layers=2), h, r"\(2, 6\)"), (made("gru"), torch.zeros(1, 2, H), "shape"),
    ]:
        with pytest.raises(NetworkError, match=message):
            pylyap.from_torch(module, sequence(), initial_state=state)
    with pytest.raises(UnknownOptionError, match="initial_state"):
        pylyap.from_torch(made("gru"), sequence(), inital_state=h)


def test_weights_elsewhere_are_copied_with_a_note():
    # No GPU here: an object that answers as a tensor on one does. That the copy is read is all that can be tested.
    class OnGPU:
        layout, is_quantized, device = torch.strided, False, torch.device("cuda:0")

        def detach(self):
            return self

        def cpu(self):
            return torch.ones(3, dtype=torch.float64)

    from pylyap.torch.modules import on_host

    with pytest.warns(UserWarning, match="on cuda:0 are copied to the CPU"):
        assert np.array_equal(on_host("weight_hh_l0", OnGPU()), np.ones(3))


# --- Beside Julia ---

@pytest.mark.parametrize("first", ["torch", "julia"])
def test_torch_and_julia_live_in_one_process_whichever_came_first(first):
    steps = {"torch": "import torch", "julia": "import pylyap; pylyap.start_julia()"}
    order = [steps.pop(first), *steps.values()]
    finished = run_python("\n".join([*order, """
module = torch.nn.LSTM(3, 8, num_layers=2)
inputs = torch.randn(20, 4, 3)
loss = module(inputs)[0].square().mean()
loss.backward()                                   # torch computes before and after Julia, with its threads
spectra = pylyap.lyapunov_ensemble(pylyap.from_torch(module, inputs))
(torch.randn(300, 300) @ torch.randn(300, 300)).sum().item()
module(inputs)[0].square().mean().backward()
print(len(spectra), len(spectra[0].exponents), spectra[0].exponents[0] < 0)
"""]), timeout=300)
    assert finished.stdout.split() == ["4", "32", "True"], finished.stderr
    assert finished.returncode == 0


def test_importing_pylyap_does_not_import_torch():
    finished = run_python("import sys, pylyap; print('torch' in sys.modules)")
    assert finished.stdout.strip() == "False", finished.stderr
