"""How a run ended, in one word, one sentence, and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._contracts import Ending, ResultStatus
from . import collapse, memory, step_look, target, trend
from .statistics import effective_sample_size, standard_error
from .units import many

if TYPE_CHECKING:
    from .._contracts import Record
    from .._solvers import Solver
    from ..runs.plan import Plan

# Beyond this ratio within one block the smallest exponents lose their digits to rounding.
WORST_CONDITION = {"float64": 1e12, "float32": 1e4}
# Beyond this within one block (logarithm) R comes near the ends of the numbers, 2e308 and 5e-324, or 3e38 and 1e-45.
LARGEST_GROWTH = {"float64": 700.0, "float32": 85.0}
# The mean exponent and the mean trace of the Jacobian agree to the solver's order; further apart something was lost.
LARGEST_RESIDUAL = 1e-3  # of the mean size of the exponents; but see `largest_residual`
# A run is cut into up to so many parts, each of so many blocks at least, to see whether they agree.
MOST_PARTS, LEAST_BLOCKS = 10, 20
# A part that deviates by less than this many standard errors, or by less than this part of the local rates (root mean
# square over the blocks), is not a sign of a drift.
STANDARD_ERRORS, SMALL_PART = 6.0, 1e-3


def judge(ending: Ending, record: Record, plan: Plan) -> tuple[str, str, dict[str, Any]]:
    """Return (status, message, diagnostics) for a run that ended as `ending`; the last are documented in `LyapunovSpectrum`."""
    found = _diagnose(record, plan)
    found["settled"], about = _settled(record, plan)
    status, message = _judge(ending, record, plan, found, about)
    message += step_look.choice(found, plan)
    if plan.caution:
        message = f"{plan.caution}: {message}"
    return status, message, found


def _judge(ending, record, plan, found, about):
    log_growth, durations = record.log_growth, record.durations
    time_now = record.n_steps * plan.dt
    counted = f"{durations.sum():g} of {plan.n_average * plan.dt:g} {many(plan.time_unit)} counted in {len(durations)} blocks"
    if ending not in (Ending.DONE, Ending.TARGET_MET):
        when = f" at t = {time_now:g} {many(plan.time_unit)}" if ending.is_failure else ""
        return ending.status, f"{ending.what}{when}: {counted}; {ending.advice(plan.is_map)}."
    if ending is Ending.TARGET_MET:
        status, message = ResultStatus.CONVERGED, "target_stderr is met, and the averages have settled."
    elif plan.targets is not None:
        status, message = ResultStatus.MAX_TIME, _missed(log_growth, durations, plan)
    else:
        status, message = _convergence(found, about, plan)
    looked = step_look.complaint(found, record, plan)
    if looked and plan.solver.order == 1:  # Euler's method is often meant as the system itself
        message = f"{message} {looked}"
        looked = ""
    lost = _lost_digits(record, plan, found) or collapse.lost(record, plan) or looked
    if lost:
        return ResultStatus.MAX_TIME, f"{counted}; not to be trusted: {lost}"
    if plan.n_align == 0:
        message += " The frame was not aligned before counting (t_align=0), which biases short averages."
    return status, f"{counted}; {message}{collapse.remarks(log_growth, durations, plan.time_unit)}"


def is_enough(record: Record, plan: Plan) -> bool:
    """Whether the standard errors are as small as wanted, and can be believed: the averages have settled."""
    return (
        plan.targets is not None
        and target.is_met(plan.targets, record.log_growth, record.durations, plan.n)
        and _settled(record, plan)[0] == 1.0
        and not memory.complaint(memory.diagnose(record, plan))
    )


def _missed(log_growth, durations, plan):
    errors = target.standard_errors(plan.targets, log_growth, durations, plan.n)
    texts = [f"{name} {errors[name]:.3g}, wanted {wanted:g}" for name, wanted in plan.targets.items()]
    advice = _longer(plan, "raise t_average")
    return f"target_stderr is not met, or the averages have not settled ({'; '.join(texts)}): {advice}."


def _convergence(found, about, plan):
    """Whether a complete run is long enough to be believed: settled (see `about`) and of short memory."""
    if found["settled"] != 1.0:
        return ResultStatus.MAX_TIME, about
    reason = memory.complaint(found)
    return (ResultStatus.MAX_TIME, f"{reason}; {_longer(plan, 'raise t_average')}.") if reason else (ResultStatus.CONVERGED, about)


def _settled(record, plan):
    """Whether no part of a run differs from the others by more than its fluctuations explain: 1, 0 or NaN, and a sentence."""
    log_growth, rates = record.log_growth, record.log_growth / record.durations[:, None]
    alive = log_growth[:, np.isfinite(log_growth).all(axis=0)]
    if len(alive) > 1 and alive.size and memory.is_constant(alive, plan.precision):
        return 1.0, "every block gives the same exponents, up to rounding."
    rates = collapse.since_births(rates)
    n_parts = min(MOST_PARTS, len(rates) // LEAST_BLOCKS)
    if n_parts < 2:
        return np.nan, f"too few blocks to see whether the averages have settled: {_longer(plan, 'raise t_average')}."
    alive = rates[:, np.isfinite(rates).all(axis=0)]
    if alive.shape[1] == 0:
        return 1.0, "every direction collapses."
    witnesses = _witnesses(alive)
    parts = np.array_split(np.column_stack([series for series, _ in witnesses.values()]), n_parts)
    all_means, all_errors = np.array([part.mean(axis=0) for part in parts]), _errors(parts)
    for name, (_, scale), means, errors in zip(witnesses, witnesses.values(), all_means.T, all_errors.T):
        # medians, because a part in which the run changes its character has a large error of its own
        error = np.median(errors)
        drift = np.abs(means - np.median(means)).max()
        if drift > max(STANDARD_ERRORS * error, SMALL_PART * scale):
            return 0.0, (
                f"{name} has not settled: it differs by {drift:.3g} per {plan.time_unit} from one part of the run to "
                f"another, more than its fluctuations explain; {_longer(plan, 'raise t_transient, t_align or t_average')}."
            )
    steady = trend.drifting({name: series for name, (series, _) in witnesses.items()})
    if steady:
        return 0.0, (
            f"{steady[0]} drifts steadily, by {steady[1]:.3g} per {plan.time_unit} over the run, which error bars do not "
            f"show: it may approach its limit as ln(t) / t; {_longer(plan, 'raise t_transient, t_align or t_average')}."
        )
    return 1.0, f"the averages have settled: none of {n_parts} parts of the run differs from the others."


def _errors(parts):
    """(parts, columns) standard errors, those of parts of one length in one call: a short run is half calls of NumPy."""
    errors = np.empty((len(parts), parts[0].shape[1]))
    for length in {len(part) for part in parts}:
        alike = [number for number, part in enumerate(parts) if len(part) == length]
        errors[alike] = standard_error(np.hstack([parts[number] for number in alike])).reshape(len(alike), -1)
    return errors


def _longer(plan, advice):
    """`advice`, or what to do instead where the input ends."""
    if plan.sequence_length is None:
        return advice
    return "these are exponents of this sequence; for averages give a longer one, or take batch_mean over many"


def _witnesses(rates):
    """Series that show a drift if there is one, and the sizes of their rates: exponents from all over, and their sum."""
    order = np.argsort(-rates.mean(axis=0), kind="stable")
    k = len(order)
    sizes = np.sqrt((rates**2).mean(axis=0))
    names = {0: "the leading exponent", k // 10: f"exponent {k // 10 + 1}", k // 2: f"exponent {k // 2 + 1}"}
    found = {name: (rates[:, order[index]], sizes[order[index]]) for index, name in names.items()}
    found["the last exponent"] = (rates[:, order[-1]], sizes[order[-1]])
    found["the sum of the exponents"] = (rates.sum(axis=1), sizes.sum())
    if k > 1:  # all exponents of a defective Jacobian drift towards each other, which a single one may hide in its fluctuations
        weights = np.empty(k)
        weights[order] = np.linspace(1, -1, k)
        found["the spread of the exponents"] = (rates @ weights, sizes.sum())
    return found


def _lost_digits(record, plan, found):
    """Why the smallest exponents are wrong, or an empty string."""
    if plan.is_map and record.steps_per_block == 1:
        # the rows of a single map step are factorised in an order that keeps what a product of steps loses
        return collapse.lost(record, plan) or _violated_sum_rule(record, plan, found)
    growth = record.log_growth
    worst = record.condition.max(initial=1.0)
    if (np.abs(growth[np.isfinite(growth)]) > LARGEST_GROWTH[plan.precision]).any():
        return f"within a block directions shrink or grow beyond the range of {plan.precision}; shorten qr_interval."
    if worst >= WORST_CONDITION[plan.precision]:
        lost = _beyond_precision(record, plan)
        which = f"; the last {lost} exponents are lost in rounding" if lost else ""
        return f"the condition of the frame grows to {worst:.1e} within a block{which}; shorten qr_interval."
    return _violated_sum_rule(record, plan, found)


def _violated_sum_rule(record, plan, found):
    """That the exponents and the volume do not agree, or an empty string."""
    residual = abs(found["sum_rule_residual"])
    exponents = record.log_growth.sum(axis=0) / record.durations.sum()
    if plan.solver.order == 1:  # Euler's own error is larger
        return ""
    if residual > largest_residual(plan.solver, plan.dt, np.abs(exponents).mean()):
        advice = "rescale the weights or ask for fewer exponents" if plan.is_map else "shorten dt or qr_interval"
        return f"the sum rule is violated by {residual:.1e} per {plan.time_unit} and unit; {advice}."
    return ""


def largest_residual(solver: Solver, dt: float, rate: float) -> float:
    """What the mean exponent may differ by from the mean trace of the Jacobian, per unit of time.

    `rate` is the mean size of the exponents. A step of Heun's method shrinks a leak of rate r by 1 - r dt + (r dt)^2 / 2
    instead of exp(-r dt), which is off by the part (r dt)^2 / 6; twice that is allowed, up to ten times what other solvers
    are. The error of RK4, (r dt)^4 / 120, is far smaller.
    """
    part = LARGEST_RESIDUAL
    if solver.order == 2:
        part = min(max(part, (rate * dt) ** 2 / 3), 10 * part)
    return part * rate


def _beyond_precision(record, plan):
    """Number of exponents that, within one block, fall behind the first by more than the digits there are."""
    if plan.is_map and record.steps_per_block == 1:
        return 0
    growth = record.log_growth
    alive = np.isfinite(growth)
    largest = np.where(alive, growth, -np.inf).max(axis=1, keepdims=True)
    behind = np.subtract(largest, growth, out=np.zeros_like(growth), where=alive).max(axis=0)  # a direction that died is exactly 0, not rounded
    return int((behind > -np.log(np.finfo(plan.precision).eps)).sum())


def _diagnose(record, plan):
    """Numbers that tell whether to trust a run, all but whether it has settled."""
    log_growth, condition, log_volume = record.log_growth, record.condition, record.log_volume
    total = record.durations.sum()
    found = dict(
        condition_number=condition, worst_condition_number=np.nan, qr_interval=record.steps_per_block * plan.dt,
        sum_rule_residual=np.nan, zero_exponent=np.nan, effective_sample_size=np.nan,
        n_beyond_precision=0, n_cholesky_blocks=record.n_cholesky, n_householder_blocks=len(record.durations) - record.n_cholesky,
        **step_look.diagnose(record, plan), **memory.diagnose(record, plan),
    )
    if total == 0:
        return found
    exponents = np.divide(*collapse.sums(log_growth, record.durations))
    found["worst_condition_number"] = float(condition.max())
    found["n_beyond_precision"] = _beyond_precision(record, plan) + record.n_unproven
    leading = exponents.argmax()
    if np.isfinite(exponents[leading]):
        found["effective_sample_size"] = effective_sample_size(
            *_series(log_growth, record.durations, leading)
        )
    if plan.k == plan.n and np.isfinite(log_volume).all() and np.isfinite(exponents).all():
        found["sum_rule_residual"] = float((log_growth.sum() - log_volume.sum()) / total / plan.n)
    if not plan.is_map and plan.autonomous:
        found["zero_exponent"] = float(exponents[np.abs(exponents).argmin()])
    return found


def _series(log_growth, durations, column):
    first = collapse.births(log_growth)[column]
    return log_growth[first:, column] / durations[first:], durations[first:]
