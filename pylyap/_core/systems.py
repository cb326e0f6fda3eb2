"""Networks as the core's systems, on the same memory."""

from ..networks.cells import CellNetwork
from ..networks.matrix import is_sparse
from ..systems.described import System
from .._runtime import session
from . import cells, user_systems
from .activations import activation
from .arrays import share


def system(network, tangent_order="forward", share=share, **inputs):
    """The Julia core's system for a network with the `inputs` of its drive; the network and `share` have to outlive it."""
    if tangent_order == "published-transposed":
        return session.julia().LyapunovSpectra.PublishedTransposed(system(network, share=share, **inputs))
    if isinstance(network, System):
        return user_systems.system(network)
    if isinstance(network, CellNetwork):
        return cells.system(network)
    core = session.julia().LyapunovSpectra
    common = dict(activation=activation(core, network.activation), bias=share(network.bias), **inputs)
    if network.time_unit == "tau":
        return core.RateNetwork(weights(core, network.weights, share), tau=network.tau, **common)
    return core.DiscreteNetwork(weights(core, network.weights, share), **common)


def weights(core, W, share_values=share):
    """The core's weight matrix for a network's weights, dense or sparse."""
    if is_sparse(W):
        return core.SparseRows(share(W.indptr), share(W.indices), share_values(W.data))
    return share_values(W)
