"""The engine of SLURM: a job array, submitted as a plain script."""

from __future__ import annotations

import getpass
import math
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ... import _checks as checks
from ... import _files
from ...errors import OptionError, SweepError
from .contract import Engine
from .jobs import Jobs, in_shell

USUAL_LIMIT = 1001  # of an array, where SLURM does not say

SCRIPT = """\
#!/bin/bash
#SBATCH --job-name=pylyap
#SBATCH --array=0-{last}
#SBATCH --time={minutes}
#SBATCH --cpus-per-task={threads}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="{folder}/job-%A-%a.log"
{options}
{setup}
{variables}
{command}
code=$?
if [ $code -eq 75 ]; then  # its time was over first
    scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}" && exit 0
fi
exit $code
"""


def slurm(
    jobs: int = 10, *, hours: float = 1.0, threads: int = 1, array_limit: int | None = None,
    options: Mapping[str, str | int] | None = None, setup: str = "",
) -> Engine:
    """An engine: jobs of SLURM, which share the work by the leases of the store, a folder that all computers see.

    A job computes one condition after the other. It ends itself before its time is over and has itself queued again, as
    long as anything is left; so the time of a job is no limit for the sweep. Jobs that are killed cost the conditions that they were
    computing, which others take over. The call waits and reads what the jobs find; after Ctrl-C the jobs go on, and the
    same call joins them.

    Parameters
    ----------
    jobs : int
        How many at most. More than the array limit are several arrays.
    hours : float
        The time of each.
    threads : int
        Cores of each, for as many threads of Julia.
    array_limit : int, optional
        The greatest array that the site allows; by default what ``scontrol show config`` says.
    options : dict, optional
        Further options of sbatch, such as ``{"partition": "short", "mem": "4G", "account": "physics"}``.
    setup : str
        Lines of shell to be run first, such as ``"module load python"``.

    Returns
    -------
    Engine

    Raises
    ------
    OptionError
        If a value is not allowed; when the sweep begins, without a store.
    SweepError
        When the sweep begins, if SLURM refuses the jobs; if they end without having finished anything.

    Examples
    --------
    >>> import pylyap
    >>> engine = pylyap.sweeps.slurm(jobs=50, hours=4, options={"partition": "short"})

    ``pylyap.sweep(measure, conditions, store="/scratch/levy", engine=engine)`` submits, and waits for the jobs.
    """
    seconds = 3600 * checks.real("hours", hours, "a number > 0", lambda number: number > 0)
    if not (options is None or isinstance(options, Mapping)):
        raise OptionError(f"options = {checks.shown(options)} is not allowed: give a dict of what sbatch is to be told")
    limit = None if array_limit is None else checks.count("array_limit", array_limit)
    return Slurm(
        checks.count("jobs", jobs), checks.count("threads", threads), seconds, limit, dict(options or {}), setup
    )


class Slurm(Jobs):
    """Arrays of jobs."""

    def __init__(
        self, n_jobs: int, threads: int, seconds: float, limit: int | None, options: dict[str, str | int], setup: str
    ) -> None:
        super().__init__(n_jobs, threads, seconds)
        self._limit, self._options, self._setup = limit, options, setup

    def submit(self, folder: Path, command: list[str], n: int) -> list[str]:
        if shutil.which("sbatch") is None:
            raise OptionError("there is no command sbatch here: call this where jobs of SLURM are submitted")
        limit = _array_limit() if self._limit is None else self._limit
        names = []
        for first in range(0, n, limit):
            script = folder / f"submitted-{first}.sh"
            with _files.writing(script, text=True) as file:
                file.write(self.script(folder, command, min(limit, n - first)))
            told = _told("sbatch", "--parsable", str(script))
            names.append(re.split(r"[;\s]", told.strip())[-1 if "Submitted" in told else 0])
        return names

    def script(self, folder: Path, command: list[str], n: int) -> str:
        """The script of an array of `n` jobs."""
        assert self.seconds is not None
        variables = [f"export {in_shell([f'{name}={value}'])}" for name, value in self.environment().items()]
        return SCRIPT.format(
            last=n - 1, minutes=math.ceil(self.seconds / 60), threads=self.threads, folder=folder, setup=self._setup,
            options="\n".join(f"#SBATCH --{name}={value}" for name, value in self._options.items()),
            variables="\n".join(variables), command=in_shell(command),
        )

    def are_left(self, names: list[str]) -> bool:
        # All jobs of this user: asked for one that SLURM has forgotten, squeue fails as it does while SLURM is away.
        shown = subprocess.run(["squeue", "-h", "-u", getpass.getuser(), "-o", "%F"], capture_output=True, text=True)
        return shown.returncode != 0 or not set(names).isdisjoint(shown.stdout.split())


def _array_limit():
    try:
        found = re.search(r"MaxArraySize\s*=\s*(\d+)", _told("scontrol", "show", "config"))
    except (OSError, SweepError):
        found = None
    return max(1, int(found[1]) - 1 if found else USUAL_LIMIT - 1)  # the greatest index is one less


def _told(*command):
    """What a command of SLURM prints; its complaint is a SweepError."""
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise SweepError(f"{command[0]} failed with exit code {ran.returncode}: {ran.stderr.strip() or ran.stdout.strip()}")
    return ran.stdout
