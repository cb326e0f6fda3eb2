"""Files of arrays: how every npz file of pylyap is written and read.

A zip archive of arrays that are not compressed, of which "header" is JSON. The archive's comment is the SHA-256 of every byte
before it, so that a file that was cut short or changed anywhere is known before anything in it is believed. Nothing in it
can run code. Before memory is taken for an array, its size has to be that of the bytes that are there.
"""

import hashlib
import io
import json
import math
import os
import zipfile

import numpy as np

from . import _files, _memory
from .errors import FileFormatError

SEAL = b"sha256:"
SEAL_LENGTH = len(SEAL) + hashlib.sha256().digest_size * 2
HEADER = "header"
PART = 1 << 20  # bytes read at a time


class DamagedFileError(FileFormatError):
    """A file of pylyap that was changed or cut short."""


def write(path, header, arrays, *, keep_previous=False):
    """Write a header, a dict for JSON, and named arrays as one file, which is there whole or not at all.

    With `keep_previous` the file that it replaces stays beside it, see `_files.writing`.
    """
    text = json.dumps(header, default=plain)
    with _files.writing(path, keep_previous=keep_previous) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.comment = bytes(SEAL_LENGTH)
            for name, array in {HEADER: np.frombuffer(text.encode(), np.uint8), **arrays}.items():
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
        size = file.seek(-SEAL_LENGTH, os.SEEK_END)
        seal = _seal(file, size)
        file.seek(size)
        file.write(seal)


def read(path, *, has_seal=False):
    """Return (header, arrays) of a file that `write` wrote.

    Files from before there were seals have none, and are read unless the file is said to be of a kind that `has_seal`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DamagedFileError
        If it was changed or cut short.
    FileFormatError
        If it is not a file of pylyap.
    NotEnoughMemoryError
        If it holds more than there is free memory for.
    """
    with _files.reading(path) as file:
        size = file.seek(0, os.SEEK_END)
        if size > PART:
            _memory.require(size, path)
        try:
            _check_seal(file, size, has_seal)
            arrays = _arrays(file, size)
            header = _files.from_json(arrays.pop(HEADER).tobytes())
        except Exception as error:  # a damaged file fails in many ways: bad zip, checksum, header, text, memory
            kind = DamagedFileError if _is_ours(file, size) else FileFormatError
            raise kind(f"{path} is damaged or not a file of pylyap ({type(error).__name__}: {error})") from error
    if not isinstance(header, dict):
        raise FileFormatError(f"{path} is damaged: its header is not a JSON object")
    return header, arrays


def _seal(file, size):
    """What belongs behind the first `size` bytes."""
    digest, left = hashlib.sha256(), size
    file.seek(0)
    while left:
        part = file.read(min(left, PART))
        if not part:
            raise FileFormatError("it ended while it was read")
        digest.update(part)
        left -= len(part)
    return SEAL + digest.hexdigest().encode()


def _check_seal(file, size, has_seal):
    """Raise FileFormatError if there is a seal that is not that of the file, or none where there has to be one."""
    start = max(0, size - SEAL_LENGTH)
    file.seek(start)
    seal = file.read()
    if seal.startswith(SEAL):
        if seal != _seal(file, start):
            raise FileFormatError("its checksum differs")
    elif has_seal or not seal.endswith(b"\0\0"):  # the length of a comment that is not there
        raise FileFormatError("its checksum is missing")


def _arrays(file, size):
    """Every array of the archive, by name."""
    arrays = {}
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > size:
            raise FileFormatError("it would be larger than the file")
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name == member.filename or name in arrays:
                raise FileFormatError(f"{name} is not an array, or is there twice")
            if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
                raise FileFormatError(f"{name} is compressed")
            with io.BytesIO(archive.read(member)) if size <= PART else archive.open(member) as content:
                arrays[name] = _array(content, member.file_size)
    return arrays


def _array(content, size):
    """One array, after its header was held against the number of bytes that are there."""
    version = np.lib.format.read_magic(content)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, fortran_order, dtype = read_header(content)
    if dtype.hasobject or min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != size - content.tell():
        raise FileFormatError(f"{dtype} of shape {shape} does not fit into {size} bytes")
    memory = bytearray(size - content.tell())
    for start in range(0, len(memory), PART):  # to the end, where the zip's own checksum is held against it
        part = content.read(PART)
        memory[start : start + len(part)] = part
    numbers = np.frombuffer(memory, dtype)
    return numbers.reshape(shape[::-1]).T if fortran_order else numbers.reshape(shape)


def _is_ours(file, size):
    """Whether a file begins or ends as `write` does it."""
    file.seek(0)
    start = file.read(64)
    file.seek(max(0, size - SEAL_LENGTH))
    return (start.startswith(b"PK") and f"{HEADER}.npy".encode() in start) or file.read().startswith(SEAL)


def plain(value):
    """NumPy numbers and arrays as Python ones, anything else as text: no long run is lost to an odd provenance."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)
