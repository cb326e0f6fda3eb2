"""What a system is defined by: a name that the core knows, a matrix, Julia source, or Python functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .._contracts import text_array
from .._functions import text_of
from ..errors import NetworkError

if TYPE_CHECKING:
    from .._contracts import System
    from .._core.bridge import Bridge

# Complex steps h v, in units of the state: h^2 is below the smallest relative difference.
COMPLEX_STEP = 1e-20
SMALLEST_STEP = 1e-110  # where a state is zero: its cube is not representable, but slopes down to 1e-180 are


@dataclasses.dataclass(frozen=True)
class Reference:
    """A system that the Julia core has under this name."""

    name: str
    arguments: tuple
    parameters: dict
    free_parameters: ClassVar[dict] = {}
    has_constant_jacobian = False
    calls_python = False
    is_autonomous = True

    def arrays(self) -> dict[str, Any]:
        values = [*self.arguments, *self.parameters.values()]
        return {"name": text_array(self.name), "parameters": np.array(values, dtype=np.float64)}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return getattr(bridge.core, self.name)(*self.arguments, **self.parameters)


@dataclasses.dataclass(frozen=True)
class Linear:
    """A constant matrix."""

    A: np.ndarray
    free_parameters: ClassVar[dict] = {}
    has_constant_jacobian = True
    calls_python = False
    is_autonomous = True

    def arrays(self) -> dict[str, Any]:
        return {"A": self.A}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return (bridge.core.LinearMap if system.is_map else bridge.core.LinearFlow)(bridge.share(self.A))


@dataclasses.dataclass(frozen=True)
class JuliaSource:
    """Right-hand side and Jacobian-vector product (or None) as Julia source, and their parameters."""

    rhs: str
    jvp: str | None
    parameters: dict
    has_constant_jacobian = False

    @property
    def free_parameters(self) -> dict[str, Any]:
        """Those that `System.with_parameters` may change."""
        return self.parameters

    calls_python = False
    is_autonomous = False  # what a user's function does with the time is not known

    def arrays(self) -> dict[str, Any]:
        values = {f"parameters.{name}": np.asarray(value) for name, value in self.parameters.items()}
        return {"rhs": text_array(self.rhs), "jvp": text_array(self.jvp or ""), **values}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return bridge.from_source(self.rhs, self.jvp, self.parameters, system.size, system.is_map)


@dataclasses.dataclass(frozen=True)
class PythonFunctions:
    """Right-hand side and Jacobian-vector product (or None) as Python functions."""

    rhs: Callable[..., Any]
    jvp: Callable[..., Any] | None
    free_parameters: ClassVar[dict] = {}
    has_constant_jacobian = False
    calls_python = True
    is_autonomous = False

    def arrays(self) -> dict[str, Any]:
        return {name: text_array(text_of(f)) for name, f in (("rhs", self.rhs), ("jvp", self.jvp)) if f}

    def to_core(self, bridge: Bridge, system: System) -> Any:
        return bridge.calling_python(self, system.size, system.is_map)

    def evaluate(self, x: NDArray[np.float64], t: float) -> NDArray[Any]:
        """rhs(x, t), if its shape is right."""
        return _shaped("rhs", self.rhs(x, t), x.shape)

    def multiply(self, x: NDArray[np.float64], t: float, V: NDArray[np.float64]) -> NDArray[Any]:
        """The Jacobian at (x, t) times the columns of V; by complex steps if there is no jvp."""
        if self.jvp is not None:
            return _shaped("jvp", self.jvp(x, t, V), V.shape)
        product = np.empty(V.shape)
        for k, v in enumerate(V.T):  # one at a time: rhs may return the same array each time
            product[:, k] = self._complex_step(x, t, v)
        return product

    def _complex_step(self, x, t, v):
        """The Jacobian times v: imag f(x + i h u) / h with u = v / scale, |u| < 1 and h |u| far below |x|."""
        scale = 2.0 ** np.clip(np.frexp(np.abs(v).max())[1], -1000, 1000)  # a power of two: no rounding
        u = v / scale
        moved = u != 0
        h = COMPLEX_STEP * np.min(np.abs(x[moved] / u[moved]), initial=1.0)
        h = max(h, SMALLEST_STEP)
        value = _shaped("rhs", self.rhs(x + 1j * (h * u), t), x.shape, complex)
        return np.imag(value) / h * scale


Definition = Reference | Linear | JuliaSource | PythonFunctions


def _shaped(name, value, shape, dtype=float):
    """The array a user's function returned."""
    array = np.asarray(value)
    if array.shape != shape or array.dtype.kind not in ("iuf" if dtype is float else "iufc"):
        raise NetworkError(
            f"{name} returned shape {array.shape} and dtype {array.dtype}: "
            f"it has to return {dtype.__name__} numbers, shape {shape}"
        )
    return array
