"""Runs that need steps of fixed length: twins, and the way back along a trajectory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _solvers as solvers
from ..errors import OptionError
from . import loop
from .plan import Plan, make_plan
from .spectrum import plan_options

if TYPE_CHECKING:
    from .._contracts import Run, System

OPTIONS = (  # of `lyapunov_spectrum` that these runs take too
    "t_transient", "t_align", "dt", "solver", "qr_interval", "initial_state", "seed", "time_limit", "progress",
)


def fixed_step_plan(network: System, where: str, **options: Any) -> Plan:
    """The plan of a run that needs the derivatives of steps of fixed length."""
    plan = make_plan(network, **plan_options(**options))
    if not plan.solver.is_one_step:
        why = "its steps depend on the trajectory" if plan.solver.is_adaptive else "its tangent is not that of one step"
        raise OptionError(
            f'solver = "{plan.solver.name}" is not allowed in {where}: {why}; use '
            f'"{solvers.fixed_step_default(network).name}"'
        )
    return plan


def run(integrator: Run, plan: Plan, *, progress: bool | None, time_left: float | None, label: str = "") -> str:
    """`loop.run`, but a run that cannot go on raises OptionError; returns the word for the `status` of its result."""
    ending = loop.run(integrator, plan, progress=progress, time_left=time_left, label=label)
    if ending.is_failure:
        raise OptionError(f"{ending.what} at step {integrator.n_steps}: {ending.advice(plan.is_map)}")
    return ending.status
