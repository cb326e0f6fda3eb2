"""What `covariant_vectors` plans beside the plan of a spectrum: the stretch beyond the window, the samples, and memory."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import _checks as checks
from .. import _memory
from ..errors import NotEnoughMemoryError, OptionError
from . import needs
from .plan import UNITS, Plan, whole_steps

if TYPE_CHECKING:
    from .._contracts import System

#: Bytes of garbage that Julia lets lie before it collects: 5600 * 1024 words (gc.c of Julia 1.6).
GARBAGE = 8 * 5600 * 1024
LOGS = 6  # copies of the logarithms of the growth: two logs, and what results make of them


def with_beyond(
    network: System, plan: Plan, t_average: float | None, t_backward: float | None
) -> tuple[Plan, int | None, int]:
    """(plan, steps beyond the window or None for automatic, the most steps that there may be)."""
    length = plan.sequence_length
    if t_backward is None and length is None:
        return plan, None, _input_for(network, plan)
    if t_backward is None:
        beyond = plan.n_align
    else:
        allowed = f"a time > 0 in {UNITS[plan.time_unit]}, or None"
        beyond = max(1, round(checks.real("t_backward", t_backward, allowed, lambda t: t > 0) / plan.dt))
    if length is not None and t_average is None:
        plan = replace(plan, n_average=plan.n_average - beyond)
    if length is not None and (plan.n_average < 1 or plan.n_steps + beyond > length):
        raise OptionError(
            f"{plan.n_transient + plan.n_align + max(plan.n_average, 1)} steps and {beyond} more for t_backward are needed, and "
            f"{length} have an input: make t_align, t_average or t_backward shorter"
        )
    if network.drive is not None:
        network.drive.check_run(plan.solver, plan.dt, plan.n_steps + beyond)
    return plan, beyond, beyond


def _input_for(network, plan):
    """Up to as many steps beyond the window as it has, if there is an input for so many."""

    def lasts(beyond):
        try:
            network.drive.check_run(plan.solver, plan.dt, plan.n_steps + beyond)
        except OptionError:
            return False
        return True

    most = plan.n_average
    if network.drive is None or lasts(most):
        return most
    least = 0
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if lasts(middle) else (least, middle)
    if least == 0:
        raise OptionError(
            "the drive ends with the window: make t_average shorter, so that vectors can come back from beyond it"
        )
    return least


def sample_steps(plan: Plan, sample_interval: float | None) -> int | None:
    if sample_interval is None:
        return None
    unit = plan.time_unit
    interval = checks.real("sample_interval", sample_interval, f"a time > 0 in {UNITS[unit]}, or None", lambda t: t > 0)
    steps = whole_steps("sample_interval", interval, plan.dt, unit)
    if steps > plan.n_average:
        raise OptionError(
            f"sample_interval = {interval:g} is longer than t_average = {plan.n_average * plan.dt:g} {unit}"
        )
    is_automatic = math.isfinite(plan.max_condition)
    if not is_automatic and steps % plan.steps_per_block:
        block = plan.steps_per_block * plan.dt
        raise OptionError(
            f"sample_interval = {interval:g} is not a whole number of blocks of qr_interval = {block:g} {unit}: "
            f"the nearest is {max(1, round(interval / block)) * block:g}"
        )
    return steps


def of_the_run(plan: Plan, threads: int) -> float:
    """Bytes that a run forward takes beside what it keeps, about."""
    memory = needs.of(plan, threads).memory
    return memory["frame"] + memory["buffers"] + GARBAGE


def check_room(plan: Plan, sample_steps: int | None, most_beyond: int, room: float) -> float:
    """Bytes that what is kept takes at most; refuse vectors for which there is no room: those are what somebody wants in
    memory."""
    from .._core.covariant import MOST_SAMPLES

    blocks = -(-plan.n_average // plan.steps_per_block)  # automatic ones may get longer, then they are fewer
    samples = min(MOST_SAMPLES, blocks) if sample_steps is None else plan.n_average // sample_steps
    size = 8.0 * plan.n * plan.k * samples
    if size > room:
        raise OptionError(
            f"{samples} samples of {plan.k} vectors of length {plan.n} need {size / 1e9:.3g} GB, more than max_memory = "
            f"{room / 1e9:.3g} GB: take fewer n_vectors, a longer sample_interval, or more memory"
        )
    triangles = 4.0 * plan.k * (plan.k + 1) * (blocks + -(-most_beyond // plan.steps_per_block))
    logs = LOGS * 8.0 * plan.k * blocks
    free, in_memory = _memory.free(), size + logs + (triangles if size + triangles <= room else 0.0)
    if free is not None and in_memory > free:
        raise NotEnoughMemoryError(
            f"vectors and R need {_memory.shown(in_memory)} of memory, and {_memory.shown(free)} are free: take fewer "
            "n_vectors, a longer sample_interval or qr_interval, or a smaller max_memory, beyond which R go to a file"
        )
    return size + triangles + logs
