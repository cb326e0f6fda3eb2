"""Weights that a torch module makes in its forward pass: the network has to follow the module's next pass.

The oracle is the module itself: the state after its next forward pass, with all its hooks.
"""

import copy
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

import pylyap
from pylyap.errors import NetworkError

D, H, STEPS = 2, 6, 12
MODULES = {
    "rnn": lambda: nn.RNN(D, H, num_layers=2).double(),
    "gru": lambda: nn.GRU(D, H).double(),
    "lstm": lambda: nn.LSTM(D, H, num_layers=2).double(),
    "rnn cell": lambda: nn.RNNCell(D, H).double(),
    "gru cell": lambda: nn.GRUCell(D, H).double(),
    "lstm cell": lambda: nn.LSTMCell(D, H).double(),
}


def old_weight_norm(module, name):
    nn.utils.weight_norm(module, name)
    return module.__getattr__(f"{name}_g")


def old_spectral_norm(module, name):
    nn.utils.spectral_norm(module, name)
    return getattr(module, f"{name}_orig")


def pruned(module, name):
    prune.l1_unstructured(module, name, 0.4)
    return getattr(module, f"{name}_orig")


def pruned_twice(module, name):
    prune.random_unstructured(module, name, 0.2)
    return pruned(module, name)


def normed_behind_pruning(module, name):
    """The hook of pruning runs first, and reads what that of weight_norm has made in the pass before."""
    prune.l1_unstructured(module, name, 0.4)
    nn.utils.weight_norm(module, f"{name}_orig")
    return module.__getattr__(f"{name}_orig_g")


def normed_twice(module, name):
    parametrizations.weight_norm(module, name)
    parametrizations.spectral_norm(module, name)
    return getattr(module.parametrizations, name).original0


def orthogonal(module, name):
    parametrizations.orthogonal(module, name)
    return getattr(module.parametrizations, name).original


def new_weight_norm(module, name):
    parametrizations.weight_norm(module, name)
    return getattr(module.parametrizations, name).original0


def new_spectral_norm(module, name):
    parametrizations.spectral_norm(module, name)
    return getattr(module.parametrizations, name).original


class Doubled(nn.Module):
    def forward(self, weights):
        return 2 * weights


def own_parametrization(module, name):
    parametrize.register_parametrization(module, name, Doubled())
    return getattr(module.parametrizations, name).original


def own_hook(module, name):
    """A hook as one writes it: the weight is an attribute that is made from a parameter before each pass."""
    raw = nn.Parameter(getattr(module, name).detach().clone())
    del module._parameters[name]
    module.register_parameter(f"{name}_raw", raw)
    module.register_forward_pre_hook(lambda m, _: setattr(m, name, torch.tril(3 * getattr(m, f"{name}_raw"), 1)))
    setattr(module, name, raw.detach().clone())
    return raw


def clipping_hook(module, name):
    """A hook that changes the parameter itself."""

    def clip(m, args):
        getattr(m, name).data.clamp_(-0.1, 0.1)

    module.register_forward_pre_hook(clip)
    return getattr(module, name)


def noisy_hook(module, name):
    """A hook that draws random numbers at each pass (weight noise)."""
    raw = getattr(module, name).detach().clone()

    def disturb(m, args):
        getattr(m, name).data.copy_(raw + torch.randn_like(raw))

    module.register_forward_pre_hook(disturb)
    return getattr(module, name)


WAYS = [old_weight_norm, old_spectral_norm, pruned, pruned_twice, new_weight_norm, new_spectral_norm, own_parametrization,
        own_hook, clipping_hook, noisy_hook, normed_behind_pruning, normed_twice, orthogonal]  # fmt: skip


def final_state(module, inputs):
    """What the module's own forward passes end in, as pylyap orders it."""
    with torch.no_grad():
        if not isinstance(module, nn.RNNCellBase):
            last = module(inputs)[1]
            parts = torch.stack(last if isinstance(last, tuple) else (last,))
            return parts.transpose(0, 1).flatten().numpy()
        state = module(inputs[0])
    return (torch.cat(state) if isinstance(state, tuple) else state).numpy()


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", MODULES)
def test_the_network_is_that_of_the_next_forward_pass(kind, way, training):
    torch.manual_seed(1)
    module, name = MODULES[kind](), "weight_hh" if "cell" in kind else "weight_hh_l0"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # that weight_norm is old
        source = way(module, name)
    module.train(training)
    source.data.mul_(4)  # the weights that were made have not heard of it
    inputs = torch.randn(1 if "cell" in kind else STEPS, D, dtype=torch.float64)
    numbers = {own: tensor.clone() for own, tensor in module.state_dict().items()}
    state = torch.randn(H, dtype=torch.float64) if "cell" in kind else None
    draws = torch.random.get_rng_state()
    network = pylyap.from_torch(module, inputs)
    torch.random.set_rng_state(draws)
    for own, tensor in module.state_dict().items():  # nothing was changed by looking
        assert torch.equal(tensor, numbers[own]), own
    # a pass of few steps rounds in its last digits: 1e-15 a step, not amplified beyond 1e3 in so few
    if state is None:
        expected = final_state(module, inputs)
        np.testing.assert_allclose(run_in_numpy(network, inputs), expected, rtol=0, atol=1e-11)
    else:
        parts = (state, -state) if "lstm" in kind else state
        with torch.no_grad():
            after = module(inputs[0], parts)
        after = (torch.cat(after) if isinstance(after, tuple) else after).numpy()
        flat = np.concatenate([state, -state]) if "lstm" in kind else state.numpy()
        np.testing.assert_allclose(run_in_numpy(network, inputs, flat), after, rtol=0, atol=1e-11)


def run_in_numpy(network, inputs, state=None):
    """The state after the inputs, from the equations in the docstrings of the networks."""

    def sigma(x):
        return 1 / (1 + np.exp(-x))

    parts = len(network.state_parts)
    states = (np.zeros(network.size) if state is None else state).reshape(len(network.layers), parts, -1).copy()
    for x in inputs.numpy():
        for layer, own in zip(network.layers, states):
            h, hidden = own[0], 0 if layer.hidden_bias is None else layer.hidden_bias
            reads, remembers = layer.input_weights @ x + layer.bias, layer.weights @ h + hidden
            if isinstance(network, pylyap.LeakyRNN):
                h = np.tanh(reads + remembers)
            elif isinstance(network, pylyap.GRUNetwork):
                (xr, xz, xn), (hr, hz, hn) = reads.reshape(3, -1), remembers.reshape(3, -1)
                z = sigma(xz + hz)
                h = (1 - z) * np.tanh(xn + sigma(xr + hr) * hn) + z * h
            else:
                i, f, g, o = (reads + remembers).reshape(4, -1)
                own[1] = sigma(f) * own[1] + sigma(i) * np.tanh(g)
                h = sigma(o) * np.tanh(own[1])
            own[0] = x = h
    return states.flatten()


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_exponents_after_the_norm_of_the_weights_was_changed_or_loaded():
    torch.manual_seed(2)
    module = nn.utils.weight_norm(nn.RNN(2, 3), "weight_hh_l0")
    twin = copy.deepcopy(module.state_dict())
    module.weight_hh_l0_g.data.mul_(4)
    plain = nn.RNN(2, 3)
    weights = {name: tensor for name, tensor in module.state_dict().items() if not name.endswith(("_g", "_v"))}
    v = module.weight_hh_l0_v.detach()
    weights["weight_hh_l0"] = module.weight_hh_l0_g.detach() * v / v.norm(dim=1, keepdim=True)
    plain.load_state_dict(weights)
    inputs = torch.randn(100, 2)

    def exponents(source):
        return pylyap.lyapunov_spectrum(pylyap.from_torch(source, inputs)).exponents

    # torch rounds the weights to float32 in another order: 1e-7 relative
    np.testing.assert_allclose(exponents(module), exponents(plain), rtol=0, atol=1e-5)
    changed = exponents(module)
    module.load_state_dict(twin)
    assert np.abs(exponents(module) - changed).max() > 0.1


def test_within_functional_calls_the_replacement_counts():
    from torch.nn.utils.stateless import _reparametrize_module

    module, inputs = nn.RNN(D, H).double(), torch.randn(STEPS, D, dtype=torch.float64)
    other = {name: 3 * tensor.detach() for name, tensor in module.named_parameters()}
    expected = torch.func.functional_call(module, other, (inputs,))[1].flatten().detach().numpy()
    with _reparametrize_module(module, other):  # what functional_call does around the forward pass
        network = pylyap.from_torch(module, inputs)
    np.testing.assert_allclose(run_in_numpy(network, inputs), expected, rtol=0, atol=1e-11)
    assert np.array_equal(pylyap.from_torch(module, inputs).layers[0].weights, module.weight_hh_l0.detach())


def test_weights_within_function_transforms_are_refused():
    module, stack = nn.RNN(D, H).double(), torch.randn(3, H, H, dtype=torch.float64)

    def measured(weights):
        module._parameters["weight_hh_l0"] = None
        module.__dict__["weight_hh_l0"] = weights
        pylyap.from_torch(module, None)
        return weights.sum()

    with pytest.raises(NetworkError, match=r"weight_hh_l0 .*torch.func"):
        torch.func.vmap(measured)(stack)


def test_hooks_that_do_more_than_make_weights_are_refused():
    inputs = torch.randn(STEPS, D)
    noisy = nn.GRU(D, H)
    noisy.register_forward_pre_hook(lambda m, args: (args[0] + 1,))
    started = nn.GRU(D, H)
    started.register_forward_pre_hook(lambda m, args: (args[0], torch.ones(1, H)))
    for module in (noisy, started):
        with pytest.raises(NetworkError, match="pre-hook of the module changes its inputs or its state"):
            pylyap.from_torch(module, inputs)
    cell = nn.GRUCell(D, H)
    cell.register_forward_hook(lambda m, args, state: state / 2)
    with pytest.raises(NetworkError, match="forward hooks, which may change its state"):
        pylyap.from_torch(cell, inputs)
    broken = nn.RNN(D, H)
    broken.register_forward_pre_hook(lambda m, args: 1 / 0)
    with pytest.raises(NetworkError, match="forward pass fails .ZeroDivisionError"):
        pylyap.from_torch(broken, inputs)


def test_hooks_that_only_watch_are_no_hindrance():
    module, seen = nn.LSTM(D, H).double(), []
    module.register_forward_pre_hook(lambda m, args: seen.append("before"))
    module.register_forward_hook(lambda m, args, out: seen.append("after"))
    network = pylyap.from_torch(module, torch.randn(STEPS, D))
    np.testing.assert_array_equal(network.layers[0].weights, module.weight_hh_l0.detach())
    assert "after" not in seen  # no pass was made
