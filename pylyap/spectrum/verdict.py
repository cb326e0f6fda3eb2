"""How a run ended, in one word, one sentence, and numbers."""

import numpy as np

from .statistics import standard_error

# Beyond this ratio within one block the smallest exponents lose their digits to rounding.
WORST_CONDITION = 1e12
# Drifts below this many standard errors, or this rate, are no drifts.
STANDARD_ERRORS, SMALL_RATE = 4.0, 1e-6


def judge(ending, log_stretch, durations, condition, plan, time_now):
    """Return (status, message) for a run that ended as `ending`, one of the words of `loop.run`."""
    counted = f"{durations.sum():g} of {plan.n_average * plan.dt:g} {plan.time_unit} counted in {len(durations)} blocks"
    if ending == "interrupted":
        return "interrupted", f"interrupted: {counted}; call again for the whole run."
    if ending == "time_limit":
        return "max_time", f"time limit of {plan.time_limit:g} s reached: {counted}; raise time_limit to go on longer."
    if ending == "state_diverged":
        return "diverged", (
            f"the state left the finite numbers at t = {time_now:g} {plan.time_unit}: {counted}; "
            "check the weights, and make dt smaller."
        )
    if ending == "frame_diverged":
        return "diverged", (
            f"the tangent frame left the finite numbers at t = {time_now:g} {plan.time_unit}: {counted}; "
            "make qr_interval or dt smaller."
        )
    status, message = _convergence(log_stretch / durations[:, None], plan)
    return status, f"{counted}; {message}{_range_warning(condition, plan)}"


def _convergence(rates, plan):
    """Whether both halves of a complete run tell the same story."""
    with np.errstate(invalid="ignore"):
        series = {"the leading exponent": rates.max(axis=1) if rates.shape[1] == 1 else rates[:, rates.mean(axis=0).argmax()]}
    alive = rates[:, np.isfinite(rates).all(axis=0)]
    series["the sum of the exponents"] = alive.sum(axis=1)
    for name, values in series.items():
        halves = np.array_split(values, 2)
        errors = [float(standard_error(half)) if len(half) > 1 else np.nan for half in halves]
        if not np.isfinite(errors).all():
            return "max_time", "too few blocks for standard errors: raise t_average."
        drift = abs(halves[0].mean() - halves[1].mean())
        if drift > max(STANDARD_ERRORS * np.hypot(*errors), SMALL_RATE):
            return "max_time", (
                f"{name} differs by {drift:.3g} per {plan.time_unit} between the two halves, "
                f"{drift / np.hypot(*errors):.1f} standard errors: raise t_transient, t_align or t_average."
            )
    return "converged", "both halves agree within their errors."


def _range_warning(condition, plan):
    # A map's single step is factorised accurately whatever its range; products of steps are not.
    worst = condition.max(initial=1.0)
    if worst < WORST_CONDITION or (plan.time_unit == "step" and plan.steps_per_block == 1):
        return ""
    return (
        f" The smallest exponents are uncertain: directions part by a factor {worst:.1e} within a block; "
        "shorten qr_interval."
    )


def diagnose(log_stretch, durations, condition, log_volume, plan):
    """Numbers that tell whether to trust a run; documented in `LyapunovSpectrum`."""
    total = durations.sum()
    if total == 0:
        return dict(condition_number=condition, worst_condition_number=np.nan, sum_rule_residual=np.nan,
                    zero_exponent=np.nan, n_collapsed=0)
    exponents = log_stretch.sum(axis=0) / total
    full = plan.k == plan.n and np.isfinite(log_volume).all() and np.isfinite(exponents).all()
    return dict(
        condition_number=condition,
        worst_condition_number=float(condition.max()),
        sum_rule_residual=float((log_stretch.sum() - log_volume.sum()) / total / plan.n) if full else np.nan,
        zero_exponent=float(exponents[np.abs(exponents).argmin()]) if plan.time_unit == "tau" else np.nan,
        n_collapsed=int(np.isneginf(exponents).sum()),
    )
