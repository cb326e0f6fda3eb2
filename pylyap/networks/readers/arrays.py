"""Arrays in files: NumPy's npy and npz, Matrix Market, MATLAB's mat and HDF5."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import _memory
from ...errors import MissingPackageError, NetworkError
from .. import claims
from . import refuse_layout, say_direction

if TYPE_CHECKING:
    from pathlib import Path


def npy(path: Path, key: str | None) -> Any:
    return _plain(path, np.load(path, allow_pickle=False))


def npz(path: Path, key: str | None) -> Any:
    with np.load(path, allow_pickle=False) as arrays:
        names = arrays.files
        if {"format", "shape", "data"} <= set(names):
            import scipy.sparse

            return scipy.sparse.load_npz(path)
        return _plain(path, arrays[chosen(path, names, key)])


def mtx(path: Path, key: str | None) -> Any:
    import scipy.io

    rows, columns, entries, kind, *_ = scipy.io.mminfo(path)
    if kind == "coordinate":
        claims.refuse_scattered(path, rows, entries)
    _memory.require(8 * (rows * columns if kind == "array" else 2 * entries + rows), path)
    return scipy.io.mmread(path)


def mat(path: Path, key: str | None) -> Any:
    """Files of MATLAB up to version 7, and those of version 7.3, which are HDF5 with its axes exchanged."""
    import scipy.io

    with open(path, "rb") as file:
        if b"MATLAB 7.3" in file.read(128):
            return hdf5(path, key)
    held = scipy.io.whosmat(path)
    kinds, names = {name: kind for name, _, kind in held}, {name: shape for name, shape, _ in held}
    square = [name for name, shape in names.items() if len(shape) == 2 and shape[0] == shape[1] > 1]
    name = chosen(path, list(names), key, square)
    if kinds[name] != "sparse":
        _memory.require(8 * math.prod(names[name]), path)
    return scipy.io.loadmat(path, variable_names=[name])[name]


def hdf5(path: Path, key: str | None) -> Any:
    try:
        import h5py
    except ImportError as error:
        raise MissingPackageError(f"{path} is an HDF5 file, which needs h5py: pip install h5py") from error
    with h5py.File(path, "r") as file:
        found = {}

        def visit(name, entry):
            if isinstance(entry, h5py.Group) and "MATLAB_sparse" in entry.attrs:
                found[name] = (int(entry.attrs["MATLAB_sparse"]), len(entry["jc"]) - 1)
            elif isinstance(entry, h5py.Dataset) and entry.ndim == 2 and not name.startswith("#"):
                if "MATLAB_sparse" not in entry.parent.attrs:
                    found[name] = entry.shape

        file.visititems(visit)
        square = [name for name, shape in found.items() if shape[0] == shape[1] > 1]
        name = chosen(path, list(found), None if key is None else key.strip("/"), square)
        entry = file[name]
        parts = entry.values() if isinstance(entry, h5py.Group) else [entry]
        _memory.require(sum(part.size * part.dtype.itemsize for part in parts), path)
        if isinstance(entry, h5py.Group):
            from scipy.sparse import csc_array

            return csc_array((entry["data"][:], entry["ir"][:], entry["jc"][:]), shape=found[name])
        # MATLAB writes its arrays column by column, and HDF5 reads them row by row
        return entry[:].T if "MATLAB_class" in entry.attrs else entry[:]


def chosen(path: Path, names: Sequence[str], key: str | None, square: Sequence[str] | None = None) -> str:
    """The name of the array that is meant: by key, the only one, or the only one that is square."""
    if key is None and len(names) == 1:
        return names[0]
    if key is None and square is not None and len(square) == 1:
        return square[0]
    if key is None or key not in names:
        held = ", ".join(names) or "none that are matrices"
        raise NetworkError(f"{path} holds the arrays {held}: say which one by its key, got {key!r}")
    return key


def _plain(path, array):
    if array.dtype.names:
        raise NetworkError(
            f"{path} is a structured array with the fields {', '.join(array.dtype.names)}: give "
            "numpy.lib.recfunctions.structured_to_unstructured(numpy.load(path)) if each field is a column of the matrix"
        )
    return array


def _read(path, ending, *, key, direction, layout):
    load, has_names = _LOADERS[ending]
    refuse_layout(path, ending, layout)
    if key is not None and not has_names:
        raise NetworkError(f"key = {key!r} names an array of an .npz file, but {path} is a {ending} file")
    W = load(path, key)
    if ending not in _NATIVE:
        say_direction(path, W, direction, stacklevel=6)
    return W.T if direction == "from_to" else W


_NATIVE = (".npy", ".npz")  # as pylyap writes them itself
# the function that loads, and whether the arrays in a file have names
_LOADERS = {
    ".npy": (npy, False), ".npz": (npz, True), ".mtx": (mtx, False), ".mat": (mat, True), ".h5": (hdf5, True),
    ".hdf5": (hdf5, True),
}  # fmt: skip
FORMATS = dict.fromkeys(_LOADERS, _read)
