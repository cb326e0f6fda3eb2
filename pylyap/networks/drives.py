"""Drives: inputs that depend on time, frozen so that every replica and every tangent vector sees the same."""

from ..errors import NotYetAvailableError


def checked(drive, size, time_unit):
    """Return `drive` if a network of `size` units can have it, None for none."""
    if drive is None:
        return None
    raise NotYetAvailableError("drive is planned but does not exist yet: use drive=None, or a constant bias")
