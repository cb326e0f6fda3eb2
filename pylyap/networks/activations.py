"""Activation functions phi: which there are, and their parameters.

A network takes one of these or the name of one that needs no parameters: ``activation="relu"``. The slopes are computed in
forms that keep their relative accuracy where a unit saturates.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from typing import Any

import numpy as np

from ..errors import OptionError
from .. import _checks as checks

__all__ = [
    "Activation", "custom", "erf", "hard_tanh", "linear", "logistic", "relu", "softplus", "tanh", "threshold_linear",
]


# of those without an expression of their own, the type in the core
_CORE_NAMES = {
    "tanh": "Tanh", "linear": "Identity", "threshold_linear": "ThresholdLinear", "hard_tanh": "HardTanh",
    "softplus": "Softplus", "logistic": "Logistic", "erf": "Erf",
}  # fmt: skip

_SMOOTH = ("tanh", "linear", "softplus", "logistic", "erf")


@dataclasses.dataclass(frozen=True)
class Activation:
    """An activation that the Julia core knows by its `kind`, with its parameters.

    Made by the functions of `pylyap.activations`, or by giving a network the name of one.
    """

    kind: str
    parameters: tuple = ()

    @property
    def core_name(self) -> str | None:
        """Its type in the core; None for a custom one."""
        return _CORE_NAMES.get(self.kind)

    @property
    def is_smooth(self) -> bool:
        """Whether it is known to have all derivatives: no kinks, and not a user's own."""
        return self.kind in _SMOOTH

    def __str__(self) -> str:
        shown = (f"{value:g}" if isinstance(value, float) else repr(value) for value in self.parameters)
        return f"{self.kind}({', '.join(shown)})" if self.parameters else self.kind


def tanh() -> Activation:
    """Hyperbolic tangent; slope 1 at 0.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.RateNetwork([[0.5]], activation=pylyap.activations.tanh())
    RateNetwork(1 units, tanh, tau=1.0, no bias, with autapses)
    """
    return Activation("tanh")


def linear() -> Activation:
    """``phi(u) = u``.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.linear())
    'linear'
    """
    return Activation("linear")


def relu() -> Activation:
    """Rectified linear, ``phi(u) = max(u, 0)``: `threshold_linear` with gain 1 and threshold 0.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.relu())
    'threshold_linear(1, 0)'
    """
    return threshold_linear()


def threshold_linear(gain: float = 1.0, threshold: float = 0.0) -> Activation:
    """``phi(u) = gain * max(u - threshold, 0)``; the slope at the threshold itself is 0.

    In a map, a unit below threshold makes the Jacobian singular: some exponents are then -inf, and counted.

    Parameters
    ----------
    gain : float
        Slope above the threshold, > 0.
    threshold : float
        In units of u.

    Returns
    -------
    Activation

    Raises
    ------
    OptionError
        If an argument is outside what is allowed.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.threshold_linear(2.0, threshold=0.5))
    'threshold_linear(2, 0.5)'
    """
    gain = checks.real("gain", gain, "a finite slope > 0", lambda slope: slope > 0)
    return Activation("threshold_linear", (gain, checks.real("threshold", threshold, "a finite number")))


def hard_tanh() -> Activation:
    """``phi(u) = u`` cut off at -1 and 1, with slope 0 from there on.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.hard_tanh())
    'hard_tanh'
    """
    return Activation("hard_tanh")


def softplus() -> Activation:
    """``phi(u) = log(1 + exp(u))``; slope 1/2 at 0.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.softplus())
    'softplus'
    """
    return Activation("softplus")


def logistic() -> Activation:
    """``phi(u) = 1 / (1 + exp(-u))``; slope 1/4 at 0.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.logistic())
    'logistic'
    """
    return Activation("logistic")


def erf() -> Activation:
    """The error function itself; slope 2 / sqrt(pi) at 0, so divide gains by that to compare with tanh.

    Examples
    --------
    >>> import pylyap
    >>> str(pylyap.activations.erf())
    'erf'
    """
    return Activation("erf")


def custom(value: str, slope: str) -> Activation:
    """An activation of your own, as two Julia expressions whose values are functions of one number.

    Both are compiled and run as fast as the built-in ones. Starts Julia, and compares the slope with finite differences
    of the value at 1000 places in [-10, 10], to about six digits. Several cores call the functions at once, so they must
    not change anything. Give the slope a form that keeps its relative accuracy where it is small.

    Parameters
    ----------
    value : str
        phi, such as ``"u -> atan(u)"``.
    slope : str
        Its derivative, such as ``"u -> 1 / (1 + u^2)"``.

    Returns
    -------
    Activation

    Raises
    ------
    OptionError
        If Julia cannot read or call one of the two, if one returns something else than finite real numbers, or if the
        slope is not the derivative of the value.
    JuliaUnavailableError
        If there is no Julia and none can be fetched.

    Examples
    --------
    >>> import pylyap
    >>> phi = pylyap.activations.custom(value="u -> atan(u)", slope="u -> 1 / (1 + u^2)")
    >>> network = pylyap.RateNetwork([[0.5]], activation=phi)
    """
    for name, text in (("value", value), ("slope", slope)):
        if not isinstance(text, str):
            raise OptionError(f'{name} = {text!r} is not allowed: give a Julia expression as text, like "u -> atan(u)"')
    from .._core import activations as compiled

    compiled.check(value, slope)
    return Activation("custom", (value, slope))


NAMED = {made.__name__: made() for made in (tanh, linear, relu, threshold_linear, hard_tanh, softplus, logistic, erf)}


def as_activation(activation: Any) -> Activation:
    """Return an Activation: the argument itself, or the one of that name."""
    if isinstance(activation, Activation):
        return activation
    if isinstance(activation, str) and activation in _OTHER_NAMES:
        raise OptionError(f"activation = {activation!r} is called {_OTHER_NAMES[activation]!r} here: give that")
    name = _known_function(activation) or _known_module(activation)
    if name is None and callable(activation):
        raise OptionError(
            f"activation = {checks.shown(activation)} is not known: give one of {', '.join(map(repr, NAMED))}, or your own as "
            'pylyap.activations.custom(value="u -> atan(u)", slope="u -> 1 / (1 + u^2)")'
        )
    if isinstance(activation, str) and (small := activation.lower()) != activation and small in (*NAMED, *_OTHER_NAMES):
        raise OptionError(f"activation = {activation!r} is called {_OTHER_NAMES.get(small, small)!r} here: give that")
    return NAMED[checks.one_of("activation", activation if name is None else name, tuple(NAMED))]


_OTHER_NAMES = {"sigmoid": "logistic", "expit": "logistic", "identity": "linear", "hardtanh": "hard_tanh"}


def _known_function(function):
    """The name of the activation that a function of NumPy, SciPy or torch is, or None."""
    if not callable(function):
        return None
    known = [(np.tanh, "tanh"), (math.tanh, "tanh"), (math.erf, "erf")]
    for package, names in (
        ("scipy.special", {"erf": "erf", "expit": "logistic"}),
        ("torch", {"tanh": "tanh", "relu": "relu", "sigmoid": "logistic", "erf": "erf"}),
        ("torch.nn.functional", {
            "tanh": "tanh", "relu": "relu", "sigmoid": "logistic", "hardtanh": "hard_tanh", "softplus": "softplus"}),
    ):
        if package in sys.modules:
            known += [(getattr(sys.modules[package], name), own) for name, own in names.items()]
    return next((own for other, own in known if other is function), None)


# of torch's modules, with what has to be their defaults
_MODULES = {
    "Tanh": ("tanh", {}), "ReLU": ("relu", {}), "Sigmoid": ("logistic", {}), "Identity": ("linear", {}),
    "Hardtanh": ("hard_tanh", {"min_val": -1.0, "max_val": 1.0}), "Softplus": ("softplus", {"beta": 1.0}),
}  # fmt: skip


def _known_module(module):
    """The name of the activation that a module of torch, or its class, is, or None."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    for kind, (own, defaults) in _MODULES.items():
        made = getattr(torch.nn, kind)
        if module is made or (type(module) is made and all(vars(module)[name] == value for name, value in defaults.items())):
            return own
    return None
