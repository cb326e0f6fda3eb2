"""Descriptions of networks: checked when made, never changed after, handed to Julia at the first computation."""

import numpy as np

from .. import _checks as checks
from .._contracts import System, text_array
from ..errors import NetworkError
from . import activations, drives, matrix
from .tensors import refuse_half


class _Network(System):
    """What a rate network and a discrete network have in common."""

    precisions = ("float64", "float32")

    def __init__(self, W, activation, bias, drive):
        self._weights = matrix.checked_weights(W)
        self._activation = activations.as_activation(activation)
        self._bias = matrix.frozen(_check_bias(bias, self.size))
        self._drive = drives.checked_drive(drive, self.size)

    @property
    def size(self):
        """Number of units N."""
        return self._weights.shape[0]

    @property
    def weights(self):
        """(N, N) float64, read-only, Fortran order or csr_array; [i, j] is the weight from unit j to unit i."""
        return matrix.handed_out(self._weights)

    @property
    def activation(self):
        """The activation phi."""
        return self._activation

    @property
    def drive(self):
        """Time-dependent input, or None."""
        return self._drive

    @property
    def bias(self):
        """(N,) float64, read-only; zeros if none was given."""
        return self._bias

    @property
    def is_plain_network(self):
        """Whether it has neither bias nor drive."""
        return self.drive is None and not self.bias.any()

    def arrays(self):
        """Everything that its numbers depend on."""
        own = {} if self.drive is None else {f"drive.{name}": array for name, array in self.drive.arrays().items()}
        return {"weights": self.weights, "bias": self.bias, "activation": text_array(repr(self.activation)), **own}

    def _parts(self, bridge, inputs):
        """What both core networks are made of."""
        return dict(activation=bridge.activation(self.activation), bias=bridge.share(self.bias), **inputs)

    @property
    def has_autapses(self):
        """Whether any unit has a weight to itself."""
        return bool(self._weights.diagonal().any())

    def __repr__(self):
        parts = [f"{self.size} units", *matrix.describe(self._weights), str(self.activation), *self._details()]
        parts.append("with bias" if self.bias.any() else "no bias")
        parts.append("with autapses" if self.has_autapses else "no autapses")
        if self.drive is not None:
            parts.append(f"drive={self.drive}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def _details(self):
        return []


class RateNetwork(_Network):
    """Continuous-time rate network ``tau dx/dt = -x + W phi(x) + bias + drive(t)``.

    Parameters
    ----------
    W : (N, N) array_like, sparse matrix of SciPy, tensor of torch, DataFrame or DataArray
        Weights, ``W[i, j]`` from unit j to unit i, finite real numbers. The columns of a table with names are brought
        into the order of its rows; axes called source and target, or alike, say which is which. A float64 array in Fortran order and a
        float64 CSR matrix are kept without a copy, so do not change them afterwards; anything else is copied. Sparse
        weights stay sparse, whatever their format.
    activation : str or Activation
        phi: the name of one of `pylyap.activations`, or what one of its functions returns.
    tau : float
        Time constant, > 0.
    bias : (N,) array_like, optional
        Constant input, in units of x.
    drive : Drive, optional
        Time-dependent input, made by a function of `pylyap.drives`. Exponents are then conditional on it.

    Raises
    ------
    NetworkError
        If W or bias has the wrong shape or type, or holds NaN or infinite entries, or the drive has the wrong width.
    OptionError
        If tau or activation is not allowed.
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
    """

    time_unit = "tau"
    has_known_leak = True
    rates = "activation"
    symmetric_pair_sum = -2.0  # the leak's, per tau

    @checks.named_options()
    def __init__(self, W, *, activation="tanh", tau=1.0, bias=None, drive=None):
        super().__init__(W, activation, bias, drive)
        self._tau = checks.real("tau", tau, "a finite time constant > 0", lambda time: time > 0)

    @property
    def tau(self):
        """Time constant."""
        return self._tau

    @property
    def core_time(self):
        """Tau: the core's clock runs in absolute time."""
        return self.tau

    @property
    def exact_mean_exponent(self):
        """-1 per tau without autapses, whose slopes would count."""
        return None if self.has_autapses else -1.0

    def arrays(self):
        """Everything that its numbers depend on."""
        return {**super().arrays(), "tau": np.array(self.tau)}

    @property
    def n_loop_free(self):
        """Units without an autapse that no path leads back to."""
        return matrix.count_loop_free(self._weights)

    def to_core(self, bridge, inputs):
        """The core's ``RateNetwork``."""
        return bridge.core.RateNetwork(bridge.weights(self._weights), tau=self.tau, **self._parts(bridge, inputs))

    def _details(self):
        return [f"tau={self.tau}"]


class DiscreteNetwork(_Network):
    """Discrete-time network ``x(t+1) = phi(W x(t) + bias + drive(t))``; its times count steps.

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
    drive : Drive, optional
        Time-dependent input, made by a function of `pylyap.drives`. Exponents are then conditional on it.

    Raises
    ------
    NetworkError
        If W or bias has the wrong shape or type, or holds NaN or infinite entries, or the drive has the wrong width.
    OptionError
        If the activation is not allowed.
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
    def __init__(self, W, *, activation="tanh", bias=None, drive=None):
        super().__init__(W, activation, bias, drive)

    def to_core(self, bridge, inputs):
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
