"""Many computations: conditions, what is measured at each, the engine that runs it, the store that keeps it."""

from .conditions import grid, seed_of
from .engines import here
from .gains import GainFamily
from .measures import Measure, Spectra
from .networks import RandomNetworks
from .result import SweepResult
from .run import sweep

__all__ = ["GainFamily", "Measure", "RandomNetworks", "Spectra", "SweepResult", "grid", "here", "seed_of", "sweep"]
