"""Named values in a file of pylyap, packed so that ten thousand of them are read fast."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from .. import _archives
from ..errors import FileFormatError


def write(path: str | os.PathLike[str], header: dict[str, Any], values: dict[str, Any]) -> None:
    """Write a header, a dict for JSON, and named values; the file is there whole or not at all.

    Real numbers in double precision, which are nearly all, are one array "numbers", of which the header knows the parts;
    single integers and words are in the header itself: ten thousand files with two arrays each are read five times as
    fast as with ten. Others are arrays of their own.
    """
    arrays = {name: np.asarray(value) for name, value in values.items()}
    packed = {name: array for name, array in arrays.items() if array.dtype == np.float64}
    plain = {name: array for name, array in arrays.items() if array.ndim == 0 and array.dtype.kind in "biuU"}
    own: dict[str, Any] = {f"value.{name}": array for name, array in arrays.items() if name not in packed and name not in plain}
    header = dict(
        header, names=list(arrays), packed={name: array.shape for name, array in packed.items()},
        plain={name: [array.dtype.str, array.item()] for name, array in plain.items()},
    )
    numbers = np.concatenate([np.empty(0), *(array.reshape(-1) for array in packed.values())])
    _archives.write(path, header, {"numbers": numbers, **own})


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (header, values) of a file that `write` wrote.

    Raises
    ------
    FileFormatError
        If a single bit of it has changed, or it is another file.
    """
    header, arrays = _archives.read(path, has_seal=True)
    if "packed" not in header:
        raise FileFormatError(f"{os.fsdecode(path)} is not a file of a sweep")
    try:
        return header, _unpacked(header, arrays)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise FileFormatError(f"{os.fsdecode(path)} is damaged: {error}") from error


def _unpacked(header, arrays):
    numbers, place = arrays["numbers"], 0
    values = {name: _plain(kind, value) for name, (kind, value) in header["plain"].items()}
    for name, shape in header["packed"].items():
        until = place + math.prod(shape)
        values[name], place = numbers[place:until].reshape(shape), until
    return {name: values[name] if name in values else arrays[f"value.{name}"] for name in header["names"]}


def _plain(kind, value):
    """A single integer or word, which takes no more memory than it needs, whatever its header says."""
    dtype = np.dtype(kind)
    if dtype.kind not in "biuU" or (dtype.kind == "U" and dtype.itemsize > np.array(value).nbytes):
        raise ValueError(f"{kind} is not the type of {value!r:.80}")
    return np.array(value, dtype=dtype)
