"""Whether rounding decides the exponents of a map at rest: some steps from the end twice, once with other last digits.

Products of a Jacobian may cancel where the matrix itself has all its digits (weights that are nilpotent up to rounding).
Exponents are then numbers that other last digits would change: stochastic arithmetic (Vignes, Math. Comput. Simul. 35, 233
(1993)) shows it. The last direction of a matrix of condition 1e16 is not found by it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from .plan import make_plan

if TYPE_CHECKING:
    from .._contracts import Record, System
    from .plan import Plan

SMALL_SYSTEM, FEW_COLUMNS = 64, 4  # all columns of a small one, the first few of others
LONGEST_CHAIN = 128  # steps; a chain of n units needs n of them, and shows mostly after a few
SMALL_MOVE = 1e-9  # of the state from block to block, or of one: it rests
LARGEST_CHANGE = 1e-4  # of the sum of logarithms: near 1e-13 where digits are kept, and of order one where they are not


def looked_at(network: System, plan: Plan, record: Record) -> Record:
    """The record, with the directions of which rounding decides counted in `n_unproven`."""
    has_inputs = network.drive is not None or network.sequence_length is not None
    if not plan.is_map or has_inputs or not _rests(record.traces):
        return record
    living = record.frame[:, np.any(record.frame, axis=0)]
    living = living[:, : plan.k if plan.n <= SMALL_SYSTEM else FEW_COLUMNS]
    if living.shape[1] == 0:
        return record
    random = np.random.default_rng(0).uniform(-1, 1, living.shape)
    changed = (living * (1 + np.finfo(plan.precision).eps * random)).astype(living.dtype)
    with np.errstate(invalid="ignore"):  # a direction may die both ways
        changes = np.abs(_growth(network, plan, record, living) - _growth(network, plan, record, changed))
    n_decided = int(np.count_nonzero(changes >= LARGEST_CHANGE))
    return dataclasses.replace(record, n_unproven=max(record.n_unproven, n_decided))


def _rests(traces):
    if len(traces) < 2 or not np.isfinite(traces[-2:]).all():
        return False
    return bool((np.abs(traces[-1] - traces[-2]) <= SMALL_MOVE * np.maximum(np.abs(traces[-1]), 1)).all())


def _growth(network, plan, record, frame):
    from .._core.integrator import Integrator
    from .spectrum import plan_options

    steps = min(2 * plan.n, LONGEST_CHAIN)
    short = make_plan(network, **plan_options(
        n_exponents=frame.shape[1], t_average=steps, t_transient=0, t_align=0, qr_interval=1, precision=plan.precision,
        initial_state=record.state, initial_frame=frame,
    ))  # fmt: skip
    run = Integrator(network, short, threads=1)
    run.start_averaging(steps)
    run.average(steps)
    return run.record().log_growth.sum(axis=0)
