"""How many cores this process may use: its affinity, and what a container's CPU quota (cgroups) leaves of it."""

import math
import os

from .._cgroups import cgroup_folders


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


def _quota_v2(folder):
    quota, period = _numbers(folder / "cpu.max") or ("max", "1")
    return None if quota == "max" else int(quota) / int(period)


def _quota_v1(folder):
    quota, period = (int((_numbers(folder / f"cpu.cfs_{name}_us") or ("-1",))[0]) for name in ("quota", "period"))
    return quota / period if quota > 0 and period > 0 else None


def _numbers(file):
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:  # no such group here, or its controller is off
        return None
