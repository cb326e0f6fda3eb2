"""The solvers: the one table of what a caller has to know. The core's side is julia/src/stepping/algorithms.jl."""

from __future__ import annotations

import dataclasses

from ._contracts import Drive, System
from .errors import OptionError


@dataclasses.dataclass(frozen=True)
class Solver:
    """A method of integration.

    Attributes
    ----------
    name : str
        What a user writes.
    core_name : str
        The function of the core that makes it.
    stages : int
        Products of the Jacobian with the frame in each step.
    order : int
        Order of the error of state and tangent; 0 for maps, which have no error.
    is_for_maps, is_adaptive, takes_noise : bool
        Whether it moves a map in whole steps, chooses its own steps, and is a method for stochastic equations.
    is_multistep : bool
        Whether the frame moves by a multistep method, with the leak exact, while the state moves by "rk4"; then the
        frame is not the derivative of the state's step.
    leak_error : (float, int)
        c and p of the error c dt^p of the rate of a pure leak, dx/dt = -x, to which the sum rule is held.
    """

    name: str
    core_name: str
    stages: int
    order: int
    is_for_maps: bool = False
    is_adaptive: bool = False
    takes_noise: bool = False
    is_multistep: bool = False
    leak_error: tuple[float, int] = (0.0, 1)

    @property
    def is_one_step(self) -> bool:
        """Whether it is one step of fixed length after another, and the tangent the derivative of each."""
        return not (self.is_adaptive or self.is_multistep)

    @property
    def looks_ahead(self) -> bool:
        """Whether a step asks for the input after its beginning."""
        return self.stages > 1 or self.is_multistep


#: In the order of preference: the first one that suits a system and its drive is the default.
TABLE = (
    Solver("rk4", "RK4", stages=4, order=4, leak_error=(1 / 120, 4)),
    Solver("tsit5", "Tsit5", stages=6, order=5, is_adaptive=True),
    Solver("heun", "Heun", stages=2, order=2, takes_noise=True, leak_error=(1 / 6, 2)),
    Solver("euler", "Euler", stages=1, order=1, takes_noise=True, leak_error=(1 / 2, 1)),
    Solver("lab4", "LawsonAB4", stages=1, order=4, is_multistep=True),
    Solver("map", "MapStep", stages=1, order=0, is_for_maps=True),
)
RK4, TSIT5, HEUN, EULER, LAB4, MAP = TABLE
BY_NAME = {solver.name: solver for solver in TABLE}
#: Not a method: the method and its step are chosen from the network, see `runs/automatic.py`.
AUTO = "auto"


def for_system(system: System) -> tuple[Solver, ...]:
    """The solvers that a system can have, whatever its drive; the default first."""
    return tuple(solver for solver in TABLE if solver.is_for_maps == system.is_map)


def suits(solver: Solver, drive: Drive | None) -> bool:
    """Whether a solver can be used with a drive, or None."""
    if drive is None or solver.is_for_maps:
        return True
    return (solver.takes_noise or not drive.needs_noise_solver) and not (solver.is_adaptive and drive.needs_fixed_steps)


def choose(name: str | None, system: System) -> Solver:
    """The solver called `name`, or the default for None; OptionError if the system or its drive cannot have it."""
    from . import _checks as checks

    possible = for_system(system)
    suitable = [solver for solver in possible if suits(solver, system.drive)]
    if name is None:
        return suitable[0]
    solver = BY_NAME[checks.one_of("solver", name, [solver.name for solver in possible])]
    if solver not in suitable and system.drive is not None:
        raise OptionError(
            f'solver="{name}" is not allowed with {system.drive}: {system.drive.reason}; use "{suitable[0].name}"'
        )
    return solver


def is_adaptive(name: object) -> bool:
    """Whether `name`, which need not be that of a solver, is that of one that chooses its steps."""
    return name == ADAPTIVE.name


ADAPTIVE = TSIT5


def fixed_step_default(system: System) -> Solver:
    """The first solver whose tangent is the derivative of a step of fixed length."""
    return next(s for s in for_system(system) if s.is_one_step and suits(s, system.drive))
