"""Networks are checked when they are made, before Julia is needed, and do not change afterwards."""

import pickle

import numpy as np
import pytest

from pylyap.errors import NetworkError, OptionError, UnknownOptionError
from pylyap.networks.models import DiscreteNetwork, RateNetwork

W = np.asfortranarray(np.arange(9.0).reshape(3, 3))
both = pytest.mark.parametrize("Network", [RateNetwork, DiscreteNetwork])


def test_properties_of_a_rate_network():
    net = RateNetwork(W, tau=2, bias=[1, 2, 3])
    assert (net.size, net.tau, net.time_unit, str(net.activation)) == (3, 2.0, "tau", "tanh")
    assert net.bias.dtype == np.float64 and net.bias.tolist() == [1, 2, 3]
    assert repr(net) == "RateNetwork(3 units, tanh, tau=2.0, with bias, with autapses)"


def test_properties_of_a_discrete_network():
    net = DiscreteNetwork(W - np.diag(W.diagonal()))
    assert (net.size, net.time_unit) == (3, "step")
    assert net.bias.tolist() == [0, 0, 0]
    assert not net.has_autapses and DiscreteNetwork(W).has_autapses
    assert repr(net) == "DiscreteNetwork(3 units, tanh, no bias, no autapses)"


@both
def test_fortran_weights_are_not_copied(Network):
    assert np.shares_memory(Network(W).weights, W)


@both
@pytest.mark.parametrize(
    "given",
    [np.ascontiguousarray(W), W.astype(np.float32), W.astype(int), W.astype(np.uint8), W.tolist(), W[::-1, ::-1]],
)
def test_other_weights_become_fortran_float64(Network, given):
    weights = Network(given).weights
    assert weights.dtype == np.float64 and weights.flags.f_contiguous
    np.testing.assert_array_equal(weights, np.array(given))


@both
def test_networks_do_not_change(Network):
    bias = np.ones(3)
    net = Network(W, bias=bias)
    bias[0] = 7
    assert net.bias[0] == 1
    for change in ("weights", "bias", "size", "activation"):
        with pytest.raises(AttributeError):
            setattr(net, change, 0)
    with pytest.raises(ValueError):
        net.weights[0, 0] = 1
    assert W.flags.writeable  # the caller's own array is left as it was


@both
def test_networks_can_be_sent_to_other_processes(Network):
    net = pickle.loads(pickle.dumps(Network(W, bias=[1, 2, 3])))
    np.testing.assert_array_equal(net.weights, W)
    assert net.weights.flags.f_contiguous and net.bias.tolist() == [1, 2, 3]


@both
@pytest.mark.parametrize(
    "weights, message",
    [
        (np.ones((2, 3)), r"shape \(2, 3\).*square"),
        (np.ones(4), r"shape \(4,\).*square"),
        (np.ones((2, 2, 2)), "square"),
        (np.ones((0, 0)), r"shape \(0, 0\).*N >= 1"),
        (3.0, r"shape \(\).*square"),
        ([[1, 2], [3]], "not a rectangular array"),
        ([[np.nan, 1], [np.inf, 2]], "2 entries that are NaN or infinite, of 4"),
        (np.ones((2, 2), complex), "dtype complex128.*real numbers"),
        (np.ones((2, 2), bool), "dtype bool.*real numbers"),
        (np.ones((2, 2), object), "dtype object.*real numbers"),
        ([["a", "b"], ["c", "d"]], "dtype <U1.*real numbers"),
        (None, "dtype object.*real numbers"),
    ],
)
def test_bad_weights(Network, weights, message):
    with pytest.raises(NetworkError, match=f"^W .*{message}"):
        Network(weights)


@both
@pytest.mark.parametrize(
    "bias, message",
    [
        (1.0, "shape"),
        (np.ones(2), r"shape \(2,\).*3 units"),
        (np.ones((3, 1)), "shape"),
        ([1, np.nan, 2], "NaN"),
        ([1j, 0, 0], "dtype"),
    ],
)
def test_bad_bias(Network, bias, message):
    with pytest.raises(NetworkError, match=f"^bias .*{message}"):
        Network(W, bias=bias)


@pytest.mark.parametrize("tau", [0, -1.0, np.nan, np.inf, "1", None, True])
def test_bad_tau(tau):
    with pytest.raises(OptionError, match="^tau = .*> 0"):
        RateNetwork(W, tau=tau)


@both
@pytest.mark.parametrize(
    "activation, ending",
    [("tanhh", "did you mean 'tanh'"), ("qq", "known. Allowed: 'tanh'"), (np.linalg.norm, "give one of 'tanh'.*custom"), (["tanh"], "Allowed")],
)
def test_unknown_activation(Network, activation, ending):
    with pytest.raises(OptionError, match=ending):
        Network(W, activation=activation)


@both
def test_unknown_option_names_the_nearest(Network):
    with pytest.raises(
        UnknownOptionError, match=f"{Network.__name__} has no option 'activaton'; did you mean 'activation'"
    ):
        Network(W, activaton="tanh")
    with pytest.raises(UnknownOptionError, match="'drve'; did you mean 'drive'"):
        Network(W, drve=None)


def test_discrete_network_has_no_tau():
    with pytest.raises(UnknownOptionError, match="no option 'tau'"):
        DiscreteNetwork(W, tau=1.0)


@both
def test_a_drive_is_one_of_pylyap_drives(Network):
    with pytest.raises(NetworkError, match=r"ndarray.*drives.array\(values, interval\)"):
        Network(W, drive=np.zeros((10, 3)))
