"""A look at the length of a flow's steps, in every run: one step against two of half its length, at some places.

The tangent's growth by a step and by two half steps differ by about the error of the step. The state's difference, as a
part of the way it has moved, is a change of the velocity field by that part; it changes the exponents by about that part
of the local rate of growth. Both together are `step_error`, to be compared with the statistical errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _solvers as solvers
from . import statistics
from .units import many

if TYPE_CHECKING:
    from .._contracts import Record
    from ..runs.plan import Plan

Floats = NDArray[np.float64]

MOST_LOOKS = 512  # that the core has room for
SHORTEST_INTERVAL = 200  # steps: a look costs three, of the state and of up to four columns, hence at most 1.5 % of a run
LEAST_LOOKS = 4  # also in a run too short to be slowed down by them
# Of a direction's local rates, and of the largest ones: errors that are allowed where the statistical one is smaller. RK4 at
# its default steps stays below a tenth of the first (networks 1e-6, Lorenz 1e-5); the second is for neutral directions,
# which may have no rate at all.
SMALL_PART, SMALL_PART_OF_LARGEST = 1e-4, 1e-6
# Of the fluctuations of the rates from look to look: errors that change sign with them are mostly forgotten in the mean. A
# limit cycle (g = 10, dt = 0.1), exact to 5e-6, is said to be off by 0.8e-3 of them, Hindmarsh-Rose with dt = 0.1 by 4e-3.
SMALL_PART_OF_FLUCTUATIONS = 2e-3

# Errors of either sign are not all forgotten in the mean. Measured: Hindmarsh-Rose with dt = 0.1, whose leading exponent is
# off by 0.01, has a mean of 0.001 and a root mean square of 0.011; a chaotic network (g = 10, dt = 0.1) has 0.0002 and 0.005.
SCATTER = 1 / 3


class Looks(NamedTuple):
    """What L looks have found, see `StepLook` of the core; m columns of the frame were looked at.

    Attributes
    ----------
    whole, halved : (L, m) float64
        Growth rates of the columns by one step, and by two of half its length.
    distance, path, size : (L,) float64
        Distance between the states after them, way from the state before, norm of the state.
    step : (L,) float64
        Length of the step.
    """

    whole: Floats
    halved: Floats
    distance: Floats
    path: Floats
    size: Floats
    step: Floats


def interval(is_map: bool, n_steps: int) -> int:
    """Steps between two looks of a run whose frame moves by `n_steps` steps."""
    if is_map:
        return 0
    return max(1, n_steps // MOST_LOOKS, min(SHORTEST_INTERVAL, n_steps // LEAST_LOOKS))


def columns(k: int, size: int, solver: solvers.Solver) -> list[int]:
    """The columns that are looked at, as the core has them: those that grow fastest and those that shrink fastest.

    A single multistep says nothing about the last ones of a full frame.
    """
    if solver.is_multistep and k == size:
        return sorted({0, min(1, k - 1), -(-k // 4) - 1, -(-k // 2) - 1})
    return sorted({0, min(1, k - 1), max(0, k - 2), k - 1})


def diagnose(record: Record, plan: Plan) -> dict[str, Any]:
    """The diagnostics of the looks, documented in `LyapunovSpectrum`."""
    looks = record.step_looks
    found = dict(step_look="looked at", n_step_looks=0, step_error=np.nan, step_error_allowed=np.nan)
    if plan.is_map:
        return {**found, "step_look": "not looked at: a map has no shorter step"}
    if looks is None:
        return {**found, "step_look": "not looked at: noise is drawn for whole steps"}
    if len(looks.step) == 0 or len(record.durations) == 0:
        return {**found, "step_look": "not looked at: the run ended before"}
    error = errors(looks, plan.solver, plan.precision)
    allowed = _allowed(record, columns(plan.k, plan.n, plan.solver), looks)
    usable = np.isfinite(error) & np.isfinite(allowed)
    found["n_step_looks"] = len(looks.step)
    if usable.any():
        worst = np.flatnonzero(usable)[np.argmax((error - allowed)[usable])]
        found.update(step_error=float(error[worst]), step_error_allowed=float(allowed[worst]))
    return found


def errors(looks: Looks, solver: solvers.Solver, precision: str = "float64") -> Floats:
    """(m,): how much the length of the steps changes the exponents of the columns, about, in the unit of the rates."""
    # the error of half a step is 2^p times smaller, p the order
    beyond = 1 / (1 - 0.5**solver.order)
    # a state at rest moves by rounding errors only, which are no part of a way
    way = max(looks.path.sum(), np.sqrt(np.finfo(precision).eps) * looks.size.sum())
    with np.errstate(invalid="ignore", over="ignore"):  # a direction that died has no rates, a run that diverged no way
        difference = looks.whole - looks.halved
        tangent = np.abs(difference.mean(axis=0)) + SCATTER * np.sqrt((difference**2).mean(axis=0))
        part = looks.distance.sum() / way if way > 0 else 0.0
    return beyond * (tangent + part * np.abs(looks.whole[:, 0]).mean())


def _allowed(record, looked_at, looks):
    """(m,): the statistical error of their exponents, or a small part of their local rates where that is larger."""
    with np.errstate(invalid="ignore"):
        fluctuations = looks.whole.std(axis=0)
    log_growth, durations = record.log_growth[:, looked_at], record.durations
    stderr = np.nan_to_num(_stderr(log_growth, durations))  # unknown with few blocks
    rates = log_growth / durations[:, None]
    sizes = np.sqrt((rates**2).mean(axis=0))
    largest = sizes[np.isfinite(sizes)].max(initial=0.0)
    small = np.maximum(SMALL_PART * sizes, SMALL_PART_OF_LARGEST * largest)
    return np.maximum(stderr, np.fmax(small, SMALL_PART_OF_FLUCTUATIONS * fluctuations))


def _stderr(log_growth, durations):
    """Standard errors of the exponents, known to about 7 % from long blocks alone: enough for a comparison, and quick."""
    log_growth, durations = statistics.long_blocks(log_growth, durations)
    return statistics.standard_error(log_growth / durations[:, None], durations)


def complaint(found: Mapping[str, Any], record: Record, plan: Plan) -> str:
    """Why the steps are too long, or an empty string; `found` is what `diagnose` gave."""
    if not found["step_error"] > found["step_error_allowed"]:
        return ""
    off = (
        f"exponents are off by about {found['step_error']:.1e} per {plan.time_unit}, more than the "
        f"{found['step_error_allowed']:.1e} of their statistical error (looked at in {found['n_step_looks']} places)"
    )
    if plan.solver.is_adaptive:
        step = np.median(record.step_looks.step)
        return (
            f"the steps are too long for the tangent: {off}; make rtol and atol smaller, or if the system is stiff take "
            f'solver="{solvers.TABLE[0].name}" with dt = {step / 4:.1g} or less.'
        )
    if plan.solver.order == 1:
        return f"Euler's method at dt = {plan.dt:g} is another system than the flow: {off}."
    smaller = "make dt smaller" if plan.accuracy is None else f"give an accuracy below {plan.accuracy:g}"
    return f"steps of dt = {plan.dt:g} are too long: {off}; {smaller}."


def choice(found: Mapping[str, Any], plan: Plan) -> str:
    """What the verdict says about steps that the run itself has chosen; an empty string for others."""
    if plan.accuracy is None:
        return ""
    chosen = f'{plan.dt:.4g} {many(plan.time_unit)} of "{plan.solver.name}"'
    text = f" Steps of {chosen} were chosen for accuracy {plan.accuracy:g}"
    if not np.isfinite(found["step_error"]):
        return f"{text}."
    share = found["step_error"] / found["step_error_allowed"]
    return f"{text}; their error is about {share:.1g} times the statistical one."
