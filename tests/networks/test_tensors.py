"""Tensors of torch as weights, biases and inputs; functions of other libraries as activations."""

import numpy as np
import pytest
import torch

import pylyap
from pylyap.errors import NetworkError, OptionError

W = np.array([[0.5, 0.0, 0.0], [0.0, 0.0, 2.0], [1.0, 0.0, 0.0]])


@pytest.mark.parametrize("make", [
    torch.tensor, lambda W: torch.tensor(W, requires_grad=True), lambda W: torch.nn.Parameter(torch.tensor(W)),
    lambda W: torch.tensor(W, dtype=torch.float32), lambda W: torch.tensor(W).to_sparse(),
    lambda W: [torch.tensor(row, requires_grad=True) for row in W], lambda W: torch._neg_view(torch.tensor(-W)),
    lambda W: torch.sparse_coo_tensor([[0, 1, 2]], torch.tensor(W), (3, 3)), lambda W: torch.tensor(W).to_sparse_csr(), lambda W: torch.tensor(W).to_sparse_csc(), lambda W: 2 * torch.tensor(W / 2, requires_grad=True),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:Sparse", "ignore:The PyTorch API")
def test_tensors_are_weights(make):
    for network in (pylyap.RateNetwork, pylyap.DiscreteNetwork):
        found = network(make(W)).weights
        np.testing.assert_array_equal(found.toarray() if hasattr(found, "toarray") else found, W)
    bias = torch.nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(pylyap.RateNetwork(W, bias=bias).bias, [1, 2, 3])


@pytest.mark.parametrize("half", [W.astype(np.float16), torch.tensor(W).half(), torch.tensor(W).bfloat16()])
def test_half_precision_is_refused_everywhere(half):
    for network in (pylyap.RateNetwork, pylyap.DiscreteNetwork, pylyap.LeakyRNN):
        with pytest.raises(NetworkError, match="W has half precision or less"):
            network(half)
    with pytest.raises(NetworkError, match="bias has half precision"):
        pylyap.RateNetwork(W, bias=half[0])


def test_what_is_no_matrix_of_numbers_is_refused_in_our_words():
    nested = torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])
    meta, lazy = torch.tensor(W).to("meta"), torch.nn.LazyLinear(3).weight
    for bad in (meta, torch.tensor(W, dtype=torch.complex128), torch.tensor(W) > 0, nested, lazy):
        with pytest.raises(NetworkError, match="W "):
            pylyap.RateNetwork(bad)


def test_functions_of_other_libraries_are_understood_and_other_names_lead_on():
    import scipy.special

    for function, name in ((np.tanh, "tanh"), (torch.tanh, "tanh"), (torch.relu, "relu"), (torch.sigmoid, "logistic"),
                           (scipy.special.erf, "erf"), (torch.nn.functional.hardtanh, "hard_tanh")):  # fmt: skip
        assert (
            pylyap.RateNetwork(W, activation=function).activation == pylyap.RateNetwork(W, activation=name).activation
        )
    with pytest.raises(OptionError, match="'sigmoid' is called 'logistic' here"):
        pylyap.RateNetwork(W, activation="sigmoid")
    with pytest.raises(OptionError, match="is not known"):
        pylyap.RateNetwork(W, activation=np.sin)
