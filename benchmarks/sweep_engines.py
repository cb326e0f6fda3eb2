"""The same sweep on every engine: are the numbers the same bit for bit, and what does a condition cost?

    python benchmarks/sweep_engines.py [FOLDER [ENGINE ...]]

Engines: loop (what somebody would write without a sweep), here, processes, dask, slurm (through the stand-in of
tests/shared/slurm_stand_in.py), submitit (its local executor). Each keeps its numbers in a store of its own in FOLDER, and
is compared with what the others have left there.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import pylyap
from pylyap import sweeps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "sweeps"))

GRID = sweeps.grid(n=8, gain=[0.5, 1.0, 2.0, 4.0], trial=range(50))
NETWORKS = sweeps.RandomNetworks("gaussian", seed=1)
TIMES = dict(dt=0.1, t_average=100, t_transient=20, t_align=10)
MEASURE = sweeps.Spectra(NETWORKS, **TIMES)


def loop(store):
    """One run after the other; Measure keeps the numbers where the others do."""
    def one(condition):
        spectrum = pylyap.lyapunov_spectrum(NETWORKS(condition), **TIMES, seed=sweeps.seed_of(condition))
        return {"exponents": spectrum.exponents}

    return pylyap.sweep(sweeps.Measure("loop", one), GRID, store=store)


def on_dask(store):
    import distributed

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        return pylyap.sweep(MEASURE, GRID, store=store, engine=sweeps.dask(cluster))


def on_submitit(store):
    import submitit

    executor = submitit.AutoExecutor(f"{store}-logs", cluster="local")
    executor.update_parameters(timeout_min=60)
    return pylyap.sweep(MEASURE, GRID, store=store, engine=sweeps.submitit(executor, 2))


def on_slurm(store):
    import slurm_stand_in

    os.environ["PATH"] = f"{slurm_stand_in.install(Path(f'{store}-slurm'))}{os.pathsep}{os.environ['PATH']}"
    return pylyap.sweep(MEASURE, GRID, store=store, engine=sweeps.slurm(2))


ENGINES = {
    "loop": loop, "here": lambda store: pylyap.sweep(MEASURE, GRID, store=store),
    "processes": lambda store: pylyap.sweep(MEASURE, GRID, store=store, engine=sweeps.processes(2)),
    "dask": on_dask, "slurm": on_slurm, "submitit": on_submitit,
}  # fmt: skip


def main(folder, names):
    load = os.getloadavg()[0]
    print(f"{len(GRID)} networks of 8 units, 130 steps each; {os.cpu_count()} cores, load before {load:.1f}", flush=True)
    for name in names:
        began = time.perf_counter()
        found = ENGINES[name](f"{folder}/{name}")["exponents"]
        took = time.perf_counter() - began
        known = [other for other in ENGINES if other != name and Path(folder, other).exists()]
        same = [other for other in known if sweeps.read_store(f"{folder}/{other}")["exponents"].tobytes() == found.tobytes()]
        print(
            f"{name:<10} {took:6.1f} s, {1e3 * took / len(GRID):6.1f} ms a condition with the start of Julia; {len(found)} found, "
            f"the same bits as {', '.join(same) or 'nobody'}; others in {', '.join(set(known) - set(same)) or 'none'}", flush=True,
        )  # fmt: skip
        assert np.isfinite(found).all() and same == known


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(sys.argv[1] if len(sys.argv) > 1 else temporary, sys.argv[2:] or list(ENGINES))
