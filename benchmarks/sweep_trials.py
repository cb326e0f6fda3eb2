"""Sweeps under bad conditions and in large numbers.

    python benchmarks/sweep_trials.py killed [SECONDS]     workers of Dask with Julia are killed, one every 10 s
    python benchmarks/sweep_trials.py many [CONDITIONS]    status and merge of a large store
    python benchmarks/sweep_trials.py overhead [CONDITIONS]   what each engine costs beside the work
"""

import functools
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


def spread(condition):
    """Numbers that depend on every bit of the condition, without Julia."""
    return {"y": np.random.default_rng(sweeps.seed_of(condition)).normal(size=8)}


NETWORKS = sweeps.RandomNetworks("gaussian", seed=1)


def marked(condition, folder):
    """A network, and a file for each time it was made."""
    Path(folder, f"{condition['trial']}-{time.monotonic_ns()}").touch()
    return NETWORKS(condition)


def killed(seconds):
    """One worker after the other is killed, one every 10 s, while a sweep is made longer and longer."""
    import distributed

    with tempfile.TemporaryDirectory() as folder:
        marks, again = Path(folder, "marks"), Path(folder, "again")
        marks.mkdir(), again.mkdir()
        measure = sweeps.Spectra(functools.partial(marked, folder=str(marks)), t_average=10_000)
        grid, kills, over, n_failed = [], [], threading.Event(), 0
        with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
            began = time.perf_counter()

            def kill():
                while time.perf_counter() - began < seconds - 5:
                    time.sleep(10)
                    pids = [nanny.pid for nanny in list(cluster.workers.values()) if nanny.pid]
                    if pids:  # else both are being started again
                        os.kill(pids[len(kills) % len(pids)], signal.SIGKILL)
                        kills.append(time.perf_counter() - began)
                        n_done = len(list(Path(folder, "s").glob("*.npz")))
                        print(f"{kills[-1]:5.0f} s: kill {len(kills)}, {n_done} of {len(grid)} finished", flush=True)
                over.set()

            threading.Thread(target=kill).start()
            while not over.is_set():
                grid = sweeps.grid(n=8, gain=2.0, trial=range(len(grid) + 50))
                engine = sweeps.dask(cluster)
                result = pylyap.sweep(measure, grid, store=f"{folder}/s", engine=engine, progress=False)
                n_failed += len(result.failures)
        calls, files = len(os.listdir(marks)), len(list(Path(folder, "s").glob("*.npz")))
        took = time.perf_counter() - began
        print(
            f"{took:.0f} s, {len(kills)} workers killed: {len(result)} of {len(grid)} conditions finished, {files} files, "
            f"{n_failed} failed, {calls} networks begun", flush=True,
        )  # fmt: skip
        measure.make_network = functools.partial(marked, folder=str(again))
        same = pylyap.sweep(measure, grid, progress=False)["exponents"].tobytes() == result["exponents"].tobytes()
        print(f"computed again in this process: the same bits {same}")
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
        import h5netcdf, xarray  # noqa: E401, F401  which take their time once

        for name, function in (
            ("status", lambda: sweeps.status(folder)), ("index removed", Path(folder, "work", "index").unlink),
            ("status that makes it again", lambda: sweeps.status(folder)), ("status", lambda: sweeps.status(folder)),
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
