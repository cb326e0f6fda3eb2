"""What a sweep gives back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import OptionError, UnknownOptionError
from .. import _checks as checks
from .conditions import several
from . import exports
from .failures import Failure

if TYPE_CHECKING:
    import pandas
    import xarray


class SweepResult:
    """The values measured at the conditions of a sweep, made by `pylyap.sweep`.

    ``result[name]`` is an array with one entry for each finished condition: of a measured value (stacked if all have
    one shape, an object array otherwise) or of a name in the conditions.

    Attributes
    ----------
    conditions : list of dict
        Those that are finished, in the order in which they were given.
    missing : list of dict
        Those that are not.
    complete : bool
        Whether none is missing.
    failures : list of Failure
        Those of the missing ones that failed, with ``condition``, ``kind``, ``reason`` and ``attempts``.
    names : list of str
        What was measured.
    """

    def __init__(
        self,
        conditions: Iterable[dict[str, Any]],
        values: Iterable[dict[str, Any]],
        missing: Iterable[dict[str, Any]] = (),
        names: list[str] | None = None,
        failures: Iterable[Failure] = (),
    ) -> None:
        self.conditions, self._values, self.missing = list(conditions), list(values), list(missing)
        self.failures = list(failures)
        self.names = list(dict.fromkeys(name for row in self._values for name in row)) if names is None else names

    @property
    def complete(self) -> bool:
        return not self.missing

    def __len__(self) -> int:
        return len(self.conditions)

    def __repr__(self) -> str:
        missing = f", {len(self.missing)} missing" if self.missing else ""
        return f"SweepResult({len(self)} conditions{missing}: {', '.join(self.names)})"

    def __getitem__(self, name: str) -> NDArray[Any]:
        allowed = [*self.names, *self.axes()]
        if not isinstance(name, str) or name not in allowed:
            hint = checks.nearest(name, allowed)
            raise UnknownOptionError(f"the sweep has no {checks.shown(name)}{hint} It has: {', '.join(allowed)}.")
        rows = self._values if name in self.names else self.conditions
        entries = [np.asarray(row[name]) if name in row else np.asarray(np.nan) for row in rows]
        if len({entry.shape for entry in entries}) <= 1:
            return np.array(entries)
        column = np.empty(len(entries), dtype=object)
        column[:] = entries
        return column

    def select(self, **values: Any) -> SweepResult:
        """The part of the result whose conditions have these values, each a value or a list of them.

        Raises
        ------
        UnknownOptionError
            If no condition has such a name.
        OptionError
            If no condition, finished or missing, has such a value, or these values together.
        """
        allowed = {name: several(value) for name, value in values.items()}
        for name, wanted in allowed.items():
            there = self.values_of(name)
            for value in wanted:
                if value not in there:
                    raise OptionError(f"no condition has {name} = {checks.shown(value)}{_nearest(value, there)}")

        def is_meant(condition):
            return all(condition.get(name) in values for name, values in allowed.items())

        kept = [i for i, condition in enumerate(self.conditions) if is_meant(condition)]
        missing = list(filter(is_meant, self.missing))
        if not kept and not missing:
            raise OptionError(f"no condition has {checks.shown(values)} together")
        failures = [failure for failure in self.failures if is_meant(failure.condition)]
        done, found = [self.conditions[i] for i in kept], [self._values[i] for i in kept]
        return SweepResult(done, found, missing, self.names, failures)

    def arranged(self, name: str, *axes: str) -> NDArray[Any]:
        """A measured number as an array with one dimension for each of `axes`, NaN where it is missing.

        The values of an axis are all those in the conditions, finished or missing, ascending.

        Raises
        ------
        UnknownOptionError
            If there is no such name.
        OptionError
            If `name` is not a number, a condition lacks an axis, or two would take one place: select first.

        Examples
        --------
        >>> import pylyap
        >>> double = pylyap.sweeps.Measure("double", lambda condition: {"twice": 2 * condition["x"] + condition["y"]})
        >>> result = pylyap.sweep(double, pylyap.sweeps.grid(x=[2, 1], y=[0, 5]))
        >>> result.arranged("twice", "x", "y").tolist()
        [[2.0, 7.0], [4.0, 9.0]]
        """
        entries = self[name]
        if entries.ndim != 1 or entries.dtype.kind not in "biuf":
            raise OptionError(f"{name} is not one real number for each condition: take result[{name!r}]")
        places = [np.unique(self.values_of(axis, of_all=True), return_inverse=True) for axis in axes]
        indices = [index.reshape(-1) for _, index in places]
        if len(set(zip(*indices))) < len(self.conditions + self.missing):
            raise OptionError(f"several conditions have the same {' and '.join(axes)}: select those you mean first")
        array = np.full([len(values) for values, _ in places], np.nan)
        array[tuple(index[: len(self)] for index in indices)] = entries
        return array

    def to_xarray(self) -> xarray.Dataset:
        """As a Dataset of xarray with one dimension for each name in the conditions.

        Numbers that are missing are NaN; the variable ``finished`` says which there are. A measured array has a dimension of
        its own, NaN behind the end of shorter ones. Conditions that fill less than a fiftieth of such a grid, or of which
        some lack a name, are one dimension ``condition``.

        Raises
        ------
        MissingPackageError
            If xarray is not installed.

        Examples
        --------
        >>> import pylyap
        >>> double = pylyap.sweeps.Measure("double", lambda condition: {"twice": 2 * condition["x"]})
        >>> dataset = pylyap.sweep(double, pylyap.sweeps.grid(x=[2, 1], y=[0, 5, 7])).to_xarray()
        >>> dict(dataset.sizes)
        {'x': 2, 'y': 3}
        """
        return exports.to_xarray(self)

    def to_pandas(self) -> pandas.DataFrame:
        """As a table of pandas with a row for each finished condition: its names, then everything that was measured.

        Raises
        ------
        MissingPackageError
            If pandas is not installed.
        """
        return exports.to_pandas(self)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a table with a row for each condition: its names, then every measured number and string."""
        exports.to_csv(self, path)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it in the form that the name ends in: NetCDF (.nc), Zarr (.zarr), both as of `to_xarray`, or a table (.csv).

        Raises
        ------
        OptionError
            If the name has another ending.
        MissingPackageError
            If xarray, or h5netcdf for NetCDF or zarr for Zarr, is not installed.
        """
        exports.write(self, path)

    def axes(self) -> list[str]:
        """The names in the conditions."""
        return list(dict.fromkeys(name for condition in self.conditions + self.missing for name in condition))

    def values_of(self, axis: str, of_all: bool = False) -> list[Any]:
        """The values of an axis in the conditions, finished ones first; `of_all` if each has to have one."""
        known = self.axes()
        checks.refuse_unknown([axis], known, "the sweep")
        conditions = self.conditions + self.missing
        values = [condition[axis] for condition in conditions if axis in condition]
        if checks.flag("of_all", of_all) and len(values) < len(conditions):
            raise OptionError(f"some conditions have no {axis!r}: select those you mean first")
        return values


def _nearest(value, there):
    """End a sentence with the one of some values that may have been meant."""
    if isinstance(value, str):
        return checks.nearest(value, [other for other in there if isinstance(other, str)])
    numbers = [other for other in there if not isinstance(other, str)]
    if not numbers or not isinstance(value, (int, float, np.number)):
        return "."
    return f"; the nearest is {min(numbers, key=lambda other: abs(other - value))!r}."
