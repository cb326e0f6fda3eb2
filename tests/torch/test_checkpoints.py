"""Networks from saved weights: files of torch and safetensors, and plain dicts."""

import os
import pickle

import numpy as np
import pytest

import pylyap
from pylyap.errors import MissingPackageError, NetworkError, OptionError, UnknownOptionError
from subprocesses import run_python

torch = pytest.importorskip("torch", reason="these tests write files with torch, which is not installed")
pytest.importorskip("safetensors", reason="these tests write files with safetensors, which is not installed")
import safetensors.torch  # noqa: E402 - needs torch

nn = torch.nn

INPUTS = np.random.default_rng(1).standard_normal((30, 3))
MADE = {
    "rnn_tanh": lambda **o: nn.RNN(3, 5, **o), "rnn_relu": lambda **o: nn.RNN(3, 5, nonlinearity="relu", **o),
    "gru": lambda **o: nn.GRU(3, 5, **o), "lstm": lambda **o: nn.LSTM(3, 5, **o),
}


def saved_torch(weights, folder):
    torch.save(weights, folder / "weights.pt")
    return folder / "weights.pt"


def saved_safetensors(weights, folder):
    safetensors.torch.save_file(weights, folder / "weights.safetensors")
    return folder / "weights.safetensors"


def same(one, other):
    """Whether two networks are of one class and have the same arrays."""
    assert type(one) is type(other) and one.arrays().keys() == other.arrays().keys()
    assert repr(one) == repr(other)
    return all(np.array_equal(array, other.arrays()[name]) for name, array in one.arrays().items())


@pytest.mark.parametrize("save", [saved_torch, saved_safetensors, lambda weights, _: weights])
@pytest.mark.parametrize("kind", MADE)
def test_saved_weights_give_the_network_of_the_module(tmp_path, kind, save):
    for options in (dict(num_layers=2), dict(bias=False)):
        module = MADE[kind](**options)
        source = save(module.state_dict(), tmp_path)
        found = pylyap.from_state_dict(source, INPUTS, kind=kind if kind.startswith("rnn") else None)
        assert same(found, pylyap.from_torch(module, INPUTS))


@pytest.mark.parametrize("cell", [nn.GRUCell(3, 5), nn.LSTMCell(3, 5)])
def test_saved_cells_and_batches(tmp_path, cell):
    batch = torch.randn(4, 20, 3)
    found = pylyap.from_state_dict(saved_torch(cell.state_dict(), tmp_path), batch, batch_first=True)
    assert len(found) == 4
    assert all(same(one, pylyap.from_torch(cell, x)) for one, x in zip(found, batch))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder, self.head = nn.GRU(3, 5), nn.LSTM(3, 4), nn.Linear(4, 1)


@pytest.mark.parametrize("wrap", [lambda weights: weights, lambda weights: {"state_dict": weights, "epoch": 3}])
def test_the_prefix_chooses_a_module_of_a_model(tmp_path, wrap):
    model = Model()
    path = saved_torch(wrap(model.state_dict()), tmp_path)
    for prefix in ("encoder", "encoder."):
        assert same(pylyap.from_state_dict(path, INPUTS, prefix=prefix), pylyap.from_torch(model.encoder, INPUTS))
    assert same(pylyap.from_state_dict(path, INPUTS, prefix="decoder"), pylyap.from_torch(model.decoder, INPUTS))
    with pytest.raises(NetworkError, match="2 recurrent modules: choose one by its prefix, one of 'decoder.', 'encoder.'"):
        pylyap.from_state_dict(path, INPUTS)
    with pytest.raises(NetworkError, match="prefix = 'head' is not there"):
        pylyap.from_state_dict(path, INPUTS, prefix="head")


class Harmful:
    """A pickle that would make a folder if it were executed."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("dump", [torch.save, lambda thing, path: path.write_bytes(pickle.dumps(thing, 2))])
def test_an_untrusted_pickle_is_refused_and_not_executed(tmp_path, dump):
    made = tmp_path / "executed"
    dump({"weight_hh_l0": torch.eye(3), "more": Harmful(made)}, tmp_path / "weights.pt")
    with pytest.raises(NetworkError, match=r"untrusted pickle.*save module.state_dict\(\)"):
        pylyap.from_state_dict(tmp_path / "weights.pt", INPUTS)
    assert not made.exists()
    with open(tmp_path / "weights.pt", "rb") as file:  # it is a harmful file indeed
        torch.load(file, weights_only=False) if dump is torch.save else pickle.load(file)
    assert made.exists()


def test_a_whole_module_is_refused(tmp_path):
    with pytest.raises(NetworkError, match="untrusted pickle"):
        pylyap.from_state_dict(saved_torch(nn.GRU(3, 5), tmp_path), INPUTS)


def test_old_torch_is_not_trusted_with_files(tmp_path, monkeypatch):
    path = saved_torch(nn.GRU(3, 5).state_dict(), tmp_path)
    monkeypatch.setattr(torch, "__version__", "2.5.1+cpu")
    with pytest.raises(MissingPackageError, match="torch 2.5.1.*install torch 2.6"):
        pylyap.from_state_dict(path, INPUTS)


def test_damaged_and_missing_files_are_named(tmp_path):
    weights = nn.GRU(3, 5).state_dict()
    for save in (saved_torch, saved_safetensors):
        path = save(weights, tmp_path)
        whole = path.read_bytes()
        for part in (b"", whole[:5], whole[: len(whole) // 2], b"something else"):
            path.write_bytes(part)
            with pytest.raises(NetworkError, match="weights"):
                pylyap.from_state_dict(path, INPUTS)
    with pytest.raises(NetworkError, match="there is no file"):
        pylyap.from_state_dict(tmp_path / "none.pt", INPUTS)
    with pytest.raises(NetworkError, match="there is no recurrent module"):
        pylyap.from_state_dict(saved_torch([1, 2], tmp_path), INPUTS)


def changed(changes, made=MADE["gru"]):
    weights = {name: array.numpy() for name, array in made().state_dict().items()} | changes
    return {name: array for name, array in weights.items() if array is not None}


BAD = {
    "nothing recurrent": ({"weight": np.eye(3)}, {}, "no recurrent module"),
    "activation": (changed({}, MADE["rnn_tanh"]), {}, 'give kind="rnn_tanh" or "rnn_relu"'),
    "contradiction": (changed({}), dict(kind="lstm"), "contradicts the weights.*'gru'"),
    "shape": (changed({"weight_hh_l0": np.zeros((10, 5))}), {}, r"weight_hh has shape \(10, 5\)"),
    "vector": (changed({"weight_hh_l0": np.zeros(10)}), {}, r"weight_hh has shape \(10,\)"),
    "missing": (changed({"weight_ih_l0": None}), {}, "weights are missing: weight_ih_l0"),
    "one bias": (changed({"bias_hh_l0": None}), {}, "only one of bias_ih_l0 and bias_hh_l0"),
    "a layer left out": (changed({"weight_hh_l2": np.zeros((15, 5))}), {}, "missing: weight_ih_l1, weight_hh_l1"),
    "half": (changed({"weight_ih_l0": np.zeros((15, 3), np.float16)}), {}, "weight_ih_l0 has half precision"),
    "NaN": (changed({"bias_ih_l0": np.full(15, np.nan)}), {}, "bias_ih_l0 has 15 entries that are NaN"),
    "both directions": (nn.GRU(3, 5, bidirectional=True).state_dict(), {}, "bidirectional"),
    "projections": (nn.LSTM(3, 5, proj_size=2).state_dict(), {}, "proj_size"),
}


@pytest.mark.parametrize("case", BAD)
def test_weights_that_cannot_be_used_are_refused_with_the_reason(case):
    weights, options, message = BAD[case]
    with pytest.raises(NetworkError, match=message):
        pylyap.from_state_dict(weights, INPUTS, **options)


def test_half_precision_files_are_refused_unless_another_module_has_it(tmp_path):
    for dtype in (torch.float16, torch.bfloat16):
        path = saved_safetensors(nn.GRU(3, 5, dtype=dtype).state_dict(), tmp_path)
        with pytest.raises(NetworkError, match="weight_ih_l0 has half precision"):
            pylyap.from_state_dict(path, INPUTS)
    mixed = nn.GRU(3, 5).state_dict() | {"head.weight": torch.zeros(3, dtype=torch.bfloat16)}
    assert pylyap.from_state_dict(saved_safetensors(mixed, tmp_path), INPUTS).size == 5


@pytest.mark.parametrize(("source", "message"), [
    (nn.GRU(3, 5), "a GRU: give it to from_torch"), (None, "a NoneType: give the name of a file, or a dict"), (3, "an? int"),
])
def test_what_is_no_file_and_no_dict_is_refused(source, message):
    with pytest.raises(NetworkError, match=message):
        pylyap.from_state_dict(source, INPUTS)


def test_options_are_checked():
    with pytest.raises(OptionError, match="did you mean 'rnn_relu'"):
        pylyap.from_state_dict(changed({}), INPUTS, kind="rnn_rellu")
    with pytest.raises(UnknownOptionError, match="did you mean 'prefix'"):
        pylyap.from_state_dict(changed({}), INPUTS, prefx="a")


def test_safetensors_and_dicts_need_no_torch(tmp_path):
    path = saved_safetensors(nn.LSTM(3, 5).state_dict(), tmp_path)
    finished = run_python(f"""
import sys
sys.modules["torch"] = None                       # importing it fails from here on
import numpy, pylyap
network = pylyap.from_state_dict({str(path)!r}, numpy.zeros((20, 3)))
again = pylyap.from_state_dict({{"weight_hh": numpy.eye(5), "weight_ih": numpy.ones((5, 3))}}, None, kind="rnn_relu")
print(network.size, again.size)
for call in (lambda: pylyap.from_torch(None, None), lambda: pylyap.from_state_dict({str(__file__)!r}, None)):
    try:
        call()
    except pylyap.errors.MissingPackageError as error:
        print("pip install torch" in str(error))
""")
    assert finished.stdout.split() == ["10", "5", "True", "True"], finished.stderr


def test_a_missing_safetensors_is_said(tmp_path, monkeypatch):
    path = saved_safetensors(nn.LSTM(3, 5).state_dict(), tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "safetensors", None)
    with pytest.raises(MissingPackageError, match="pip install"):
        pylyap.from_state_dict(path, INPUTS)
