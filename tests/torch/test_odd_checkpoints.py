"""Odd checkpoints: read as they are meant, or refused with what to do."""

import types
import warnings

import numpy as np
import pytest
import torch
from torch import nn

import pylyap
from pylyap.errors import NetworkError

INPUTS = np.random.default_rng(1).standard_normal((10, 3))
MODULE = nn.GRU(3, 5)
STATE = MODULE.state_dict()


def same(one):
    other = pylyap.from_torch(MODULE, INPUTS).arrays()
    return all(np.array_equal(array, other[name]) for name, array in one.arrays().items()) and one.arrays().keys() == other.keys()


@pytest.mark.parametrize("made, key", [
    ((STATE, {"lr": 0.1}), None), ([{"epoch": 1}, STATE], "1"), ({"models": [STATE, STATE]}, "models/1"), ({0: STATE, 1: STATE}, 1),
    ({"a": {"b": {"c": STATE}}}, None), ({"runs": [{"net": STATE}]}, None),
])  # fmt: skip
def test_lists_numbers_and_deeper_levels(made, key, tmp_path):
    torch.save(made, tmp_path / "w.pt")
    assert same(pylyap.from_state_dict(tmp_path / "w.pt", INPUTS, key=key))
    if isinstance(made, dict):
        assert same(pylyap.from_state_dict(made, INPUTS, key=key))


def test_several_in_a_list_are_named():
    with pytest.raises(NetworkError, match="'models/0', 'models/1'"):
        pylyap.from_state_dict({"models": [STATE, STATE]}, INPUTS)
    with pytest.raises(NetworkError, match="key = 'models/2' is not there: there is .'0', '1'"):
        pylyap.from_state_dict({"models": [STATE, STATE]}, INPUTS, key="models/2")


def test_other_containers_and_files(tmp_path):
    arrays = {name: tensor.numpy() for name, tensor in STATE.items()}
    np.savez(tmp_path / "w.npz", **arrays)
    assert same(pylyap.from_state_dict(tmp_path / "w.npz", INPUTS)) and same(pylyap.from_state_dict(bytes(tmp_path / "w.npz"), INPUTS))
    with np.load(tmp_path / "w.npz") as held:
        assert same(pylyap.from_state_dict(held, INPUTS))
    assert same(pylyap.from_state_dict(types.MappingProxyType(arrays), INPUTS))
    (tmp_path / "w.npz").write_bytes(b"PK")
    with pytest.raises(NetworkError, match="as arrays of NumPy"):
        pylyap.from_state_dict(tmp_path / "w.npz", INPUTS)
    torch.save(torch.ones(3), tmp_path / "w.pt")
    with pytest.raises(NetworkError, match="holds a Tensor"):
        pylyap.from_state_dict(tmp_path / "w.pt", INPUTS)


def test_safetensors_under_another_name(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    numpy.save_file({name: tensor.numpy() for name, tensor in STATE.items()}, tmp_path / "w.bin")
    assert same(pylyap.from_state_dict(tmp_path / "w.bin", INPUTS))


def test_programs_of_torchscript_and_files_of_keras(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, of what it will leave
        torch.jit.script(nn.GRU(3, 5)).save(str(tmp_path / "w.pt"))
    with pytest.raises(NetworkError, match=r"torch.jit.load\(path\).state_dict"):
        pylyap.from_state_dict(tmp_path / "w.pt", INPUTS)
    (tmp_path / "w.keras").write_bytes(b"PK")
    with pytest.raises(NetworkError, match="give a dict of arrays.*recurrent_kernel.T"):
        pylyap.from_state_dict(tmp_path / "w.keras", INPUTS)


@pytest.mark.parametrize("names, told", [
    (["rnn/basic_lstm_cell/kernel"], "TensorFlow 1"), (["i2h.weight", "i2o.weight"], "the first columns"),
    (["weight_hh_l0.base", "weight_hh_l0.lora_A"], "merge them first"), (["W_hh", "W_ih"], '"weight_hh_l0": ...'), (["J", "B"], "LeakyRNN"),
])  # fmt: skip
def test_names_of_others_lead_on(names, told):
    with pytest.raises(NetworkError, match=told):
        pylyap.from_state_dict({name: np.ones((5, 5)) for name in names}, INPUTS)


def test_an_archive_with_a_damaged_list_of_its_files_is_refused(tmp_path):
    path = tmp_path / "m.pt"
    torch.save(nn.RNN(2, 3).state_dict(), path)
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x01\x00"))  # where each file's entry begins
    with pytest.raises(NetworkError, match="cannot read .* as weights saved by torch"):
        pylyap.from_state_dict(path, np.ones((9, 2)))
