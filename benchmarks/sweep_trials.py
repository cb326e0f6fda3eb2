"""Sweeps under bad conditions and in large numbers, with a measure that needs no Julia.

    python benchmarks/sweep_trials.py killed [SECONDS]     workers of Dask are killed, one every 10 s
    python benchmarks/sweep_trials.py many [CONDITIONS]    status and merge of a large store
    python benchmarks/sweep_trials.py overhead [CONDITIONS]   what each engine costs beside the work
"""

import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import pylyap
from pylyap import sweeps


def spread(condition, seconds=0.0, folder=None):
    """Numbers that depend on every bit of the condition; a file for each call."""
    if folder is not None:
        Path(folder, f"{condition['x']}-{time.monotonic_ns()}").touch()
    time.sleep(seconds)
    return {"y": np.random.default_rng(sweeps.seed_of(condition)).normal(size=8)}


def killed(seconds):
    import distributed

    grid = sweeps.grid(x=range(int(seconds / 0.25)))
    with tempfile.TemporaryDirectory() as folder:
        marks = Path(folder, "marks")
        marks.mkdir()
        measure = sweeps.Measure("spread", spread, seconds=0.4, folder=str(marks))
        with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
            over, kills = threading.Event(), []

            def kill():
                while not over.wait(10):
                    pids = [nanny.pid for nanny in cluster.workers.values() if nanny.pid]
                    if pids:  # else both are being started again
                        os.kill(pids[len(kills) % len(pids)], signal.SIGKILL)
                        kills.append(time.monotonic())

            killer = threading.Thread(target=kill)
            killer.start()
            began = time.perf_counter()
            result = pylyap.sweep(measure, grid, store=f"{folder}/s", engine=sweeps.dask(cluster))
            over.set()
            killer.join()
        expected = np.array([spread(condition)["y"] for condition in grid])
        same = result["y"].tobytes() == expected.tobytes()
        calls, files = len(os.listdir(marks)), len(list(Path(folder, "s").glob("*.npz")))
        print(
            f"{time.perf_counter() - began:.0f} s, {len(kills)} workers killed: {len(result)} of {len(grid)} conditions "
            f"finished, {files} files, {len(result.failures)} failed, {calls} calls, the right numbers: {same}"
        )  # fmt: skip
        assert same and result.complete and files == len(grid)


def many(n):
    grid = sweeps.grid(x=range(n))
    measure = sweeps.Measure("spread", spread)
    with tempfile.TemporaryDirectory() as folder:
        fsync, os.fsync = os.fsync, lambda handle: None  # how fast the disk of this computer is, is not the question
        print(f"{n} conditions, load {os.getloadavg()[0]:.1f}")
        print(timed("fill", lambda: pylyap.sweep(measure, grid, store=folder, progress=False), n), flush=True)
        os.fsync = fsync
        time.sleep(3)  # files of the last 2 s are not in the index
        Path(folder, "work", "index").unlink(missing_ok=True)
        for name, function in (
            ("status without an index", lambda: sweeps.status(folder)), ("status", lambda: sweeps.status(folder)),
            ("merge to NetCDF", lambda: sweeps.read_store(folder).save(f"{folder}.nc")),
            ("one more condition", lambda: pylyap.sweep(measure, sweeps.grid(x=n), store=folder)),
            ("go on with nothing left", lambda: pylyap.sweep(measure, grid, store=folder)),
        ):  # fmt: skip
            print(timed(name, function), flush=True)
        os.unlink(f"{folder}.nc")


def overhead(n):
    import distributed

    grid, measure = sweeps.grid(x=range(n)), sweeps.Measure("spread", spread)
    processes = sweeps.processes(2)
    said = [timed("plain loop", lambda: [spread(condition) for condition in grid], n)]
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        for name, engine in (("here", None), ("processes", processes), ("dask", sweeps.dask(cluster))):
            pylyap.sweep(measure, grid[:4], engine=engine)  # workers are started
            said.append(timed(name, lambda: pylyap.sweep(measure, grid, engine=engine), n))
            with tempfile.TemporaryDirectory() as folder:
                said.append(timed(f"{name} with a store", lambda: pylyap.sweep(measure, grid, store=folder, engine=engine), n))
    print(f"{n} conditions, load {os.getloadavg()[0]:.1f}: " + "; ".join(said))


def timed(name, function, n=None):
    began = time.perf_counter()
    function()
    took = time.perf_counter() - began
    return f"{name} {took:.1f} s" + ("" if n is None else f" ({1e3 * took / n:.2f} ms each)")


if __name__ == "__main__":
    usual = {"killed": (killed, 120), "many": (many, 10_000), "overhead": (overhead, 1000)}
    chosen = sys.argv[1:2] or list(usual)
    for word in chosen:
        function, number = usual[word]
        function(int(sys.argv[2]) if len(sys.argv) > 2 else number)
