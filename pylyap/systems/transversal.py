"""A system with the tangent of a transversal mode of coupled copies of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _contracts

if TYPE_CHECKING:
    from .._core.bridge import Bridge


class Transversal(_contracts.System):
    """The trajectory of `system` with Jacobian ``J - strength * coupling`` (flow) or ``(I - strength * coupling) J`` (map).

    Made by `pylyap.transversal_exponents`. With a complex `strength` there are 2 N variables, the real and the imaginary part
    of a perturbation, and each exponent is there twice.

    Attributes
    ----------
    system : System
    coupling : (N, N) float64 or None
        None stands for the unit matrix.
    strength : float or complex
        Per `time_unit` of the system; per step for a map.
    """

    def __init__(self, system: _contracts.System, coupling: ArrayLike | None, strength: float | complex) -> None:
        self.system, self.strength = system, strength
        self.coupling = None if coupling is None else np.asfortranarray(coupling)
        self.drive, self.sequence_length = system.drive, system.sequence_length
        self.time_unit, self.dt, self.time_scale, self.core_time = system.time_unit, system.dt, system.time_scale, system.core_time
        self.calls_python, self.has_constant_jacobian = system.calls_python, system.has_constant_jacobian
        self.noise_strengths, self.caution = system.noise_strengths, system.caution

    @property
    def copies(self) -> int:
        """1, or 2 with a complex strength."""
        return 2 if isinstance(self.strength, complex) else 1

    @property
    def size(self) -> int:
        return self.copies * self.system.size

    @property
    def initial_state(self) -> NDArray[np.float64] | None:
        """That of the system."""
        return self.doubled(self.system.initial_state)

    @property
    def is_autonomous(self) -> bool:
        return self.system.is_autonomous

    def doubled(self, state: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        """A state of the system as one of this."""
        return state if state is None or self.copies == 1 else np.concatenate([state, state])

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        own = {"strength": np.array(self.strength, dtype=complex)}
        if self.coupling is not None:
            own["coupling"] = self.coupling
        return {**self.system.arrays(), **own}

    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's ``Transversal``."""
        coupling = bridge.unit_matrix() if self.coupling is None else bridge.share(self.coupling)
        strength = self.strength if self.is_map else self.strength / self.core_time
        return bridge.core.Transversal(self.system.to_core(bridge, inputs), coupling, strength)

    def __repr__(self) -> str:
        return f"Transversal({self.system!r}, strength={self.strength:g})"
