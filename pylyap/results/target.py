"""The stop rule: standard errors small enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import OptionError
from .. import _checks as checks
from . import statistics

Floats = NDArray[np.float64]

NAMES = ("exponents", "largest_exponent", "kaplan_yorke_dimension", "entropy_rate")
FIRST_CHECK, GROWTH = 50, 1.2  # in blocks: when the errors are looked at first, and how much later each time


def targets_by_name(target_stderr: float | dict[str, float] | None) -> dict[str, float] | None:
    """Return the targets as a dict of name -> standard error, or None."""
    if target_stderr is None:
        return None
    targets = target_stderr if isinstance(target_stderr, dict) else {"exponents": target_stderr}
    if not targets:
        raise OptionError(f"target_stderr = {{}} names no target: its names are {', '.join(NAMES)}")
    return {
        checks.one_of("name in target_stderr", name, NAMES): checks.real(
            f"target_stderr of {name}", value, "a standard error > 0", lambda error: error > 0
        )
        for name, value in targets.items()
    }


def check_times(n_blocks: int) -> Iterator[int]:
    """Numbers of blocks after which to look at the errors, up to `n_blocks`."""
    at = FIRST_CHECK
    while at < n_blocks:
        yield at
        at = int(np.ceil(at * GROWTH))
    yield n_blocks


def standard_errors(names: Iterable[str], log_growth: Floats, durations: Floats, size: int) -> dict[str, float]:
    """The standard errors that targets are about, by name; the largest one for "exponents"."""
    rates = log_growth / durations[:, None]
    mean = log_growth.sum(axis=0) / durations.sum()
    order = np.argsort(-mean, kind="stable")
    rates, mean = rates[:, order], mean[order]
    functions = {"kaplan_yorke_dimension": statistics.dimension, "entropy_rate": statistics.entropy}
    errors = {}
    for name in names:
        if name in functions:
            errors[name] = statistics.functional_error(functions[name], rates, durations, size)
        else:
            columns = rates[:, :1] if name == "largest_exponent" else rates[:, np.isfinite(mean)]
            errors[name] = float(np.max(statistics.standard_error(columns, durations), initial=0.0))
    return errors


def is_met(targets: Mapping[str, float], log_growth: Floats, durations: Floats, size: int) -> bool:
    """Whether every standard error is at most its target; an unknown one, NaN, is not."""
    if len(durations) < statistics.MIN_BLOCKS:
        return False
    errors = standard_errors(targets, log_growth, durations, size)
    return all(errors[name] <= target for name, target in targets.items())
