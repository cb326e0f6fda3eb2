"""The result of a sweep in the forms that others read: xarray, NetCDF, Zarr, pandas, CSV."""

from __future__ import annotations

import csv
import errno
import math
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _files
from ..errors import MissingPackageError, OptionError

if TYPE_CHECKING:
    import pandas
    import xarray

    from .result import SweepResult

SHARED = {"exponents": "exponent", "stderr": "exponent"}  # measured arrays that have a dimension in common
EMPTIEST = 50  # places for each condition, beyond which a grid is a list


def to_xarray(result: SweepResult) -> xarray.Dataset:
    """See `SweepResult.to_xarray`."""
    xarray = _package("xarray", "a Dataset")
    layout = _grid(result) or _list(result)
    data: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    for name in result.names:
        entries = result[name]
        if entries.dtype == object:
            entries = _padded(entries)
        if entries.dtype.kind in "iu" and not layout.is_full:
            entries = entries.astype(float)  # a place without a condition is NaN
        full = np.full(layout.shape + entries.shape[1:], _nothing(entries.dtype), dtype=entries.dtype)
        full[layout.places] = entries
        own = [_dimension(name, i, entries, sizes) for i in range(entries.ndim - 1)]
        data[name] = ([*layout.dimensions, *own], full)
    found = np.zeros(layout.shape, dtype=bool)
    found[layout.places] = True
    data["finished"] = (layout.dimensions, found)
    return xarray.Dataset(data, coords=layout.coordinates)


class Layout(NamedTuple):
    """Where the finished conditions are in the arrays of a Dataset."""

    dimensions: list[str]
    shape: tuple[int, ...]
    places: tuple[NDArray[np.intp], ...]
    coordinates: dict[str, Any]

    @property
    def is_full(self) -> bool:
        return len(self.places[0]) == math.prod(self.shape)


def _grid(result):
    """A dimension for each name in the conditions; None where that would be nearly empty, or a condition lacks a name."""
    axes, conditions = result.axes(), result.conditions + result.missing
    if not axes or any(len(condition) < len(axes) for condition in conditions):
        return None
    values = {axis: _sorted(result.values_of(axis)) for axis in axes}
    shape = tuple(map(len, values.values()))
    if math.prod(shape) > EMPTIEST * len(conditions):
        return None
    numbers = {axis: {value: i for i, value in enumerate(values[axis])} for axis in axes}
    places = tuple(np.array([numbers[axis][c[axis]] for c in result.conditions], dtype=int) for axis in axes)
    return Layout(axes, shape, places, {axis: _column(values[axis]) for axis in axes})


def _list(result):
    """One dimension, the conditions."""
    coordinates = {axis: ("condition", _column([c.get(axis, np.nan) for c in result.conditions])) for axis in result.axes()}
    return Layout(["condition"], (len(result),), (np.arange(len(result)),), coordinates)


def _column(values):
    """Values as an array: of words, if there is a word among them."""
    return np.array([str(value) for value in values] if any(isinstance(value, str) for value in values) else values)


def _dimension(name, number, entries, sizes):
    """The name of a dimension of a measured array: exponents and their errors share one, if they are as many."""
    size = entries.shape[number + 1]
    wanted = SHARED.get(name, f"{name}_{number}")
    return wanted if sizes.setdefault(wanted, size) == size else f"{name}_{number}"


def to_pandas(result: SweepResult) -> pandas.DataFrame:
    """See `SweepResult.to_pandas`."""
    pandas = _package("pandas", "a table of pandas")
    columns: dict[str, Any] = {axis: [condition.get(axis) for condition in result.conditions] for axis in result.axes()}
    for name in result.names:
        entries = result[name]
        columns[name] = list(entries) if entries.ndim > 1 or entries.dtype == object else entries
    return pandas.DataFrame(columns)


def to_csv(result: SweepResult, path: str | os.PathLike[str]) -> None:
    """See `SweepResult.to_csv`."""
    scalars = [name for name in result.names if result[name].ndim == 1 and result[name].dtype != object]
    axes, columns = result.axes(), [result[name].tolist() for name in scalars]
    with _files.writing(path, text=True) as file:
        table = csv.writer(file)
        table.writerow([*axes, *scalars])
        for i, condition in enumerate(result.conditions):
            table.writerow([condition.get(axis, "") for axis in axes] + [column[i] for column in columns])


def write(result: SweepResult, path: str | os.PathLike[str]) -> None:
    """Write a result in the form that the name ends in: .nc (NetCDF), .zarr, .csv.

    Raises
    ------
    OptionError
        If the name has another ending, or something stands there that is neither a file nor, for .zarr, a Zarr store.
    MissingPackageError
        If the package for it is not installed.
    """
    ending = Path(_files.name_of(path)).suffix.lower()
    if ending == ".csv":
        to_csv(result, path)
    elif ending == ".nc":
        _package("h5netcdf", "NetCDF")
        _netcdf(result, path)
    elif ending == ".zarr":
        _package("zarr", "Zarr")
        _zarr(result, path)
    else:
        raise OptionError(f"{os.fsdecode(path)} ends in {ending!r}, which is not known: name it .nc, .zarr or .csv")


def _netcdf(result, path):
    _files.check_target(path)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.nc"
        to_xarray(result).to_netcdf(draft, engine="h5netcdf")
        with open(draft, "rb") as source, _files.writing(path) as file:
            shutil.copyfileobj(source, file)


def _zarr(result, path):
    """A folder, made beside its place and put there when it is whole; only a Zarr store is replaced."""
    target = Path(os.path.realpath(_files.name_of(path)))
    if target.exists() and not (target.is_dir() and _is_store(target)):
        raise OptionError(f"{path} is there and is no Zarr store: give another name, or remove it")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {target.parent} to write to", os.fsdecode(path))
    with tempfile.TemporaryDirectory(prefix=".pylyap-", dir=target.parent) as folder:
        draft, old = Path(folder) / "draft.zarr", Path(folder) / "old"
        to_xarray(result).to_zarr(draft, mode="w", zarr_format=2)
        if target.exists():
            shutil.copymode(target, draft)
            os.rename(target, old)
        os.rename(draft, target)


def _is_store(folder):
    names = os.listdir(folder)
    return not names or bool({".zgroup", ".zarray", ".zmetadata", "zarr.json"} & set(names))


def _sorted(values):
    """Each value once, ascending; numbers before words where an axis has both."""
    return sorted(set(values), key=lambda value: (isinstance(value, str), value))


def _padded(entries):
    """Arrays of different lengths as one, with NaN behind the short ones."""
    arrays = [np.atleast_1d(np.asarray(entry, dtype=float)) for entry in entries]
    dimensions = max(array.ndim for array in arrays)
    shape = [max(array.shape[i] for array in arrays if array.ndim > i) for i in range(dimensions)]
    full = np.full((len(arrays), *shape), np.nan)
    for i, array in enumerate(arrays):
        if array.ndim == dimensions:
            full[i][tuple(map(slice, array.shape))] = array
    return full


def _nothing(kind):
    """What stands where no condition is finished."""
    return {"U": "", "b": False, "i": 0, "u": 0}.get(kind.kind, np.nan)


def _package(name, what):
    try:
        return __import__(name)
    except ImportError as error:
        raise MissingPackageError(
            f"{what} needs the package {name}, which is not installed: pip install {name}"
        ) from error
