"""Reservoirs: echo state networks driven by an input, and in closed loop with a readout trained by ridge regression."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from ..errors import MissingPackageError, NetworkError, OptionError
from . import layers, matrix
from .cells import LeakyRNN

if TYPE_CHECKING:
    from .activations import Activation

WASHOUT = 100  # steps


class EchoStateNetwork:
    """A reservoir, ``h' = (1 - leak) h + leak phi(W h + W_in u + bias)``, with or without a readout ``y = readout.T h + readout_bias``.

    It is a recipe, not a system itself: `driven` and `closed_loop` give the two systems whose exponents are asked for.

    Parameters
    ----------
    W : (N, N) array_like or sparse matrix of SciPy
        Weights between units, ``W[i, j]`` from unit j to unit i.
    W_in : (N, D) array_like or sparse matrix of SciPy
        Weights of the inputs.
    bias : (N,) array_like, optional
        Constant input.
    leak : float or (N,) array_like
        From above 0 to 1.
    activation : str or Activation
        phi, see `pylyap.activations`; not a custom one.
    readout : (N, m) array_like, optional
        Weights from the units to the outputs; `fit` finds them.
    readout_bias : (m,) array_like, optional
    state : (N,) array_like, optional
        Where `closed_loop` goes on; `fit` keeps the last one of its training.

    Raises
    ------
    NetworkError, OptionError, UnknownOptionError
        As for `LeakyRNN`, or if the readout does not fit.

    References
    ----------
    H. Jaeger, GMD report 148 (2001); M. Lukosevicius, in Neural Networks: Tricks of the Trade (2012), sections 2 and 4.

    Examples
    --------
    A reservoir that learns to go on with a sine by itself:

    >>> import numpy as np, pylyap
    >>> rng = np.random.default_rng(1)
    >>> W, W_in = 0.1 * rng.normal(size=(60, 60)), rng.uniform(-1, 1, size=(60, 1))
    >>> reservoir = pylyap.EchoStateNetwork(W, W_in, bias=rng.uniform(-0.5, 0.5, size=60))
    >>> u = np.sin(0.2 * np.arange(1000))[:, np.newaxis]
    >>> conditional = pylyap.lyapunov_spectrum(reservoir.driven(u), n_exponents=3)
    >>> bool(conditional.exponents[0] < 0)                              # it has the echo state property
    True
    >>> trained = reservoir.fit(u)
    >>> loop = pylyap.lyapunov_spectrum(trained.closed_loop(), t_average=2000, n_exponents=2)
    >>> bool(abs(loop.exponents[0]) < 0.01)                             # a limit cycle
    True
    """

    @checks.named_options()
    def __init__(
        self,
        W: Any,
        W_in: Any,
        *,
        bias: ArrayLike | None = None,
        leak: float | ArrayLike = 1.0,
        activation: str | Activation = "tanh",
        readout: ArrayLike | None = None,
        readout_bias: ArrayLike | None = None,
        state: ArrayLike | None = None,
    ) -> None:
        self._network = LeakyRNN(W, W_in=W_in, bias=bias, leak=leak, activation=activation)
        if len(self._network.layers) > 1:
            raise NetworkError("W is a list of several layers: an echo state network has one")
        if self._network.activation.kind not in _FUNCTIONS:
            raise OptionError(f"activation = {activation!r} is not allowed here: a reservoir takes {', '.join(_FUNCTIONS)}")
        self._state = layers.checked_state(state, self.size, None)
        self._readout, self._readout_bias = _checked_readout(readout, readout_bias, self.size)

    @property
    def size(self) -> int:
        """Number of units N."""
        return self._network.size

    @property
    def n_inputs(self) -> int:
        """Number of inputs D."""
        return self._layer.input_weights.shape[1]

    @property
    def readout(self) -> NDArray[np.float64] | None:
        """(N, m) float64, read-only, or None."""
        return self._readout

    @property
    def readout_bias(self) -> NDArray[np.float64] | None:
        """(m,) float64, read-only, or None without a readout."""
        return self._readout_bias

    @property
    def state(self) -> NDArray[np.float64] | None:
        """(N,) float64, read-only, where `closed_loop` goes on, or None."""
        return self._state

    @property
    def _layer(self):
        return self._network.layers[0]

    def states(self, inputs: ArrayLike, initial_state: ArrayLike | None = None) -> NDArray[np.float64]:
        """(T, N) states after each of the inputs (T, D), from `initial_state`, zeros by default."""
        inputs = self._sequence(inputs)
        h = layers.checked_state(initial_state, self.size, inputs)
        W, phi, leak = self._layer.weights, _function(self._network.activation), self._network.leak
        pushes = inputs @ self._layer.input_weights.T + self._layer.bias
        states = np.empty((len(inputs), self.size))
        for step, push in enumerate(pushes):
            states[step] = h = (1 - leak) * h + leak * phi(W @ h + push)
        return states

    @checks.named_options()
    def fit(
        self,
        inputs: ArrayLike,
        targets: ArrayLike | None = None,
        *,
        ridge: float = 1e-6,
        washout: int = WASHOUT,
    ) -> EchoStateNetwork:
        """The same network with a readout trained by ridge regression.

        Parameters
        ----------
        inputs : (T, D) array_like
        targets : (T, m) array_like, optional
            What the readout is to give after each input; by default the next input.
        ridge : float
            Penalty on the squared weights, in units of the squared states, summed over the steps: >= 0.
        washout : int
            First steps that are not learned, in which the reservoir forgets where it began.

        Returns
        -------
        EchoStateNetwork
            Its `state` is the last one of the training, where `closed_loop` goes on.

        Raises
        ------
        NetworkError
            If inputs and targets do not fit.
        OptionError
            If there is nothing left after the washout, or an option is not allowed.
        """
        ridge = checks.real("ridge", ridge, "a number >= 0", lambda penalty: penalty >= 0)
        inputs = self._sequence(inputs)
        states = self.states(inputs)
        last = states[-1]
        if targets is None:
            states, targets = states[:-1], inputs[1:]
        targets = checks.real_array("targets", targets, "give one row for each input")
        if targets.ndim != 2 or len(targets) != len(states):
            raise NetworkError(f"targets has shape {targets.shape}: give one row for each of the {len(states)} inputs")
        washout = self._washout(washout, len(states))
        readout, bias = ridge_regression(states[washout:], targets[washout:], ridge)
        return self._with(readout=readout, readout_bias=bias, state=last)

    @checks.named_options()
    def driven(self, inputs: ArrayLike, *, washout: int = WASHOUT) -> LeakyRNN:
        """The reservoir in open loop, as a `LeakyRNN` that reads `inputs` after the washout.

        Its exponents are conditional on the input: the echo state property holds where the largest is negative.

        Parameters
        ----------
        inputs : (T, D) array_like
        washout : int
            First inputs, which are read before the run begins.

        Returns
        -------
        LeakyRNN
            Of the other T - washout inputs, from the state after the washout.
        """
        inputs = self._sequence(inputs)
        washout = self._washout(washout, len(inputs))
        state = self.states(inputs[:washout])[-1] if washout else np.zeros(self.size)
        return self._network.with_inputs(inputs[washout:], state)

    def closed_loop(self, inputs: ArrayLike | None = None) -> LeakyRNN:
        """The reservoir that reads its own output, as a `LeakyRNN` without inputs: W becomes ``W + W_in @ readout.T``.

        Parameters
        ----------
        inputs : (T, D) array_like, optional
            What the reservoir reads before the loop is closed; by default it goes on where its training ended.

        Returns
        -------
        LeakyRNN

        Raises
        ------
        NetworkError
            If there is no readout, its outputs are not as many as the inputs, or there is no state to begin with.
        """
        if self._readout is None:
            raise NetworkError("the reservoir has no readout to close the loop with: call fit(inputs), or give readout=")
        if self._readout.shape[1] != self.n_inputs:
            raise NetworkError(
                f"the readout has {self._readout.shape[1]} outputs and the reservoir {self.n_inputs} inputs: to close the "
                "loop the outputs have to be the next inputs"
            )
        state = self._state if inputs is None else self.states(inputs)[-1]
        if state is None:
            raise NetworkError("there is no state to begin with: give the inputs that the reservoir reads before, or state=")
        own, W = self._layer, self._layer.weights
        W = W.toarray() if matrix.is_sparse(W) else W
        return LeakyRNN(
            W + own.input_weights @ self._readout.T, bias=own.bias + own.input_weights @ self._readout_bias,
            leak=self._network.leak, activation=self._network.activation, initial_state=state,
        )

    def _sequence(self, inputs):
        if inputs is None:
            raise NetworkError(f"inputs is None: a reservoir reads a sequence of shape (T, {self.n_inputs}), one row per step")
        return layers.checked_inputs(inputs, self.n_inputs)

    def _washout(self, washout, length):
        washout = checks.count("washout", washout, least=0)
        if washout >= length:
            raise OptionError(f"washout = {washout} leaves nothing of {length} steps: give longer inputs or a shorter washout")
        return washout

    def _with(self, **changed):
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._state = layers.checked_state(changed["state"], self.size, None)
        other._readout, other._readout_bias = _checked_readout(changed["readout"], changed["readout_bias"], self.size)
        return other

    def __repr__(self) -> str:
        readout = "no readout" if self._readout is None else f"readout of {self._readout.shape[1]}"
        details = ", ".join(self._network._details())
        return f"EchoStateNetwork({self.size} units, {self.n_inputs} inputs, {details}, {readout})"


def ridge_regression(
    states: NDArray[np.float64], targets: NDArray[np.float64], ridge: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(weights (N, m), bias (m,)) of ``targets = states @ weights + bias``, with a penalty on the squared weights."""
    from scipy import linalg

    mean, middle = states.mean(axis=0), targets.mean(axis=0)
    centred = states - mean
    # the penalty as further rows: no squares of the states, whose condition would be squared, too
    system = np.vstack([centred, np.sqrt(ridge) * np.eye(states.shape[1])])
    wanted = np.vstack([targets - middle, np.zeros((states.shape[1], targets.shape[1]))])
    weights = linalg.lstsq(system, wanted, check_finite=False)[0]
    return weights, middle - mean @ weights


def _checked_readout(readout, bias, size):
    if readout is None:
        if bias is not None:
            raise NetworkError("readout_bias without a readout has no meaning: give readout, too")
        return None, None
    advice = f"give weights from {size} units to the outputs, shape ({size}, m)"
    readout = checks.real_array("readout", readout, advice)
    if readout.ndim != 2 or len(readout) != size:
        raise NetworkError(f"readout has shape {readout.shape}: {advice}")
    count = readout.shape[1]
    bias = np.zeros(count) if bias is None else checks.real_array("readout_bias", bias, f"give {count} real numbers")
    if bias.shape != (count,):
        raise NetworkError(f"readout_bias has shape {bias.shape}: give {count} real numbers, shape ({count},)")
    return matrix.frozen(readout.copy()), matrix.frozen(bias.copy())


def _function(activation):
    function = _FUNCTIONS[activation.kind]
    return lambda u: function(u, *activation.parameters)


def _logistic(u):
    from scipy.special import expit

    return expit(u)


def _erf(u):
    from scipy.special import erf

    return erf(u)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tanh": np.tanh, "linear": lambda u: u, "logistic": _logistic, "erf": _erf,
    "threshold_linear": lambda u, gain, threshold: gain * np.maximum(u - threshold, 0),
    "hard_tanh": lambda u: np.clip(u, -1, 1), "softplus": lambda u: np.logaddexp(0, u),
}  # fmt: skip


# --- reservoirpy ---


def from_reservoirpy(model: Any) -> EchoStateNetwork:
    """An `EchoStateNetwork` of a reservoir of the package reservoirpy, with its readout if it has a trained one.

    Parameters
    ----------
    model : reservoirpy.nodes.Reservoir, or a model of one and a ``Ridge`` readout
        Initialized: it has run or was fitted once. ``reservoir >> readout`` and ``ESN`` are such models.

    Returns
    -------
    EchoStateNetwork
        On the same numbers; its `state` is the present one of the reservoir.

    Raises
    ------
    MissingPackageError
        If reservoirpy is not installed.
    NetworkError
        If the model is of another kind: several reservoirs, feedback, inputs that reach the readout, other nodes.

    References
    ----------
    Trouvain, Pedrelli, Dinh, Hinaut, "ReservoirPy: an efficient and user-friendly library to design echo state networks",
    ICANN 2020.

    Examples
    --------
    A reservoir that has learned to predict its input, in closed loop::

        model = Reservoir(100, lr=0.5, sr=0.9) >> Ridge(ridge=1e-6)
        model.fit(u[:-1], u[1:], warmup=100)
        spectrum = pylyap.lyapunov_spectrum(pylyap.from_reservoirpy(model).closed_loop(), t_average=5000)
    """
    try:
        from reservoirpy import activationsfunc, nodes
    except ImportError as error:
        raise MissingPackageError("from_reservoirpy needs the package reservoirpy: pip install reservoirpy") from error
    reservoir, readout = _parts(model, nodes)
    if not reservoir.initialized:
        raise NetworkError("the reservoir has no weights yet: run it, or call its initialize(inputs), once")
    own = {} if readout is None else dict(readout=readout.Wout, readout_bias=np.ravel(_dense(readout.bias)))
    bias = np.broadcast_to(np.ravel(_dense(reservoir.bias)), reservoir.units)
    return EchoStateNetwork(
        reservoir.W, reservoir.Win, bias=bias, leak=reservoir.lr, activation=_activation(reservoir.activation, activationsfunc),
        state=np.ravel(reservoir.state["out"]), **own,
    )


def _parts(model, nodes):
    """(reservoir, trained readout or None)."""
    if isinstance(model, nodes.Reservoir):
        return model, None
    modules = sys.modules["reservoirpy"]
    if not isinstance(model, modules.Model):
        raise NetworkError(f"expected a Reservoir or a model of reservoirpy, got {type(model).__name__}")
    kinds = {kind: [node for node in model.nodes if isinstance(node, kind)] for kind in (nodes.Reservoir, nodes.Ridge)}
    reservoirs, readouts = kinds.values()
    others = [node for node in model.nodes if not isinstance(node, (nodes.Reservoir, nodes.Ridge, nodes.Input, nodes.Output))]
    if len(reservoirs) != 1 or len(readouts) > 1 or others:
        names = ", ".join(type(node).__name__ for node in model.nodes)
        raise NetworkError(f"the model has the nodes {names}: from_reservoirpy reads one Reservoir with one Ridge or none")
    for source, _delay, target in model.edges:
        if source in readouts and target in reservoirs:
            raise NetworkError("the model has feedback from the readout to the reservoir, which from_reservoirpy does not read")
        if target in readouts and source not in reservoirs:
            raise NetworkError("the model's inputs reach its readout, which from_reservoirpy does not read")
    readout = readouts[0] if readouts and readouts[0].initialized else None
    return reservoirs[0], readout


def _dense(value):
    return value.toarray() if matrix.is_sparse(value) else np.asarray(value)


def _activation(function, known):
    names = {"tanh": "tanh", "sigmoid": "logistic", "relu": "relu", "identity": "linear", "softplus": "softplus"}
    for name, own in names.items():
        if function is getattr(known, name):
            return own
    return function  # of NumPy, or refused by name
