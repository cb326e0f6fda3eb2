"""Exponents during training: the numbers, the history, the hooks."""

import types

import numpy as np
import pytest
import torch

import pylyap
from pylyap.errors import FileFormatError, NetworkError, OptionError, UnknownOptionError


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = torch.nn.GRU(2, 6, batch_first=True), torch.nn.Linear(6, 1)


@pytest.fixture
def model():
    torch.manual_seed(1)
    return Model()


BATCH = np.random.default_rng(1).normal(size=(3, 40, 2))


def test_the_numbers_are_those_of_the_module(model):
    callback = pylyap.torch.LyapunovCallback(BATCH, every=5, n_exponents=2)
    for step in range(11):
        with torch.no_grad():
            model.rnn.weight_hh_l0 *= 1.1
        callback.on_step(model, step)
    history = callback.history
    assert history.steps.tolist() == [0, 5, 10] and history.exponents.shape == history.spread.shape == (3, 2)
    spectra = pylyap.lyapunov_ensemble(pylyap.from_torch(model.rnn, BATCH), n_exponents=2)
    now = np.array([spectrum.exponents for spectrum in spectra])
    np.testing.assert_array_equal(history.exponents[-1], now.mean(axis=0))
    np.testing.assert_array_equal(history.spread[-1], now.std(axis=0, ddof=1))
    assert history.exponents[0, 0] != history.exponents[2, 0]
    assert 0 < callback.share <= 1 and callback.seconds == pytest.approx(history.seconds.sum())


def test_saved_at_each_measurement_and_plotted(model, tmp_path):
    callback = pylyap.torch.LyapunovCallback(BATCH, every=1, path=tmp_path / "history.npz")
    for step in range(2):
        callback.on_step(model, step)
        assert len(pylyap.torch.load_history(tmp_path / "history.npz").steps) == step + 1
    history = pylyap.torch.load_history(tmp_path / "history.npz")
    np.testing.assert_array_equal(history.exponents, callback.history.exponents)
    assert history.exponents.shape == (2, 6)  # as many as the state has
    lines = [line for line in callback.plot().get_lines() if line.get_gid()]
    np.testing.assert_array_equal(lines[3].get_ydata(), history.exponents[:, 3])
    spectrum = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(np.eye(2)), t_average=10)
    spectrum.save(tmp_path / "other.npz")
    with pytest.raises(FileFormatError):
        pylyap.torch.load_history(tmp_path / "other.npz")


def test_the_hook_of_lightning(model):
    class Exponents(pylyap.torch.LyapunovCallback):
        pass

    callback = Exponents(torch.tensor(BATCH[0]), every=2, n_exponents=1)
    for batch_index in range(8):  # two batches a step, as with accumulated gradients
        callback.on_train_batch_end(types.SimpleNamespace(global_step=batch_index // 2), model, None, None, batch_index)
    assert callback.history.steps.tolist() == [0, 2]


def test_weights_that_are_lost_do_not_end_the_training(model):
    callback = pylyap.torch.LyapunovCallback(BATCH, every=1, n_exponents=2)
    callback.on_step(model, 0)
    with torch.no_grad():
        model.rnn.weight_hh_l0[0, 0] = float("nan")
    with pytest.warns(UserWarning, match="not finite at step 1"):
        callback.on_step(model, 1)
    assert np.isnan(callback.history.exponents[1]).all() and np.isfinite(callback.history.exponents[0]).all()


def test_bad_input(model):
    with pytest.raises(OptionError):
        pylyap.torch.LyapunovCallback(BATCH, every=0)
    with pytest.raises(NetworkError):
        pylyap.torch.LyapunovCallback(BATCH * np.nan)
    two = torch.nn.ModuleList([model, Model()])
    with pytest.raises(NetworkError, match="2 recurrent modules"):
        pylyap.torch.LyapunovCallback(BATCH).on_step(two, 0)
    pylyap.torch.LyapunovCallback(BATCH, recurrent="1.rnn").on_step(two, 0)
    with pytest.raises(NetworkError, match="names no recurrent module"):
        pylyap.torch.LyapunovCallback(BATCH, recurrent="rnn").on_step(two, 0)
    with pytest.raises(NetworkError):
        pylyap.torch.LyapunovCallback(BATCH[..., :1]).on_step(model, 0)
    with pytest.raises(UnknownOptionError):
        pylyap.torch.LyapunovCallback(BATCH, t_averige=3)
