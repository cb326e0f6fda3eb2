"""What a sweep gives back."""

import csv

import numpy as np

from ..errors import OptionError, UnknownOptionError
from ..networks import checks


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
    names : list of str
        What was measured.
    """

    def __init__(self, conditions, values, missing=()):
        self.conditions, self._values, self.missing = list(conditions), list(values), list(missing)

    @property
    def complete(self):
        return not self.missing

    @property
    def names(self):
        return list(dict.fromkeys(name for values in self._values for name in values))

    def __len__(self):
        return len(self.conditions)

    def __repr__(self):
        missing = f", {len(self.missing)} missing" if self.missing else ""
        return f"SweepResult({len(self)} conditions{missing}: {', '.join(self.names)})"

    def __getitem__(self, name):
        rows = self._values if name in self.names else self.conditions
        allowed = [*self.names, *self._axes()]
        if name not in allowed:
            hint = checks.nearest(name, allowed)
            raise UnknownOptionError(f"the sweep has no {name!r}{hint} It has: {', '.join(allowed)}.")
        entries = [np.asarray(row[name]) if name in row else np.asarray(np.nan) for row in rows]
        if len({entry.shape for entry in entries}) <= 1:
            return np.array(entries)
        column = np.empty(len(entries), dtype=object)
        column[:] = entries
        return column

    def select(self, **values):
        """The part of the result whose conditions have these values, each a value or a list of them.

        Raises
        ------
        UnknownOptionError
            If no condition has such a name.
        """
        known = self._axes(self.conditions + self.missing)
        checks.refuse_unknown({name: 0 for name in values if name not in known}, known, "the sweep")
        allowed = {name: [v] if np.ndim(v) == 0 else list(v) for name, v in values.items()}

        def is_meant(condition):
            return all(condition.get(name) in values for name, values in allowed.items())

        kept = [i for i, condition in enumerate(self.conditions) if is_meant(condition)]
        return SweepResult(
            [self.conditions[i] for i in kept], [self._values[i] for i in kept], filter(is_meant, self.missing)
        )

    def arranged(self, name, *axes):
        """A measured number as an array with one dimension for each of `axes`, whose values ascend; NaN where missing.

        Raises
        ------
        UnknownOptionError
            If there is no such name.
        OptionError
            If two conditions would take one place: select first.

        Examples
        --------
        >>> import pylyap
        >>> double = pylyap.sweeps.Measure("double", lambda condition: {"twice": 2 * condition["x"] + condition["y"]})
        >>> result = pylyap.sweep(double, pylyap.sweeps.grid(x=[2, 1], y=[0, 5]))
        >>> result.arranged("twice", "x", "y").tolist()
        [[2.0, 7.0], [4.0, 9.0]]
        """
        places = [np.unique(self[axis], return_inverse=True) for axis in axes]
        entries = self[name]
        array = np.full([len(values) for values, _ in places], np.nan)
        indices = [index.reshape(-1) for _, index in places]
        if len(set(zip(*indices))) < len(self):
            raise OptionError(f"several conditions have the same {' and '.join(axes)}: select those you mean first")
        array[tuple(indices)] = entries
        return array

    def to_csv(self, path):
        """Write a table with a row for each condition: its names, then every measured number and string."""
        scalars = [name for name in self.names if self[name].ndim == 1 and self[name].dtype != object]
        with open(path, "w", newline="") as file:
            table = csv.writer(file)
            table.writerow([*self._axes(), *scalars])
            for condition, values in zip(self.conditions, self._values):
                row = [condition.get(axis, "") for axis in self._axes()]
                table.writerow(row + [np.asarray(values.get(name, "")).item() for name in scalars])

    def _axes(self, conditions=None):
        rows = self.conditions if conditions is None else conditions
        return list(dict.fromkeys(name for row in rows for name in row))
