"""The contract of a source of Julia: how a Julia is found or fetched there, started, and removed.

Every file in `sources/` is one source. To add one, add a file; nothing else has to name it.
"""

from __future__ import annotations

import types
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from .._streams import tell

SEE_ALL = "all it said: pylyap julia install --verbose"


@dataclass
class Choice:
    """The Julia in use, where it came from, and what it took to set it up. It is what is recorded."""

    kind: str  # that of its source
    origin: str
    version: str = ""
    executable: str = ""
    folder: str = ""  # what pylyap had fetched, hence may remove; empty if nothing
    megabytes: float = 0.0  # the size of that folder
    setup_seconds: float = 0.0  # from the decision to a Julia that is ready to start
    cold_start_seconds: float = 0.0  # its first start in this environment; 0 until then

    def in_one_line(self) -> str:
        text = f"Julia {self.version} ({self.origin})" if self.version else f"Julia ({self.origin})"
        if self.executable:
            text += f" at {self.executable}"
        if self.folder:
            text += f", {self.megabytes:.0f} MB"
        if self.setup_seconds:
            text += f", ready after {self.setup_seconds:.0f} s"
        return text


@dataclass(frozen=True)
class Wish:
    """What the user has asked for."""

    only: Source | None = None  # this source alone; None: any
    prefix: str | None = None  # put Julia into this folder, ready for every user of this Python
    verbose: bool = False  # show what other packages say meanwhile


@dataclass(frozen=True)
class Program:
    """A Julia to run as a program of its own, and the environment variables it needs (None: unset)."""

    executable: str
    variables: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Launch(Program):
    """The same to start it in this process."""

    juliapkg: types.ModuleType | None = None  # answers in place of juliapkg; None: the installed juliapkg is asked
    python_path: str | None = None  # the folder of a juliacall of its own; None: the installed one


class NotFound(Exception):
    """A source has no Julia here. Each argument is a sentence that says what was tried, and why it failed."""


class Source(ABC):
    """One way to have a Julia.

    A source keeps no state: what it has to know later is in the `Choice` that it made.
    """

    kind: ClassVar[str]
    """Its name: in the record, and in PYLYAP_JULIA."""

    rank: ClassVar[int]
    """Sources are tried in the order of their ranks, the smallest first; no two have the same."""

    is_imposed: ClassVar[bool] = False
    """True: variables of the user's name this Julia. Nothing is recorded then, and PYLYAP_JULIA cannot ask for it."""

    heeds_variables: ClassVar[bool] = False
    """Whether it may be asked for while variables of the user's name a Julia, because it heeds them itself."""

    takes_prefix: ClassVar[bool] = False
    """Whether it can put Julia into a folder of the user's choice (`Wish.prefix`)."""

    keeps_machine_code: ClassVar[bool] = True
    """Whether its Julia keeps machine code of packages. One that does not starts slowly without an image (`image.py`)."""

    @abstractmethod
    def find(self, wish: Wish) -> Choice:
        """A Julia that is ready to start, fetched if need be.

        Raises
        ------
        NotFound
            There is none. The next source is tried.
        """

    @abstractmethod
    def is_still_there(self, choice: Choice) -> bool:
        """Whether a Julia that `find` once gave can be used, without fetching it anew. Mends what can be mended."""

    @abstractmethod
    def launch(self, choice: Choice) -> Launch:
        """What is needed to start it in this process.

        Raises
        ------
        JuliaUnavailableError
            It cannot be had any more.
        """

    def program(self, choice: Choice) -> Program:
        """What is needed to run it as a program of its own."""
        return self.launch(choice)

    @abstractmethod
    def remove(self, kept: Sequence[Choice]) -> int:
        """Delete what pylyap had fetched, also for the recorded choices `kept` of this source; returns bytes freed."""


def say(text: str) -> None:
    """Tell the user what is going on, on standard error."""
    tell(f"pylyap: {text}")
