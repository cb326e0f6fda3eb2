"""Units that lie in no loop of the wiring: their exponents are known, and tell how far a run has come.

In the order of its strongly connected parts a Jacobian is block triangular, so that its exponents are those of the parts.
A unit of a rate network without a loop or an autapse is a part of its own, with exponent -1 per tau. Equal exponents along
a chain let perturbations grow as a power of time, and exponents approach their limits as ln(t) / t.
"""

import math

import numpy as np
from .statistics import standard_error

SMALL_RATE = 1e-4  # per tau; above the error of tsit5 at its default tolerances
ERRORS = 2.0  # standard errors that an exponent may be off


def judge(status, message, network, record, plan):
    """(status, message) again, or "max_time" if the known exponents were not found."""
    if status != "converged":
        return status, message
    n_free = network.n_loop_free
    if n_free < 2 or not np.isfinite(known_rate(plan.solver, plan.dt)):
        return status, message
    rates = record.log_growth / record.durations[:, None]
    error = missed(rates, n_free, plan.n, known_rate(plan.solver, plan.dt))
    if error == 0:
        return status, message
    return "max_time", (
        f"{message} But {n_free} units lie in no loop of the wiring and have exponent -1 per {plan.time_unit}; the exponents "
        f"found differ from that by {error:.3g}: perturbations grow as a power of time along chains, and exponents settle "
        "as ln(t) / t, which error bars do not show. Raise t_align and t_average."
    )


def known_rate(solver, dt):
    """Exponent of a unit that only leaks, per tau, as a solver's steps have it."""
    if solver.is_adaptive or solver.is_multistep:
        return -1.0
    factor = abs(sum((-dt) ** p / math.factorial(p) for p in range(solver.order + 1)))  # the terms of exp(-dt) of a step
    return math.log(factor) / dt if factor > 0 else -math.inf


def missed(rates, n_free, size, rate):
    """How far the exponents are, at least, from having `n_free` ones at `rate`; 0 if within their errors."""
    exponents = rates.mean(axis=0)
    order = np.argsort(-exponents)
    exponents = exponents[order]
    allowed = np.maximum(SMALL_RATE, ERRORS * np.nan_to_num(standard_error(rates[:, order])))
    off = np.abs(exponents - rate)
    off[off <= allowed] = 0
    k = len(exponents)
    beyond = max(0.0, rate - exponents[-1] - allowed[-1])  # if all of them come after the last that was asked for
    windows = [off[start : start + n_free].max() for start in range(min(k, size - n_free + 1))]
    return float(min(windows + ([beyond] if size - n_free >= k else [])))
