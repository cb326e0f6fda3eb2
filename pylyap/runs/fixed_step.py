"""Runs that need steps of fixed length: twins, and the way back along a trajectory."""

from .. import _solvers as solvers
from ..errors import OptionError
from . import loop
from .plan import make_plan
from .spectrum import plan_options

OPTIONS = (  # of `lyapunov_spectrum` that these runs take too
    "t_transient", "t_align", "dt", "solver", "qr_interval", "initial_state", "seed", "time_limit", "progress",
)


def fixed_step_plan(network, where, **options):
    """The plan of a run that needs the derivatives of steps of fixed length."""
    plan = make_plan(network, **plan_options(**options))
    if not plan.solver.is_one_step:
        why = "its steps depend on the trajectory" if plan.solver.is_adaptive else "its tangent is not that of one step"
        raise OptionError(
            f'solver = "{plan.solver.name}" is not allowed in {where}: {why}; use '
            f'"{solvers.fixed_step_default(network).name}"'
        )
    return plan


def run(integrator, plan, *, progress, time_left, label=""):
    """`loop.run`, but a run that cannot go on raises OptionError; returns the word for the `status` of its result."""
    ending = loop.run(integrator, plan, progress=progress, time_left=time_left, label=label)
    if ending.is_failure:
        raise OptionError(f"{ending.what} at step {integrator.n_steps}: {ending.advice(plan.is_map)}")
    return ending.status
