"""Activations as other packages name them, and files that are not quite what is read: understood, or told what to give."""

import importlib.util

import numpy as np
import pytest

import pylyap
from pylyap.errors import NetworkError, OptionError

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


def activation_of(given):
    return str(pylyap.DiscreteNetwork(np.eye(2), activation=given).activation)


@needs_torch
def test_modules_of_torch_are_activations():
    import torch
    from torch import nn

    assert [activation_of(kind) for kind in (nn.Tanh, nn.ReLU, nn.Sigmoid, nn.Softplus)] == [
        "tanh", "threshold_linear(1, 0)", "logistic", "softplus"]
    assert activation_of(nn.Hardtanh()) == "hard_tanh" and activation_of(torch.nn.functional.softplus) == "softplus"
    for other in (nn.Hardtanh(-2, 2), nn.Softplus(beta=2), nn.GELU(), nn.ELU):
        with pytest.raises(OptionError, match="not known.*activations.custom"):
            activation_of(other)


@pytest.mark.parametrize("given, own", [("Tanh", "tanh"), ("ReLU", "relu"), ("Sigmoid", "logistic")])
def test_names_with_capitals_are_told(given, own):
    with pytest.raises(OptionError, match=f"'{given}' is called '{own}' here"):
        activation_of(given)


def test_functions_of_ones_own_are_told_the_way():
    for given in (lambda u: u**2, np.exp):
        with pytest.raises(OptionError, match="activations.custom"):
            activation_of(given)


@pytest.mark.parametrize("given", ["w.npy", b"w.npy"])
def test_a_file_name_is_no_matrix(given):
    with pytest.raises(NetworkError, match=r"pylyap.read_weights\(b?'w.npy'\)"):
        pylyap.RateNetwork(given)


def test_another_encoding_is_told_the_line(tmp_path):
    (tmp_path / "w.csv").write_bytes(",é,b\né,0.5,1\nb,2,0\n".encode("latin-1"))
    with pytest.raises(NetworkError, match='not text in UTF-8.*encoding="latin-1"'):
        pylyap.read_weights(tmp_path / "w.csv")


EDGES = [(1, 2, 0.5), (2, 1, 1.0), (3, 1, 2.0), (3, 2, -1.0)]
LINES = ["{},{},{}".format(*edge) for edge in EDGES]
FILES = {
    "comments before": ["# by hand", "% of 2024", "source,target,w", *LINES], "blanks": ["source,target,w", "", *LINES, "   "],
    "a comment between": [*LINES[:2], "% half", *LINES[2:]], "quoted": ['"source","target","w"', '"1","2","0.5"', *LINES[1:]],
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_of_edges_that_numpy_opens_itself_or_not(case, encoding, tmp_path):
    (tmp_path / "e.csv").write_text("\n".join(FILES[case]) + "\n", encoding=encoding)
    W = pylyap.read_weights(tmp_path / "e.csv", layout="edges")
    assert W.labels == ("1", "2", "3")
    assert sorted((j + 1, i + 1, W[i, j]) for i in range(3) for j in range(3) if W[i, j]) == EDGES


def test_the_line_of_the_warning_is_that_of_the_caller(tmp_path):
    (tmp_path / "edges.csv").write_text("from,to,w\n1,2,0.5\n2,1,1\n")
    with pytest.warns(UserWarning, match="2 edges among 2 units") as caught:
        pylyap.read_weights(tmp_path / "edges.csv")
    assert caught[0].filename == __file__
