"""Whether the memory of a run is short against its length: laminar phases, sticky islands, Hamiltonian chaos.

A standard error is drawn from the fluctuations that were seen. Where phases of any length occur (intermittency: Pomeau,
Manneville, Commun. Math. Phys. 74, 189 (1980); sticky islands: Karney, Physica D 8, 360 (1983)), the longest ones carry the
variance, and a run that has not met them knows nothing of its error. Two things are looked at.

- Stretches: the leading rate is cut where it crosses its mean. With short memory many stretches share the variance; a
  single one with a large share says that longer ones are to be expected, and so does one that lasts for a large part of the
  run. A rate that only rises or only falls for long is that of a state near a neutral point. Both are asked of chaos only:
  the rates of a state that comes to rest change in one direction, too.
- Systems that preserve volume mostly have regular islands, which a run need not have met. So the run has to be long against
  the Lyapunov time, and no window of many Lyapunov times may be nearly regular.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .._contracts import Record
    from ..runs.plan import Plan

Floats = NDArray[np.float64]

LEAST_WINDOWS = 32  # of the longest that are looked at, hence of stretches to tell one from the others
# Of the share that one of so many exponential stretches has by chance in a run of a thousand. Chosen on other starts of two
# chaotic networks that benchmarks/coverage.py uses, too: 1 of 48 runs is beyond it, and 95 to 98 % of runs of x + x^z mod 1
# with z = 1.5, 1.6 and 1.8. Not measured at this value: Lorenz, noise, and the table of that benchmark.
LARGEST_SHARE = 1.0
# Of a run that one stretch may last, or so many blocks: of n tosses of a coin the longest row of heads is log2(n) long, and in
# one run of a thousand ten longer. Only where the rates fluctuate by more than a small part of themselves (root mean square).
LONGEST_PART, BLOCKS_BY_CHANCE, SMALL_FLUCTUATION = 1 / 6, 10, 1e-3
CHAOS = 10  # Lyapunov times: a factor of 20 000 by which lengths grow
# Near a neutral point, where laminar phases are spent, the rate only rises or only falls. Independent numbers do so over more
# than a certain length in one run of a hundred; correlated ones for longer, the longer the mean length is. Where more than so
# many lengths come near the longest one it recurs, as in regular bursts. Measured, 12 runs each, in units of that length: networks
# up to 1.1, Lorenz 0.9, Hénon 0.9, Rössler 1.2, bursts 1.2; x + x^z mod 1 with z = 1.5 from 0.9 to 6.2, half of them above 2.6,
# with z = 1.6 and above from 1.6.
CHANCE_OF_A_CLIMB, RECURRENCES, NEAR_THE_LONGEST = 0.01, 8, 0.8
LONGEST_CLIMB = 1.4
LEAST_LYAPUNOV_TIMES = 1000  # of a system that preserves volume
# The smallest rate that is allowed over a window of so many Lyapunov times, as a part of the mean. Of Hénon-Heiles, 40 runs of
# 1800 Lyapunov times, none has more than 0.51, and those above a third overestimate the exponent by 10 %; of the standard map,
# K = 10, 7 of 8 runs of 8000 have more.
WINDOW, SMALLEST_PART = 40, 0.55
# Of the size of the Jacobian: a volume that changes by less is preserved, up to the error of the solver.
SMALL_VOLUME = 1e-4


def diagnose(record: Record, plan: Plan) -> dict[str, float]:
    """The diagnostics, documented in `LyapunovSpectrum`."""
    names = ("stretch_share", "longest_stretch", "longest_climb", "preserves_volume", "lyapunov_times", "slowest_window")
    found = dict.fromkeys(names, math.nan)
    series, durations = leading(record)
    if series is None or durations is None or is_constant(series * durations, plan.precision):
        return found
    preserved = preserves_volume(record, plan)
    mean = np.average(series, weights=durations)
    lyapunov_times = float(mean * durations.sum())
    is_chaos = lyapunov_times > CHAOS
    return dict(
        stretch_share=largest_share((series - mean) * durations),
        longest_stretch=longest_stretch(series, mean) if is_chaos else math.nan,
        longest_climb=longest_climb(series) if is_chaos else math.nan,
        preserves_volume=math.nan if preserved is None else float(preserved),
        lyapunov_times=lyapunov_times,
        slowest_window=slowest_window(series, durations, mean),
    )


def complaint(found: Mapping[str, Any]) -> str:
    """Why the memory is too long for the run, or an empty string; `found` is what `diagnose` gave."""
    if found["preserves_volume"] == 1.0:
        if found["lyapunov_times"] < LEAST_LYAPUNOV_TIMES:
            return (
                f"the system preserves volume, as Hamiltonian ones do, and the run is only {found['lyapunov_times']:.0f} "
                f"Lyapunov times long: from {LEAST_LYAPUNOV_TIMES} on regular motion and sticky islands can be told "
                "from chaos"
            )
        if found["slowest_window"] < SMALLEST_PART:
            return (
                f"the state sticks to regular islands: over {WINDOW} Lyapunov times the leading rate was only "
                f"{found['slowest_window']:.2g} of its mean, so that the errors are larger than they seem"
            )
    if found["stretch_share"] > LARGEST_SHARE:
        return (
            "the leading rate has long phases (intermittency): one stretch carries "
            f"{found['stretch_share']:.2g} of the variance that many short ones explain, {LARGEST_SHARE:g} is allowed; "
            "the errors are larger than they seem"
        )
    if found["longest_stretch"] > LONGEST_PART:
        return (
            f"the leading rate stays on one side of its mean for {found['longest_stretch']:.2g} of the run, which is short "
            "against such phases (intermittency, or a slow change); the errors are larger than they seem"
        )
    if found["longest_climb"] > LONGEST_CLIMB:
        return (
            "the leading rate rises or falls for one long time, as near a neutral point (intermittency): "
            f"{found['longest_climb']:.2g} times as long as short memory explains, {LONGEST_CLIMB:g} is allowed; the errors are larger than they seem"
        )
    return ""


def leading(record: Record) -> tuple[Floats, Floats] | tuple[None, None]:
    """(rates of the leading exponent, durations), or (None, None) if there are none or they are not finite."""
    log_growth, durations = record.log_growth, record.durations
    if len(durations) < LEAST_WINDOWS:
        return None, None
    # einsum is several times faster than sum along an axis where there are few columns
    series = log_growth[:, np.einsum("bk->k", log_growth).argmax()] / durations
    return (series, durations) if np.isfinite(series).all() else (None, None)


def is_constant(log_growth: Floats, precision: str) -> bool:
    """Whether nothing fluctuates but by rounding: (blocks,) or (blocks, k) logarithms of the diagonal of R."""
    rounding = 1e4 * np.finfo(precision).eps
    return bool((np.ptp(log_growth, axis=0) <= max(1e3 * rounding * np.abs(log_growth).max(), rounding)).all())


def largest_share(deviations: Floats) -> float:
    """Share of one stretch in the sum of squares of all, over that which short memory explains; over scales, the largest.

    `deviations` (B,) from the mean are summed over windows of 1, 2, 4, ... blocks, and from one change of sign to the next.
    Of n sums with exponential tails the largest square is about (log n)^2 of n times 2; one run in a thousand goes beyond
    what 4 added to the logarithm allows.
    """
    largest = 0.0
    windows = deviations
    while len(windows) >= LEAST_WINDOWS:
        positive = windows > 0
        starts = np.concatenate([[0], np.flatnonzero(positive[1:] != positive[:-1]) + 1])
        squares = np.add.reduceat(windows, starts) ** 2
        by_chance = (math.log(len(squares)) + 4) ** 2 / (2 * len(squares))
        if squares.any():
            largest = max(largest, float(squares.max() / squares.sum() / by_chance))
        whole = len(windows) // 2 * 2
        windows = windows[:whole:2] + windows[1:whole:2]
    return largest


def longest_stretch(series: Floats, mean: float) -> float:
    """Part of the run that the longest stretch to one side of the mean lasts; 0 if it is one of a coin, or deviates by little."""
    deviations = series - mean
    if _hardly_changes(series):
        return 0.0
    changes = np.flatnonzero(np.diff(deviations > 0)) + 1
    longest = int(np.diff(np.concatenate([[0], changes, [len(series)]])).max())
    return longest / len(series) if longest > math.log2(len(series)) + BLOCKS_BY_CHANCE else 0.0


def longest_climb(series: Floats) -> float:
    """Length of the longest stretch in which the series only rises or only falls, over what is allowed; 0 if it recurs.

    Of n independent numbers 2 n (L + 1) / (L + 2)! such stretches have L steps or more (Levene, Wolfowitz, Ann. Math. Stat. 15,
    58 (1944)), and their mean length is 1.5.
    """
    if _hardly_changes(series):
        return 0.0
    rises = np.diff(series) > 0
    turns = np.flatnonzero(rises[1:] != rises[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], turns, [len(rises)]]))
    longest = lengths.max()
    if np.count_nonzero(lengths >= NEAR_THE_LONGEST * longest) > RECURRENCES:
        return 0.0
    by_chance = 1
    while 2 * len(series) * (by_chance + 2) / math.factorial(by_chance + 3) > CHANCE_OF_A_CLIMB:
        by_chance += 1
    return float(longest / (by_chance * (lengths.mean() / 1.5) ** 1.5))


def _hardly_changes(series):
    return series.std() <= SMALL_FLUCTUATION * np.sqrt(np.mean(series**2))


def slowest_window(series: Floats, durations: Floats, mean: float) -> float:
    """Smallest rate over a window of `WINDOW` Lyapunov times, divided by the mean; NaN if there is no such window."""
    if mean <= 0:
        return math.nan
    ends = np.cumsum(durations)
    n = int(ends[-1] * mean / WINDOW)
    if n == 0:
        return math.nan
    edges = np.searchsorted(ends, np.linspace(0, ends[-1] * (1 - 1e-12), n + 1))
    edges = edges[np.diff(edges, prepend=-1) > 0]
    starts = edges[:-1]
    sums = np.add.reduceat((series * durations)[: edges[-1]], starts)
    return float((sums / np.add.reduceat(durations[: edges[-1]], starts)).min() / mean)


def preserves_volume(record: Record, plan: Plan) -> bool | None:
    """Whether the system preserves volume; None if that is not known. A constant Jacobian has no islands: False."""
    if record.has_constant_jacobian:
        return False
    if plan.k == plan.n:
        volume, size = np.einsum("bk->b", record.log_growth), np.abs(record.log_growth).mean()
        return bool(np.isfinite(size) and (np.abs(volume) <= SMALL_VOLUME * size).all())  # a collapse preserves nothing
    changes = record.volume_changes
    if changes is None:
        return None
    volume, size = changes
    return bool((np.abs(volume) <= SMALL_VOLUME * size).all())
