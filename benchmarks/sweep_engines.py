"""The same sweep on every engine: are the numbers the same bit for bit, and what does a condition cost?

    python benchmarks/sweep_engines.py [--networks 200] [--store FOLDER] [ENGINE ...]
    taskset -c 0 python benchmarks/sweep_engines.py ...        on one core

Engines: loop (what somebody would write without a sweep), here, processes, dask, slurm (through the stand-in of
tests/shared/slurm_stand_in.py), submitit (its local executor). Each keeps its numbers in a store of its own in FOLDER, and
is compared with what the others have left there. Jobs of a queue start Julia in every call, the others once.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import pylyap
from pylyap import sweeps
from pylyap._runtime.cores import usable_cores

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "shared"))

NETWORKS = sweeps.RandomNetworks("gaussian", seed=1)
TIMES = dict(t_average=100, t_transient=20, t_align=10)
MEASURE = sweeps.Spectra(NETWORKS, **TIMES)
CORES = usable_cores()


def one(condition):
    spectrum = pylyap.lyapunov_spectrum(NETWORKS(condition), **TIMES, seed=sweeps.seed_of(condition), progress=False)
    return {"exponents": spectrum.exponents}


@contextlib.contextmanager
def loop(folder):
    """One run after the other; `Measure` keeps the numbers where the others do."""
    yield sweeps.Measure("loop", one), None


@contextlib.contextmanager
def here(folder):
    yield MEASURE, None


@contextlib.contextmanager
def processes(folder):
    yield MEASURE, sweeps.processes(CORES)


@contextlib.contextmanager
def dask(folder):
    import distributed

    options = dict(threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with distributed.LocalCluster(n_workers=CORES, **options) as cluster:
        yield MEASURE, sweeps.dask(cluster)


@contextlib.contextmanager
def submitit(folder):
    import submitit

    executor = submitit.AutoExecutor(f"{folder}-logs", cluster="local")
    executor.update_parameters(timeout_min=60)
    yield MEASURE, sweeps.submitit(executor, CORES)


@contextlib.contextmanager
def slurm(folder):
    import slurm_stand_in

    os.environ["PATH"] = f"{slurm_stand_in.install(Path(f'{folder}-slurm'))}{os.pathsep}{os.environ['PATH']}"
    yield MEASURE, sweeps.slurm(CORES)


ENGINES = {function.__name__: function for function in (loop, here, processes, dask, slurm, submitit)}


def main(folder, n, names):
    grid = sweeps.grid(n=8, gain=[0.5, 1.0, 2.0, 4.0], trial=range(n // 4))
    load = os.getloadavg()[0]
    print(f"{len(grid)} networks of 8 units, 130 steps each; {CORES} cores, load before {load:.1f}", flush=True)
    for name in names:
        with ENGINES[name](f"{folder}/{name}") as (measure, engine):
            times = []
            for conditions in (grid[:4], grid):  # the first ones start Julia
                began = time.perf_counter()
                found = pylyap.sweep(measure, conditions, store=f"{folder}/{name}", engine=engine, progress=False)
                times.append(time.perf_counter() - began)
        known = [other for other in ENGINES if other != name and Path(folder, other).exists()]
        same = [other for other in known if _numbers(f"{folder}/{other}") == found["exponents"].tobytes()]
        n = len(grid) - 4
        print(
            f"{name:<10} 4 in {times[0]:5.1f} s, {n} in {times[1]:5.1f} s: {1e3 * times[1] / n:5.1f} ms each; {len(found)} found, "
            f"same bits as {', '.join(same) or 'nobody'}; others in {', '.join(set(known) - set(same)) or 'none'}",
            flush=True,
        )  # fmt: skip
        assert np.isfinite(found["exponents"]).all() and found.complete and same == known


def _numbers(folder):
    return sweeps.read_store(folder)["exponents"].tobytes()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--networks", type=int, default=200)
    parser.add_argument("--store")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        main(options.store or temporary, options.networks, options.engines or list(ENGINES))
