"""Exponents during training: the numbers, the history, the hooks."""

import types

import numpy as np
import pytest

import pylyap
from pylyap.errors import FileFormatError, NetworkError, OptionError, UnknownOptionError
from subprocesses import run_python

torch = pytest.importorskip("torch", reason="these tests train modules of torch, which is not installed")


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
    assert callback.seconds == pytest.approx(history.seconds.sum()) and callback.first_seconds == history.seconds[0]


def test_directions_that_die_are_averaged_as_batch_mean_does(recwarn):
    torch.manual_seed(2)
    rnn = torch.nn.RNN(2, 6, nonlinearity="relu", batch_first=True)
    callback = pylyap.torch.LyapunovCallback(BATCH, every=1)
    callback.on_step(rnn, 0)
    found = pylyap.batch_mean(pylyap.lyapunov_ensemble(pylyap.from_torch(rnn, BATCH)))
    np.testing.assert_array_equal(callback.history.exponents[0], found.mean)
    np.testing.assert_array_equal(callback.history.spread[0], found.spread)
    # a plain standard deviation of -inf is NaN with a warning
    assert np.isneginf(found.mean).any() and not [w for w in recwarn if issubclass(w.category, RuntimeWarning)]


def test_the_share_is_that_of_the_measurements_within_training_but_the_first(model, monkeypatch):
    clock = types.SimpleNamespace(now=0.0)
    monkeypatch.setattr(pylyap.torch.callback.time, "perf_counter", lambda: clock.now)
    callback = pylyap.torch.LyapunovCallback(BATCH, every=2)
    took = iter([100.0, 3.0, 50.0, 3.0])  # Julia's start; within; by hand; within

    def measured(recurrent, step):
        clock.now += next(took)
        return np.zeros(6), np.zeros(6)

    monkeypatch.setattr(callback, "_exponents", measured)
    for step in range(6):
        clock.now += 1.0  # the training step
        callback.on_step(model, step)
        if step == 3:
            callback.measure(model, 3)
    assert callback.first_seconds == 100 and callback.seconds == 156
    assert callback.share == pytest.approx(6 / (5 + 6 + 50))  # the first step ends when the clock begins


def test_ctrl_c_in_a_measurement_leaves_nothing_and_goes_on_up():
    run = run_python("""
import os, signal, threading, time, warnings, numpy as np, torch, pylyap
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job begins with SIGINT ignored
before = signal.getsignal(signal.SIGINT)
torch.manual_seed(1)
callback = pylyap.torch.LyapunovCallback(torch.randn(100_000, 4, 2), every=1)
module = torch.nn.LSTM(2, 64)

def press():
    while signal.getsignal(signal.SIGINT) is before:
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)

pylyap.start_julia()
threading.Thread(target=press, daemon=True).start()
try:
    callback.on_step(module, 0)
except KeyboardInterrupt:
    print("raised, rows:", len(callback.history.steps))
""")
    assert "raised, rows: 0" in run.stdout, run.stdout + run.stderr


def test_measurements_without_an_end_are_rows_of_nan(model):
    long = np.random.default_rng(1).normal(size=(3, 100_000, 2))
    callback = pylyap.torch.LyapunovCallback(long, every=1, time_limit=0.3)
    with pytest.warns(UserWarning, match="time limit ended the measurement at step 0"):
        callback.on_step(model, 0)
    rnn = torch.nn.RNN(2, 4, nonlinearity="relu", batch_first=True).double()
    with torch.no_grad():
        rnn.weight_hh_l0[:] = 1e30 * torch.eye(4)
    diverging = pylyap.torch.LyapunovCallback(np.abs(BATCH), every=1, n_exponents=2)
    with pytest.warns(UserWarning, match="became infinite or NaN at step 0"):
        diverging.on_step(rnn, 0)
    for row in (callback.history.exponents, diverging.history.exponents):
        assert np.isnan(row).all() and len(row) == 1
    assert diverging.history.exponents.shape == (1, 2)


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
    jumping = Exponents(torch.tensor(BATCH[0]), every=5, n_exponents=1)
    for step in range(1, 20, 3):  # as with several optimizers: multiples of `every` may be passed over
        jumping.on_train_batch_end(types.SimpleNamespace(global_step=step), model, None, None, step)
    assert jumping.history.steps.tolist() == [1, 7, 10, 16]


def test_weights_that_are_lost_do_not_end_the_training(model):
    callback = pylyap.torch.LyapunovCallback(BATCH, every=1, n_exponents=2)
    callback.on_step(model, 0)
    with torch.no_grad():
        model.rnn.weight_hh_l0[0, 0] = float("nan")
    with pytest.warns(UserWarning, match="not finite at step 1"):
        callback.on_step(model, 1)
    assert np.isnan(callback.history.exponents[1]).all() and np.isfinite(callback.history.exponents[0]).all()
    lost_at_once = pylyap.torch.LyapunovCallback(BATCH, every=1)
    with pytest.warns(UserWarning, match="not finite at step 0"):
        lost_at_once.on_step(model, 0)
    assert lost_at_once.history.exponents.shape == (1, 6)  # as many as the module's state has


def test_a_training_that_goes_on_keeps_its_history(model, tmp_path):
    path, weights = tmp_path / "history.npz", [factor * model.rnn.weight_hh_l0.detach().clone() for factor in np.linspace(0.5, 2, 13)]

    def train(callback, steps):
        for step in steps:
            with torch.no_grad():
                model.rnn.weight_hh_l0.copy_(weights[step])
            callback.on_step(model, step)
        return callback.history

    options = dict(every=3, n_exponents=2)
    whole = train(pylyap.torch.LyapunovCallback(BATCH, **options), range(13))
    assert whole.steps.tolist() == [0, 3, 6, 9, 12]
    train(pylyap.torch.LyapunovCallback(BATCH, **options, path=path, resume=True), range(11))  # there is no file yet
    # the last checkpoint of the training was at step 7: it goes on there, with step 8, and does 9 and 10 again
    again = train(pylyap.torch.LyapunovCallback(BATCH, **options, path=path, resume=True), range(8, 13))
    kept = pylyap.torch.load_history(path)
    for name in ("steps", "exponents", "spread"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
        np.testing.assert_array_equal(getattr(kept, name), getattr(whole, name))
    (tmp_path / "other.npz").write_bytes(b"something")
    for wrong in (dict(path=tmp_path / "other.npz"), dict(path=None), dict(path=path, resume="yes")):
        with pytest.raises((FileFormatError, OptionError)):
            pylyap.torch.LyapunovCallback(BATCH, **{"resume": True, **wrong})


def test_a_history_with_other_arrays_is_refused(tmp_path):
    from pylyap import _archives

    good = dict(steps=np.arange(2), exponents=np.zeros((2, 3)), spread=np.zeros((2, 3)), seconds=np.zeros(2))
    header = dict(format="pylyap training history", version=1)
    changes = (
        ("steps", np.arange(3)), ("exponents", np.zeros(2)), ("spread", np.zeros((2, 2))), ("seconds", None),
        ("more", np.zeros(2)), ("seconds", np.array(["a", "b"])), ("steps", np.zeros(2, complex)),
    )  # fmt: skip
    for name, change in changes:
        arrays = {key: value for key, value in {**good, name: change}.items() if value is not None}
        _archives.write(tmp_path / "history.npz", header, arrays)
        with pytest.raises(FileFormatError):
            pylyap.torch.load_history(tmp_path / "history.npz")


def test_bad_input(model, tmp_path):
    for options in (dict(progress=True), dict(target_stderr=0.1), dict(checkpoint="a")):
        with pytest.raises(UnknownOptionError):
            pylyap.torch.LyapunovCallback(BATCH, **options)
    for options in (dict(t_average=41), dict(t_align=20, t_transient=30), dict(dt=0.1), dict(solver="rk4"),
                    dict(qr_interval=0.5), dict(time_limit=-1)):
        with pytest.raises(OptionError):
            pylyap.torch.LyapunovCallback(BATCH, **options)
    for shape in ((40,), (2, 3, 40, 2), (0, 2), (0, 40, 2)):
        with pytest.raises(NetworkError, match="inputs has shape"):
            pylyap.torch.LyapunovCallback(np.zeros(shape))
    with pytest.raises(OptionError, match="folder that does not exist"):
        pylyap.torch.LyapunovCallback(BATCH, path=tmp_path / "nowhere" / "history.npz")
    (tmp_path / "here.npz").write_text("something")
    with pytest.raises(OptionError, match="is there already"):
        pylyap.torch.LyapunovCallback(BATCH, path=tmp_path / "here.npz")
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
