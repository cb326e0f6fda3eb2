"""Many computations: conditions, what is measured at each, the engine that runs it, the store that keeps it."""

from .checkpoints import checkpoint_of
from .conditions import grid, seed_of
from .covariant import CovariantVectors
from .description import Description
from .engines import Engine, Failed, dask, here, processes, slurm, submitit
from .failures import Failure
from .forecast import Forecast, forecast
from .gains import GainFamily
from .measures import Measure, Spectra
from .networks import RandomNetworks
from .result import SweepResult
from .run import sweep
from .overview import Status, read_store, status

__all__ = [
    "CovariantVectors", "Description", "Engine", "Failed", "Failure", "Forecast", "GainFamily", "Measure", "RandomNetworks", "Spectra", "Status", "SweepResult", "checkpoint_of",
    "dask", "forecast", "grid", "here", "processes", "read_store", "seed_of", "slurm", "status", "submitit", "sweep",
]
