"""Recurrent layers as the core's, on the same memory."""

import functools

from ..networks.cells import GRUNetwork, LSTMNetwork
from .._runtime import session
from .activations import activation
from .arrays import share


def system(network):
    """The core's system for a `CellNetwork`, which has to outlive it."""
    core = session.julia().LyapunovSpectra
    layers = _gather()(*(_layer(core, network, layer) for layer in network.layers))
    inputs = {} if network.inputs is None else dict(inputs=share(network.inputs.T))
    return core.CellNetwork(layers, **inputs)


def _layer(core, network, layer):
    # rows in NumPy's memory are columns in Julia's: the transposed array is the same memory
    rows = session.julia().seval("transpose")
    weights, input_weights, bias = rows(share(layer.weights.T)), rows(share(layer.input_weights.T)), share(layer.bias)
    hidden_bias = None if layer.hidden_bias is None else share(layer.hidden_bias)
    if isinstance(network, GRUNetwork):
        return core.GRULayer(weights, input_weights, bias, hidden_bias)
    if hidden_bias is not None:  # added now, not when the network was made: a module in training may change both
        bias = session.julia().seval("+")(bias, hidden_bias)
    if isinstance(network, LSTMNetwork):
        return core.LSTMLayer(weights, input_weights, bias)
    phi = activation(core, network.activation)
    return core.RecurrentLayer(weights, input_weights, bias, leak=network.leak, activation=phi)


@functools.cache
def _gather():
    return session.julia().seval("(layers...) -> [layers...]")  # compiled once
