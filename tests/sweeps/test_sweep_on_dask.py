"""Clusters of Dask that lose workers, helper processes, or themselves: a sweep ends, or says what it waits for."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import pylyap
from pylyap import errors, sweeps
from pylyap.sweeps.engines import on_dask

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

GRID = sweeps.grid(x=range(12))


def spread(condition):
    return {"y": np.random.default_rng(sweeps.seed_of(condition)).normal(size=3)}


def kills_its_worker_once(condition, folder):
    mark = f"{folder}/{condition['x']}"
    if condition["x"] in (3, 7) and not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return spread(condition)


def waits(condition, folder):
    open(f"{folder}/{condition['x']}", "w").close()
    time.sleep(600)


def cluster_of(n):
    return distributed.LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=None, silence_logs=50)


@pytest.mark.slow
def test_workers_that_the_cluster_has_given_up_are_replaced(tmp_path):
    # Dask gives up a worker whose replacement is not there after a while, for which a busy computer may be too slow.
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "1ms"}), cluster_of(1) as cluster:
        watchdog = threading.Timer(100, cluster.close)  # else a fault here would be a hang
        watchdog.start()
        measure = sweeps.Measure("kills", kills_its_worker_once, folder=str(tmp_path))
        result = pylyap.sweep(measure, GRID, engine=sweeps.dask(cluster), retries=1)
        watchdog.cancel()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3", "7"]
    expected = np.array([spread(condition)["y"] for condition in GRID])
    assert result.complete and result["y"].tobytes() == expected.tobytes()


@pytest.mark.slow
def test_a_scheduler_that_ends_is_told(tmp_path):
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}), cluster_of(1) as cluster:
        with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:

            def close_when_it_computes():
                while not list(tmp_path.iterdir()):
                    time.sleep(0.01)
                cluster.close()

            threading.Thread(target=close_when_it_computes).start()
            measure = sweeps.Measure("waits", waits, folder=str(tmp_path))
            with pytest.raises(errors.SweepError, match="the Dask scheduler has ended"):
                pylyap.sweep(measure, GRID, engine=sweeps.dask(client))


def test_a_cluster_without_workers_is_told(monkeypatch):
    monkeypatch.setattr(on_dask, "SECONDS_WITHOUT_WORKERS", 0.0)
    monkeypatch.setattr(on_dask, "SECONDS_BETWEEN_LOOKS", 0.0)
    with cluster_of(0) as cluster, distributed.Client(cluster, set_as_default=False) as client:
        with pytest.warns(UserWarning, match="has had no worker"):
            assert on_dask._Workers(client).n_threads() == 1


def kills_its_helper_once(condition, folder):
    from pylyap._runtime import helper_process

    W = pylyap.weights.gaussian(4, 2.0, seed=condition["x"])
    run = dict(t_average=50, progress=False)
    if condition["x"] == 1 and not os.listdir(folder):
        pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W), **run)
        open(f"{folder}/done", "w").close()
        pid = helper_process._helper.process.pid
        threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
        run |= dict(t_average=1e9, qr_interval=100)  # long, in little memory; its helper is killed in the midst of it
    return {"exponents": pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W), **run).exponents}


@pytest.mark.slow
def test_a_helper_process_that_is_killed_costs_one_attempt(tmp_path):
    (tmp_path / "marks").mkdir()
    measure = sweeps.Measure("kills", kills_its_helper_once, folder=str(tmp_path / "marks"))
    with cluster_of(1) as cluster:
        result = pylyap.sweep(measure, sweeps.grid(x=range(3)), engine=sweeps.dask(cluster), retries=1)
        assert result.complete and (tmp_path / "marks" / "done").exists()
        (tmp_path / "marks" / "done").unlink()
        with pytest.warns(UserWarning, match="x=1: killed, tried once: JuliaProcessError"):
            pylyap.sweep(measure, sweeps.grid(x=range(3)), engine=sweeps.dask(cluster), retries=0)
