"""How much memory is free for this process: what the machine has, and what a container's limits (cgroups) leave of it."""

import os
from pathlib import Path

from ._cgroups import cgroup_folders
from .errors import NotEnoughMemoryError

UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
NO_LIMIT = 2**60  # a version 1 group without a limit has one of about 2**63


def free(process="/proc/self", machine="/proc/meminfo"):
    """Bytes that this process may still take without swapping; None where nobody says."""
    left = [_of_machine(Path(machine)), _of_address_space()]
    left += [_left(folder / "memory.max", folder / "memory.current", folder) for folder in cgroup_folders(process, None)]
    for folder in cgroup_folders(process, "memory"):
        left.append(_left(folder / "memory.limit_in_bytes", folder / "memory.usage_in_bytes", folder))
    return min((number for number in left if number is not None), default=None)


def shown(size):
    """A number of bytes in words."""
    if size >= 10**18:
        return "more than 1000 PB"
    power = 0
    while size >= 1000 and power < len(UNITS) - 1:
        size, power = size / 1000, power + 1
    return f"{size:.3g} {UNITS[power]}"


def _of_machine(file):
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return None
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(values["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in values else None


def _of_address_space():
    """What `ulimit -v` leaves."""
    try:
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit == resource.RLIM_INFINITY:
            return None
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return max(0, limit - pages * os.sysconf("SC_PAGE_SIZE"))
    except (ImportError, OSError):
        return None


def _left(limit, usage, folder):
    """What a group's limit leaves. Pages of files that nobody uses are given back when memory is asked for."""
    allowed, used = _number(limit), _number(usage)
    if allowed is None or used is None or allowed >= NO_LIMIT:
        return None
    return max(0, allowed - max(0, used - _inactive(folder / "memory.stat")))


def _number(file):
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:  # no such group here, or its controller is off
        return None
    return int(text) if text.isdigit() else None  # "max": no limit


def _inactive(file):
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    values = dict(line.split(" ", 1) for line in lines if " " in line)
    return int(values.get("total_inactive_file") or values.get("inactive_file") or 0)


def require(size, what):
    """Raise NotEnoughMemoryError if `size` bytes, needed for `what`, are more than are free."""
    left = free()
    if left is not None and size > left:
        raise NotEnoughMemoryError(f"{what} needs {shown(size)} of memory, and {shown(left)} are free")
