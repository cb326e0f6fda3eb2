"""Systems that are not networks: what all of them have in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks as checks
from .. import _contracts
from .._contracts import mark
from ..networks import matrix
from .definitions import Definition
from .parameters import like

if TYPE_CHECKING:
    from .._core.bridge import Bridge


class System(_contracts.System):
    """A dynamical system, made by the functions of `pylyap.systems`.

    Attributes
    ----------
    name : str
    size : int
        Number of variables n.
    time_unit : str
        "time" for a flow, "step" for a map; exponents are per this unit.
    initial_state : (n,) float64 or None
        Where a run begins unless told otherwise; None: at independent standard normal numbers.
    dt : float or None
        Step of a flow unless told otherwise.
    """

    def __init__(
        self,
        name: str,
        size: int,
        time_unit: str,
        definition: Definition,
        initial_state: ArrayLike | None,
        dt: float | None = None,
    ) -> None:
        self.name, self._size, self.time_unit, self.dt = name, size, time_unit, dt
        self.definition = definition
        self.initial_state = None if initial_state is None else matrix.frozen(np.array(initial_state, dtype=np.float64))

    @property
    def size(self) -> int:
        return self._size

    @property
    def calls_python(self) -> bool:
        """Whether a run calls Python functions."""
        return self.definition.calls_python

    @property
    def has_constant_jacobian(self) -> bool:
        """Whether it is linear."""
        return self.definition.has_constant_jacobian

    @property
    def is_autonomous(self) -> bool:
        """Whether it is known not to depend on time."""
        return self.definition.is_autonomous

    def arrays(self) -> dict[str, Any]:
        """Everything that its numbers depend on."""
        return self.definition.arrays()

    def to_core(self, bridge: Bridge, inputs: Mapping[str, Any]) -> Any:
        """The core's system of this definition."""
        return self.definition.to_core(bridge, self)

    def with_parameters(self, **parameters: Any) -> System:
        """The same system with other values of some parameters; nothing is compiled or tried again.

        Parameters
        ----------
        **parameters
            By the names they have in `parameters` of `flow` or `map`: numbers, or arrays of the shape there.

        Returns
        -------
        System

        Raises
        ------
        UnknownOptionError
            If the system has no parameter of that name, or none at all: reference systems and Python functions.
        OptionError
            If an array has another shape.
        NetworkError
            If a value is not a finite number.

        Examples
        --------
        A bifurcation diagram:

        >>> import numpy as np, pylyap
        >>> logistic = pylyap.systems.map(
        ...     1, "f!(next, x, p, t) = (next[1] = p.r * x[1] * (1 - x[1]))", parameters=dict(r=3.5), initial_state=[0.3])
        >>> family = [logistic.with_parameters(r=r) for r in np.linspace(3.5, 4.0, 11)]
        >>> spectra = pylyap.lyapunov_ensemble(family, t_average=1000, progress=False)
        >>> [int(spectrum.n_positive) for spectrum in spectra[-2:]]
        [1, 1]
        """
        if not parameters:
            return self
        known = self.definition.free_parameters
        checks.refuse_unknown(parameters, known, f"with_parameters of {self.name}")
        values = {**known, **{name: like(known[name], name, value) for name, value in parameters.items()}}
        definition: Any = self.definition  # Julia source: no other kind has a parameter that passes
        definition = dataclasses.replace(definition, parameters=values)
        kind = self.name.rsplit(", #", 1)[0]
        return System(f"{kind}, #{mark(definition.arrays())})", self.size, self.time_unit, definition, self.initial_state, self.dt)

    def __repr__(self) -> str:
        return self.name
