"""Who works at what in a store: drivers that are alive, and their leases of conditions.

A driver is a file that its process touches now and then. A lease is a file with the name of a driver in it; it holds as
long as that driver is alive. Files are made so that only one can succeed (O_EXCL), which every file system promises, and
nobody waits for a lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from .. import _files
from ..errors import FileFormatError

HEARTBEAT = 10.0  # seconds between two touches
EXPIRES = 120.0  # seconds without a touch after which a driver counts as gone; a stalled file system takes some


class Driver(NamedTuple):
    """A driver as its file describes it.

    Attributes
    ----------
    name : str
    host : str
        The computer it runs on, and `machine` with what tells computers and containers of one name apart.
    pid : int
        Its process there, with `started`, which tells processes of one number apart.
    began : float
        Seconds since 1970.
    """

    name: str
    host: str
    machine: str
    pid: int
    started: str | None
    began: float


KINDS = dict(name=str, host=str, machine=str, pid=int, started=(str, type(None)), began=(int, float))


def drivers(folder: Path, now: float | None = None) -> list[Driver]:
    """The drivers of a store that are alive."""
    alive = [read(path, time.time() if now is None else now) for path in sorted((folder / "drivers").glob("*.json"))]
    return [driver for driver in alive if driver is not None]


def leased(folder: Path) -> dict[str, Driver]:
    """The keys that are leased, and by whom."""
    alive = {driver.name: driver for driver in drivers(folder)}
    found = {}
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for entry in os.scandir(folder / "leases"):
            with contextlib.suppress(OSError, FileFormatError):
                owner = _owner(entry.path)
                if owner in alive:
                    found[entry.name.partition(".")[0]] = alive[owner]
    return found


def read(path: Path, now: float) -> Driver | None:
    """The driver of a file if it is alive."""
    try:
        touched = path.stat().st_mtime
        driver = _files.record_of(path, Driver, KINDS)
    except (OSError, ValueError):  # also a name that no file can have: of a lease that is damaged
        return None
    if now - touched > EXPIRES:
        return None
    if driver.machine == _machine() and driver.started != _started(driver.pid):
        return None  # killed a moment ago on this computer, where that can be seen at once
    return driver


class Leases:
    """What this driver holds; alive while it is entered.

    Parameters
    ----------
    folder : pathlib.Path
        Where drivers and leases are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self.name = folder, secrets.token_hex(8)
        self._held: dict[str, int] = {}  # keys with the generation of the lease
        pid = os.getpid()
        self._about = Driver(self.name, socket.gethostname(), _machine(), pid, _started(pid), time.time())
        self._over = threading.Event()
        self._own = folder / "drivers" / f"{self.name}.json"

    def __enter__(self) -> Leases:
        for name in ("drivers", "leases"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        self._announce()
        self._forget_the_dead()
        threading.Thread(target=self._stay_alive, name="keeps leases", daemon=True).start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._over.set()
        self.release(list(self._held))
        self._own.unlink(missing_ok=True)

    def claim(self, keys: Iterable[str]) -> bool:
        """Lease all of some keys, or none of them if somebody else has one.

        In the same order everywhere, so that two drivers that want the same keys cannot hold each other up.
        """
        taken: list[str] = []
        for key in sorted(keys):
            if not self._claim(key):
                self.release(taken)
                return False
            taken.append(key)
        return True

    def release(self, keys: Iterable[str]) -> None:
        """Give keys back."""
        for key in keys:
            last = self._held.pop(key, None)
            if last is None or self._lease(key, last + 1).exists():  # somebody took us for dead, and goes on
                continue
            for generation in range(last + 1):  # the own one last: until then nobody can begin
                self._lease(key, generation).unlink(missing_ok=True)

    def is_alive(self, name: str) -> bool:
        """Whether a driver of this name is at work."""
        return read(self._folder / "drivers" / f"{name}.json", self._now()) is not None

    def deaths(self, key: str) -> int:
        """How many drivers have died with the lease of a key that this one holds."""
        return self._held[key]

    def _claim(self, key):
        """Take the first generation of a lease that nobody has; those before it belong to the dead."""
        if key in self._held:
            return True
        generation = 0
        while not _write_new(self._lease(key, generation), self.name):
            if self._holds(self._lease(key, generation)):
                return False
            generation += 1
        self._held[key] = generation
        return True

    def _holds(self, lease):
        try:
            owner, age = _owner(lease), self._now() - lease.stat().st_mtime
        except FileNotFoundError:  # given back at this moment: others are first now
            return True
        except FileFormatError:  # not made by a driver
            return False
        if not owner:  # made, and not written yet
            return age < EXPIRES
        return self.is_alive(owner)

    def _lease(self, key, generation):
        return self._folder / "leases" / f"{key}.{generation}"

    def _now(self):
        """The time by the clock of the file system, which all computers share."""
        with contextlib.suppress(FileNotFoundError):
            return self._own.stat().st_mtime
        self._announce()  # this process stood still for so long that others took it for dead
        return self._own.stat().st_mtime

    def _announce(self):
        with _files.writing(self._own, text=True) as file:
            file.write(json.dumps(self._about._asdict()))

    def _stay_alive(self):
        while not self._over.wait(HEARTBEAT):
            with contextlib.suppress(OSError):  # a disk that is full or away for a while
                if self._own.exists():
                    os.utime(self._own)
                else:
                    self._announce()

    def _forget_the_dead(self):
        """Remove the files of drivers that are gone, and drafts of files that they left behind."""
        now = self._now()
        for path in (self._folder / "drivers").glob("*.json"):
            if path != self._own and read(path, now) is None:
                with contextlib.suppress(OSError):
                    path.unlink()
        for folder in (self._folder.parent, self._folder, self._folder / "failed", self._folder / "asked"):
            for draft in folder.glob(".pylyap-*"):
                with contextlib.suppress(OSError):
                    if now - draft.stat().st_mtime > EXPIRES:
                        draft.unlink()


def _owner(lease):
    """The name of the driver in a lease; of damaged ones a text that no driver has."""
    with _files.reading(lease) as file:
        return file.read(1000).decode("utf-8", errors="replace")


def _write_new(path, text):
    """Make a file that was not there; False if it was."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return False
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def _machine():
    """What tells computers apart, and containers whose processes have numbers of their own."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):  # not Linux
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)


def _started(pid):
    """When a process of this computer began, in ticks, or None if there is no such process (or this is not Linux)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state == "Z" else fields[18]
