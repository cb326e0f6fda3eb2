"""`sweep`: a measure at many conditions."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .._streams import bar_is_hidden
from ..errors import OptionError
from .. import _checks as checks
from ..runs import loop
from . import conditions as all_conditions
from . import engines
from .conditions import identity
from .result import SweepResult
from .store import Store


def sweep(
    measure: Any,
    conditions: Sequence[dict[str, Any]],
    *,
    store: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
    time_limit: float | None = None,
    engine: Callable[..., Iterable[tuple[dict[str, Any], dict[str, Any]]]] = engines.here,
) -> SweepResult:
    """Measure at many conditions, going on from what a store already holds.

    Parameters
    ----------
    measure : measure
        What to compute: `sweeps.Spectra`, `sweeps.GainFamily`, `sweeps.Measure`, or anything like them.
    conditions : list of dict
        Where: names with numbers or strings, see `sweeps.grid`. Results do not depend on their order, nor on whether
        the sweep was interrupted.
    store : str or os.PathLike, optional
        A folder, made if need be, that keeps each result as soon as it is there, and that belongs to this measure with
        its settings. What it holds is not computed again; a damaged file is, with a warning.
    progress : bool, optional
        Show a progress bar with the time left on standard error; by default if that is a terminal.
    time_limit : float, optional
        Seconds after which nothing new is begun.
    engine : callable
        Where to compute, see `pylyap.sweeps.engines`; by default in this process, on all cores.

    Returns
    -------
    SweepResult
        After Ctrl-C or the time limit with what is finished, ``complete`` is False then.

    Raises
    ------
    OptionError
        If a condition or an option is not allowed, or the store belongs to other settings.
    FileFormatError
        If the store's description of itself is damaged.
    Exception
        Whatever the measure raises; what was finished is in its attribute `partial`, a SweepResult.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.GainFamily(pylyap.sweeps.RandomNetworks("levy", seed=1), t_average=200)
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(n=50, alpha=[1.0, 2.0], gain=[0.1, 1.0], trial=0))
    >>> result.select(alpha=1.0)["largest_exponent"].shape
    (2,)
    """
    wanted = all_conditions.plain_conditions(conditions)
    if time_limit is not None:
        time_limit = checks.real("time_limit", time_limit, "a number of seconds > 0, or None", lambda s: s > 0)
    began = time.monotonic()
    kept = None if store is None else Store(store, measure)
    found = {} if kept is None else kept.load(wanted)
    try:
        batches = measure.batches(wanted, lambda condition: identity(condition) in found)
        # A measure may run anything, and what Ctrl-C cuts short is not a result.
        with loop.whole_or_not_at_all(), _bar(len(wanted), len(found), progress) as bar:
            for condition, values in engine(measure, _in_time(batches, began, time_limit)):
                if identity(condition) in found:
                    continue  # computed again for the others' sake
                _check(condition, values)
                if kept is not None:
                    kept.save(condition, values)
                found[identity(condition)] = values
                bar.update()
    except KeyboardInterrupt:
        if loop.is_part_of_a_whole():
            raise
        # else the result says that it is not complete
    except Exception as error:
        error.partial = _result(wanted, found)  # type: ignore[attr-defined]
        raise
    return _result(wanted, found)


def _result(wanted, found):
    done = [condition for condition in wanted if identity(condition) in found]
    missing = [condition for condition in wanted if identity(condition) not in found]
    return SweepResult(done, [found[identity(condition)] for condition in done], missing)


def _in_time(batches, began, time_limit):
    """The batches that begin before the time limit; the first one always."""
    for i, batch in enumerate(batches):
        if i > 0 and time_limit is not None and time.monotonic() - began >= time_limit:
            return
        yield batch


def _check(condition, values):
    if not isinstance(values, dict) or not values or not all(isinstance(name, str) for name in values):
        raise OptionError(f"the measure returned {checks.shown(values)}: it has to be a dict of names with values")
    for name, value in values.items():
        if name in condition:
            raise OptionError(f"the measure returned {name!r}, which is also a name in the conditions")
        if not _is_plain(value):
            raise OptionError(
                f"the measure returned {name} = {checks.shown(value)}: give numbers, strings, or arrays of one shape"
            )


def _is_plain(value):
    try:
        return np.asarray(value).dtype != object
    except ValueError:  # lists of different lengths
        return False


def _bar(total, done, progress):
    from tqdm.auto import tqdm

    layout = "{n_fmt} of {total_fmt} conditions |{bar}| {elapsed} elapsed, {remaining} left"
    hidden = bar_is_hidden(progress)
    return tqdm(total=total, initial=done, disable=hidden, smoothing=0, bar_format=layout, file=sys.stderr)
