"""Engines: where the batches of a sweep are computed. See `Engine` for the contract."""

from .choice import FORMS, chosen, named
from .contract import Engine, Failed
from .in_process import here
from .on_dask import dask
from .sbatch import slurm
from .spawned import processes
from .with_submitit import submitit

__all__ = ["FORMS", "Engine", "Failed", "chosen", "dask", "here", "named", "processes", "slurm", "submitit"]
