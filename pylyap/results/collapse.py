"""Directions that died in a run: what its logs say about them, and what the verdict has to say.

A direction that died has -inf in its column of the log from the block of its death on. Only where a column of a given
frame died, which says nothing about the exponent, has a random direction taken its place: there finite numbers follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .._contracts import Record
    from ..runs.plan import Plan

Floats = NDArray[np.float64]


def births(log_growth: Floats) -> NDArray[np.int_]:
    """First block of each direction's own average.

    Parameters
    ----------
    log_growth : (B, k) array
        Logarithms of the diagonal of R.

    Returns
    -------
    (k,) int array
        0, but for a direction that took the place of a dead one the block after that death.

    Examples
    --------
    >>> import numpy as np
    >>> births(np.array([[0.1, -np.inf, -0.3], [0.2, -0.5, -np.inf]]))
    array([0, 1, 0])
    """
    dead = np.isneginf(log_growth)
    if not dead.any():
        return np.zeros(log_growth.shape[1], dtype=int)
    after = len(dead) - dead[::-1].argmax(axis=0)
    return np.where(dead.any(axis=0) & ~dead[-1], after, 0)


def sums(log_growth: Floats, durations: Floats) -> tuple[Floats, Floats]:
    """(k,) each: sum of every direction's logarithms since its birth, and the time over which it was taken."""
    first = births(log_growth)
    total, time = log_growth.sum(axis=0), np.full(len(first), durations.sum())
    for c in np.flatnonzero(first):
        total[c], time[c] = log_growth[first[c] :, c].sum(), durations[first[c] :].sum()
    return total, time


def since_births(log_growth: Floats) -> Floats:
    """The blocks in which every direction that took another's place is there already."""
    return log_growth[births(log_growth).max(initial=0) :]


def lost(record: Record, plan: Plan) -> str:
    """Why exponents cannot be believed although no Jacobian is known to be singular there, or an empty string."""
    n = record.n_unproven
    if n == 0:
        return ""
    advice = "shorten qr_interval, rescale the weights so that their columns are of one size, or ask for fewer exponents"
    if record.steps_per_block == 1:
        advice = advice.removeprefix("shorten qr_interval, ")
    return (
        f"{n} exponent{'s are' if n > 1 else ' is'} lost in rounding: steps shrink directions by more than the digits of "
        f"{plan.precision} against others, or nearly cancel them, as weights do that are nilpotent up to rounding, and "
        f"whether to zero (-inf) is not known; {advice} (n_exponents)."
    )


def remarks(log_growth: Floats, durations: Floats, unit: str) -> str:
    """Sentences on directions that died, or an empty string."""
    first = births(log_growth)
    n_dead, n_new = int(np.isneginf(log_growth[-1:]).sum()), np.count_nonzero(first)
    text = ""
    if n_dead:
        text += f" {n_dead} of {len(first)} directions collapsed: exponent -inf."
    if n_new:
        late = durations[: first.max()].sum()
        text += (
            f" {n_new} columns of initial_frame died; new directions took their places, and are averaged from "
            f"{late:g} {unit} on at the latest (see averaging_times)."
        )
    return text
