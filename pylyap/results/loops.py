"""Units that lie in no loop of the wiring: their exponents are known, and tell how far a run has come.

In the order of its strongly connected parts a Jacobian is block triangular, so that its exponents are those of the parts.
A unit of a rate network without a loop or an autapse is a part of its own, with exponent -1 per its tau. Equal exponents along
a chain let perturbations grow as a power of time, and exponents approach their limits as ln(t) / t.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._contracts import ResultStatus
from .statistics import MIN_BLOCKS, standard_error

if TYPE_CHECKING:
    from .._contracts import Record, System
    from .._solvers import Solver
    from ..runs.plan import Plan

SMALL_RATE = 1e-4  # of the rate of the leak; above the error of tsit5 at its default tolerances
ERRORS = 2.0  # standard errors that an exponent may be off


def judge(status: str, message: str, network: System, record: Record, plan: Plan) -> tuple[str, str]:
    """(status, message) again, or "max_time" if the known exponents were not found."""
    if status not in (ResultStatus.CONVERGED, ResultStatus.MAX_TIME) or len(record.durations) < MIN_BLOCKS:
        return status, message
    rates = record.log_growth / record.durations[:, None]
    for leak, n_free in zip(*np.unique(network.loop_free_rates, return_counts=True)):
        known = known_rate(plan.solver, plan.dt, leak)
        error = missed(rates, n_free, plan.n, known, -leak) if n_free > 1 and np.isfinite(known) else 0
        if error:
            return ResultStatus.MAX_TIME, (
                f"{message} But {n_free} units lie in no loop of the wiring and have exponent {leak:.4g} per {plan.time_unit}; "
                f"the exponents found differ from that by {error:.3g}: perturbations grow as a power of time along chains, and "
                "exponents settle as ln(t) / t, which error bars do not show. Raise t_align and t_average."
            )
    return status, message


def known_rate(solver: Solver, dt: float, leak: float = -1.0) -> float:
    """Exponent of a unit that only leaks at the rate `leak`, as a solver's steps have it."""
    if solver.is_adaptive or solver.is_multistep:
        return leak
    factor = abs(sum((leak * dt) ** p / math.factorial(p) for p in range(solver.order + 1)))  # the terms of exp of a step
    return math.log(factor) / dt if factor > 0 else -math.inf


def missed(rates: NDArray[np.float64], n_free: int, size: int, rate: float, unit: float = 1.0) -> float:
    """How far the exponents are, at least, from having `n_free` ones at `rate`; 0 if within their errors.

    `unit` is the size of rates, of which `SMALL_RATE` is a part.
    """
    exponents = rates.mean(axis=0)
    order = np.argsort(-exponents)
    exponents = exponents[order]
    allowed = np.maximum(SMALL_RATE * unit, ERRORS * np.nan_to_num(standard_error(rates[:, order])))
    off = np.abs(exponents - rate)
    off[off <= allowed] = 0
    k = len(exponents)
    beyond = max(0.0, rate - exponents[-1] - allowed[-1])  # if all of them come after the last that was asked for
    windows = [off[start : start + n_free].max() for start in range(min(k, size - n_free + 1))]
    return float(min(windows + ([beyond] if size - n_free >= k else [])))
