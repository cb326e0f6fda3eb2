"""`solver="auto"`: which method, and which step, chosen from the network itself.

Measured along stored trajectories (benchmarks/work_precision.py, docs/speed.md; N = 100 to 400, g = 1.5 to 12): the
multistep method
"lab4" is stable as long as its step times the largest eigenvalue of W D(t), without the leak, stays below about 0.3.
At 0.25 the entropy rate of a chaotic network is off by 0.5 % or less, the dimension by less, and the error falls as
the fourth power of the step.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _solvers as solvers
from .plan import ACCURACY, Plan, make_plan

if TYPE_CHECKING:
    from .._contracts import System

STABLE = 0.25  # of the step times the largest eigenvalue; its accuracy is the default, `ACCURACY`
# tau: where couplings are weak (the leading exponent is off by 2e-4 at g = 1.5), and of an input that has to be
# followed
LONGEST_STEP, LONGEST_DRIVEN_STEP = 0.15, 0.1
# The network is looked at in so many places of this stretch, in tau, of the run or of what is shorter.
PLACES, SKIPPED, LOOKED_AT = 20, 20.0, 40.0


def settled(network: System, plan: Plan, asked: dict[str, Any]) -> Plan:
    """`plan`, or if its step is still to be chosen the plan with it; `asked` are the options of `make_plan`."""
    if plan.accuracy is None:
        return plan
    radius = _largest_radius(network, plan, asked)
    dt = step(radius, plan.accuracy, network.drive is not None, asked["qr_interval"])
    chosen = make_plan(network, **{**asked, "solver": solvers.LAB4.name, "dt": dt, "accuracy": None})
    options = {**chosen.options, "accuracy": plan.accuracy, "coupling_radius": radius}
    return dataclasses.replace(chosen, accuracy=plan.accuracy, options=options)


def step(radius: float, accuracy: float, is_driven: bool, qr_interval: float | str) -> float:
    """The step: the longest one allowed of which a whole number make one tau, or the given interval of the QR."""
    longest = LONGEST_DRIVEN_STEP if is_driven else LONGEST_STEP
    if np.isfinite(radius) and radius > 0:
        longest = min(longest, STABLE / radius * min(1.0, accuracy / ACCURACY) ** 0.25)
    whole = 1.0 if isinstance(qr_interval, str) else qr_interval
    return whole / np.ceil(whole / longest * (1 - 1e-9))  # rounding asks for no further step


def _largest_radius(network, plan, asked):
    """The largest eigenvalue of the couplings seen along the first part of the run, per unit of time."""
    from .._core.integrator import Integrator

    duration = (plan.n_transient + plan.n_align + plan.n_average) * plan.dt
    skipped = min(SKIPPED, plan.n_transient * plan.dt)
    looked_at = min(LOOKED_AT, duration - skipped)
    scout_plan = make_plan(network, **{
        **asked, "solver": solvers.RK4.name, "dt": None, "accuracy": None, "n_exponents": 1, "initial_frame": None,
        "qr_interval": "auto", "t_transient": 0, "t_align": 0, "t_average": max(skipped + looked_at, 1.0),
        "target_stderr": None,
    })
    scout = Integrator(network, scout_plan)
    scout.relax(round(skipped / scout_plan.dt))
    radii = []
    for _ in range(PLACES):
        scout.relax(max(1, int(looked_at / PLACES / scout_plan.dt)))
        if scout.ending is not None:
            break
        radii.append(scout.coupling_radius())
    return max(radii, default=np.nan)
