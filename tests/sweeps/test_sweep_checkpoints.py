"""Long conditions of `Spectra` go on from checkpoints in the store."""

import os
import signal

import numpy as np
import pytest

import pylyap
from pylyap import sweeps
from pylyap.runs import checkpoints
from pylyap.sweeps import measures, store

CONDITION = {"n": 6, "trial": 0}
NETWORKS = sweeps.RandomNetworks("gaussian", seed=1)


@pytest.fixture
def brought(monkeypatch):
    """Steps that runs had behind them when they began."""
    steps, original = [], checkpoints.Checkpoint.bring

    def bring(self, run):
        original(self, run)
        steps.append(run.n_steps)

    monkeypatch.setattr(checkpoints.Checkpoint, "bring", bring)
    monkeypatch.setattr(checkpoints, "INTERVAL", 0.0)
    return steps


@pytest.mark.parametrize("side_by_side", [0, 300])  # runs of their own; in company
def test_an_interrupted_condition_goes_on_with_the_same_bits(tmp_path, monkeypatch, brought, side_by_side):
    monkeypatch.setattr(measures, "SIDE_BY_SIDE", side_by_side)
    measure = sweeps.Spectra(NETWORKS, t_average=2e5, n_exponents=2)
    written = checkpoints.Checkpoint.write

    def interrupting(self, run):
        written(self, run)
        if len(brought) == 1:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(checkpoints.Checkpoint, "write", interrupting)
    assert len(pylyap.sweep(measure, [CONDITION], store=tmp_path / "s")) == 0
    folder = tmp_path / "s" / "work" / "checkpoints"
    assert f"{store.key_of(CONDITION)}.npz" in os.listdir(folder)
    result = pylyap.sweep(measure, [CONDITION], store=tmp_path / "s")
    assert result.complete and brought[0] == 0 < brought[1] and os.listdir(folder) == []
    whole = pylyap.sweep(measure, [CONDITION])
    for name in whole.names:
        assert whole[name].tobytes() == result[name].tobytes()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", None])
def test_a_checkpoint_that_does_not_fit_is_begun_anew(tmp_path, brought, content):
    measure = sweeps.Spectra(NETWORKS, t_average=200)
    path = tmp_path / "s" / "work" / "checkpoints" / f"{store.key_of(CONDITION)}.npz"
    path.parent.mkdir(parents=True)
    if content is None:  # of another run
        pylyap.lyapunov_spectrum(NETWORKS({"n": 5}), t_average=50, checkpoint=path, progress=False)
    else:
        path.write_bytes(content)
    result = pylyap.sweep(measure, [CONDITION], store=tmp_path / "s")
    np.testing.assert_array_equal(result["exponents"], pylyap.sweep(measure, [CONDITION])["exponents"])
    assert os.listdir(path.parent) == []


def test_a_computer_that_does_not_see_the_store_computes_without_checkpoints(tmp_path, brought):
    from pylyap.sweeps.checkpoints import WithCheckpoints

    measure = WithCheckpoints(sweeps.Spectra(NETWORKS, t_average=50), tmp_path / "not here")
    assert len(list(measure([CONDITION]))) == 1 and brought == [] and os.listdir(tmp_path) == []
