"""Covariant vectors that go on from a checkpoint have the bits of those that were never interrupted."""

import os

import numpy as np
import pytest
from cut_runs import in_parts

import pylyap
from pylyap import errors

W = pylyap.weights.gaussian(14, 3.0, seed=5)
NOISE = pylyap.drives.ornstein_uhlenbeck(0.3, 2.0, seed=5)
CASES = {
    "map, automatic": (lambda: pylyap.DiscreteNetwork(W), dict(t_average=300, t_transient=20, t_align=150)),
    "driven flow, samples": (
        lambda: pylyap.RateNetwork(W, drive=NOISE),
        dict(t_average=40, t_transient=5, t_align=15, t_backward=20, qr_interval=0.6, sample_interval=1.2, dt=0.2),
    ),
    "R in a scratch file": (
        lambda: pylyap.DiscreteNetwork(W),
        dict(t_average=300, t_transient=20, t_align=150, t_backward=150, qr_interval=7, sample_interval=21,
             max_memory=8 * 14 * 4 * 14),
    ),
}  # fmt: skip
WHEN = {"wall_time", "date", "seconds_forward", "seconds_after", "seconds_backward"}


def assert_same_bits(a, b):
    for name in ("vectors", "log_growth", "times", "participation_ratio", "frame_participation"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    for name in ("log_growth", "durations", "final_state", "final_frame"):
        assert np.array_equal(getattr(a.spectrum, name), getattr(b.spectrum, name)), name
    assert a.status == b.status and a.message == b.message
    for name in a.diagnostics.keys() - WHEN:
        one, other = np.asarray(a.diagnostics[name]), np.asarray(b.diagnostics[name])
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), name


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:the R of")
def test_resumed_vectors_have_the_bits_of_those_of_a_whole_run(name, tmp_path, monkeypatch):
    make, options = CASES[name]
    whole = pylyap.covariant_vectors(make(), n_vectors=4, **options)
    file, dt = tmp_path / "run.npz", options.get("dt", 1)
    before = round((options["t_transient"] + options["t_align"]) / dt)
    window, beyond = round(options["t_average"] / dt), round(whole.diagnostics["t_backward"] / dt)
    # in the alignment, twice in the window, in the first step beyond it, and in its middle
    cuts = [before // 2, before // 2 + window // 3, window // 3, window // 2, beyond // 2]
    call = lambda: pylyap.covariant_vectors(make(), n_vectors=4, **options, checkpoint=file)  # noqa: E731
    assert_same_bits(whole, in_parts(monkeypatch, cuts, call, piece=7))
    assert {"run.npz", "run.npz.2"} <= set(os.listdir(tmp_path))
    assert_same_bits(whole, call())  # what is complete is not computed again but for the way back


def test_what_belongs_to_another_run_is_refused(tmp_path):
    network, file = pylyap.DiscreteNetwork(W), tmp_path / "run.npz"
    options = dict(n_vectors=3, t_average=60, t_transient=5, t_align=30, t_backward=30, sample_interval=3)
    whole = pylyap.covariant_vectors(network, **options, checkpoint=file)
    for name, value in dict(t_average=90, t_backward=20, sample_interval=6, n_vectors=2, seed=1).items():
        told = "n_exponents" if name == "n_vectors" else name
        with pytest.raises(errors.CheckpointMismatchError, match=f"{told} was .* and is"):
            pylyap.covariant_vectors(network, **{**options, name: value}, checkpoint=file)
    with pytest.raises(errors.CheckpointMismatchError, match="another kind of run"):
        pylyap.lyapunov_spectrum(network, t_average=60, checkpoint=file)
    more = pylyap.covariant_vectors(network, **options, checkpoint=file, max_memory="1 GB", time_limit=1000)
    assert_same_bits(whole, more)
    # a stretch beyond the window that began from another state
    other = tmp_path / "other.npz"
    elsewhere = pylyap.DiscreteNetwork(W)
    pylyap.covariant_vectors(elsewhere, **options, initial_state=np.full(14, 0.1), checkpoint=other)
    os.replace(tmp_path / "other.npz.2", tmp_path / "run.npz.2")
    with pytest.raises(errors.CheckpointMismatchError, match="state at its beginning|initial_state"):
        pylyap.covariant_vectors(network, **options, checkpoint=file)


def test_a_foreign_file_in_the_place_of_a_later_one_is_told_before_anything_is_computed(tmp_path):
    (tmp_path / "run.npz.2").write_bytes(b"my notes")
    with pytest.raises(errors.CheckpointForeignError, match="left as it is"):
        pylyap.covariant_vectors(pylyap.DiscreteNetwork(W), n_vectors=2, t_average=50, checkpoint=tmp_path / "run.npz")
    assert sorted(os.listdir(tmp_path)) == ["run.npz.2"]


def test_the_command_line_goes_on(tmp_path, capsys):
    from pylyap.cli import main

    np.save(tmp_path / "W.npy", W)
    common = ["covariant", "--weights", str(tmp_path / "W.npy"), "--model", "discrete", "--n-vectors", "2"]
    common += ["--t-average", "50", "--t-transient", "5", "--t-align", "20", "--checkpoint", str(tmp_path / "run.npz")]
    results = [str(tmp_path / name) for name in ("first.npz", "second.npz")]
    for result in results:
        assert main([*common, "--output", result]) == 0
    assert_same_bits(*map(pylyap.load, results))
    assert main(["resume", str(tmp_path / "run.npz")]) == 1
    assert "call the function again" in capsys.readouterr().err
