"""Recurrent layers of machine learning, with the sequence of inputs they read: leaky RNN, GRU and LSTM.

Arrays have torch's layout and the equations are torch's, so that the weights of a trained module are used as they are;
`pylyap.from_torch` and `pylyap.from_state_dict` fill these networks from modules and files.
"""

import dataclasses

import numpy as np

from ..errors import NetworkError
from . import activations, checks, matrix


@dataclasses.dataclass(frozen=True)
class Layer:
    """The arrays of one layer of H units with D inputs and G gates, float64, read-only, row by row in memory."""

    weights: np.ndarray  # (G H, H)
    input_weights: np.ndarray  # (G H, D)
    bias: np.ndarray  # (G H,)
    hidden_bias: np.ndarray | None  # (G H,), of a GRU only

    @property
    def units(self):
        """H."""
        return self.weights.shape[1]


class CellNetwork:
    """What LeakyRNN, GRUNetwork and LSTMNetwork have in common."""

    time_unit = "step"
    gates = ""  # one letter each
    state_parts = ("h",)

    def __init__(self, W, W_in, inputs, bias, hidden_bias, initial_state):
        self._layers = _layers(W, W_in, bias, hidden_bias, len(self.gates))
        self._take(inputs, initial_state)

    def with_inputs(self, inputs, initial_state=None):
        """The same network, on the same memory, reading another sequence.

        Parameters
        ----------
        inputs : (T, D) array_like or None
            The new sequence.
        initial_state : (N,) array_like, optional
            Where runs begin; zeros by default.

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
        self._inputs = _checked_inputs(inputs, self._layers[0].input_weights.shape[1])
        self._initial_state = _checked_state(initial_state, self.size, self._inputs)

    @property
    def layers(self):
        """The arrays of each layer, from the input upwards."""
        return self._layers

    @property
    def size(self):
        """Length of the state N: all units, twice for an LSTM."""
        return len(self.state_parts) * sum(layer.units for layer in self._layers)

    @property
    def inputs(self):
        """(T, D) float64, read-only, or None."""
        return self._inputs

    @property
    def sequence_length(self):
        """Steps T for which there is an input; None if the network has none, and may run for ever."""
        return None if self._inputs is None else len(self._inputs)

    @property
    def initial_state(self):
        """(N,) float64 where runs begin; None: random."""
        return self._initial_state

    @property
    def arrays(self):
        """All arrays by name, for fingerprints."""
        named = {"inputs": self._inputs}
        for number, layer in enumerate(self._layers):
            named.update({f"layer{number}.{name}": array for name, array in vars(layer).items()})
        return {name: array for name, array in named.items() if array is not None}

    def __repr__(self):
        units = ", ".join(str(layer.units) for layer in self._layers)
        layers = "1 layer" if len(self._layers) == 1 else f"{len(self._layers)} layers"
        steps = "no input" if self._inputs is None else "{} steps of {} inputs".format(*self._inputs.shape)
        parts = [f"{layers} of {units} units", *self._details(), steps]
        return f"{type(self).__name__}({', '.join(parts)})"

    def _details(self):
        return []


class LeakyRNN(CellNetwork):
    """Recurrent network in discrete time, vanilla or leaky, in one or more layers.

    ``h_t = (1 - leak) h_(t-1) + leak phi(W h_(t-1) + W_in x_t + bias)``. With ``leak=1`` it is torch's ``nn.RNN``. A
    layer above the first reads the new h of the layer below as its x.

    Parameters
    ----------
    W : (H, H) array_like, or a list of one for each layer
        Weights, ``W[i, j]`` from unit j to unit i; torch's weight_hh. Each layer may have its own H. A float64 array in C
        order is kept without a copy, so do not change it afterwards; anything else is copied.
    W_in : (H, D) array_like, or a list, optional
        Input weights; torch's weight_ih. In a layer above, D is the number of units below.
    inputs : (T, D) array_like, optional
        The sequence x_1, ..., x_T, one row a step; without it the input is zero for ever. A float64 array in C order is
        kept without a copy.
    bias : (H,) array_like, or a list, optional
        Constant input; the sum of torch's two biases.
    leak : float
        From above 0 to 1.
    activation : str or Activation
        phi: the name of one of `pylyap.activations`, or what one of its functions returns.
    initial_state : (N,) array_like, optional
        h of one layer after the other, before the first step. Zeros by default, as in torch; without inputs random as for
        other networks, since zero may be a fixed point.

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
    >>> network = pylyap.LeakyRNN(
    ...     1.5 / 50**0.5 * rng.normal(size=(50, 50)), W_in=rng.normal(size=(50, 3)), inputs=rng.normal(size=(300, 3)), leak=0.5
    ... )
    >>> network
    LeakyRNN(1 layer of 50 units, tanh, leak=0.5, 300 steps of 3 inputs)
    >>> len(pylyap.lyapunov_spectrum(network).exponents)
    50
    """

    gates = "h"

    def __init__(
        self, W, *, W_in=None, inputs=None, bias=None, leak=1.0, activation="tanh", initial_state=None, **unknown
    ):
        allowed = ("W_in", "inputs", "bias", "leak", "activation", "initial_state")
        checks.refuse_unknown(unknown, allowed, "LeakyRNN")
        super().__init__(W, W_in, inputs, bias, None, initial_state)
        self._leak = checks.real("leak", leak, "a number from above 0 to 1", lambda a: 0 < a <= 1)
        self._activation = activations.checked(activation)

    @property
    def leak(self):
        """Share of the state that is new at each step."""
        return self._leak

    @property
    def activation(self):
        """The activation phi."""
        return self._activation

    def _details(self):
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
        The sequence x_1, ..., x_T, one row a step; without it the input is zero for ever.
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
    >>> network = pylyap.GRUNetwork(rng.normal(size=(60, 20)), W_in=rng.normal(size=(60, 3)), inputs=rng.normal(size=(300, 3)))
    >>> len(pylyap.lyapunov_spectrum(network, t_align=50).exponents)    # over the other 250 steps
    20
    """

    gates = "rzn"

    def __init__(self, W, *, W_in=None, inputs=None, bias=None, hidden_bias=None, initial_state=None, **unknown):
        checks.refuse_unknown(unknown, ("W_in", "inputs", "bias", "hidden_bias", "initial_state"), "GRUNetwork")
        super().__init__(W, W_in, inputs, bias, hidden_bias, initial_state)


class LSTMNetwork(CellNetwork):
    """Long short-term memory, in one or more layers, as torch's ``nn.LSTM``; 2 H exponents a layer.

    With the rows of the arrays in the order of the gates i, f, g, o, sigma the logistic function and * by units::

        i, f, o = sigma(...), g = tanh(...)  of the rows of  W_in x_t + W h_(t-1) + bias
        c_t = f * c_(t-1) + i * g
        h_t = o * tanh(c_t)

    Parameters
    ----------
    W : (4 H, H) array_like, or a list of one for each layer
        Torch's weight_hh. A float64 array in C order is kept without a copy, so do not change it afterwards.
    W_in : (4 H, D) array_like, or a list, optional
        Torch's weight_ih. In a layer above the first, D is the number of units below.
    inputs : (T, D) array_like, optional
        The sequence x_1, ..., x_T, one row a step; without it the input is zero for ever.
    bias : (4 H,) array_like, or a list, optional
        The sum of torch's bias_ih and bias_hh; zeros by default.
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
    >>> network = pylyap.LSTMNetwork(rng.normal(size=(80, 20)), W_in=rng.normal(size=(80, 3)), inputs=rng.normal(size=(300, 3)))
    >>> len(pylyap.lyapunov_spectrum(network).exponents)
    40
    """

    gates = "ifgo"
    state_parts = ("h", "c")

    def __init__(self, W, *, W_in=None, inputs=None, bias=None, initial_state=None, **unknown):
        checks.refuse_unknown(unknown, ("W_in", "inputs", "bias", "initial_state"), "LSTMNetwork")
        super().__init__(W, W_in, inputs, bias, None, initial_state)


def weights_array(name, value, advice):
    """`value` as float64, in C order, read-only."""
    refuse_half(name, value)
    return matrix.frozen(np.ascontiguousarray(checks.real_array(name, value, advice)))


def refuse_half(name, array):
    """Raise NetworkError for an array or tensor of half precision."""
    if str(getattr(array, "dtype", "")).rsplit(".")[-1] in ("float16", "bfloat16"):
        raise NetworkError(
            f"{name} has half precision, two or three digits, which are too few for exponents: give the float32 or float64 "
            "weights. If there are none, convert these (torch: module.float()), and mind that they were rounded"
        )


def _layers(W, W_in, bias, hidden_bias, n_gates):
    if not isinstance(W, (list, tuple)) or not len(W) or np.ndim(W[0]) != 2:
        W, W_in, bias, hidden_bias = [W], [W_in], [bias], [hidden_bias]
    count = len(W)
    columns = []
    for name, values in (("W_in", W_in), ("bias", bias), ("hidden_bias", hidden_bias)):
        values = [None] * count if values is None else values
        if not isinstance(values, (list, tuple)) or len(values) != count:
            raise NetworkError(f"W has {count} layers: give {name} as a list of {count}")
        columns.append(values)
    layers = []
    for number, (own, own_in, own_bias, own_hidden) in enumerate(zip(W, *columns)):
        below = layers[-1].units if layers else None
        label = (lambda name: name) if count == 1 else (lambda name, number=number: f"{name}[{number}]")
        layers.append(_layer(label, own, own_in, own_bias, own_hidden, n_gates, below))
    return tuple(layers)


def _layer(label, W, W_in, bias, hidden_bias, n_gates, below):
    shown = "(H, H)" if n_gates == 1 else f"({n_gates} H, H)"
    W = weights_array(label("W"), W, f"give real numbers of shape {shown}")
    if W.ndim != 2 or W.shape[1] == 0 or W.shape[0] != n_gates * W.shape[1]:
        raise NetworkError(f"{label('W')} has shape {W.shape}: it has to be {shown}, {n_gates} gates below each other")
    rows = len(W)
    if W_in is None:
        if below is not None:
            raise NetworkError(f"{label('W_in')} is missing: a layer above the first reads the one below")
        W_in = np.zeros((rows, 0))
    W_in = weights_array(label("W_in"), W_in, f"give real numbers of shape ({rows}, D)")
    if W_in.ndim != 2 or len(W_in) != rows:
        raise NetworkError(f"{label('W_in')} has shape {W_in.shape}: it has to be ({rows}, D), as many rows as W")
    if below is not None and W_in.shape[1] != below:
        raise NetworkError(f"{label('W_in')} takes {W_in.shape[1]} inputs, the layer below has {below} units")
    hidden_bias = _bias(label("hidden_bias"), hidden_bias, rows) if n_gates == 3 else None
    return Layer(W, W_in, _bias(label("bias"), bias, rows), hidden_bias)


def _bias(name, bias, rows):
    if bias is None:
        return matrix.frozen(np.zeros(rows))
    bias = weights_array(name, bias, f"give {rows} real numbers")
    if bias.shape != (rows,):
        raise NetworkError(f"{name} has shape {bias.shape}: it has to be ({rows},), one number for each row of W")
    return bias


def _checked_inputs(inputs, width):
    if inputs is None:
        return None
    advice = f"give one sequence of shape (T, {width}), one row a step"
    inputs = checks.real_array("inputs", inputs, advice)
    if inputs.ndim == 3:
        raise NetworkError(f"inputs has shape {inputs.shape}: {advice}; for a batch, one network each: network.with_inputs(x)")
    if inputs.ndim != 2 or len(inputs) == 0:
        raise NetworkError(f"inputs has shape {inputs.shape}: {advice}")
    if inputs.shape[1] != width:
        raise NetworkError(f"inputs has {inputs.shape[1]} columns, the first layer takes {width}: {advice}")
    return matrix.frozen(np.ascontiguousarray(inputs))


def _checked_state(state, size, inputs):
    if state is None:
        return None if inputs is None else matrix.frozen(np.zeros(size))
    state = checks.real_array("initial_state", state, f"give {size} real numbers")
    if state.shape != (size,):
        raise NetworkError(f"initial_state has shape {state.shape}: the network needs ({size},), see its docstring")
    return matrix.frozen(state.copy())
