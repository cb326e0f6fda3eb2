"""Networks from modules of torch, with their weights as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
import numpy as np

from ..errors import MissingPackageError, NetworkError
from .. import _checks as checks
from ..networks.cells import GRUNetwork, LeakyRNN, LSTMNetwork
from ..networks.layers import weights_array
from .made_weights import FIELDS, of_next_pass
from ..networks.tensors import on_host, refuse_half

if TYPE_CHECKING:
    import torch

    from ..networks.cells import CellNetwork


@checks.named_options()
def from_torch(module: torch.nn.Module, inputs: Any, *, initial_state: Any = None) -> CellNetwork | list[CellNetwork]:
    """A recurrent module of torch as a network that reads given inputs.

    The module is taken as it is in evaluation: dropout between its layers is off. Its state is complete, h for RNN and
    GRU, h and c for LSTM. Exponents are conditional on the inputs: they tell whether states that read the same inputs diverge or converge.

    Parameters
    ----------
    module : torch.nn.RNN, GRU, LSTM, RNNCell, GRUCell or LSTMCell
        Any number of layers, with or without biases, not bidirectional, without projection. float32 weights are
        converted to float64 once. float64 weights are read without a copy: train on, and the network changes with them.
        Weights on a GPU are copied to the CPU, with a warning. Weights that are made before or in each forward pass
        (weight_norm, spectral_norm, pruning, parametrizations, hooks) are those that the next pass would use, in the
        mode the module is in, and are copied; the module stays as it is.
    inputs : tensor or array_like, or None
        One sequence (T, D), or a batch (T, B, D); (B, T, D) if the module has ``batch_first=True``. None: always zero.
    initial_state : tensor or array_like, or a pair of them for an LSTM, optional
        h_0, or (h_0, c_0), in the shapes of torch: (layers, H), or (layers, B, H) for a batch; of a cell (H,) or (B, H).
        By default zeros with inputs, as in torch, and random without.

    Returns
    -------
    LeakyRNN, GRUNetwork or LSTMNetwork, or for a batch a list of them
        A list goes into `pylyap.lyapunov_ensemble` as it is, and the result into `pylyap.batch_mean`. The networks of a
        list share their weights.

    Raises
    ------
    MissingPackageError
        If torch is not installed.
    NetworkError
        If the module is of another kind, bidirectional or with projections, if its weights have half precision, are NaN
        or infinite or hold no numbers (device "meta"), if its forward pass fails or its hooks change more than weights,
        or if inputs or initial state do not fit.
    UnknownOptionError
        If there is no such option.

    Examples
    --------
    >>> import pylyap, torch
    >>> module = torch.nn.LSTM(3, 20, num_layers=2)
    >>> network = pylyap.from_torch(module, torch.randn(300, 3))
    >>> network
    LSTMNetwork(2 layers of 20, 20 units, 300 steps of 3 inputs)
    >>> len(pylyap.lyapunov_spectrum(network).exponents)
    80
    """
    torch = import_torch("from_torch")
    if isinstance(inputs, torch.nn.utils.rnn.PackedSequence):
        raise NetworkError("inputs is a PackedSequence: call from_torch once for each sequence, without padding")
    kind, suffixes = _kind(module, torch.nn)
    _refuse_step_hooks(module, suffixes)
    network = assemble(kind, of_next_pass(torch, module, suffixes), suffixes)
    return reading(network, inputs, initial_state, batch_first=getattr(module, "batch_first", False))


def import_torch(user: str) -> Any:
    """Torch, or MissingPackageError."""
    try:
        import torch
    except ImportError as error:
        raise MissingPackageError(f"{user} needs torch: pip install torch") from error
    return torch


def assemble(kind: str, layers: Sequence[Mapping[str, Any]], suffixes: Sequence[str]) -> CellNetwork:
    """The network of a kind, one of KINDS, with the weights of its layers; each a dict of FIELDS, None if absent."""
    arrays = []
    for layer, suffix in zip(layers, suffixes):
        arrays.append({field: _weights(field + suffix, value) for field, value in layer.items() if value is not None})
        if ("bias_ih" in arrays[-1]) != ("bias_hh" in arrays[-1]):
            raise NetworkError(f"only one of bias_ih{suffix} and bias_hh{suffix} is there: a layer has both, or none")
    W_in, W, bias, hidden_bias = ([layer.get(field) for layer in arrays] for field in FIELDS)
    given: dict[str, Any] = dict(W_in=W_in, bias=bias, hidden_bias=hidden_bias)
    if kind in ("gru", "lstm"):
        return (GRUNetwork if kind == "gru" else LSTMNetwork)(W, **given)
    return LeakyRNN(W, activation=kind.removeprefix("rnn_"), **given)


KINDS = ("rnn_tanh", "rnn_relu", "gru", "lstm")


def reading(
    network: CellNetwork,
    inputs: Any,
    initial_state: Any,
    batch_first: bool,
) -> CellNetwork | list[CellNetwork]:
    """The network reading a sequence, or a list of networks, one for each sequence of a batch."""
    batch_first = checks.flag("batch_first", batch_first)
    inputs = None if inputs is None else checks.real_array("inputs", on_host("inputs", inputs), "give real numbers")
    if inputs is None or inputs.ndim == 2:
        return network.with_inputs(inputs, _states(network, initial_state)[0])
    if inputs.ndim != 3 or 0 in inputs.shape:
        order = "(B, T, D)" if batch_first else "(T, B, D)"
        raise NetworkError(f"inputs has shape {inputs.shape}: give one sequence (T, D) or a batch {order}")
    batch = inputs if batch_first else inputs.swapaxes(0, 1)
    states = _states(network, initial_state, len(batch))
    return [network.with_inputs(sequence, state) for sequence, state in zip(batch, states)]


def _states(network, initial_state, batch=None):
    """Initial states as the network orders them, one for each sequence of a batch; just one if `batch` is None."""
    count = 1 if batch is None else batch
    if initial_state is None:
        return [None] * count
    names = network.state_parts
    parts = (initial_state,) if len(names) == 1 else initial_state
    if not isinstance(parts, (tuple, list)) or len(parts) != len(names):
        raise NetworkError(f"initial_state of an LSTM has to be a pair (h_0, c_0), got {checks.shown(initial_state)}")
    layers, units = len(network.layers), network.layers[0].units
    shape = (layers, units) if batch is None else (layers, batch, units)
    arrays = []
    for name, part in zip(names, parts):
        name = f"initial_state ({name}_0)"
        array = checks.real_array(name, on_host(name, part), f"give real numbers of shape {shape}")
        if array.shape != shape and (layers > 1 or array.shape != shape[1:]):  # a cell's has no axis of layers
            raise NetworkError(f"{name} has shape {array.shape}: it has to be {shape}, as torch's")
        arrays.append(array.reshape(layers, count, units))
    return list(np.stack(arrays, axis=1).transpose(2, 0, 1, 3).reshape(count, network.size))


def _weights(name, value):
    refuse_half(name, value)
    return weights_array(name, on_host(name, value), "give a tensor of real numbers")


def _kind(module, nn):
    """One of KINDS, and what the names of the weights of each layer end with."""
    bases = (nn.RNN, nn.GRU, nn.LSTM, nn.RNNCell, nn.GRUCell, nn.LSTMCell)
    base = next((base for base in bases if isinstance(module, base)), None)
    if base is None:
        raise NetworkError(f"cannot read a {type(module).__name__}: give {_names(bases)}{_inside(module, bases, nn)}")
    if type(module).forward is not base.forward or "forward" in vars(module):
        raise NetworkError(
            f"{type(module).__name__} has a forward of its own, so its equations are not known to be those of "
            f"nn.{base.__name__}: describe it as pylyap.systems.map, or give its plain nn.{base.__name__}"
        )
    kind = base.__name__.removesuffix("Cell").lower()
    kind = f"rnn_{module.nonlinearity}" if kind == "rnn" else kind
    if base in bases[3:]:
        return kind, [""]
    refuse_variants(module.bidirectional, module.proj_size > 0)
    return kind, [f"_l{number}" for number in range(module.num_layers)]


def _refuse_step_hooks(module, suffixes):
    """A cell runs once per step, and what its forward hooks do to its state is not known."""
    if suffixes == [""] and module._forward_hooks:
        raise NetworkError(
            f"the {type(module).__name__} has forward hooks, which may change its state at each step: remove them "
            "(handle.remove()) if they only watch; otherwise describe the step as pylyap.systems.map"
        )


def refuse_variants(bidirectional: bool, projected: bool) -> None:
    """Raise NetworkError for modules that are not a map from one state to the next, or not a supported one."""
    if bidirectional:
        raise NetworkError(
            "the module is bidirectional: one half reads the sequence backwards, so there is no state that moves forward "
            "in time, and no Lyapunov exponents. Analyse each direction as a module of its own"
        )
    if projected:
        raise NetworkError("the LSTM has projections (proj_size), which pylyap does not know: use one with proj_size=0")


def _names(bases):
    return ", ".join(f"nn.{base.__name__}" for base in bases)


def _inside(module, bases, nn):
    """A hint if a module contains what could be read."""
    inner = module.named_modules() if isinstance(module, nn.Module) else ()
    found = [name for name, part in inner if isinstance(part, bases)]
    return f"; this one contains {', '.join(f'.{name}' for name in found)}: give that" if found else ""
