"""Covariant vectors of runs that end early, do not fit, or make no sense."""

import signal
import warnings

import numpy as np
import pytest

import pylyap
from pylyap.errors import OptionError
from pylyap.runs import loop

NETWORK = pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 4.0, seed=1))
OPTIONS = dict(
    n_vectors=3, t_average=400, t_align=200, t_transient=100, qr_interval=1, sample_interval=4, t_backward=200
)


def stopped(monkeypatch, phase, calls, ending=None, **options):
    """The result of a run that Ctrl-C meets in the call number `calls` of a phase: a method of a kind of run."""
    from pylyap._core import covariant

    kind, name = phase
    move, counted = getattr(getattr(covariant, kind), name), [0]

    def counting(self, n_steps):
        counted[0] += 1
        if counted[0] == calls:
            signal.raise_signal(signal.SIGINT)
        return move(self, n_steps)

    monkeypatch.setattr(getattr(covariant, kind), name, counting)
    monkeypatch.setattr(loop, "chunks", lambda move, n_steps: ((move(n), n)[1] for n in parts(n_steps)))
    return pylyap.covariant_vectors(NETWORK, **{**OPTIONS, **options})


def parts(n_steps, size=50):
    return [size] * (n_steps // size) + [n_steps % size] * (n_steps % size > 0)


def whole():
    return pylyap.covariant_vectors(NETWORK, **OPTIONS)


def test_ctrl_c_on_the_way_forward_keeps_the_spectrum_and_half_of_the_vectors(monkeypatch):
    found = stopped(monkeypatch, ("Forward", "average"), 6)
    assert found.status == "interrupted" and "interrupted" in found.message and "150 of 300 blocks" in found.message
    assert found.spectrum.n_blocks == 300 and found.spectrum.status == "interrupted"
    assert len(found.durations) == 150 and found.n_samples == 37 and found.times[-1] == 300 + 148
    assert found.diagnostics["t_backward"] == 150
    # the vectors are those of the whole run, up to what 150 steps with gaps above 0.05 leave
    same = whole()
    cosines = np.abs(np.einsum("snk,snk->sk", found.vectors, same.vectors[:37]))
    assert (1 - cosines).max() < 1e-5 and found.diagnostics["backward_error"] < 1e-2


def test_ctrl_c_beyond_the_window_keeps_the_whole_window(monkeypatch):
    found = stopped(monkeypatch, ("Beyond", "average"), 2)
    assert found.status == "interrupted" and found.spectrum.n_blocks == 400
    assert found.diagnostics["t_backward"] == 200 and len(found.durations) == 300  # 100 steps of the window stand in


@pytest.mark.parametrize("calls", [1, 3])
def test_ctrl_c_on_the_way_back_keeps_the_last_vectors(monkeypatch, calls):
    found = stopped(monkeypatch, ("Backward", "average"), calls)
    done = 50 * calls
    assert found.status == "interrupted" and f"{done} of 400 blocks" in found.message
    assert found.spectrum.status != "interrupted" and found.spectrum.n_blocks == 400
    assert len(found.durations) == done and found.n_samples == (done - 1) // 4 + 1 and found.times[-1] == 700
    assert np.array_equal(found.vectors, whole().vectors[-found.n_samples :])
    assert np.isfinite(found.local_exponents).all()


@pytest.mark.parametrize("phase", ["relax", "align"])
def test_ctrl_c_before_the_window_gives_a_result_without_vectors(monkeypatch, tmp_path, phase):
    found = stopped(monkeypatch, ("Forward", phase), 1)
    assert found.status == "interrupted" and found.n_samples == 0 and np.isnan(found.exponents).all()
    assert found.vectors.shape == (0, 30, 3) and "interrupted" in found.summary()
    assert found.angle(0, 1).shape == (0,) and found.participation_ratio.shape == (0, 3)
    found.save(tmp_path / "found.npz")
    assert pylyap.load(tmp_path / "found.npz").status == "interrupted"


def matrix_of_gaps():
    T = np.eye(3) + 0.3 * np.random.default_rng(1).normal(size=(3, 3))
    return T @ np.diag([0.9, 0.45, 0.1]) @ np.linalg.inv(T)


def test_a_window_of_few_blocks_is_not_converged():
    found = pylyap.covariant_vectors(NETWORK, **{**OPTIONS, "t_average": 4})
    assert found.status == "max_time" and "4 blocks are too few to tell exponents apart: raise t_average" in found.message
    assert np.isnan(found.diagnostics["forward_error"]) and found.is_degenerate.all()


def test_a_window_shorter_than_what_has_to_be_forgotten_says_so():
    short = dict(t_average=20, t_align=1, t_backward=1)
    found = pylyap.covariant_vectors(NETWORK, **{**OPTIONS, **short})
    assert found.status == "max_time" and "no exponent is told apart from the next one: raise t_average" in found.message
    constant = pylyap.systems.linear_map(matrix_of_gaps())
    found = pylyap.covariant_vectors(constant, n_vectors=2, t_transient=0, qr_interval=1, **short)
    assert found.status == "max_time" and "raise t_align to" in found.message and "raise t_backward" in found.message


def test_the_time_limit_keeps_what_there_is():
    found = pylyap.covariant_vectors(NETWORK, **{**OPTIONS, "t_average": 5e6, "sample_interval": 5e4}, time_limit=0.5)
    assert found.status == "max_time" and "time limit" in found.message
    assert len(found.durations) == found.spectrum.n_blocks - round(found.diagnostics["t_backward"])


def test_a_state_that_diverges_keeps_what_there_was():
    unstable = pylyap.systems.map(
        2, "f!(next, x, p, t) = (next[1] = 2x[1]; next[2] = x[2] / 2)", initial_state=[1.0, 1.0]
    )
    found = pylyap.covariant_vectors(unstable, n_vectors=2, t_average=2000, t_transient=0, t_align=100, qr_interval=1)
    assert found.status == "diverged" and "became infinite or NaN" in found.message
    assert found.spectrum.n_blocks == 923  # 2^1024 is not finite
    assert np.abs(found.local_exponents - [np.log(2), -np.log(2)]).max() < 1e-14


def test_a_direction_that_dies_ends_the_run():
    bias = np.random.default_rng(0).normal(size=30)  # about half of the units are off
    dying = pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 0.5, seed=1), activation="relu", bias=bias)
    found = pylyap.covariant_vectors(dying, n_vectors=30, t_average=1000, t_align=50, qr_interval=1)
    assert found.status == "diverged" and "died" in found.message and "fewer vectors" in found.message
    assert np.isneginf(found.spectrum.exponents[-1]) and np.isfinite(found.local_exponents).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_vectors": 31}, "n_vectors = 31 is not allowed: give an integer from 1 to 30"),
        ({"n_vectors": 0}, "n_vectors = 0"),
        (
            {"sample_interval": 7, "qr_interval": 2},
            "not a whole number of blocks of qr_interval = 2 steps?: the nearest is",
        ),
        ({"sample_interval": 0.5}, "whole number of steps"),
        ({"sample_interval": 500}, "longer than t_average"),
        ({"sample_interval": -1}, "sample_interval = -1"),
        ({"t_backward": 0}, "t_backward = 0"),
        ({"t_backward": np.nan}, "t_backward = nan"),
        ({"max_memory": "4 parsecs"}, "max_memory = '4 parsecs'"),
        ({"max_memory": 0}, "max_memory = 0"),
        ({"max_memory": "1..2 GB"}, "max_memory = '1..2 GB'"),
        ({"max_memory": 1000}, "100 samples of 3 vectors of length 30 need 7.2e-05 GB"),
        ({"t_average": None}, "t_average is missing"),
    ],
)
def test_bad_options_are_refused_at_once(options, message):
    with pytest.raises(OptionError, match=message):
        pylyap.covariant_vectors(NETWORK, **{**OPTIONS, **options})


def test_more_memory_than_is_free_is_refused_with_the_estimate(monkeypatch):
    from pylyap import _memory
    from pylyap.errors import NotEnoughMemoryError

    monkeypatch.setattr(_memory, "free", lambda: 100_000)
    # 8 * 30 * 3 bytes of 100 samples, 8 * 6 of 600 blocks, 6 * 8 * 3 of 400 blocks: 158 kB
    with pytest.raises(NotEnoughMemoryError, match="vectors and R need 158 kB of memory, and 100 kB are free"):
        pylyap.covariant_vectors(NETWORK, **OPTIONS)
    with pytest.raises(NotEnoughMemoryError, match="vectors and R need 130 kB"):  # R in a scratch file
        pylyap.covariant_vectors(NETWORK, **OPTIONS, max_memory=75_000)


def test_an_input_has_to_last_beyond_the_window():
    drive = pylyap.drives.array(np.random.default_rng(0).normal(size=(1000, 30)), 1.0, interpolation="constant")
    driven = pylyap.DiscreteNetwork(NETWORK.weights, drive=drive)
    with pytest.raises(OptionError, match="shorter than the run"):
        pylyap.covariant_vectors(driven, **{**OPTIONS, "t_backward": 400})
    found = pylyap.covariant_vectors(driven, **{**OPTIONS, "t_backward": None})
    assert 0 < found.diagnostics["t_backward"] <= 300  # as long as there is an input
    with pytest.raises(OptionError, match="ends with the window"):
        pylyap.covariant_vectors(driven, **{**OPTIONS, "t_backward": None, "t_average": 700})


def test_a_sequence_of_inputs_is_shared_by_all_stretches():
    rng = np.random.default_rng(0)
    cell = pylyap.GRUNetwork(rng.normal(size=(24, 8)), W_in=rng.normal(size=(24, 3)), inputs=rng.normal(size=(500, 3)))
    found = pylyap.covariant_vectors(cell, n_vectors=2, t_align=100, t_backward=150)
    assert found.spectrum.durations.sum() == 250 and found.diagnostics["t_backward"] == 150
    found = pylyap.covariant_vectors(cell, n_vectors=2, t_align=100)
    assert found.diagnostics["t_backward"] == 100  # by default as long as the alignment
    with pytest.raises(OptionError, match="450 steps and 100 more for t_backward are needed, and 500 have an input"):
        pylyap.covariant_vectors(cell, n_vectors=2, t_align=100, t_average=350)


def test_what_does_not_fit_goes_into_a_scratch_file():
    inside = whole()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        outside = pylyap.covariant_vectors(NETWORK, **OPTIONS, max_memory=8 * 30 * 3 * 100)
    assert "the R of 400 blocks need 1.92e-05 GB, more than max_memory" in str(said[0].message)
    assert np.array_equal(inside.vectors, outside.vectors) and np.array_equal(inside.log_growth, outside.log_growth)
    assert inside.diagnostics["bytes_in_files"] == 0
    assert (
        outside.diagnostics["bytes_in_files"]
        == 8 * 6 * (400 + 200)
        == inside.diagnostics["bytes_in_memory"] - 8 * 30 * 3 * 100
    )


def test_a_disk_without_room_is_said_before_anything_is_written(monkeypatch):
    import errno
    import os

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with warnings.catch_warnings(), pytest.raises(OptionError, match="has no room"):
        warnings.simplefilter("ignore")
        pylyap.covariant_vectors(NETWORK, **OPTIONS, max_memory=8 * 30 * 3 * 100)


def test_blocks_that_are_automatic_fit_the_samples():
    found = pylyap.covariant_vectors(pylyap.systems.lorenz63(), n_vectors=2, t_average=200, sample_interval=0.21)
    block = found.spectrum.diagnostics["qr_interval"]
    assert round(0.21 / block) * block == pytest.approx(0.21) and np.diff(found.times) == pytest.approx(0.21)
