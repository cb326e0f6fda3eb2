"""What a sweep will take: conditions, time, memory and bytes, from a short calibration."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import _checks as checks
from ..errors import OptionError
from . import sealed
from .conditions import plain_conditions
from .covariant import CovariantVectors
from .measures import Spectra
from .overview import duration

LOOKED_AT = 50  # conditions whose networks are made, at most
SHORT, LONG = 0.02, 0.08  # parts of the time that are tried
FRAMES = 4  # arrays of the size of the frame


@dataclasses.dataclass
class Forecast:
    """What a sweep will take.

    Attributes
    ----------
    n_conditions, n_tried : int
        How many there are, and how many were tried for this.
    seconds : float
        On one worker of this computer, one condition after the other.
    bytes_of_store : float
    bytes_of_memory : float
        Of the largest network with its frame, for each worker.
    """

    n_conditions: int
    n_tried: int
    seconds: float
    bytes_of_store: float
    bytes_of_memory: float

    def __str__(self) -> str:
        return (
            f"{self.n_conditions} conditions, {self.n_tried} of them tried\n"
            f"about {duration(self.seconds)} one after the other, {duration(self.seconds / max(1, self.n_conditions))} for each\n"
            f"about {size(self.bytes_of_store)} in the store\n"
            f"about {size(self.bytes_of_memory)} of memory for the largest network, beside 400 MB for Python and Julia"
        )


def forecast(measure: Spectra | CovariantVectors, conditions: list[dict[str, Any]]) -> Forecast:
    """Try the cheapest, the middle and the dearest network for a small part of their time.

    Parameters
    ----------
    measure : Spectra or CovariantVectors
    conditions : list of dict

    Returns
    -------
    Forecast

    Raises
    ------
    OptionError
        If `measure` is another one, or `conditions` are none.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.Spectra(pylyap.sweeps.RandomNetworks("gaussian"), t_average=2000)
    >>> pylyap.sweeps.forecast(measure, pylyap.sweeps.grid(n=[10, 20], trial=range(100))).n_conditions
    200
    """
    if not isinstance(measure, (Spectra, CovariantVectors)):
        raise OptionError(f"measure = {checks.shown(measure)} has no forecast: give a Spectra or CovariantVectors of pylyap.sweeps")
    conditions = plain_conditions(conditions)
    if not conditions:
        raise OptionError("conditions = [] are none: give at least one, see grid()")
    looked_at = [conditions[i] for i in np.unique(np.linspace(0, len(conditions) - 1, LOOKED_AT).astype(int))]
    costs = [_Cost.of(measure, condition) for condition in looked_at]
    order = np.argsort([cost.work for cost in costs])
    tried = np.unique(order[[0, len(order) // 2, -1]])
    tried = tried[np.argsort([costs[i].work for i in tried])]
    found = [_tried(measure, looked_at[i], costs[i].time) for i in tried]
    place = np.log([costs[i].work for i in tried])
    seconds, n_bytes = (
        np.exp(np.interp(np.log([cost.work for cost in costs]), place, np.log([pair[i] for pair in found]))) for i in (0, 1)
    )
    each = len(conditions) / len(costs)
    memory = max(8.0 * (cost.size**2 + FRAMES * cost.size * cost.k) for cost in costs)
    return Forecast(len(conditions), len(tried), each * seconds.sum(), each * n_bytes.sum(), memory)


class _Cost(NamedTuple):
    """What the time of a run depends on: units, exponents, the time that counts (None: that of its inputs)."""

    size: int
    k: int
    time: float | None

    @property
    def work(self) -> float:
        return float(self.size**2 * (self.k + 1)) * (self.time or 1.0)

    @classmethod
    def of(cls, measure, condition):
        options, n = measure.options_for(condition), measure.make_network(condition).size
        return cls(n, options.get("n_exponents") or options.get("n_vectors") or n, options.get("t_average"))


def _tried(measure, condition, length):
    """Seconds and bytes of a condition, from two runs that are shorter, and one before that has Julia compile."""
    shares = (SHORT, SHORT, LONG) if length is not None else (None, None)
    took, values = [], {}
    for share in shares:
        began = time.perf_counter()
        values = measure.alone(condition, **({} if share is None else {"t_average": share * length}))
        took.append(time.perf_counter() - began)
    slope = 0.0 if length is None else max(0.0, took[-1] - took[-2]) / (LONG - SHORT)
    with tempfile.TemporaryDirectory() as folder:
        sealed.write(f"{folder}/one.npz", dict(condition=condition, fingerprint=32 * "0"), values)
        n_bytes = Path(f"{folder}/one.npz").stat().st_size
    return took[-1] + slope * (1 - LONG), n_bytes


def size(n_bytes: float) -> str:
    """Bytes in words."""
    for power, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n_bytes >= power:
            return f"{n_bytes / power:.1f} {unit}"
    return f"{n_bytes:.0f} bytes"
