"""Where the batches of a sweep are computed: every engine gives the same, and outlives its workers."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import pylyap
from pylyap import errors, sweeps
from pylyap.sweeps.engines.contract import Engine
from subprocesses import ROOT, environment, run_python


def spread(condition):
    """Numbers that depend on every bit of a condition, without Julia."""
    rng = np.random.default_rng(sweeps.seed_of(condition))
    return {"mean": rng.normal(size=20).mean(), "numbers": rng.normal(size=3), "kind": f"odd {condition['x'] % 2}"}


def fragile(condition, folder, x, n, how):
    """`spread`, but the first `n` times at `x` something goes wrong."""
    marks = [name for name in os.listdir(folder) if name.startswith(f"{condition['x']}-")]
    with open(f"{folder}/{condition['x']}-{len(marks)}", "w"):
        pass
    if condition["x"] == x and len(marks) < n:
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "memory":
            np.empty(1 << 57)  # 2^60 bytes, more than there can be
        raise ValueError("no such luck")
    return spread(condition)


GRID = sweeps.grid(x=range(12))
SPREAD = sweeps.Measure("spread", spread)


def calls(folder):
    """How often each condition was computed."""
    numbers = [int(name.partition("-")[0]) for name in os.listdir(folder)]
    return {x: numbers.count(x) for x in set(numbers)}


def assert_same(one, other):
    assert one.names == other.names and one.conditions == other.conditions
    for name in one.names:
        assert one[name].dtype == other[name].dtype
        np.testing.assert_array_equal(one[name], other[name])


@pytest.fixture(scope="module")
def spawned():
    pytest.importorskip("joblib")
    return sweeps.processes(2)


@pytest.fixture(scope="module")
def on_dask():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster, set_as_default=False) as client:
            yield sweeps.dask(client)


@pytest.mark.parametrize("name", ["spawned", "on_dask"])
def test_other_processes_give_the_same_bits(name, request, tmp_path):
    engine = request.getfixturevalue(name)
    assert isinstance(engine, Engine) and engine.threads == 1
    whole = pylyap.sweep(SPREAD, GRID)
    assert_same(pylyap.sweep(SPREAD, GRID, engine=engine), whole)
    assert_same(pylyap.sweep(SPREAD, GRID, engine=engine, store=tmp_path / "with a space"), whole)
    assert_same(pylyap.sweep(SPREAD, GRID, engine="here", store=tmp_path / "with a space"), whole)
    twice = sweeps.Measure("enclosed", lambda condition: {"y": 2 * whole["mean"][condition["x"]]})
    assert pylyap.sweep(twice, GRID, engine=engine)["y"].tolist() == (2 * whole["mean"]).tolist()


@pytest.mark.parametrize("name, how", [
    ("here", "raised"), ("here", "memory"), ("spawned", "raised"), ("spawned", "killed"), ("on_dask", "raised"),
    ("on_dask", "killed"),
])
def test_a_condition_that_fails_once_is_tried_again(name, how, request, tmp_path):
    engine = name if name == "here" else request.getfixturevalue(name)
    marks = tmp_path / "marks"
    marks.mkdir()
    measure = sweeps.Measure("fragile", fragile, folder=str(marks), x=5, n=1, how=how)
    result = pylyap.sweep(measure, GRID, engine=engine, store=tmp_path / "s")
    assert result.complete and result.failures == []
    assert_same(result, pylyap.sweep(SPREAD, GRID))
    assert calls(marks)[5] == 2
    if name != "on_dask":  # a worker of Dask that is killed takes along what waits for it
        assert calls(marks) == {x: 1 + (x == 5) for x in range(12)}


@pytest.mark.parametrize("name, how", [
    ("here", "raised"), ("here", "memory"), ("spawned", "memory"), ("spawned", "killed"),
])
def test_a_condition_that_always_fails_is_listed_with_its_reason(name, how, request, tmp_path):
    engine = name if name == "here" else request.getfixturevalue(name)
    marks = tmp_path / "marks"
    marks.mkdir()
    measure = sweeps.Measure("fragile", fragile, folder=str(marks), x=5, n=99, how=how)
    with pytest.warns(UserWarning, match=f"1 of 12 conditions failed:\n  x=5: {how}, tried 3 times"):
        result = pylyap.sweep(measure, GRID, engine=engine, store=tmp_path / "s", retries=2)
    (failure,) = result.failures
    assert (failure.condition, failure.kind, failure.attempts) == ({"x": 5}, how, 3)
    word = {"raised": "ValueError: no such luck", "memory": "MemoryError", "killed": "ended"}[how]
    assert word in failure.reason and result.missing == [{"x": 5}] and len(result) == 11
    assert calls(marks) == {x: 3 if x == 5 else 1 for x in range(12)}


def test_failures_are_tried_again_by_the_next_sweep(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    measure = sweeps.Measure("fragile", fragile, folder=str(marks), x=5, n=2, how="raised")
    with pytest.warns(UserWarning, match="1 of 12"):
        assert len(pylyap.sweep(measure, GRID, store=tmp_path / "s").failures) == 1
    assert len(list((tmp_path / "s" / "work" / "failed").iterdir())) == 1
    assert pylyap.sweep(measure, GRID, store=tmp_path / "s").complete
    assert list((tmp_path / "s" / "work" / "failed").iterdir()) == []


class InPairs(sweeps.Measure):
    """Two conditions together, which fail together."""

    def batches(self, conditions, is_done):
        left = [condition for condition in conditions if not is_done(condition)]
        return [left[i : i + 2] for i in range(0, len(left), 2)]

    def __call__(self, batch):
        return list(super().__call__(batch))


def test_who_failed_in_company_is_tried_alone(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    measure = InPairs("pairs", fragile, folder=str(marks), x=5, n=99, how="raised")
    with pytest.warns(UserWarning, match="1 of 12"):
        result = pylyap.sweep(measure, GRID, store=tmp_path / "s", retries=0)
    assert result.missing == [{"x": 5}] and result.failures[0].attempts == 1
    assert calls(marks) == {x: {4: 2, 5: 2}.get(x, 1) for x in range(12)}


def test_errors_in_other_processes_are_raised_without_a_store(spawned):
    with pytest.raises(ZeroDivisionError) as caught:
        pylyap.sweep(sweeps.Measure("inverse", lambda c: {"y": 1 / (c["x"] - 3)}), GRID, engine=spawned)
    assert {"x": 3} in caught.value.partial.missing
    with pytest.raises(errors.SweepError, match="x.: 3.*ended"):
        pylyap.sweep(
            sweeps.Measure("killed", lambda c: {"y": 1 if c["x"] != 3 else os.kill(os.getpid(), 9)}), GRID, engine=spawned
        )


@pytest.mark.slow
def test_two_hundred_networks_have_the_same_bits_on_every_engine(tmp_path):
    program = ROOT / "benchmarks" / "sweep_engines.py"
    if not program.exists():
        pytest.skip("benchmarks are in the repository only")
    for package in ("joblib", "distributed", "submitit"):
        pytest.importorskip(package)
    arguments = [sys.executable, program, "--networks", "200", "--store", tmp_path]
    ran = subprocess.run(arguments, env=environment(), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told = ran.stdout.splitlines()[1:]
    assert len(told) == 6 and all("200 found" in line and "others in none" in line for line in told)
    assert "same bits as loop, here, processes, dask, slurm;" in told[-1]


def test_wrong_engines_are_refused():
    for wrong in (3, "dusk", "processess"):
        with pytest.raises(errors.OptionError, match="engine = "):
            pylyap.sweep(SPREAD, GRID, engine=wrong)
    with pytest.raises(errors.OptionError, match="did you mean 'processes'"):
        pylyap.sweep(SPREAD, GRID, engine="proceses")
    for wrong in (dict(workers=0), dict(threads=0), dict(threads=1.5)):
        with pytest.raises(errors.OptionError, match=next(iter(wrong))):
            sweeps.processes(**wrong)
    with pytest.raises(errors.OptionError, match="the engine gave no condition"):
        pylyap.sweep(SPREAD, GRID, engine=lambda measure, batches: list(batches)[:0])
    pytest.importorskip("distributed")
    with pytest.raises(errors.OptionError, match="cluster = 3"):
        sweeps.dask(3)


@pytest.mark.parametrize("package, engine, name", [
    ("joblib.externals", "'processes'", "joblib"), ("distributed", "sweeps.dask('tcp://127.0.0.1:1')", "distributed"),
])
def test_packages_that_are_missing_are_named(package, engine, name):
    code = f"""
import sys
sys.modules[{package!r}] = None
import pylyap
from pylyap import sweeps
try:
    pylyap.sweep(sweeps.Measure("m", lambda condition: {{"y": 1}}), sweeps.grid(x=1), engine={engine})
except pylyap.errors.MissingPackageError as error:
    print(error)
"""
    assert f"pip install {name}" in run_python(code).stdout


def test_papers_compute_where_they_are_told_and_miss_nothing(tmp_path):
    from pylyap import papers

    used = []

    def engine(measure, batches):
        used.append("here")
        return sweeps.here(measure, batches)

    effort = papers.Effort(store=tmp_path, engine=engine)
    assert effort.measured("spread", SPREAD, GRID).complete and used == ["here"]
    with pytest.warns(UserWarning), pytest.raises(errors.SweepError, match="lacks 1 conditions.*x=5: raised"):
        broken = sweeps.Measure("broken", lambda condition: {"y": 1 / (condition["x"] - 5)})
        effort.measured("broken", broken, GRID)
