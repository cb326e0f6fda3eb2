"""The control groups of Linux that hold this process, which containers limit it by."""

import os
from pathlib import Path


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


def _unescaped(field):
    for code, character in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        field = field.replace(code, character)
    return field
