"""From what a caller says to an engine."""

from __future__ import annotations

from typing import Any

from ... import _checks as checks
from ...errors import OptionError
from .contract import Engine, Function
from .in_process import here
from .on_dask import dask
from .sbatch import slurm
from .spawned import processes

NAMES = ("here", "processes")
FORMS = "here, processes, processes:WORKERS, dask:ADDRESS, slurm:JOBS"  # of words that name an engine


def chosen(engine: Any) -> Engine:
    """The engine that is meant: one, a function, a name, or None for this process.

    Raises
    ------
    OptionError
        If it is none of them.
    """
    if engine is None:
        return Function(here)
    if isinstance(engine, str):
        return {"here": Function(here), "processes": None}[checks.one_of("engine", engine, NAMES)] or processes()
    if isinstance(engine, Engine):
        return engine
    if callable(engine):
        return Function(engine)
    raise OptionError(
        f"engine = {checks.shown(engine)} is not allowed: give 'here', 'processes', pylyap.sweeps.dask(...), "
        "pylyap.sweeps.slurm(...), or a function of a measure and batches"
    )


def named(text: str | None) -> Any:
    """The engine that a word of the command line or of a file names, such as "processes:4" or "dask:tcp://..."."""
    if text is None:
        return None
    name, colon, rest = text.partition(":")
    checks.one_of("engine", name, ("here", "processes", "dask", "slurm"))
    try:
        if name == "dask" and rest:
            return dask(rest)
        if name == "processes":
            return processes(int(rest)) if colon else processes()
        if name == "slurm":
            return slurm(int(rest)) if colon else slurm()
        if name == "here" and not colon:
            return here
    except ValueError as error:
        if isinstance(error, OptionError):
            raise
    raise OptionError(f"engine = {text!r} is not allowed: give one of {FORMS}")
