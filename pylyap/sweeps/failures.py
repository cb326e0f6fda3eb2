"""Conditions that failed, kept in a store with their reasons."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import _files
from ..errors import FileFormatError


@dataclasses.dataclass(frozen=True)
class Failure:
    """A condition that has no values, tried as often as was allowed.

    Attributes
    ----------
    condition : dict
    kind : {"raised", "memory", "killed"}
        An error of the measure, a lack of memory it met, or the end of the process that computed it.
    reason : str
        In words.
    attempts : int
        How often it was tried.
    driver : str
        The sweep that tried; empty without a store.
    """

    condition: dict[str, Any]
    kind: str
    reason: str
    attempts: int
    driver: str = ""

    def __str__(self) -> str:
        where = ", ".join(f"{name}={value}" for name, value in self.condition.items())
        times = "once" if self.attempts == 1 else f"{self.attempts} times"
        return f"{where}: {self.kind}, tried {times}: {self.reason}"


KINDS = dict(condition=dict, kind=str, reason=str, attempts=int, driver=str)


class Failures:
    """The folder of failures of a store, one file for each condition."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keys(self) -> set[str]:
        """Of the conditions that have one."""
        return {path.stem for path in self._folder.glob("*.json")}

    def save(self, key: str, failure: Failure) -> None:
        """Keep the failure of a key."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _files.writing(self._folder / f"{key}.json", text=True) as file:
            file.write(json.dumps(dataclasses.asdict(failure)))

    def load(self, keys: Iterable[str]) -> dict[str, Failure]:
        """Those of some keys; a file that is damaged says nothing."""
        found = {}
        for key in keys:
            with contextlib.suppress(OSError, FileFormatError):
                found[key] = _files.record_of(self._folder / f"{key}.json", Failure, KINDS)
        return found

    def forget(self, key: str) -> None:
        """The condition has succeeded, or is to be tried again."""
        (self._folder / f"{key}.json").unlink(missing_ok=True)
