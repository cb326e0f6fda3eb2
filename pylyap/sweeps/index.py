"""The index of a store: the content of all its files in one, for stores of thousands of conditions.

It is a copy and never the truth: a row counts only if its file has the size and times it had when it was read, and an
index that is damaged or missing is made again from the files.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import FileFormatError
from . import sealed

SETTLED = 2.0  # seconds after which a file that changes again gets other times, on any file system


class Row(NamedTuple):
    """A file as it was read: what tells whether it is still the same, its condition and its values."""

    seen: tuple[int, ...]
    condition: dict[str, Any]
    values: dict[str, Any]


def seen(status: os.stat_result) -> tuple[int, ...]:
    """What changes with a file's content; ctime cannot be set by a program."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def read(path: Path, fingerprint: str) -> dict[str, Row]:
    """The rows of an index by their keys; none if it is missing, damaged or of another sweep."""
    try:
        header, arrays = sealed.read(path)
    except (FileNotFoundError, FileFormatError):
        return {}
    if header["fingerprint"] != fingerprint:
        return {}
    rows = {}
    for number, group in enumerate(header["groups"]):
        columns = [(name, arrays[f"{number}.{name}"]) for name in group["names"]]
        for i, (key, was, condition) in enumerate(zip(group["keys"], group["seen"], group["conditions"])):
            rows[key] = Row(tuple(was), condition, {name: column[i] for name, column in columns})
    return rows


def write(path: Path, fingerprint: str, rows: dict[str, Row]) -> None:
    """Write an index of those rows whose files have been left alone for a while."""
    old = time.time_ns() - int(SETTLED * 1e9)
    groups: dict[Any, list[str]] = {}  # rows whose values are of the same kinds are columns together
    for key, row in rows.items():
        if max(row.seen[1:]) < old:
            kinds = tuple((name, value.dtype.str, value.shape) for name, value in row.values.items())
            groups.setdefault(kinds, []).append(key)
    header: dict[str, Any] = dict(fingerprint=fingerprint, groups=[])
    arrays: dict[str, Any] = {}
    for number, (kinds, keys) in enumerate(groups.items()):
        names = [name for name, *_ in kinds]
        header["groups"].append(dict(
            keys=keys, names=names, seen=[rows[key].seen for key in keys], conditions=[rows[key].condition for key in keys],
        ))  # fmt: skip
        arrays |= {f"{number}.{name}": np.stack([rows[key].values[name] for key in keys]) for name in names}
    sealed.write(path, header, arrays)
