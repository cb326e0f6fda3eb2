"""Recurrent layers of machine learning, with the sequence of inputs they read: leaky RNN, GRU and LSTM.

Arrays have torch's layout and the equations are torch's, so that the weights of a trained module are used as they are;
`pylyap.from_torch` and `pylyap.from_state_dict` fill these networks from modules and files.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .._contracts import System, text_array
from ..errors import NetworkError
from . import activations, layers, matrix, per_unit

if TYPE_CHECKING:
    from .._core.bridge import Bridge
    from .activations import Activation
    from .layers import Layer


Cell = TypeVar("Cell", bound="CellNetwork")


class CellNetwork(System):
    """What LeakyRNN, GRUNetwork and LSTMNetwork have in common."""

    time_unit = "step"
    gates = ""  # one letter each
    state_parts: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(
        self,
        W: Any,
        W_in: Any,
        inputs: ArrayLike | None,
        bias: Any,
        hidden_bias: Any,
        initial_state: ArrayLike | None,
    ) -> None:
        self._layers = layers.as_layers(W, W_in, bias, hidden_bias, len(self.gates))
        self._take(inputs, initial_state)

    def with_inputs(self: Cell, inputs: ArrayLike | None, initial_state: ArrayLike | None = None) -> Cell:
        """The same network, on the same memory, reading another sequence.

        Parameters
        ----------
        inputs : (T, D) array_like or None
            The new sequence.
        initial_state : (N,) array_like, optional
            Where runs begin; by default zeros with inputs, random without.

        Returns
        -------
        CellNetwork
            Of the same class.

        Raises
        ------
        NetworkError
            If `inputs` or `initial_state` does not fit.

        Examples
        --------
        >>> import numpy, pylyap
        >>> rng = numpy.random.default_rng(1)
        >>> network = pylyap.LeakyRNN(rng.normal(size=(5, 5)), W_in=rng.normal(size=(5, 2)))
        >>> batch = [network.with_inputs(rng.normal(size=(100, 2))) for _ in range(8)]
        >>> len(pylyap.lyapunov_ensemble(batch))
        8
        """
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._take(inputs, initial_state)
        return other

    def _take(self, inputs, initial_state):
        self._inputs = layers.checked_inputs(inputs, self._layers[0].input_weights.shape[1])
        self._initial_state = layers.checked_state(initial_state, self.size, self._inputs)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The arrays of each layer, from the input upwards."""
        return self._layers

    @property
    def size(self) -> int:
        """Length of the state N: all units, twice for an LSTM."""
        return len(self.state_parts) * sum(layer.units for layer in self._layers)

    @property
    def inputs(self) -> NDArray[np.float64] | None:
        """(T, D) float64, read-only, or None."""
        return self._inputs

    @property
    def sequence_length(self) -> int | None:
        """Steps T for which there is an input; None if the network has none, and may run for ever."""
        return None if self._inputs is None else len(self._inputs)

    @property
    def initial_state(self) -> NDArray[np.float64] | None:
        """(N,) float64 where runs begin; None: random."""
        return self._initial_state

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        named = {"inputs": self._inputs}
        for number, layer in enumerate(self._layers):
            named.update({f"layer{number}.{name}": array for name, array in vars(layer).items()})
        return {name: array for name, array in named.items() if array is not None}

    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's ``CellNetwork`` of its layers."""
        layers = bridge.vector([self._layer_to_core(bridge, layer) for layer in self._layers])
        sequence = {} if self.inputs is None else dict(inputs=bridge.share(self.inputs.T))
        return bridge.core.CellNetwork(layers, **sequence, **inputs)

    @abc.abstractmethod
    def _layer_to_core(self, bridge, layer):
        """The core's layer of this kind."""

    def __repr__(self) -> str:
        units = ", ".join(str(layer.units) for layer in self._layers)
        layers = "1 layer" if len(self._layers) == 1 else f"{len(self._layers)} layers"
        steps = "no input" if self._inputs is None else "{} steps of {} inputs".format(*self._inputs.shape)
        parts = [f"{layers} of {units} units", *self._details(), steps]
        return f"{type(self).__name__}({', '.join(parts)})"

    def _details(self):
        return []


class LeakyRNN(CellNetwork):
    """Recurrent network in discrete time, vanilla or leaky, in one or more layers.

    ``h_t = (1 - leak) h_(t-1) + leak phi(W h_(t-1) + W_in x_t + bias + hidden_bias)``. With ``leak=1`` it is torch's
    ``nn.RNN``. A layer above the first reads the new h of the layer below as its x.

    Parameters
    ----------
    W : (H, H) array_like, sparse matrix of SciPy, or a list of one for each layer
        Weights, ``W[i, j]`` from unit j to unit i; torch's weight_hh. Each layer may have its own H. A float64 array in
        C order and a float64 CSR matrix are kept without a copy, so do not change them afterwards; anything else is copied.
        Sparse weights stay sparse; either all layers have them or none.
    W_in : (H, D) array_like, or a list, optional
        Input weights; torch's weight_ih. In a layer above, D is the number of units below.
    inputs : (T, D) array_like, optional
        The sequence x_1, ..., x_T, one row per step; without it the input is zero for ever. A float64 array in C order is
        kept without a copy.
    bias, hidden_bias : (H,) array_like, or lists, optional
        Constant inputs, which add up; torch's bias_ih and bias_hh.
    leak : float or (H,) array_like
        From above 0 to 1; one for all units, or in a network of one layer one for each.
    activation : str or Activation
        phi: the name of one of `pylyap.activations`, or what one of its functions returns.
    initial_state : (N,) array_like, optional
        h of one layer after the other, before the first step. Zeros by default, as in torch; without inputs random as
        for other networks, since zero may be a fixed point.

    Raises
    ------
    NetworkError
        If arrays do not fit each other, have half precision, or hold NaN or infinite entries.
    OptionError
        If leak or activation is not allowed.
    UnknownOptionError
        If there is no such option.

    Examples
    --------
    >>> import numpy, pylyap
    >>> rng = numpy.random.default_rng(1)
    >>> W, W_in = 0.2 * rng.normal(size=(50, 50)), rng.normal(size=(50, 3))
    >>> network = pylyap.LeakyRNN(W, W_in=W_in, inputs=rng.normal(size=(300, 3)), leak=0.5)
    >>> network
    LeakyRNN(1 layer of 50 units, tanh, leak=0.5, 300 steps of 3 inputs)
    >>> len(pylyap.lyapunov_spectrum(network).exponents)
    50
    """

    gates = "h"

    @checks.named_options()
    def __init__(
        self,
        W: Any,
        *,
        W_in: Any = None,
        inputs: ArrayLike | None = None,
        bias: Any = None,
        hidden_bias: Any = None,
        leak: float | ArrayLike = 1.0,
        activation: str | Activation = "tanh",
        initial_state: ArrayLike | None = None,
    ) -> None:
        super().__init__(W, W_in, inputs, bias, hidden_bias, initial_state)
        if len({matrix.is_sparse(layer.weights) for layer in self._layers}) > 1:
            raise NetworkError("some layers have sparse weights and some dense ones: give all of one kind, as W.toarray() does")
        self._leak = self._checked_leak(leak)
        self._activation = activations.as_activation(activation)

    def _checked_leak(self, leak):
        allowed = "a number from above 0 to 1, or one for each unit of a single layer"
        if not per_unit.is_meant(leak) or len(self._layers) > 1:
            return checks.real("leak", leak, allowed, lambda a: 0 < a <= 1)
        return per_unit.positive("leak", leak, self.size, most=1.0)

    @property
    def rates(self) -> str | None:
        """The state holds the rates only without a leak (``leak=1``)."""
        return "state" if np.all(self.leak == 1) else None

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        return {**super().arrays(), "leak": np.array(self.leak), "activation": text_array(repr(self.activation))}

    def _layer_to_core(self, bridge, layer):
        phi, leak = bridge.activation(self.activation), self.leak
        return bridge.core.RecurrentLayer(
            *_weights(bridge, layer), _whole_bias(bridge, layer), activation=phi,
            leak=leak if np.ndim(leak) == 0 else bridge.share(leak),
        )

    @property
    def leak(self) -> float | NDArray[np.float64]:
        """Share of the state that is new at each step: a number, or (N,) float64, read-only."""
        return self._leak

    @property
    def activation(self) -> Activation:
        """The activation phi."""
        return self._activation

    def _details(self):
        if np.ndim(self._leak):
            return [str(self._activation), f"leak from {self._leak.min():g} to {self._leak.max():g}"]
        return [str(self._activation)] + ([f"leak={self._leak}"] if self._leak != 1 else [])


class GRUNetwork(CellNetwork):
    """Gated recurrent units, in one or more layers, as torch's ``nn.GRU``.

    With the rows of the arrays in the order of the gates r, z, n, sigma the logistic function and * by units::

        r = sigma(W_in_r x_t + bias_r + W_r h + hidden_bias_r)
        z = sigma(W_in_z x_t + bias_z + W_z h + hidden_bias_z)
        n = tanh(W_in_n x_t + bias_n + r * (W_n h + hidden_bias_n))
        h_t = (1 - z) * n + z * h,    h = h_(t-1)

    Parameters
    ----------
    W : (3 H, H) array_like, or a list of one for each layer
        Torch's weight_hh. A float64 array in C order is kept without a copy, so do not change it afterwards.
    W_in : (3 H, D) array_like, or a list, optional
        Torch's weight_ih. In a layer above the first, D is the number of units below.
    inputs : (T, D) array_like, optional
        The sequence x_1, ..., x_T, one row per step; without it the input is zero for ever.
    bias, hidden_bias : (3 H,) array_like, or lists, optional
        Torch's bias_ih and bias_hh; zeros by default.
    initial_state : (N,) array_like, optional
        h of one layer after the other. Zeros by default, as in torch; without inputs random.

    Raises
    ------
    NetworkError
        If arrays do not fit each other, have half precision, or hold NaN or infinite entries.
    UnknownOptionError
        If there is no such option.

    References
    ----------
    Cho et al., EMNLP 2014, eqs. 5-8, with the reset gate behind the product.

    Examples
    --------
    >>> import numpy, pylyap
    >>> rng = numpy.random.default_rng(1)
    >>> W, W_in = rng.normal(size=(60, 20)), rng.normal(size=(60, 3))
    >>> network = pylyap.GRUNetwork(W, W_in=W_in, inputs=rng.normal(size=(300, 3)))
    >>> len(pylyap.lyapunov_spectrum(network, t_align=50).exponents)    # over the other 250 steps
    20
    """

    gates = "rzn"

    @checks.named_options()
    def __init__(
        self,
        W: Any,
        *,
        W_in: Any = None,
        inputs: ArrayLike | None = None,
        bias: Any = None,
        hidden_bias: Any = None,
        initial_state: ArrayLike | None = None,
    ) -> None:
        super().__init__(W, W_in, inputs, bias, hidden_bias, initial_state)

    def _layer_to_core(self, bridge, layer):
        biases = bridge.share(layer.bias), bridge.share(layer.hidden_bias)
        return bridge.core.GRULayer(*_weights(bridge, layer), *biases)


class LSTMNetwork(CellNetwork):
    """Long short-term memory, in one or more layers, as torch's ``nn.LSTM``; 2 H exponents per layer.

    With the rows of the arrays in the order of the gates i, f, g, o, sigma the logistic function and * by units::

        i, f, o = sigma(...), g = tanh(...)  of the rows of  W_in x_t + W h_(t-1) + bias + hidden_bias
        c_t = f * c_(t-1) + i * g
        h_t = o * tanh(c_t)

    Parameters
    ----------
    W : (4 H, H) array_like, or a list of one for each layer
        Torch's weight_hh. A float64 array in C order is kept without a copy, so do not change it afterwards.
    W_in : (4 H, D) array_like, or a list, optional
        Torch's weight_ih. In a layer above the first, D is the number of units below.
    inputs : (T, D) array_like, optional
        The sequence x_1, ..., x_T, one row per step; without it the input is zero for ever.
    bias, hidden_bias : (4 H,) array_like, or lists, optional
        Torch's bias_ih and bias_hh, which add up; zeros by default.
    initial_state : (N,) array_like, optional
        h, then c, of one layer after the other, N = 2 H for one. Zeros by default, as in torch; without inputs random.

    Raises
    ------
    NetworkError
        If arrays do not fit each other, have half precision, or hold NaN or infinite entries.
    UnknownOptionError
        If there is no such option.

    References
    ----------
    Hochreiter, Schmidhuber, Neural Comput. 9, 1735 (1997); forget gate: Gers et al., Neural Comput. 12, 2451 (2000).

    Examples
    --------
    >>> import numpy, pylyap
    >>> rng = numpy.random.default_rng(1)
    >>> W, W_in = rng.normal(size=(80, 20)), rng.normal(size=(80, 3))
    >>> network = pylyap.LSTMNetwork(W, W_in=W_in, inputs=rng.normal(size=(300, 3)))
    >>> len(pylyap.lyapunov_spectrum(network).exponents)
    40
    """

    gates = "ifgo"
    state_parts = ("h", "c")

    @checks.named_options()
    def __init__(
        self,
        W: Any,
        *,
        W_in: Any = None,
        inputs: ArrayLike | None = None,
        bias: Any = None,
        hidden_bias: Any = None,
        initial_state: ArrayLike | None = None,
    ) -> None:
        super().__init__(W, W_in, inputs, bias, hidden_bias, initial_state)

    def _layer_to_core(self, bridge, layer):
        return bridge.core.LSTMLayer(*_weights(bridge, layer), _whole_bias(bridge, layer))


def _weights(bridge, layer):
    own = bridge.weights(layer.weights) if matrix.is_sparse(layer.weights) else bridge.rows(layer.weights)
    return own, bridge.rows(layer.input_weights)


def _whole_bias(bridge, layer):
    """Both biases in one. Added now, not when the network was made: a module in training may change both."""
    bias = bridge.share(layer.bias)
    return bias if layer.hidden_bias is None else bridge.add(bias, bridge.share(layer.hidden_bias))
