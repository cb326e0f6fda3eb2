"""State dicts within checkpoints, and weights that are kept in parts."""

import argparse
import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

import pylyap
from pylyap.errors import NetworkError

INPUTS = np.random.default_rng(1).standard_normal((30, 3))


def same(one, other):
    return one.arrays().keys() == other.arrays().keys() and all(
        np.allclose(array, other.arrays()[name], rtol=1e-6, atol=1e-7)  # float32, rounded in another order
        for name, array in one.arrays().items()
    )


@pytest.mark.parametrize("on_disk", [True, False])
@pytest.mark.parametrize("name", ["state_dict", "model_state_dict", "model_state", "model", "net", "trainer/ema"])
def test_weights_further_down(name, on_disk, tmp_path):
    module, whole = nn.GRU(3, 5), {}
    inner = module.state_dict()
    for part in reversed(name.split("/")):
        inner = {part: inner}
    whole = {"epoch": 1, "optimizer": {"lr": 0.1}} | inner
    if on_disk:
        torch.save(whole, tmp_path / "w.pt")
    source = tmp_path / "w.pt" if on_disk else whole
    assert same(pylyap.from_state_dict(source, INPUTS), pylyap.from_torch(module, INPUTS))
    assert same(pylyap.from_state_dict(source, INPUTS, key=name), pylyap.from_torch(module, INPUTS))


def test_several_state_dicts_are_named_and_chosen_by_key():
    one, other = nn.GRU(3, 5), nn.GRU(3, 5)
    both = {"model": one.state_dict(), "ema": other.state_dict()}
    with pytest.raises(NetworkError, match="several state dicts: choose one by key, one of 'model', 'ema'"):
        pylyap.from_state_dict(both, INPUTS)
    assert same(pylyap.from_state_dict(both, INPUTS, key="ema"), pylyap.from_torch(other, INPUTS))
    with pytest.raises(NetworkError, match="key = 'emma' is not there: there is .*'ema'"):
        pylyap.from_state_dict(both, INPUTS, key="emma")
    with pytest.raises(NetworkError, match="key = 'epoch' holds a int"):
        pylyap.from_state_dict({"epoch": 1}, INPUTS, key="epoch")


WAYS = {
    "old weight_norm": nn.utils.weight_norm,
    "old weight_norm of columns": lambda m, name: nn.utils.weight_norm(m, name, dim=1),
    "old weight_norm of all": lambda m, name: nn.utils.weight_norm(m, name, dim=None),
    "new weight_norm": parametrizations.weight_norm,
    "old spectral_norm": nn.utils.spectral_norm,
    "new spectral_norm": parametrizations.spectral_norm,
    "pruning": lambda m, name: prune.l1_unstructured(m, name, 0.5),
}


@pytest.mark.parametrize("way", WAYS)
def test_weights_in_parts_are_those_of_the_module_in_evaluation(way):
    torch.manual_seed(1)
    module = nn.LSTM(3, 5, num_layers=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        WAYS[way](module, "weight_hh_l1")
        WAYS[way](module, "weight_ih_l0")
    for _ in range(3):
        module(torch.zeros(2, 3))  # what a norm remembers has been learnt
    module.eval()
    assert same(pylyap.from_state_dict(module.state_dict(), INPUTS), pylyap.from_torch(module, INPUTS))


def test_weights_made_in_an_unknown_way_are_refused():
    module = parametrizations.orthogonal(nn.RNN(3, 5), "weight_hh_l0")
    with pytest.raises(NetworkError, match="in a way that its names do not tell.*from_torch"):
        pylyap.from_state_dict(module.state_dict(), INPUTS, kind="rnn_tanh")
    both = nn.GRU(3, 5).state_dict() | {"weight_hh_l0_orig": torch.ones(15, 5), "weight_hh_l0_mask": torch.ones(15, 5)}
    with pytest.raises(NetworkError, match="weight_hh_l0 is there twice"):
        pylyap.from_state_dict(both, INPUTS)


def test_names_of_others_are_told_what_to_map_to_what():
    for names, message in [
        (("gru/kernel", "gru/recurrent_kernel"), r"Keras: weight_hh is recurrent_kernel\.T"),
        (("input2h.weight", "h2h.weight"), r"weight_hh is h2h\.weight.*leak=dt/tau"),
        (("w_in", "w_rec"), "W is w_rec"),
    ]:
        with pytest.raises(NetworkError, match=message):
            pylyap.from_state_dict({name: np.eye(3) for name in names}, INPUTS)


def test_what_torch_refuses_is_named_with_the_line_that_allows_it(tmp_path):
    torch.save({"state_dict": nn.GRU(3, 5).state_dict(), "args": argparse.Namespace(lr=1)}, tmp_path / "w.pt")
    allow = r"torch.serialization.add_safe_globals\(\[argparse.Namespace\]\)"
    with pytest.raises(NetworkError, match=f"import argparse; {allow}.*torch says: "):
        pylyap.from_state_dict(tmp_path / "w.pt", INPUTS)
