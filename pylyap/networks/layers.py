"""The arrays of recurrent layers, checked and in the layout Julia reads."""

from __future__ import annotations

import dataclasses
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NetworkError
from .. import _checks as checks
from . import labels, matrix
from .tensors import refuse_half


@dataclasses.dataclass(frozen=True)
class Layer:
    """The arrays of one layer of H units with D inputs and G gates, float64, read-only, row by row in memory."""

    weights: Any  # (G H, H); of a LeakyRNN it may be a csr_array
    input_weights: np.ndarray  # (G H, D)
    bias: np.ndarray  # (G H,)
    hidden_bias: np.ndarray | None  # (G H,); None if there is no second bias, always there in a GRU

    @property
    def units(self) -> int:
        """H."""
        return self.weights.shape[1]


def weights_array(name: str, value: Any, advice: str) -> NDArray[np.float64]:
    """`value` as float64, in C order, read-only."""
    refuse_half(name, value)
    if checks.n_dimensions(value) == 2:
        value, _ = labels.unlabelled(name, value)
    return matrix.frozen(np.ascontiguousarray(checks.real_array(name, value, advice)))


def as_layers(W: Any, W_in: Any, bias: Any, hidden_bias: Any, n_gates: int) -> tuple[Layer, ...]:
    """A tuple of Layer from arrays, or from lists of arrays, one for each layer."""
    if not isinstance(W, (list, tuple)) or not len(W) or checks.n_dimensions(W[0]) != 2:
        W, W_in, bias, hidden_bias = [W], [W_in], [bias], [hidden_bias]
    count = len(W)
    columns = []
    for name, values in (("W_in", W_in), ("bias", bias), ("hidden_bias", hidden_bias)):
        values = [None] * count if values is None else values
        if not isinstance(values, (list, tuple)) or len(values) != count:
            raise NetworkError(f"W has {count} layers: give {name} as a list of {count}")
        columns.append(values)
    layers: list[Layer] = []
    for number, (own, own_in, own_bias, own_hidden) in enumerate(zip(W, *columns)):
        below = layers[-1].units if layers else None
        label = (lambda name: name) if count == 1 else (lambda name, number=number: f"{name}[{number}]")
        layers.append(_layer(label, own, own_in, own_bias, own_hidden, n_gates, below))
    return tuple(layers)


def _layer(label, W, W_in, bias, hidden_bias, n_gates, below):
    shown = "(H, H)" if n_gates == 1 else f"({n_gates} H, H)"
    if matrix.is_sparse(W) and n_gates == 1:
        W = matrix.checked_weights(W)
    else:
        W = weights_array(label("W"), W, f"give real numbers of shape {shown}")
    if W.ndim != 2 or W.shape[1] == 0 or W.shape[0] != n_gates * W.shape[1]:
        raise NetworkError(f"{label('W')} has shape {W.shape}: it has to be {shown}, {n_gates} gates below each other")
    rows = W.shape[0]
    if matrix.is_sparse(W_in):
        W_in = W_in.toarray()
    if W_in is None:
        if below is not None:
            raise NetworkError(f"{label('W_in')} is missing: a layer above the first reads the one below")
        W_in = np.zeros((rows, 0))
    W_in = weights_array(label("W_in"), W_in, f"give real numbers of shape ({rows}, D)")
    if W_in.ndim != 2 or len(W_in) != rows:
        raise NetworkError(f"{label('W_in')} has shape {W_in.shape}: it has to be ({rows}, D), as many rows as W")
    if below is not None and W_in.shape[1] != below:
        raise NetworkError(f"{label('W_in')} takes {W_in.shape[1]} inputs, the layer below has {below} units")
    if hidden_bias is not None or n_gates == 3:
        hidden_bias = _bias(label("hidden_bias"), hidden_bias, rows)
    return Layer(W, W_in, _bias(label("bias"), bias, rows), hidden_bias)


def _bias(name, bias, rows):
    if bias is None:
        return matrix.frozen(np.zeros(rows))
    bias = weights_array(name, bias, f"give {rows} real numbers")
    if bias.shape != (rows,):
        raise NetworkError(f"{name} has shape {bias.shape}: it has to be ({rows},), one number for each row of W")
    return bias


@overload
def checked_inputs(inputs: None, width: int) -> None: ...


@overload
def checked_inputs(inputs: ArrayLike, width: int) -> NDArray[np.float64]: ...


def checked_inputs(inputs: ArrayLike | None, width: int) -> NDArray[np.float64] | None:
    """A sequence (T, width), read-only, or None."""
    if inputs is None:
        return None
    advice = f"give one sequence of shape (T, {width}), one row per step"
    inputs = checks.real_array("inputs", inputs, advice)
    if inputs.ndim == 3:
        raise NetworkError(f"inputs has shape {inputs.shape}: {advice}; for a batch give each to network.with_inputs")
    if inputs.ndim != 2 or len(inputs) == 0:
        raise NetworkError(f"inputs has shape {inputs.shape}: {advice}")
    if inputs.shape[1] != width:
        raise NetworkError(f"inputs has {inputs.shape[1]} columns, the first layer takes {width}: {advice}")
    return matrix.frozen(np.ascontiguousarray(inputs))


@overload
def checked_state(state: ArrayLike, size: int, inputs: NDArray[np.float64] | None) -> NDArray[np.float64]: ...


@overload
def checked_state(state: ArrayLike | None, size: int, inputs: NDArray[np.float64]) -> NDArray[np.float64]: ...


@overload
def checked_state(state: None, size: int, inputs: None) -> None: ...


def checked_state(state: ArrayLike | None, size: int, inputs: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """A state (size,), by default zeros where there are inputs, else None."""
    if state is None:
        return None if inputs is None else matrix.frozen(np.zeros(size))
    state = checks.real_array("initial_state", state, f"give {size} real numbers")
    if state.shape != (size,):
        raise NetworkError(f"initial_state has shape {state.shape}: the network needs ({size},), see its docstring")
    return matrix.frozen(state.copy())
