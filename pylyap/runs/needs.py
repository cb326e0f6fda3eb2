"""What a run needs: memory, which is estimated before it begins, and time, which a second of it tells."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import _memory
from .. import _solvers as solvers
from .._where import where_julia_is
from ..errors import NotEnoughMemoryError
from . import loop

if TYPE_CHECKING:
    from .._contracts import System
    from .plan import Plan

WIDEST_PANEL = 192  # columns of the frame that a task moves at a time
TAPE_STEPS = 64
PER_BLOCK = 11  # numbers that a block leaves besides its k: length, condition, volume, and the traces of up to 8 units
SECONDS = 0.5  # of computing that tell how fast a phase goes


@dataclasses.dataclass(frozen=True)
class Needs:
    """Bytes that a run takes beside its weights, by what for, and its matrix-vector products with them.

    Frame and blocks count twice, since the result is a copy of them. Blocks are counted at the longest they may be, so that
    what is said here is surely needed.
    """

    memory: dict[str, int]
    products: int

    @property
    def bytes(self) -> int:
        """All of them."""
        return sum(self.memory.values())


def of(plan: Plan, threads: int) -> Needs:
    """The `Needs` of a run by this plan on so many threads."""
    number = 8 if plan.precision == "float64" else 4
    stages = plan.solver.stages
    # a multistep method remembers three products, and begins with the stages of another method
    frames, buffered = (5, solvers.RK4.stages) if plan.solver.is_multistep else (2, stages)
    panel = min(plan.k, WIDEST_PANEL) * min(threads, max(1, plan.k // 16))
    blocks = plan.n_average // plan.longest_block
    memory = {
        "frame": frames * plan.n * plan.k * number,
        "buffers": (panel * (buffered + 2) + TAPE_STEPS * buffered) * plan.n * number,
        "blocks": 2 * blocks * (plan.k + PER_BLOCK) * 8,
    }
    of_frame = stages * (plan.n_align + plan.n_average) * plan.k
    return Needs(memory, buffered * plan.n_steps + of_frame)  # the state moves by the other method, too


def check(plans: Sequence[Plan], threads: int) -> None:
    """Raise NotEnoughMemoryError if runs by these plans, side by side, need more memory than is free.

    What the blocks need does not count where a run may end early, by a time limit or because its errors are small enough.
    """
    free = _memory.free()
    if free is None:
        return
    found = [of(plan, threads) for plan in plans]
    for plan, needs in zip(plans, found):
        if plan.time_limit is not None or plan.targets is not None:
            needs.memory["blocks"] = 0
    needed = sum(needs.bytes for needs in found)
    if needed > free:
        parts = {name: sum(needs.memory[name] for needs in found) for name in found[0].memory}
        told = ", ".join(f"{name} {_memory.shown(size)}" for name, size in parts.items())
        several = f"{len(plans)} runs side by side need" if len(plans) > 1 else "the run needs"
        raise NotEnoughMemoryError(
            f"{several} about {_memory.shown(needed)} of memory ({told}), and {_memory.shown(free)} are free: give fewer "
            'n_exponents, a longer qr_interval or a shorter t_average, or precision="float32" where it is allowed'
        )


@where_julia_is
def seconds(network: System, plan: Plan) -> float:
    """Wall time that a run by this plan takes here, from a moment of it."""
    from .._core import integrator as core

    run = core.Integrator(network, plan)
    alone = _seconds_per_step(run.relax, plan.n_transient, 3)
    # the first three steps of a multistep method, at most a call each, are those of another one, of four products each
    together = _seconds_per_step(run.align, plan.n_align + plan.n_average, 6 if plan.solver.is_multistep else 3)
    return alone * plan.n_transient + together * (plan.n_align + plan.n_average)


def _seconds_per_step(move, n_steps, fewest):
    """The smallest time of `fewest` calls or more, the first of which compile."""
    found, began = [], time.perf_counter()

    def timed(n):
        start = time.perf_counter()
        move(n)
        found.append((time.perf_counter() - start) / n)

    for _ in loop.chunks(timed, n_steps):
        if time.perf_counter() - began > SECONDS and len(found) >= fewest:
            break
    return min(found, default=0.0)
