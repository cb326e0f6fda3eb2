"""The store of a sweep: a folder with one file per condition, from which it goes on.

    sweep.json      to which measure and settings it belongs
    KEY.npz         a finished condition, the unit of truth
    work/           index, conditions that were asked for, failures, leases, drivers, checkpoints, jobs; nothing that is
                    not made again if it is lost, but for how far long conditions have come
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import _files
from .._contracts import fingerprint
from ..errors import FileFormatError, OptionError, StoreError
from . import index, sealed
from .conditions import identity

FORMAT, VERSION = "pylyap sweep", 2


def key_of(condition: dict[str, Any]) -> str:
    """The name of a condition's file, without its ending."""
    return hashlib.sha256(identity(condition).encode()).hexdigest()[:24]


class Store:
    """A folder that belongs to one measure with its settings, and to one version of pylyap.

    Every file is written whole or not at all. One that is damaged, or belongs to something else, counts as missing,
    with a warning.

    Parameters
    ----------
    folder : str or os.PathLike
    measure : measure, optional
        The measure it has to belong to; None: whatever it belongs to, and then it has to be there.

    Raises
    ------
    OptionError
        If the folder belongs to another measure, other settings or another pylyap, or cannot be a store.
    StoreError
        If it has to be written to and cannot be.
    """

    def __init__(self, folder: str | os.PathLike[str], measure: Any = None) -> None:
        self.folder = Path(_files.name_of(folder))
        self.work = self.folder / "work"
        self.checkpoints = self.work / "checkpoints"
        self._index: dict[str, index.Row] | None = None  # as it was read, with what has been read since
        self._new: dict[str, index.Row] = {}  # rows that the file of the index does not have
        self._indexed = time.monotonic()  # when some were last added to it
        if measure is None:
            self.about = self._there()
        else:
            from .. import __version__

            about = dict(format=FORMAT, version=VERSION, pylyap_version=__version__)
            self.about = dict(about, measure=measure.name, settings=_plain(measure.settings))
            self._claim()
        self.fingerprint = hashlib.sha256(json.dumps(self.about, sort_keys=True).encode()).hexdigest()[:32]

    def _claim(self):
        manifest = self.folder / "sweep.json"
        if self.folder.exists() and not self.folder.is_dir():
            raise OptionError(f"the store {self.folder} is a file: give a folder")
        if not manifest.exists():
            if self.folder.exists() and any(map(_is_strange, os.listdir(self.folder))):
                raise OptionError(f"{self.folder} holds something else than a sweep: give a new or an empty folder")
            with self.writing():
                self.folder.mkdir(parents=True, exist_ok=True)
                with _files.writing(manifest, text=True) as file:
                    file.write(json.dumps(self.about, indent=1, sort_keys=True) + "\n")
        there = self._there()  # of somebody else, if two began at the same time
        if there != self.about:
            raise OptionError(
                f"the store {self.folder} belongs to another sweep: {_difference(there, self.about)}; give another folder"
            )

    def _there(self):
        manifest = self.folder / "sweep.json"
        try:
            about = _files.json_of(manifest)
        except (FileNotFoundError, NotADirectoryError):
            raise OptionError(f"{self.folder} is not the store of a sweep: it has no file sweep.json") from None
        except FileFormatError as error:
            raise FileFormatError(f"{error}: give another folder, or put it right") from error
        if not isinstance(about, dict) or about.get("format") != FORMAT or not isinstance(about.get("measure"), str):
            raise FileFormatError(f"{manifest} does not describe the store of a sweep: give another folder, or put it right")
        return about

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Within it, a file that cannot be written is a StoreError that says what is left."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the store {self.folder} cannot be written to: {error.strerror or error}. The conditions that were "
                "finished before are kept in it; the same call goes on when it can be written to again"
            ) from error

    def keys(self) -> set[str]:
        """Of the conditions that have a file, whole or not."""
        return {path.stem for path in self.folder.glob("*.npz")}

    def load(self, conditions: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """What is there of some conditions: a dict of identity -> values."""
        wanted = {key_of(condition): condition for condition in conditions}
        found = {}
        for key in self.keys() & wanted.keys():
            try:
                found[identity(wanted[key])] = self.row(key, wanted[key]).values
            except FileFormatError as error:
                warnings.warn(f"{error}: it will be computed again", stacklevel=3)
        return found

    def row(self, key: str, condition: dict[str, Any] | None = None) -> index.Row:
        """What is in the file of a key, from the index if it is still the same file.

        Raises
        ------
        FileFormatError
            If it is damaged, or belongs to something else or another condition.
        """
        path = self.folder / f"{key}.npz"
        known, now = self.index.get(key), index.seen(path.stat())
        if known is None or known.seen != now:
            self.index[key] = known = self._read(path, now)
            self._note(key, known)
        if key_of(known.condition) != key or (condition is not None and identity(condition) != identity(known.condition)):
            raise FileFormatError(f"{path} belongs to something else")
        return known

    def _read(self, path, now):
        self.index.pop(path.stem, None)
        try:
            header, values = sealed.read(path)
        except FileNotFoundError:
            raise FileFormatError(f"{path} has been removed") from None
        if (header.get("format"), header.get("fingerprint")) != (FORMAT, self.fingerprint):
            raise FileFormatError(f"{path} belongs to something else")
        if not isinstance(header.get("condition"), dict):
            raise FileFormatError(f"{path} is damaged: it does not say which condition it belongs to")
        return index.Row(now, header["condition"], values)

    @property
    def index(self) -> dict[str, index.Row]:
        """What the index knows, read when it is first asked for."""
        if self._index is None:
            self._index = index.read(self.work / "index", self.fingerprint)
        return self._index

    def _note(self, key, row):
        if row.seen[0] <= index.LARGEST:
            self._new[key] = row

    def add_to_index(self) -> None:
        """Add what has been read and saved to the index, but for files of the last moments; where it can be written to.

        A file that changes within such a moment might keep its times.
        """
        self._indexed, latest = time.monotonic(), time.time_ns() - int(index.SETTLED * 1e9)
        settled = {key: row for key, row in self._new.items() if max(row.seen[1:]) < latest}
        with contextlib.suppress(OSError):
            if settled:
                self.work.mkdir(exist_ok=True)
                index.add(self.work / "index", self.fingerprint, dict(filter(self._is_same, settled.items())))
        self._new = {key: row for key, row in self._new.items() if key not in settled}

    def _is_same(self, item):
        key, row = item
        try:
            return index.seen((self.folder / f"{key}.npz").stat()) == row.seen
        except FileNotFoundError:
            return False

    def save(self, condition: dict[str, Any], values: dict[str, Any]) -> None:
        """Keep the values of a condition."""
        header = dict(format=FORMAT, fingerprint=self.fingerprint, condition=condition)
        key = key_of(condition)
        path = self.folder / f"{key}.npz"
        with self.writing():
            sealed.write(path, header, values)
            self._note(key, index.Row(index.seen(path.stat()), condition, values))
        if time.monotonic() - self._indexed >= index.SETTLED:
            self.add_to_index()

    def ask(self, conditions: list[dict[str, Any]]) -> None:
        """Note the conditions that a sweep wants, for who asks what is missing."""
        text = json.dumps(conditions)
        path = self.work / "asked" / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"
        if not path.exists():
            with self.writing():
                path.parent.mkdir(parents=True, exist_ok=True)
                with _files.writing(path, text=True) as file:
                    file.write(text)

    def asked(self) -> list[dict[str, Any]]:
        """All conditions that sweeps have wanted, in their order, the latest sweep last."""
        found = {}
        paths = (self.work / "asked").glob("*.json")
        for path in sorted(paths, key=lambda path: (path.stat().st_mtime_ns, path.name)):
            with contextlib.suppress(FileFormatError, OSError):  # damaged: the next sweep that wants them notes them again
                conditions = _files.json_of(path)
                if isinstance(conditions, list) and all(isinstance(condition, dict) for condition in conditions):
                    found.update({key_of(condition): condition for condition in conditions})
        return list(found.values())


def _is_strange(name):
    """Whether a file belongs to something else than a store that is being made."""
    return name not in ("sweep.json", "work") and not name.startswith(".pylyap-")


def _plain(settings):
    """Settings as they come back from JSON."""
    try:
        return json.loads(json.dumps(settings, default=_as_text))
    except (TypeError, ValueError) as error:
        raise OptionError(f"the measure's settings cannot be kept in a store: {error}") from error


def _as_text(value):
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.hasobject:
        raise TypeError("an array of objects is not plain: give numbers, strings, lists or dicts of them")
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.size <= 100):
        return value.tolist()
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "sha256": fingerprint(value)}
    if isinstance(value, np.random.SeedSequence):
        return {"entropy": value.entropy, "spawn_key": list(value.spawn_key)}
    raise TypeError(f"{value!r} is not plain: give numbers, strings, lists or dicts of them")


def _difference(there, here, name=""):
    """In words the first thing that differs."""
    if isinstance(there, dict) and isinstance(here, dict):
        for key in sorted({*there, *here}):
            if there.get(key) != here.get(key):
                return _difference(there.get(key), here.get(key), f"{name}.{key}" if name else key)
    return f"its {name} is {there!r}, this one's {here!r}"
