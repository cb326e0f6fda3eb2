"""Arguments that several files of this folder take."""

from __future__ import annotations

from .. import _checks as checks


def gain(g: float) -> float:
    """A gain, > 0."""
    return checks.real("g", g, "a finite gain > 0", lambda value: value > 0)


def euler_step(dt: float) -> float:
    """A step of Euler's method in units of tau, at most 1."""
    return checks.real("euler_step", dt, "dt / tau in (0, 1]", lambda step: 0 < step <= 1)
