"""How many cores this process may use: its affinity, and what a container's CPU quota (cgroups) leaves of it."""

import math
import os
from pathlib import Path


def usable_cores(process="/proc/self"):
    """Whole cores this process can keep busy, at least one.

    A quota of two and a half cores counts as three: with two, half a core would stay idle.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota(process)
    return cores if quota is None else max(1, min(cores, math.ceil(quota)))


def cpu_quota(process="/proc/self"):
    """The smallest CPU quota, in cores, of the cgroups that hold this process, or None if none limits it.

    Parameters
    ----------
    process : path
        The folder with the process's ``cgroup`` and ``mountinfo``, which say where its cgroups are.
    """
    quotas = [_quota_v2(folder) for folder in cgroup_folders(process, None)]
    quotas += [_quota_v1(folder) for folder in cgroup_folders(process, "cpu")]
    return min((quota for quota in quotas if quota is not None), default=None)


def cgroup_folders(process, controller):
    """The folders of the cgroups that hold a process: of version 1 with this controller, or None for those of version 2."""
    try:
        groups = (Path(process) / "cgroup").read_text(encoding="utf-8").splitlines()
        mounts = [_Mount(line) for line in (Path(process) / "mountinfo").read_text(encoding="utf-8").splitlines()]
    except OSError:  # not Linux
        return []
    folders = []
    for line in groups:
        _, controllers, group = line.split(":", 2)
        for mount in mounts:
            if controller is None and mount.is_v2 and not controllers:
                folders += mount.folders(group)
            elif controller in mount.v1_controllers and controller in controllers.split(","):
                folders += mount.folders(group)
    return folders


class _Mount:
    """A line of ``mountinfo``: identity, parent, device, root, mount point, options, ... - type, source, options."""

    def __init__(self, line):
        before, _, after = line.partition(" - ")
        kind, *_, options = after.split(" ")
        self._root, self._point = (_unescaped(field) for field in before.split(" ")[3:5])
        self.is_v2 = kind == "cgroup2"
        self.v1_controllers = options.split(",") if kind == "cgroup" else []

    def folders(self, group):
        """The folder of `group` and of every group around it, as far as they can be seen through this mount."""
        point = Path(self._point)
        inside = os.path.relpath(group, self._root)
        if inside.startswith(".."):  # a container that sees its own group only, as the root of the mount
            inside = "."
        folder = point / inside
        return [folder, *(parent for parent in folder.parents if parent.is_relative_to(point))]


def _quota_v2(folder):
    quota, period = _numbers(folder / "cpu.max") or ("max", None)
    return None if quota == "max" else int(quota) / int(period)


def _quota_v1(folder):
    (quota,), (period,) = (_numbers(folder / f"cpu.cfs_{name}_us") or ("-1",) for name in ("quota", "period"))
    return int(quota) / int(period) if int(quota) > 0 and int(period) > 0 else None


def _numbers(file):
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:  # no such group here, or its controller is off
        return None


def _unescaped(field):
    for code, character in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        field = field.replace(code, character)
    return field
