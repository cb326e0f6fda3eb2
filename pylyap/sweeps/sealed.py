"""Named values in an npz file with a seal: a checksum of every byte, so that no damage goes unseen, whatever it hits."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import zipfile
from typing import Any

import numpy as np

from .. import _files
from ..errors import FileFormatError

# A zip file may end with a comment, before which its length stands in two bytes. NumPy and others read over it.
SEAL = b"pylyap seal "
LENGTH = len(SEAL) + 64
ENDING = LENGTH.to_bytes(2, "little") + SEAL


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
    content = io.BytesIO()
    np.savez(content, header=np.frombuffer(json.dumps(header).encode(), np.uint8), numbers=numbers, **own)
    body = content.getvalue()[:-2]  # all but the length of a comment that is empty
    with _files.writing(path) as file:
        file.write(body + ENDING + hashlib.sha256(body).hexdigest().encode())


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (header, values) of a file that `write` wrote.

    Raises
    ------
    FileFormatError
        If a single bit of it has changed, or it is another file.
    """
    with _files.reading(path) as file:
        content = file.read()
    body, ending = content[: -LENGTH - 2], content[-LENGTH - 2 :]
    if ending != ENDING + hashlib.sha256(body).hexdigest().encode():
        raise FileFormatError(f"{os.fsdecode(path)} is damaged or not a file of a sweep: its checksum is another one")
    arrays = _arrays(content)
    header, numbers = json.loads(arrays["header"].tobytes()), arrays["numbers"]
    values = {name: np.array(value, dtype=kind) for name, (kind, value) in header["plain"].items()}
    place = 0
    for name, shape in header["packed"].items():
        until = place + math.prod(shape)
        values[name], place = numbers[place:until].reshape(shape), until
    return header, {name: values[name] if name in values else arrays[f"value.{name}"] for name in header["names"]}


def _arrays(content):
    """As `numpy.load` reads them, in half the time."""
    with zipfile.ZipFile(io.BytesIO(content)) as npz:
        members = {name.removesuffix(".npy"): io.BytesIO(npz.read(name)) for name in npz.namelist()}
    return {name: np.lib.format.read_array(file, allow_pickle=False) for name, file in members.items()}
