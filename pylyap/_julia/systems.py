"""Networks as the core's systems, on the same memory."""

from ..networks.cells import CellNetwork
from ..networks.matrix import is_sparse
from ..networks.systems import System
from . import cells, session, user_systems
from .activations import activation
from .arrays import share


def system(network, tangent_order="forward", **inputs):
    """The Julia core's system for a network with the `inputs` of its drive; the network has to outlive it."""
    if tangent_order == "published-transposed":
        return session.julia().LyapunovSpectra.PublishedTransposed(system(network, **inputs))
    if isinstance(network, System):
        return user_systems.system(network)
    if isinstance(network, CellNetwork):
        return cells.system(network)
    core = session.julia().LyapunovSpectra
    common = dict(activation=activation(core, network.activation), bias=share(network.bias), **inputs)
    if network.time_unit == "tau":
        return core.RateNetwork(weights(core, network.weights), tau=network.tau, **common)
    return core.DiscreteNetwork(weights(core, network.weights), **common)


def weights(core, W):
    """The core's weight matrix for a network's weights, dense or sparse."""
    if is_sparse(W):
        return core.SparseRows(share(W.indptr), share(W.indices), share(W.data))
    return share(W)
