"""CPU quotas of containers: cgroups of both versions, laid out as files in a folder."""

import math
import os

import pytest

from pylyap._runtime import cores


@pytest.fixture
def process(tmp_path):
    """`process(groups, mounts, files)` lays out a process; the mount points are folders of `tmp_path`."""

    def made(groups, mounts, files):
        (tmp_path / "cgroup").write_text("".join(f"{line}\n" for line in groups))
        (tmp_path / "mountinfo").write_text("".join(
            f"30 23 0:26 {root} {tmp_path}/{point} rw,nosuid shared:4 - {kind} {kind} {options}\n"
            for root, point, kind, options in mounts
        ))  # fmt: skip
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + "\n")
        return tmp_path

    return made


V2 = ("/", "unified", "cgroup2", "rw")
V1 = ("/", "cpu", "cgroup", "rw,cpu,cpuacct")


@pytest.mark.parametrize(
    ("groups", "mounts", "files", "quota"),
    [
        (["0::/"], [V2], {"unified/cpu.max": "200000 100000"}, 2.0),
        (["0::/"], [V2], {"unified/cpu.max": "max 100000"}, None),
        (["0::/"], [V2], {}, None),
        (["0::/a/b"], [V2], {"unified/a/b/cpu.max": "150000 100000"}, 1.5),
        # the smallest of nested groups limits all within it
        (["0::/a/b"], [V2], {"unified/a/b/cpu.max": "max 100000", "unified/a/cpu.max": "50000 25000"}, 2.0),
        (["0::/a/b"], [V2], {"unified/a/b/cpu.max": "100000 100000", "unified/a/cpu.max": "800000 100000"}, 1.0),
        (["0::/a"], [V2], {"unified/a/cpu.max": "max 100000", "unified/b/cpu.max": "100000 100000"}, None),
        (["4:cpu,cpuacct:/"], [V1], {"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3.0),
        (["4:cpu,cpuacct:/"], [V1], {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        (
            ["4:cpu,cpuacct:/a/b", "0::/a/b"],  # both versions at once, and the quota outside
            [V1, V2],
            {
                "cpu/a/b/cpu.cfs_quota_us": "-1", "cpu/a/b/cpu.cfs_period_us": "100000",
                "cpu/a/cpu.cfs_quota_us": "50000", "cpu/a/cpu.cfs_period_us": "100000",
            },
            0.5,
        ),
        # a container without a cgroup namespace: its own group is the root of the mount
        (
            ["4:cpu,cpuacct:/docker/1f"],
            [("/docker/1f", "cpu", "cgroup", "rw,cpu,cpuacct")],
            {"cpu/cpu.cfs_quota_us": "250000", "cpu/cpu.cfs_period_us": "100000"},
            2.5,
        ),
        # the group is named as it is seen outside
        (["0::/../../pod"], [V2], {"unified/cpu.max": "200000 100000"}, 2.0),
        (["4:memory:/"], [("/", "memory", "cgroup", "rw,memory")], {"memory/cpu.max": "100000 100000"}, None),
        (["5:cpuset:/"], [("/", "cpuset", "cgroup", "rw,cpuset")], {"cpuset/cpu.cfs_quota_us": "100000"}, None),
    ],
)  # fmt: skip
def test_quota(process, groups, mounts, files, quota):
    assert cores.cpu_quota(process(groups, mounts, files)) == quota


def test_a_mount_point_with_a_space(process, tmp_path):
    folder = process(["0::/"], [("/", r"one\040place", "cgroup2", "rw")], {"one place/cpu.max": "200000 100000"})
    assert cores.cpu_quota(folder) == 2.0


def test_no_cgroups_no_quota(tmp_path):
    assert cores.cpu_quota(tmp_path / "absent") is None


@pytest.mark.parametrize(("quota", "expected"), [(None, 8), (0.1, 1), (1.0, 1), (2.5, 3), (7.9, 8), (64.0, 8)])
def test_cores_are_those_of_affinity_and_quota(monkeypatch, quota, expected):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    monkeypatch.setattr(cores, "cpu_quota", lambda process: quota)
    assert cores.usable_cores() == expected


def test_what_this_process_may_use_is_within_its_affinity():
    quota = cores.cpu_quota()
    assert 1 <= cores.usable_cores() <= len(os.sched_getaffinity(0))
    assert quota is None or cores.usable_cores() <= max(1, math.ceil(quota))
