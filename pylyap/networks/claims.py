"""What a file of weights claims to hold, looked at before memory is taken: a few bytes may claim any size, or unpack to it."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

from .. import _memory
from ..errors import NetworkError

if TYPE_CHECKING:
    from pathlib import Path

PART = 1 << 20  # bytes unpacked at a time
FEW = 1000  # times as many units as connections no network has


def require_room(path: Path) -> None:
    """Raise NotEnoughMemoryError if a file, or the largest part of one that is packed, is larger than the free memory."""
    with open(path, "rb") as file:
        start = file.read(4)
    if start[:2] == b"\x1f\x8b":
        _unpack(path)
    elif start == b"PK\3\4":
        with zipfile.ZipFile(path) as archive:
            _memory.require(max((member.file_size for member in archive.infolist()), default=0), path)
    else:
        _memory.require(path.stat().st_size, path)


def _unpack(path):
    """To its end, or to where it is too large: what is written in a gzipped file of its size need not be true."""
    size, room = 0, _memory.free()
    with gzip.open(path, "rb") as file:
        while room is not None and (part := len(file.read(PART))):
            size += part
            if size > room:
                _memory.require(size, f"{path}, unpacked,")


def refuse_scattered(path: Path, n_units: int, n_connections: int) -> None:
    """Raise NetworkError for a matrix that has next to no connections for its size, such as one entry at a wrong place."""
    if n_units > FEW * (n_connections + 1):
        raise NetworkError(
            f"{path} has {n_units} rows and {n_connections} entries that are not 0: units have to be numbered without such gaps"
        )
