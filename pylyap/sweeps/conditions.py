"""Conditions: flat dicts of plain numbers and strings that say where to measure."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .._random import seed_sequence
from ..errors import OptionError
from .. import _checks as checks

MOST = 10**6  # conditions of a sweep: each takes some memory, and a file in a store


def grid(**axes: Any) -> list[dict[str, Any]]:
    """Every combination of the values of some axes.

    Parameters
    ----------
    **axes : number, string or iterable of them
        The values of each axis.

    Returns
    -------
    list of dict
        Conditions; the last axis varies fastest.

    Raises
    ------
    OptionError
        If a value is neither a finite number nor a string, or there are more than a million combinations.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.sweeps.grid(alpha=1.5, gain=[0.5, 1.0])
    [{'alpha': 1.5, 'gain': 0.5}, {'alpha': 1.5, 'gain': 1.0}]
    """
    columns = [[_plain(name, value) for value in several(values)] for name, values in axes.items()]
    if (number := math.prod(map(len, columns))) > MOST:
        raise OptionError(f"the grid has {number} combinations: give at most {MOST}")
    return [dict(zip(axes, row)) for row in itertools.product(*columns)]


def several(values):
    """One number or string, or any iterable of them, as a list."""
    return _some(values) if np.iterable(values) and not isinstance(values, str) else [values]


def _some(values):
    """Those of an iterable, which may have no end, as a list."""
    found = list(itertools.islice(values, MOST + 1))
    if len(found) > MOST:
        raise OptionError(f"a sweep has more than {MOST} values or conditions: give fewer")
    return found


def plain_conditions(conditions):
    """Return conditions as plain dicts, or raise OptionError; the same one twice is an error."""
    if isinstance(conditions, dict) or not hasattr(conditions, "__iter__"):
        raise OptionError(f"conditions = {checks.shown(conditions)} is not allowed: give a list of dicts, see grid()")
    found = {}
    for condition in _some(conditions):
        if not isinstance(condition, dict) or not all(isinstance(name, str) for name in condition):
            raise OptionError(f"{checks.shown(condition)} is not a condition: give a dict of names and plain values")
        plain = {name: _plain(name, value) for name, value in condition.items()}
        if identity(plain) in found:
            raise OptionError(f"the condition {checks.shown(condition)} is there twice: each has one result")
        found[identity(plain)] = plain
    return list(found.values())


def identity(condition):
    """A text that two conditions share if and only if they are equal: 1, 1.0 and True are, and names have no order."""
    return json.dumps({name: _whole(value) for name, value in condition.items()}, sort_keys=True)


def _whole(value):
    return int(value) if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()) else value


def seed_of(
    condition: dict[str, Any], root: int | np.random.SeedSequence = 0, ignoring: str | Iterable[str] = ()
) -> np.random.SeedSequence:
    """The seed that belongs to a condition, whatever others there are and in whatever order.

    Parameters
    ----------
    condition : dict
        Names with numbers or strings.
    root : int or numpy.random.SeedSequence
        Another root gives another, independent set of seeds.
    ignoring : str or iterable of str
        Names that make no difference: with ``ignoring="gain"`` all gains share their random numbers.

    Returns
    -------
    numpy.random.SeedSequence

    Raises
    ------
    OptionError
        If `root` is not a seed, `condition` is not a dict of names, or a value is neither a finite number nor a string.

    Examples
    --------
    >>> import pylyap
    >>> seed = pylyap.sweeps.seed_of({"trial": 3, "gain": 2.0}, root=7, ignoring="gain")
    >>> W = pylyap.weights.levy(100, 2.0, 1.5, seed=seed)
    """
    root = seed_sequence(root)
    if not isinstance(condition, dict):
        raise OptionError(f"{checks.shown(condition)} is not a condition: give a dict of names and plain values")
    ignored = [ignoring] if isinstance(ignoring, str) else _some(ignoring) if np.iterable(ignoring) else [None]
    if not all(isinstance(name, str) for name in ignored):
        raise OptionError(f"ignoring = {checks.shown(ignoring)} is not allowed: give a name or several")
    kept = {name: _plain(name, value) for name, value in condition.items() if name not in ignored}
    words = np.frombuffer(hashlib.sha256(identity(kept).encode()).digest()[:16], dtype="<u4").tolist()
    return np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, *words), pool_size=root.pool_size)


def _plain(name, value):
    value = value.item() if isinstance(value, (np.generic, np.ndarray)) and np.ndim(value) == 0 else value
    if isinstance(value, str) or (isinstance(value, (bool, int, float)) and math.isfinite(value)):
        return value
    raise OptionError(f"{name} = {checks.shown(value)} is not allowed in a condition: give finite numbers or strings")
