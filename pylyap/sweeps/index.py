"""The index of a store: what its files hold, one line for each, so that thousands of them need not be opened.

It is a copy and never the truth. Drivers add lines as conditions finish, several at the same time, and may be killed
while they do: each line has a checksum, and one that is torn counts as missing. A line counts only as long as its file
has the size and times it had when it was read. An index that is damaged or missing is made again from the files.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import _files
from ..errors import FileFormatError

SETTLED = 2.0  # seconds after which a file that changes again gets other times, on any file system
LARGEST = 32768  # bytes of a file in the index; larger ones are read themselves, which takes no longer
SPARE = 1000  # lines that do not count, beside as many as do, from which an index is written anew
DIGITS = 16  # of a checksum


class Row(NamedTuple):
    """A file as it was read: what tells whether it is still the same, its condition and its values."""

    seen: tuple[int, ...]
    condition: dict[str, Any]
    values: dict[str, Any]


def seen(status: os.stat_result) -> tuple[int, ...]:
    """What changes with a file's content; ctime cannot be set by a program."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def read(path: Path, fingerprint: str) -> dict[str, Row]:
    """The rows of an index by their keys; none of another sweep, and none that is damaged."""
    try:
        with _files.reading(path) as file:
            lines = [line for line in file.read().split(b"\n") if line]
    except (OSError, FileFormatError):  # there is none, or something else is there
        return {}
    rows = {}
    for line in lines:
        checksum, text = line[:DIGITS], line[DIGITS:]
        if checksum == _checksum(fingerprint, text):
            key, was, condition, kinds, data = _files.from_json(text)
            rows[key] = Row(tuple(was), condition, _values(kinds, base64.b64decode(data)))
    if len(lines) > 2 * len(rows) + SPARE:
        # What others add at this moment is lost, and read from the files again. Where nothing can be written, never.
        with contextlib.suppress(OSError), _files.writing(path) as file:
            file.write(_lines(fingerprint, rows))
    return rows


def add(path: Path, fingerprint: str, rows: dict[str, Row]) -> None:
    """Add rows to an index, whatever others do with it at the same time; none to something else than a regular file."""
    if path.exists() and not path.is_file():
        return
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o666)
    try:
        os.write(handle, _lines(fingerprint, rows))  # at once, so that nobody comes between
    finally:
        os.close(handle)


def _lines(fingerprint, rows):
    """Rows as lines, after the end of one that was left unfinished."""
    lines = [b""]
    for key, (was, condition, values) in rows.items():
        arrays = [np.asarray(value) for value in values.values()]
        kinds = [(name, array.dtype.str, array.shape) for name, array in zip(values, arrays)]
        data = base64.b64encode(b"".join(array.tobytes() for array in arrays)).decode()
        text = json.dumps([key, was, condition, kinds, data]).encode()
        lines.append(_checksum(fingerprint, text) + text)
    return b"\n".join([*lines, b""])


def _values(kinds, data):
    values, place = {}, 0
    for name, kind, shape in kinds:
        dtype, count = np.dtype(kind), math.prod(shape)
        # a copy, which may be written to as one from a file
        values[name] = np.ndarray(shape, dtype, data, place).copy() if count else np.zeros(shape, dtype)
        place += count * dtype.itemsize
    return values


def _checksum(fingerprint, text):
    return hashlib.sha256(fingerprint.encode() + text).hexdigest()[:DIGITS].encode()
