"""Descriptions of networks: checked when made, never changed after, handed to Julia at the first computation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from .._contracts import System, text_array
from ..errors import NetworkError
from . import activations, drives, labels, matrix, per_unit
from .tensors import refuse_half

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from .._core.bridge import Bridge
    from .activations import Activation
    from .drives import Drive


class _Network(System):
    """What a rate network and a discrete network have in common."""

    precisions = ("float64", "float32")

    def __init__(
        self,
        W: Any,
        activation: str | Activation,
        bias: ArrayLike | None,
        input_gain: float | ArrayLike | None,
        drive: Drive | None,
        names: Iterable[Any] | None,
    ) -> None:
        self._weights, own_names = matrix.named_weights(W)
        self._labels = labels.checked(names, own_names, self.size)
        self._activation = activations.as_activation(activation)
        self._bias = matrix.frozen(_check_bias(self._in_order("bias", bias), self.size))
        self._input_gain = _check_input_gain(self._in_order("input_gain", input_gain), self.size)
        self._drive = drives.checked_drive(drive, self.size)

    def _in_order(self, name, values):
        """What a caller gives for each unit; a Series of pandas in the order of the units, if both have names."""
        return labels.in_order(name, values, self._labels)

    @property
    def size(self) -> int:
        """Number of units N."""
        return self._weights.shape[0]

    @property
    def weights(self) -> NDArray[np.float64] | csr_array:
        """(N, N) float64, read-only, Fortran order or csr_array; [i, j] is the weight from unit j to unit i."""
        return matrix.handed_out(self._weights)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Names of the units, a tuple of N texts, or None."""
        return self._labels

    @property
    def activation(self) -> Activation:
        """The activation phi."""
        return self._activation

    @property
    def drive(self) -> Drive | None:
        """Time-dependent input, or None."""
        return self._drive

    @property
    def bias(self) -> NDArray[np.float64]:
        """(N,) float64, read-only; zeros if none was given."""
        return self._bias

    @property
    def input_gain(self) -> NDArray[np.float64] | None:
        """(N,) float64, read-only, factors of what phi is taken of; None if all are 1."""
        return self._input_gain

    @property
    def is_plain_network(self) -> bool:
        """Whether it has neither bias, input gain nor drive."""
        return self.drive is None and self.input_gain is None and not self.bias.any()

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        own = {} if self.drive is None else {f"drive.{name}": array for name, array in self.drive.arrays().items()}
        if self.input_gain is not None:
            own["input_gain"] = self.input_gain
        return {"weights": self.weights, "bias": self.bias, "activation": text_array(repr(self.activation)), **own}

    def _parts(self, bridge, inputs):
        """What both core networks are made of."""
        gain = {} if self.input_gain is None else dict(input_gain=bridge.share(self.input_gain))
        return dict(activation=bridge.activation(self.activation), bias=bridge.share(self.bias), **gain, **inputs)

    @property
    def has_autapses(self) -> bool:
        """Whether any unit has a weight to itself."""
        return bool(self._weights.diagonal().any())

    def __repr__(self) -> str:
        parts = [f"{self.size} units", *matrix.describe(self._weights), str(self.activation), *self._details()]
        parts.append("with bias" if self.bias.any() else "no bias")
        if self.input_gain is not None:
            parts.append("with input gain")
        parts.append("with autapses" if self.has_autapses else "no autapses")
        if self.drive is not None:
            parts.append(f"drive={self.drive}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def _details(self):
        return []


class RateNetwork(_Network):
    """Continuous-time rate network ``tau dx/dt = -x + W phi(input_gain x) + bias + drive(t)``.

    Parameters
    ----------
    W : (N, N) array_like, sparse matrix of SciPy, tensor of torch, DataFrame or DataArray
        Weights, ``W[i, j]`` from unit j to unit i, finite real numbers. The columns of a table with names are brought
        into the order of its rows; axes called source and target, or alike, say which is which. A float64 array in Fortran order and a
        float64 CSR matrix are kept without a copy, so do not change them afterwards; anything else is copied. Sparse
        weights stay sparse, whatever their format.
    activation : str or Activation
        phi: the name of one of `pylyap.activations`, or what one of its functions returns.
    tau : float or (N,) array_like
        Time constant, > 0. One number for all units is the unit of time: all times and exponents count in units of it.
        With one time constant for each unit, ``tau[i] dx_i/dt = -x_i + ...``, all times (`t_average`, `dt`, those of the
        drive) are in the unit in which tau is given, and exponents are per that unit: tau in milliseconds, exponents per
        millisecond. `time_unit` is then "time" instead of "tau", and the default step a tenth of the shortest tau.
    bias : (N,) array_like, optional
        Constant input, in units of x.
    input_gain : float or (N,) array_like, optional
        Factors, > 0, of what phi is taken of, ``phi(input_gain[i] x_i)``; 1 by default.
    drive : Drive, optional
        Time-dependent input, made by a function of `pylyap.drives`. Exponents are then conditional on it.
    labels : N names, optional
        Of the units, for plots and files; by default those of W, if it is a table or was read with names.

    Raises
    ------
    NetworkError
        If W or bias has the wrong shape or type, or holds NaN or infinite entries, or the drive has the wrong width.
    OptionError
        If tau, input_gain or activation is not allowed.
    UnknownOptionError
        If there is no such option.

    References
    ----------
    Sompolinsky, Crisanti, Sommers, Phys. Rev. Lett. 61, 259 (1988), eq. 1;
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023).

    Examples
    --------
    >>> import pylyap
    >>> pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=1))
    RateNetwork(100 units, tanh, tau=1.0, no bias, no autapses)

    Excitatory units of 20 ms and inhibitory ones of 10 ms:

    >>> import numpy as np
    >>> W = pylyap.weights.gaussian(100, 3.0, seed=1)
    >>> network = pylyap.RateNetwork(W, tau=np.repeat([20.0, 10.0], [80, 20]))
    >>> spectrum = pylyap.lyapunov_spectrum(network, t_average=2000)     # 2 seconds; exponents per ms
    >>> round(float(spectrum.exponents.sum()), 3)                        # that of -1 / tau
    -6.0
    """

    has_known_leak = True
    rates = "activation"

    @checks.named_options()
    def __init__(
        self,
        W: Any,
        *,
        activation: str | Activation = "tanh",
        tau: float | ArrayLike = 1.0,
        bias: ArrayLike | None = None,
        input_gain: float | ArrayLike | None = None,
        drive: Drive | None = None,
        labels: Iterable[Any] | None = None,
    ) -> None:
        super().__init__(W, activation, bias, input_gain, drive, labels)
        self._tau = _check_tau(self._in_order("tau", tau), self.size)

    @property
    def tau(self) -> float | NDArray[np.float64]:
        """Time constant: one for all units, or (N,) float64, read-only."""
        return self._tau

    @property
    def _has_one_tau(self):
        return np.ndim(self.tau) == 0

    @property
    def is_smooth(self) -> bool:
        """That of its activation."""
        return self.activation.is_smooth

    @property
    def time_unit(self) -> str:
        """That of its times: "tau", or "time" where there is one tau for each unit."""
        return "tau" if self._has_one_tau else "time"

    @property
    def core_time(self) -> float:
        """Tau: the core's clock runs in absolute time."""
        return self._tau if self._has_one_tau else 1.0

    @property
    def dt(self) -> float | None:
        """A tenth of the shortest tau, where there are several."""
        return None if self._has_one_tau else 0.1 * float(self._tau.min())

    @property
    def time_scale(self) -> float | None:
        """The longest tau, where there are several."""
        return None if self._has_one_tau else float(self._tau.max())

    @property
    def noise_strengths(self) -> NDArray[np.float64] | None:
        """What white noise is multiplied by: its strength is per square root of each unit's own tau."""
        return None if self._has_one_tau else 1 / np.sqrt(self.tau)

    @property
    def _leak(self):
        """(N,) rate of the leak of each unit, per unit of time."""
        return np.ones(self.size) if self._has_one_tau else 1 / self.tau

    @property
    def exact_mean_exponent(self) -> float | None:
        """-1 per tau, from the leak, if there are no autapses; with them it depends on the slopes."""
        return None if self.has_autapses else -float(self._leak.mean())

    @property
    def symmetric_pair_sum(self) -> float | None:
        """-2 per tau, from the leak, if all units have the same tau."""
        return -2.0 if self._has_one_tau else None

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        return {**super().arrays(), "tau": np.array(self.tau)}

    @property
    def loop_free_rates(self) -> NDArray[np.float64]:
        """Rates of the leak of the units without an autapse that no path leads back to, as exponents."""
        return -self._leak[matrix.loop_free(self._weights)]

    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's ``RateNetwork``."""
        tau = self.tau if self._has_one_tau else bridge.share(self.tau)
        return bridge.core.RateNetwork(bridge.weights(self._weights), tau=tau, **self._parts(bridge, inputs))

    def _details(self):
        if self._has_one_tau:
            return [f"tau={self.tau}"]
        return [f"tau from {self._tau.min():g} to {self._tau.max():g}"]


class DiscreteNetwork(_Network):
    """Discrete-time network ``x(t+1) = phi(input_gain (W x(t) + bias + drive(t)))``; its times count steps.

    Parameters
    ----------
    W : (N, N) array_like, sparse matrix of SciPy, tensor of torch, DataFrame or DataArray
        Weights, ``W[i, j]`` from unit j to unit i, finite real numbers. The columns of a table with names are brought
        into the order of its rows; axes called source and target, or alike, say which is which. A float64 array in Fortran order and a
        float64 CSR matrix are kept without a copy, so do not change them afterwards; anything else is copied. Sparse
        weights stay sparse, whatever their format.
    activation : str or Activation
        phi: the name of one of `pylyap.activations`, or what one of its functions returns.
    bias : (N,) array_like, optional
        Constant input.
    input_gain : float or (N,) array_like, optional
        Factors, > 0, of what phi is taken of, bias and drive included; 1 by default.
    drive : Drive, optional
        Time-dependent input, made by a function of `pylyap.drives`. Exponents are then conditional on it.
    labels : N names, optional
        Of the units, for plots and files; by default those of W, if it is a table or was read with names.

    Raises
    ------
    NetworkError
        If W or bias has the wrong shape or type, or holds NaN or infinite entries, or the drive has the wrong width.
    OptionError
        If the activation or input_gain is not allowed.
    UnknownOptionError
        If there is no such option.

    References
    ----------
    Xie, Mihalas, Kusmierz, arXiv 2505.09816 (2025), eq. 1.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.DiscreteNetwork(pylyap.weights.levy(100, 2.0, 1.5, seed=1))
    DiscreteNetwork(100 units, tanh, no bias, with autapses)
    """

    time_unit = "step"
    rates = "state"

    @checks.named_options()
    def __init__(
        self,
        W: Any,
        *,
        activation: str | Activation = "tanh",
        bias: ArrayLike | None = None,
        input_gain: float | ArrayLike | None = None,
        drive: Drive | None = None,
        labels: Iterable[Any] | None = None,
    ) -> None:
        super().__init__(W, activation, bias, input_gain, drive, labels)

    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's ``DiscreteNetwork``."""
        return bridge.core.DiscreteNetwork(bridge.weights(self._weights), **self._parts(bridge, inputs))


def _check_bias(bias, size):
    if bias is None:
        return np.zeros(size)
    advice = f"give one real number for each of the {size} units"
    refuse_half("bias", bias)
    bias = checks.real_array("bias", bias, advice)
    if bias.shape != (size,):
        raise NetworkError(f"bias has shape {bias.shape}: {advice}, shape ({size},)")
    return bias.copy()


def _check_tau(tau, size):
    if per_unit.is_meant(tau):
        return per_unit.positive("tau", tau, size)
    return checks.real("tau", tau, "a finite time constant > 0, or one for each unit", lambda time: time > 0)


def _check_input_gain(gain, size):
    if gain is None:
        return None
    if not per_unit.is_meant(gain):
        gain = np.full(size, checks.real("input_gain", gain, "a finite factor > 0, or one for each unit", lambda g: g > 0))
    return per_unit.positive("input_gain", gain, size)
