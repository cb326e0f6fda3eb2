"""Arrays in files: NumPy's npy and npz, Matrix Market, MATLAB's mat and HDF5."""

from __future__ import annotations

import math
import zipfile
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
    with open(path, "rb") as file:
        if file.read(6) != np.lib.format.MAGIC_PREFIX:
            raise NetworkError(f"cannot read {path} as .npy: it does not begin like one; where it comes from, write it by numpy.save(path, W)")
        file.seek(0)
        return _plain(path, _read_array(path, file, "numpy.load(path, allow_pickle=True).item()"))


def _read_array(path, file, line):
    """An array of NumPy's format, or NetworkError if it holds Python objects."""
    _, kind = _shape_and_type(file)
    if kind.hasobject:
        raise NetworkError(
            f"{path} holds Python objects, and reading them could execute code: where it comes from, save arrays of "
            f"numbers (scipy.sparse.save_npz for sparse ones); if you trust the file, take the array from {line}"
        )
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def _shape_and_type(file):
    """Shape and type of an array of NumPy's format."""
    version = np.lib.format.read_magic(file)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read_header(file)
    return shape, kind


def npz(path: Path, key: str | None) -> Any:
    with np.load(path, allow_pickle=False) as arrays:
        names = arrays.files
        if {"format", "shape", "data"} <= set(names):
            import scipy.sparse

            return scipy.sparse.load_npz(path)
        if key is None and {"data", "indices", "indptr"} <= set(names):
            raise NetworkError(
                f"{path} holds data, indices and indptr, which do not tell whether they are rows or columns: give "
                'scipy.sparse.csr_array((f["data"], f["indices"], f["indptr"])) with f = numpy.load(path), or csc_array'
            )
        name = chosen(path, names, key, _square(path) if key is None and len(names) > 1 else None)
    with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
        return _plain(path, _read_array(path, file, f'numpy.load(path, allow_pickle=True)["{name}"]'))


def _square(path):
    """Names of the square arrays of numbers in an .npz file, told by their headers."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as file:
                shape, kind = _shape_and_type(file)
            if is_square(shape) and kind.kind in "biufc":
                found.append(name.removesuffix(".npy"))
    return found


def is_square(shape: tuple[int, ...]) -> bool:
    """Whether it is the shape of a square matrix of more than one unit."""
    return len(shape) == 2 and shape[0] == shape[1] > 1


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
    about = {name: (shape, kind) for name, shape, kind in scipy.io.whosmat(path)}
    found = {name: shape for name, (shape, kind) in about.items() if kind not in ("struct", "cell", "object", "char", "opaque")}
    inner = [name for name, (_, kind) in about.items() if kind in ("struct", "cell")]
    held = dict(_within(scipy.io.loadmat(path, variable_names=inner, simplify_cells=True))) if inner else {}
    found |= {name: array.shape for name, array in held.items()}
    square = [name for name, shape in found.items() if is_square(shape)]
    name = chosen(path, list(found), None if key is None else key.replace(".", "/"), square)
    if name in held:
        return held[name]
    shape, kind = about[name]
    if kind != "sparse":
        _memory.require(8 * math.prod(shape), path)
    return scipy.io.loadmat(path, variable_names=[name])[name]


def _within(held, prefix=""):
    """(path, matrix) of the matrices in structs and cells, such as "params/W" and "layers/0"."""
    for name, value in held.items() if isinstance(held, dict) else enumerate(held):
        if isinstance(value, (dict, list)) or (isinstance(value, np.ndarray) and value.dtype.hasobject):
            yield from _within(value, f"{prefix}{name}/")
        elif np.ndim(value) == 2 and (hasattr(value, "tocsr") or value.dtype.kind in "biufc"):
            yield f"{prefix}{name}", value


def hdf5(path: Path, key: str | None) -> Any:
    try:
        import h5py
    except ImportError as error:
        raise MissingPackageError(f"{path} is an HDF5 file, which needs h5py: pip install h5py") from error
    with h5py.File(path, "r") as file:
        found: dict[str, tuple[int, ...]] = {}
        other: list[str] = []

        def visit(name, entry):
            if isinstance(entry, h5py.Group):
                if "pandas_type" in entry.attrs:
                    raise NetworkError(f'{path} is a file of pandas: give pandas.read_hdf(path, "{name}")')
                if (shape := _sparse_shape(entry)) is not None:
                    found[name] = shape
            elif _sparse_shape(entry.parent) is None and not name.startswith("#"):
                is_matrix = entry.ndim == 2 and entry.dtype.kind in "biufc"
                found.update({name: entry.shape} if is_matrix else {})
                other.extend([] if is_matrix else [f"{name} {entry.shape}"])

        file.visititems(visit)
        if not found and other:
            raise NetworkError(
                f"{path} holds no matrix of numbers, only {', '.join(other[:5])}: make an array of it, such as by "
                'h5py.File(path)["name"][...].reshape(N, N)'
            )
        square = [name for name, shape in found.items() if shape[0] == shape[1] > 1]
        name = chosen(path, list(found), None if key is None else key.strip("/"), square)
        entry = file[name]
        parts = entry.values() if isinstance(entry, h5py.Group) else [entry]
        _memory.require(sum(part.size * part.dtype.itemsize for part in parts), path)
        if isinstance(entry, h5py.Group):
            return _sparse(entry, found[name])
        # MATLAB writes its arrays column by column, and HDF5 reads them row by row
        return entry[:].T if "MATLAB_class" in entry.attrs else entry[:]


def _sparse_shape(group):
    """The shape of a sparse matrix that a group of HDF5 holds as MATLAB, anndata or h5sparse write it, or None."""
    attributes = group.attrs
    if "MATLAB_sparse" in attributes:
        return int(attributes["MATLAB_sparse"]), len(group["jc"]) - 1
    shape = attributes.get("shape", attributes.get("h5sparse_shape"))
    return tuple(map(int, shape)) if shape is not None and _format(group) else None


def _format(group):
    """Whether a sparse matrix is held by rows, "csr", or columns, "csc"; "" if it does not say so."""
    told = group.attrs.get("encoding-type", group.attrs.get("h5sparse_format", ""))
    told = told.decode() if isinstance(told, bytes) else str(told)
    return told[:3] if told[:3] in ("csr", "csc") else ""


def _sparse(group, shape):
    from scipy.sparse import csc_array, csr_array

    if "MATLAB_sparse" in group.attrs:
        return csc_array((group["data"][:], group["ir"][:], group["jc"][:]), shape=shape)
    kind = csr_array if _format(group) == "csr" else csc_array
    return kind((group["data"][:], group["indices"][:], group["indptr"][:]), shape=shape)


def chosen(path: Path, names: Sequence[str], key: str | None, square: Sequence[str] | None = None) -> str:
    """The name of the array that is meant: by key, the only one, or the only one that is square."""
    if key is None and len(names) == 1:
        return names[0]
    if key is None and square is not None and len(square) == 1:
        return square[0]
    if key is None or key not in names:
        if not names:
            raise NetworkError(f"{path} holds no matrix of numbers: make an array W, and save it by numpy.save(name, W)")
        raise NetworkError(f"{path} holds the arrays {', '.join(names)}: say which one by its key, got {key!r}")
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
    if ending != ".mtx":  # which SciPy opens compressed, too
        _refuse_compressed(path)
    W = load(path, key)
    if ending not in _NATIVE:
        say_direction(path, W, direction, stacklevel=6)
    return W.T if direction == "from_to" else W


def _refuse_compressed(path):
    with open(path, "rb") as file:
        if file.read(2) == b"\x1f\x8b":
            raise NetworkError(f"{path} is compressed by gzip: unpack it, by gunzip, or by gzip.open(path).read()")


_NATIVE = (".npy", ".npz")  # as pylyap writes them itself
# the function that loads, and whether the arrays in a file have names
_LOADERS = {
    ".npy": (npy, False), ".npz": (npz, True), ".mtx": (mtx, False), ".mat": (mat, True), ".h5": (hdf5, True),
    ".hdf5": (hdf5, True),
}  # fmt: skip
FORMATS = dict.fromkeys(_LOADERS, _read)
