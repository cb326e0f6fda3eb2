"""Sweeps as jobs of a queue: SLURM, of which a stand-in runs here, and executors of submitit."""

import os
import pathlib
import time

import numpy as np
import pytest

import pylyap
from pylyap import errors, sweeps

import slurm_stand_in

pytest.importorskip("cloudpickle")


def spread(condition, folder, seconds=0.0):
    """Numbers without Julia, and a file for each call."""
    pathlib.Path(folder, f"{condition['x']}-{time.monotonic_ns()}").touch()
    time.sleep(seconds)
    return {"y": np.random.default_rng(sweeps.seed_of(condition)).normal(size=2)}


def dies(condition, folder):
    pathlib.Path(folder, f"{condition['x']}-{time.monotonic_ns()}").touch()
    if condition["x"] == 2:
        os.kill(os.getpid(), 9)
    if condition["x"] == 3:
        raise ValueError("three")
    return {"y": 1.0}


def calls(folder):
    numbers = [int(file.name.partition("-")[0]) for file in folder.iterdir()]
    return {x: numbers.count(x) for x in sorted(set(numbers))}


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """A folder with stand-ins for SLURM's commands, which are found first."""
    folder = slurm_stand_in.install(tmp_path / "slurm")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("pylyap.sweeps.engines.jobs.SECONDS_BETWEEN_LOOKS", 0.1)
    return folder


@pytest.fixture
def marks(tmp_path):
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


GRID = sweeps.grid(x=range(8))


def test_jobs_of_slurm_give_the_same_bits_and_share_the_work(slurm, tmp_path, marks):
    measure = sweeps.Measure("spread", spread, folder=str(marks))
    whole = pylyap.sweep(measure, GRID)
    engine = sweeps.slurm(jobs=3, hours=0.2, options={"partition": "short"}, setup="export SETUP=done")
    result = pylyap.sweep(measure, GRID, store=tmp_path / "a store", engine=engine)
    assert result.complete
    np.testing.assert_array_equal(result["y"], whole["y"])
    assert calls(marks) == dict.fromkeys(range(8), 2)  # here, and in one of the jobs
    assert (slurm / "submitted").read_text().split() == ["2", "1"]  # in arrays of the site's limit
    (script,) = (tmp_path / "a store" / "work" / "jobs").glob("*/submitted-0.sh")
    for line in ("#SBATCH --array=0-1", "#SBATCH --time=12", "#SBATCH --partition=short", "export SETUP=done"):
        assert line in script.read_text().splitlines()


def test_a_job_ends_itself_before_its_time_and_is_queued_again(slurm, tmp_path, marks):
    measure = sweeps.Measure("spread", spread, folder=str(marks), seconds=1.0)
    engine = sweeps.slurm(jobs=1, hours=6 / 3600)
    result = pylyap.sweep(measure, GRID, store=tmp_path / "s", engine=engine)
    assert result.complete and (slurm / "requeued").read_text().startswith("7_0\n")
    assert set(calls(marks)) == set(range(8))


def test_jobs_that_die_or_fail_leave_a_list(slurm, tmp_path, marks):
    measure = sweeps.Measure("dies", dies, folder=str(marks))
    with pytest.warns(UserWarning, match="2 of 8 conditions failed"):
        result = pylyap.sweep(measure, GRID, store=tmp_path / "s", engine=sweeps.slurm(jobs=1), retries=0)
    kinds = {failure.condition["x"]: failure.kind for failure in result.failures}
    assert kinds == {2: "killed", 3: "raised"} and len(result) == 6
    assert calls(marks) == {x: {2: 2}.get(x, 1) for x in range(8)}


def test_a_changed_task_is_not_opened(tmp_path):
    from pylyap.sweeps.engines import jobs

    (tmp_path / "task").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(errors.OptionError, match="not the file that was submitted"):
        jobs.read_task(str(tmp_path / "task"), "0" * 64)


def test_jobs_are_refused_where_they_cannot_be(tmp_path, monkeypatch):
    measure = sweeps.Measure("one", lambda condition: {"y": 1.0})
    with pytest.raises(errors.OptionError, match="need a store"):
        pylyap.sweep(measure, GRID, engine=sweeps.slurm())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.OptionError, match="no command sbatch"):
        pylyap.sweep(measure, GRID, store=tmp_path / "s", engine=sweeps.slurm())
    for wrong in (dict(jobs=0), dict(hours=-1), dict(threads=0), dict(array_limit=0)):
        with pytest.raises(errors.OptionError, match=next(iter(wrong))):
            sweeps.slurm(**wrong)


def test_jobs_are_waited_for_while_slurm_is_away(slurm, tmp_path):
    engine = sweeps.slurm(jobs=1, hours=70 / 3600)
    assert "#SBATCH --time=2\n" in engine.script(tmp_path, ["true"], 1)  # never less than a job believes it has
    squeue = slurm / "squeue"
    for text, are_left in (("exit 1", True), ("echo 7", True), ("echo 17; echo 77", False), ("true", False)):
        squeue.write_text(f"#!/bin/sh\n{text}\n")
        assert engine.are_left(["7"]) is are_left


def test_the_local_executor_of_submitit_gives_the_same_bits(tmp_path, marks, monkeypatch):
    submitit = pytest.importorskip("submitit")
    monkeypatch.setattr("pylyap.sweeps.engines.jobs.SECONDS_BETWEEN_LOOKS", 0.1)
    executor = submitit.AutoExecutor(tmp_path / "logs", cluster="local")
    executor.update_parameters(timeout_min=5)
    measure = sweeps.Measure("spread", spread, folder=str(marks))
    result = pylyap.sweep(measure, GRID, store=tmp_path / "s", engine=sweeps.submitit(executor, 2))
    np.testing.assert_array_equal(result["y"], pylyap.sweep(measure, GRID)["y"])
    with pytest.raises(errors.OptionError, match="executor = 3"):
        sweeps.submitit(3)


@pytest.mark.parametrize("options", [0.5, "--partition=short", ["partition"]])
def test_options_of_slurm_are_a_dict(options):
    with pytest.raises(errors.OptionError, match="^options = "):
        sweeps.slurm(jobs=1, hours=1, options=options)
