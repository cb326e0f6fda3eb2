"""What a description makes of a condition: a network, and options of its run."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path
from typing import Any

from ..errors import OptionError
from . import sections
from .conditions import seed_of

SCALE = "g"  # the option of weights that scales the same random numbers
TRIAL = "trial"  # the name in a grid that gives other random numbers and nothing else


@dataclasses.dataclass(frozen=True)
class Networks:
    """From a condition to a network.

    Attributes
    ----------
    options : dict of dict
        Those of each section, with its type.
    places : dict of (str, str)
        The section and the option of each name in the conditions.
    folder : str
        Where files are.
    seed : int
    """

    options: dict[str, dict[str, Any]]
    places: dict[str, tuple[str, str]]
    folder: str
    seed: int

    @property
    def settings(self) -> dict[str, Any]:
        """All that the networks depend on beside the condition; of files the content, and not where they are."""
        files = {}
        for section, options in self.options.items():
            for name in sections.FILES[section]:
                if name in options:
                    content = Path(self._path(options[name])).read_bytes()
                    files[f"{section}.{name}"] = hashlib.sha256(content).hexdigest()[:32]
        return dict(options=self.options, places=self.places, seed=self.seed, files=files)

    def __call__(self, condition: dict[str, Any]) -> Any:
        more = {}
        for section, argument in (("weights", "W"), ("drive", "drive")):
            if section in self.options:
                options = self._options(section, condition)
                fresh = options.pop("fresh", False)
                more[argument] = sections.made(section, options, seed=self._seed(section, condition, fresh))
        options = self._options("network", condition)
        options.pop("fresh", None)
        return sections.made("network", options, **more)

    def _options(self, section, condition):
        own = {option: condition[axis] for axis, (where, option) in self.places.items() if where == section}
        options = {**self.options[section], **own}
        for name in sections.FILES[section]:
            if name in options:
                options[name] = self._path(options[name])
        return options

    def _seed(self, section, condition, fresh):
        """Random numbers that depend on the trial and on what the section itself is given, and on nothing else.

        So networks whose runs, drives or activations differ share their weights; and unless they are fresh, those that
        differ in their scale do, too.
        """
        own = {
            option: condition[axis] for axis, (where, option) in self.places.items()
            if where == section and (fresh or option != SCALE)
        }  # fmt: skip
        return seed_of(own | ({TRIAL: condition[TRIAL]} if TRIAL in condition else {}), self.seed)

    def _path(self, name):
        if not isinstance(name, str):
            raise OptionError(f"{name!r} is not the name of a file")
        return os.path.join(self.folder, name)


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """From a condition to the options of its run; `names` are those in the condition with their options."""

    names: dict[str, str]

    @property
    def settings(self) -> dict[str, Any]:
        """What a store has to know."""
        return dict(names=self.names)

    def __call__(self, condition: dict[str, Any]) -> dict[str, Any]:
        return {option: condition[name] for name, option in self.names.items()}
