"""Runs that need steps of fixed length: twins, and the way back along a trajectory."""

from ..errors import OptionError
from .. import _checks as checks
from . import loop
from .plan import make_plan
from .spectrum import plan_options

ALLOWED = (
    "n_exponents", "t_average", "t_transient", "t_align", "dt", "solver", "qr_interval", "initial_state", "seed",
    "time_limit", "progress",
)


def fixed_step_plan(network, where, **options):
    """The plan of a run that cannot have an adaptive solver."""
    checks.refuse_unknown({name: 0 for name in options if name not in ALLOWED}, ALLOWED, where)
    if options.get("solver") == "tsit5":
        raise OptionError(f'solver = "tsit5" is not allowed in {where}: its steps depend on the trajectory; use "rk4"')
    return make_plan(network, **plan_options(**options))


def run(integrator, plan, *, progress, time_left, label=""):
    """`loop.run`, but a run that cannot go on raises OptionError."""
    ending = loop.run(integrator, plan, progress=progress, time_left=time_left, label=label)
    if integrator.status != "running":
        what = "tangent vector" if integrator.status == "frame_diverged" else "state"
        advice = "check the weights" + ("" if plan.time_unit == "step" else ", and make dt smaller")
        raise OptionError(f"the {what} left the finite numbers at step {integrator.n_steps}: {advice}")
    return ending
