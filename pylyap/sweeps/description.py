"""A sweep as plain tables, which a file (TOML) can hold: networks, runs and the grid of their conditions."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import _checks as checks
from .. import _files
from ..errors import FileFormatError, MissingPackageError, OptionError
from ..runs.spectrum import OPTIONS
from . import covariant, sections
from .conditions import MOST, grid, plain_conditions
from .described import TRIAL, Networks, RunOptions
from .measures import NOT_HERE, Spectra

TABLES = ("network", "weights", "drive", "run", "grid")
KEYS = ("store", "engine", "retries", "seed", *TABLES)
RANGE = ("from", "to", "count", "spacing")
MEASURES = ("spectrum", "covariant_vectors")


class Description:
    """A sweep as plain tables.

    Parameters
    ----------
    tables : dict
        ``network``, ``weights``, ``drive``: a ``type``, which is the name of a network or system, of a function of
        `pylyap.weights` (or "file", for `pylyap.read_weights`) and of `pylyap.drives`, with its options. ``run``: the
        options of `pylyap.lyapunov_spectrum`, or with ``measure = "covariant_vectors"`` those of that function. ``grid``:
        any options of these sections, as ``name`` or ``section.name``, with a list of values or a range, a dict of from,
        to, count and spacing ("linear" or "logarithmic"); and ``trial``, a number of realisations. ``seed``: the source of
        all random numbers; ``store``, ``engine`` and ``retries`` are for the command line. See docs/sweeps.md.
    folder : path, optional
        Where the files are that it names; by default the current folder.

    Attributes
    ----------
    conditions : list of dict
    measure : measure
        Both as for `pylyap.sweep`.
    tables : dict
        As given.

    Raises
    ------
    UnknownOptionError
        If there is no such key; the message names the nearest one.
    OptionError
        If a value is not allowed.

    Examples
    --------
    >>> import pylyap
    >>> described = pylyap.sweeps.Description({
    ...     "network": {"type": "DiscreteNetwork"}, "weights": {"type": "levy", "n": 20}, "run": {"t_average": 200},
    ...     "grid": {"alpha": [1.0, 1.5], "g": {"from": 0.5, "to": 2, "count": 3}, "trial": 2},
    ... })
    >>> len(described.conditions)
    12
    >>> pylyap.sweep(described.measure, described.conditions[:2])["exponents"].shape
    (2, 20)
    """

    def __init__(self, tables: Mapping[str, Any], folder: str | os.PathLike[str] = ".") -> None:
        if not isinstance(tables, Mapping):
            raise OptionError(f"tables = {checks.shown(tables)} are not allowed: give a dict, or a file to Description.read")
        folder = _files.name_of(folder)
        checks.refuse_unknown(tables, KEYS, "the description of a sweep")
        for name in TABLES:
            if not isinstance(tables.get(name, {}), Mapping):
                raise OptionError(f"{name} = {checks.shown(tables[name])} is not allowed: it has to be a table, [{name}]")
        self.tables = dict(tables)
        self._axes = {name: _values(name, values) for name, values in tables.get("grid", {}).items()}
        run = dict(tables.get("run", {}))
        kind = checks.one_of("run.measure", run.pop("measure", "spectrum"), MEASURES)
        allowed, options = self._sections(), {}
        allowed["run"] = covariant.allowed_options() if kind == "covariant_vectors" else _of_spectrum()
        checks.refuse_unknown(run, allowed["run"], "[run]")
        places = {name: _place(name, allowed) for name in self._axes if name != TRIAL}
        for name in allowed.keys() - {"run"}:
            options[name] = {"type": self._types(name)[0], **tables.get(name, {})}
        seed = tables.get("seed", 0)
        networks = Networks(options, places, os.path.abspath(folder), seed)
        of_runs = {axis: option for axis, (section, option) in places.items() if section == "run"}
        more = dict(seed=seed, options_of=RunOptions(of_runs) if of_runs else None, **run)
        if "t_average" in of_runs.values():
            more.setdefault("t_average", None)
        self.measure = (covariant.CovariantVectors if kind == "covariant_vectors" else Spectra)(networks, **more)
        self.conditions = plain_conditions(grid(**self._axes))
        self._try(networks)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Description:
        """Read one from a TOML file; files that it names are looked for beside it.

        Raises
        ------
        OptionError
            If there is no such file, or as above.
        FileFormatError
            If it is not TOML.
        """
        name = _files.name_of(path)
        return cls(_parsed(_files.text_of(name), name), os.path.dirname(name) or os.curdir)

    def _types(self, name):
        return sections.types_of(name, self.tables.get(name, {}), self._axes.get(f"{name}.type"))

    def _sections(self):
        """The options that each section there is allows."""
        found = {}
        for name in ("network", "weights", "drive"):
            needs = name == "network" or (name == "weights" and _any_takes("W", self._types("network")))
            if needs or name in self.tables or any(axis.startswith(f"{name}.") for axis in self._axes):
                found[name] = (*sections.allowed_in(name, self._types(name)), *sections.OWN)
                checks.refuse_unknown(self.tables.get(name, {}), found[name], f"[{name}]")
        for name, argument in (("weights", "W"), ("drive", "drive")):
            if name in found and not _any_takes(argument, self._types("network")):
                raise OptionError(f"[{name}] has no meaning for network.type = {self._types('network')[0]!r}: leave it out")
        return found

    def _try(self, networks):
        """Make a network with each value of each axis once, so that what is not allowed is said before a long computation."""
        first = {name: values[0] for name, values in self._axes.items()}
        tried = [first] + [{**first, name: value} for name, values in self._axes.items() if name != TRIAL for value in values[1:]]
        for condition in plain_conditions(tried):
            networks(condition)


def _of_spectrum():
    return tuple(name for name in OPTIONS if name not in NOT_HERE)


def _any_takes(argument, types):
    return any(argument in sections.options_of(sections.TABLES["network"][kind]) for kind in types)


def _place(name, allowed):
    """The section and the option that a name in the grid means."""
    section, dot, option = name.rpartition(".")
    if dot:
        checks.refuse_unknown([section], tuple(allowed), "the grid")
        checks.refuse_unknown([option], allowed[section], f"[{section}]")
        return section, option
    owners = [section for section, options in allowed.items() if name in options and name not in sections.OWN]
    if not owners:
        everything = dict.fromkeys(option for options in allowed.values() for option in options if option not in sections.OWN)
        checks.refuse_unknown([name], (*everything, TRIAL), "[grid]")
    if len(owners) > 1:
        choices = " or ".join(f'"{owner}.{name}"' for owner in owners)
        raise OptionError(f"{name} in [grid] may mean several things: write {choices}")
    return owners[0], name


def _values(name, values):
    """The values of an axis."""
    if name == TRIAL and not isinstance(values, list):
        return list(range(checks.count(TRIAL, values, most=MOST)))
    if isinstance(values, Mapping):
        checks.refuse_unknown(values, RANGE, f"the range {name}")
        for key in RANGE[:3]:
            if key not in values:
                raise OptionError(f"the range {name} has no {key!r}: give from, to and count")
        first, last = (checks.real(f"{name}.{end}", values[end], "a number") for end in ("from", "to"))
        count = checks.count(f"{name}.count", values["count"], most=MOST)
        if checks.one_of(f"{name}.spacing", values.get("spacing", "linear"), ("linear", "logarithmic")) == "linear":
            return np.linspace(first, last, count).tolist()
        if min(first, last) <= 0:
            raise OptionError(f"the range {name} is logarithmic and ends at {min(first, last):g}: give numbers > 0")
        return np.geomspace(first, last, count).tolist()
    found = values if isinstance(values, list) else [values]
    if not found:
        raise OptionError(f"{name} = [] in [grid] is not allowed: give at least one value")
    return found


def _parsed(content, name):
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib
        except ImportError as error:
            raise MissingPackageError(
                f"{name} needs the package tomli with this Python: pip install tomli, or take Python 3.11 or newer"
            ) from error
    try:
        return tomllib.loads(content)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError, and so is a number of many digits
        raise FileFormatError(f"{name} is not a TOML file: {error}") from error
