"""How a run ended, in one word, one sentence, and numbers."""

import numpy as np

from . import target
from .statistics import effective_sample_size, standard_error

# Beyond this ratio within one block the smallest exponents lose their digits to rounding.
WORST_CONDITION = {"float64": 1e12, "float32": 1e4}
# Beyond this within one block (logarithm) R comes near the ends of the numbers, 2e308 and 5e-324, or 3e38 and 1e-45.
LARGEST_STRETCH = {"float64": 700.0, "float32": 85.0}
# The mean exponent and the mean trace of the Jacobian agree to the solver's order; further apart something was lost.
LARGEST_RESIDUAL = 1e-3  # but see `largest_residual`
# A run is cut into up to so many parts, each of so many blocks at least, to see whether they tell the same story.
MOST_PARTS, LEAST_BLOCKS = 10, 20
# A part that deviates by less than this many standard errors, or by less than this rate, is no sign of a drift.
STANDARD_ERRORS, SMALL_RATE = 6.0, 1e-3


def judge(ending, integrator, plan):
    """Return (status, message) for a run that ended as `ending`, one of the words of `loop.run`."""
    status, message = _judge(ending, integrator, plan)
    if plan.tangent_order != "forward":
        message = f'these are not Lyapunov exponents (tangent_order="{plan.tangent_order}"): {message}'
    return status, message


def _judge(ending, integrator, plan):
    log_stretch, durations = integrator.log_stretch, integrator.durations
    time_now = integrator.n_steps * plan.dt
    counted = f"{durations.sum():g} of {plan.n_average * plan.dt:g} {plan.time_unit} counted in {len(durations)} blocks"
    if ending == "interrupted":
        return "interrupted", f"interrupted: {counted}; call again for the whole run."
    if ending == "time_limit":
        return "max_time", f"the time limit was reached: {counted}; raise time_limit to go on longer."
    if ending == "state_diverged":
        return "diverged", (
            f"the state left the finite numbers at t = {time_now:g} {plan.time_unit}: {counted}; "
            "check the weights, and make dt smaller."
        )
    if ending == "step_underflow":
        return "diverged", (
            f"the adaptive solver needs ever smaller steps at t = {time_now:g} {plan.time_unit}: {counted}; "
            "make rtol and atol larger, or use a fixed step."
        )
    if ending == "frame_diverged":
        return "diverged", (
            f"the tangent frame left the finite numbers at t = {time_now:g} {plan.time_unit}: {counted}; "
            "make qr_interval or dt smaller."
        )
    if ending == "target":
        status, message = "converged", "target_stderr is met, and the averages have settled."
    elif plan.targets is not None:
        status, message = "max_time", _missed(log_stretch, durations, plan)
    else:
        status, message = _convergence(log_stretch / durations[:, None], plan)
    lost = _lost_digits(integrator, plan)
    if lost:
        return "max_time", f"{counted}; not to be trusted: {lost}"
    if plan.n_align == 0:
        message += " The frame was not aligned before counting (t_align=0), which biases short averages."
    return status, f"{counted}; {message}"


def is_enough(integrator, plan):
    """Whether the standard errors are as small as wanted, and can be believed: the averages have settled."""
    log_stretch, durations = integrator.log_stretch, integrator.durations
    return (
        target.is_met(plan.targets, log_stretch, durations, plan.n)
        and _convergence(log_stretch / durations[:, None], plan)[0] == "converged"
    )


def _missed(log_stretch, durations, plan):
    errors = target.standard_errors(plan.targets, log_stretch, durations, plan.n)
    texts = [f"{name} {errors[name]:.3g}, wanted {wanted:g}" for name, wanted in plan.targets.items()]
    advice = _longer(plan, "raise t_average")
    return f"target_stderr is not met, or the averages have not settled ({'; '.join(texts)}): {advice}."


def _convergence(rates, plan):
    """Whether all parts of a complete run tell the same story."""
    n_parts = min(MOST_PARTS, len(rates) // LEAST_BLOCKS)
    if n_parts < 2:
        return "max_time", f"too few blocks to see whether the averages have settled: {_longer(plan, 'raise t_average')}."
    alive = rates[:, np.isfinite(rates).all(axis=0)]
    if alive.shape[1] == 0:
        return "converged", "every direction collapses."
    for name, series in _witnesses(alive).items():
        parts = np.array_split(series, n_parts)
        means = np.array([part.mean() for part in parts])
        # medians, because a part in which the run changes its character has a large error of its own
        error = np.median([standard_error(part) for part in parts])
        drift = np.abs(means - np.median(means)).max()
        if drift > max(STANDARD_ERRORS * error, SMALL_RATE):
            return "max_time", (
                f"{name} has not settled: it differs by {drift:.3g} per {plan.time_unit} from one part of the run to "
                f"another, more than its fluctuations explain; {_longer(plan, 'raise t_transient, t_align or t_average')}."
            )
    return "converged", f"the averages have settled: none of {n_parts} parts of the run differs from the others."


def _longer(plan, advice):
    """`advice`, or what to do instead where the input ends."""
    if plan.sequence_length is None:
        return advice
    return "these are exponents of this sequence; for averages give a longer one, or take batch_mean over many"


def _witnesses(rates):
    """Series that show a drift if there is one: exponents from all over the spectrum, and their sum."""
    order = np.argsort(-rates.mean(axis=0), kind="stable")
    k = len(order)
    names = {0: "the leading exponent", k // 10: f"exponent {k // 10 + 1}", k // 2: f"exponent {k // 2 + 1}"}
    found = {name: rates[:, order[index]] for index, name in names.items()}
    found["the last exponent"] = rates[:, order[-1]]
    found["the sum of the exponents"] = rates.sum(axis=1)
    return found


def _lost_digits(integrator, plan):
    """Why the smallest exponents are wrong, or an empty string."""
    if plan.time_unit == "step" and integrator.steps_per_block == 1:
        return ""  # the rows of a single map step are factorised in an order that keeps what a product of steps loses
    stretch = integrator.log_stretch
    worst = integrator.condition.max(initial=1.0)
    if (np.abs(stretch) > LARGEST_STRETCH[plan.precision]).any():
        return f"within a block directions shrink or grow beyond the range of {plan.precision}; shorten qr_interval."
    if worst >= WORST_CONDITION[plan.precision]:
        lost = _beyond_precision(integrator, plan)
        which = f"; the last {lost} exponents are lost in rounding" if lost else ""
        return f"directions part by a factor {worst:.1e} within a block{which}; shorten qr_interval."
    residual = abs(diagnose(integrator, plan)["sum_rule_residual"])
    if plan.solver != "euler" and residual > largest_residual(plan.solver, plan.dt):  # Euler's own error is larger
        return f"the sum rule is violated by {residual:.1e} per {plan.time_unit} and unit; shorten dt or qr_interval."
    return ""


def largest_residual(solver, dt):
    """What the mean exponent may differ by from the mean trace of the Jacobian, per unit of time.

    A step of Heun's method shrinks a leak by 1 - dt + dt^2 / 2 instead of exp(-dt), a rate that is off by dt^2 / 6, in
    units of tau; twice that is allowed, up to ten times what other solvers are. The error of RK4, dt^4 / 120, is far smaller.
    """
    if solver != "heun":
        return LARGEST_RESIDUAL
    return min(max(LARGEST_RESIDUAL, dt**2 / 3), 10 * LARGEST_RESIDUAL)


def _beyond_precision(integrator, plan):
    """Number of exponents that, within one block, fall behind the first by more than the digits there are."""
    if plan.time_unit == "step" and integrator.steps_per_block == 1:
        return 0
    stretch = integrator.log_stretch
    behind = stretch.max(axis=1, keepdims=True) - stretch
    behind = np.where(np.isfinite(stretch), behind, 0.0).max(axis=0)  # a direction that died is exactly 0, not rounded
    return int((behind > -np.log(np.finfo(plan.precision).eps)).sum())


def diagnose(integrator, plan):
    """Numbers that tell whether to trust a run; documented in `LyapunovSpectrum`."""
    log_stretch, condition, log_volume = integrator.log_stretch, integrator.condition, integrator.log_volume
    total = integrator.durations.sum()
    found = dict(
        condition_number=condition, worst_condition_number=np.nan, qr_interval=integrator.steps_per_block * plan.dt,
        sum_rule_residual=np.nan, zero_exponent=np.nan, effective_sample_size=np.nan,
        n_beyond_precision=0,
    )
    if total == 0:
        return found
    exponents = log_stretch.sum(axis=0) / total
    found["worst_condition_number"] = float(condition.max())
    found["n_beyond_precision"] = _beyond_precision(integrator, plan)
    leading = exponents.argmax()
    if np.isfinite(exponents[leading]):
        found["effective_sample_size"] = effective_sample_size(
            log_stretch[:, leading] / integrator.durations, integrator.durations
        )
    if plan.k == plan.n and np.isfinite(log_volume).all() and np.isfinite(exponents).all():
        found["sum_rule_residual"] = float((log_stretch.sum() - log_volume.sum()) / total / plan.n)
    if plan.time_unit != "step" and plan.autonomous:
        found["zero_exponent"] = float(exponents[np.abs(exponents).argmin()])
    return found
