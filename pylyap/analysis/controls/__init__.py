"""Controls: is my spectrum converged, and is it right? A list of tests of one network's spectrum, with verdicts."""

from .check import Check
from .report import ControlsReport
from .run import controls

__all__ = ["Check", "ControlsReport", "controls"]
