"""The store of a sweep: a folder with one file a condition, from which it goes on."""

import hashlib
import json
import warnings
from pathlib import Path

import numpy as np

from .. import _files
from ..errors import FileFormatError, OptionError
from .._contracts import fingerprint
from ..results.storage import read_file, write_file
from .conditions import identity

FORMAT, VERSION = "pylyap sweep", 1
PREFIX = "value."  # before the names of values


class Store:
    """A folder that belongs to one measure with its settings, and to one version of pylyap.

    Every file is written whole or not at all. One that is damaged, or belongs to something else, counts as missing,
    with a warning. `sweep.json` says what the folder belongs to.

    Raises
    ------
    OptionError
        If the folder belongs to another measure, other settings or another pylyap, or cannot be a store.
    """

    def __init__(self, folder, measure):
        self.folder = Path(folder)
        from .. import __version__

        about = dict(format=FORMAT, version=VERSION, pylyap_version=__version__)
        own = dict(about, measure=measure.name, settings=_plain(measure.settings))
        self.fingerprint = hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:32]
        self._claim(own)

    def _claim(self, own):
        manifest = self.folder / "sweep.json"
        if self.folder.exists() and not self.folder.is_dir():
            raise OptionError(f"the store {self.folder} is a file: give a folder")
        if not manifest.exists():
            if self.folder.exists() and any(self.folder.iterdir()):
                raise OptionError(f"{self.folder} holds something else than a sweep: give a new or an empty folder")
            self.folder.mkdir(parents=True, exist_ok=True)
            with _files.writing(manifest, text=True) as file:
                file.write(json.dumps(own, indent=1, sort_keys=True) + "\n")
            return
        try:
            with _files.reading(manifest) as file:
                there = json.loads(file.read())
        except ValueError as error:
            raise FileFormatError(f"{manifest} is damaged ({error}): give another folder, or put it right") from error
        if there != own:
            raise OptionError(
                f"the store {self.folder} belongs to another sweep: {_difference(there, own)}; give another folder"
            )

    def load(self, conditions):
        """What is there of some conditions: a dict of identity -> values."""
        found = {}
        for condition in conditions:
            path = self._path(condition)
            if path.exists():
                try:
                    found[identity(condition)] = self._read(path, condition)
                except FileFormatError as error:
                    warnings.warn(f"{error}: it will be computed again", stacklevel=3)
        return found

    def save(self, condition, values):
        """Keep the values of a condition."""
        arrays = {PREFIX + name: np.asarray(value) for name, value in values.items()}
        header = dict(format=FORMAT, fingerprint=self.fingerprint, condition=identity(condition), names=list(values))
        write_file(self._path(condition), header, arrays)

    def _path(self, condition):
        return self.folder / f"{hashlib.sha256(identity(condition).encode()).hexdigest()[:24]}.npz"

    def _read(self, path, condition):
        header, arrays = read_file(path)  # whose checksums find any change of the arrays
        expected = (FORMAT, self.fingerprint, identity(condition))
        if tuple(header.get(name) for name in ("format", "fingerprint", "condition")) != expected:
            raise FileFormatError(f"{path} belongs to something else")
        names = header.get("names")
        if not isinstance(names, list) or sorted(arrays) != sorted(f"{PREFIX}{name}" for name in names):
            raise FileFormatError(f"{path} is incomplete")
        return {name: arrays[f"{PREFIX}{name}"] for name in names}


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
