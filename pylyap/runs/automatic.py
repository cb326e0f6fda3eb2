"""`solver="auto"`: which method, and which step, chosen from the network itself.

Where a network is clearly chaotic, statistics leave an error of about 1 %, and the multistep method "lab4" gives the same
numbers with a quarter of the products of "rk4" or less. Elsewhere (fixed points, limit cycles, the onset of chaos) many
more digits can be had, and "rk4" with its usual step keeps them.

Measured along stored trajectories (benchmarks/work_precision.py, docs/speed.md; N = 100 to 400, g = 1.5 to 12): "lab4" is
stable as long as its step times the largest eigenvalue of W D(t), without the leak, stays below about 0.3. At 0.25 the
entropy rate of a chaotic network is off by 0.5 % or less, the dimension by less, and the error falls as the fourth power
of the step.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .. import _solvers as solvers
from .plan import ACCURACY, DEFAULT_DT, Plan, make_plan

if TYPE_CHECKING:
    from .._contracts import System

STABLE = 0.25  # of the step times the largest eigenvalue; its accuracy is the default, `ACCURACY`
LONGEST_STEP, LONGEST_DRIVEN_STEP = 0.15, 0.1  # of the shortest tau: the latter where an input has to be followed
ACCURACY_OF_RK4 = 5e-5  # of rk4 with its usual step, likewise
# The network is looked at in so many places of this stretch, in units of the longest tau, whatever the run's length: a
# run that goes on for longer than it was to has to choose the same step.
PLACES, SKIPPED, ALIGNED, LOOKED_AT = 10, 10.0, 5.0, 20.0
MOST_STEPS = 2000  # of either part, where the shortest tau is much shorter
# By this factor at least (logarithm) a tangent vector grows in the stretch where a network is clearly chaotic: 0.1 per tau,
# a third of the leading exponent at g = 3.
CLEAR_GROWTH = 2.0


class Look(NamedTuple):
    """What a first look at a network found.

    Attributes
    ----------
    radius : float
        Largest eigenvalue of the couplings W D(t), per unit of time.
    growth : float
        Logarithm of the growth of a tangent vector; both are NaN if the state diverged.
    """

    radius: float
    growth: float

    @property
    def is_chaotic(self) -> bool:
        """Clearly so."""
        return self.growth > CLEAR_GROWTH


def settled(network: System, plan: Plan, asked: dict[str, Any]) -> Plan:
    """`plan`, or if its step is still to be chosen the plan with it; `asked` are the options of `make_plan`."""
    if plan.accuracy is None:
        return plan
    seen = look(network, asked)
    solver = solvers.LAB4 if seen.is_chaotic else solvers.RK4
    tau = 1.0 if network.dt is None else network.dt / DEFAULT_DT  # the shortest one
    longest = longest_step(seen, plan.accuracy, network.drive is not None, tau)
    dt = whole_part(longest, asked["qr_interval"], tau)
    chosen = make_plan(network, **{**asked, "solver": solver.name, "dt": dt, "accuracy": None})
    options = {**chosen.options, "accuracy": plan.accuracy, "coupling_radius": seen.radius}
    return dataclasses.replace(chosen, accuracy=plan.accuracy, options=options)


def longest_step(seen: Look, accuracy: float, is_driven: bool, tau: float = 1.0) -> float:
    """The longest step that this accuracy allows; `tau` is the shortest time constant."""
    if not seen.is_chaotic:
        return DEFAULT_DT * tau * min(1.0, accuracy / ACCURACY_OF_RK4) ** 0.25
    longest = (LONGEST_DRIVEN_STEP if is_driven else LONGEST_STEP) * tau
    return min(longest, STABLE / seen.radius * min(1.0, accuracy / ACCURACY) ** 0.25)


def whole_part(longest: float, qr_interval: float | str, tau: float = 1.0) -> float:
    """The longest step of which a whole number make `tau`, or a given interval of the QR."""
    whole = tau if isinstance(qr_interval, str) else qr_interval
    return float(whole / np.ceil(whole / longest * (1 - 1e-9)))  # rounding asks for no further step


def look(network: System, asked: dict[str, Any]) -> Look:
    """A first look along the beginning of the run, by "rk4" with one tangent vector; it costs no product with a frame."""
    from .._core.integrator import Integrator

    tau = network.time_scale or 1.0
    plan = make_plan(network, **{
        **asked, "solver": solvers.RK4.name, "dt": None, "accuracy": None, "n_exponents": 1, "initial_frame": None,
        "qr_interval": "auto", "t_transient": 0, "t_align": 0, "t_average": (SKIPPED + ALIGNED + LOOKED_AT) * tau,
        "target_stderr": None, "time_limit": None,
    })
    scout = Integrator(network, plan)
    skipped, aligned, looked_at = (
        min(MOST_STEPS, round(time * tau / plan.dt)) for time in (SKIPPED, ALIGNED, LOOKED_AT))
    scout.relax(skipped)
    scout.align(aligned)
    scout.start_averaging(looked_at)
    radii = []
    for _ in range(PLACES):
        scout.average(looked_at // PLACES)
        if scout.ending is not None:
            return Look(np.nan, np.nan)
        radii.append(scout.coupling_radius())
    scout.close_block()
    return Look(max(radii), float(scout.log.log_growth[0, : scout.n_logged].sum()))
