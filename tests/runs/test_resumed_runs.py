"""A run that goes on from a checkpoint ends with the bits of one that was never interrupted."""

import os

import numpy as np
import pytest
from cut_runs import in_parts

import pylyap
from pylyap import _archives, errors
from pylyap._runtime import session

W = pylyap.weights.gaussian(12, 2.5, seed=3)
NOISE = dict(
    white=lambda: pylyap.drives.white_noise(0.3, seed=4), colored=lambda: pylyap.drives.ornstein_uhlenbeck(0.3, 2.0, seed=5),
)
# long enough that a drive's window of 1024 steps moves on before the cuts
CASES = {
    "rk4": (lambda: pylyap.RateNetwork(W), dict(t_average=40, t_align=30, t_transient=20)),
    "tsit5": (lambda: pylyap.RateNetwork(W), dict(t_average=30, t_align=20, t_transient=10, solver="tsit5", rtol=1e-6)),
    "heun, white noise": (lambda: pylyap.RateNetwork(W, drive=NOISE["white"]()), dict(t_average=200, t_align=20, t_transient=10)),
    "colored noise, float32": (
        lambda: pylyap.RateNetwork(W, drive=NOISE["colored"]()),
        dict(t_average=200, t_align=20, t_transient=10, precision="float32"),
    ),
    "driven map": (lambda: pylyap.DiscreteNetwork(W, drive=NOISE["white"]()), dict(t_average=2500, n_exponents=5)),
    "map that loses directions": (
        lambda: pylyap.DiscreteNetwork(W, activation="relu", bias=np.full(12, 0.3)), dict(t_average=1500, t_transient=100),
    ),
    "target": (lambda: pylyap.DiscreteNetwork(W), dict(t_average=40_000, target_stderr=0.02)),
}  # fmt: skip


def assert_same_bits(a, b):
    for name in ("exponents", "stderr", "local_exponents", "durations", "final_state", "final_frame", "unit_traces"):
        assert np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True), name
    assert a.status == b.status and a.message == b.message
    assert a.diagnostics.keys() == b.diagnostics.keys()
    for name, value in a.diagnostics.items():
        assert np.array_equal(value, b.diagnostics[name], equal_nan=np.asarray(value).dtype.kind == "f"), name


@pytest.mark.parametrize("name", CASES)
def test_a_resumed_run_has_the_bits_of_the_whole_one(name, tmp_path, monkeypatch):
    make, options = CASES[name]
    whole = pylyap.lyapunov_spectrum(make(), **options)
    file = tmp_path / "run.npz"
    took = whole.provenance["options"]
    steps = (took["t_transient"] + took["t_align"] + whole.durations.sum()) / took["dt"]
    cuts = [int(steps * part) for part in (0.05, 0.2, 0.3)]  # in the transient, in the alignment, in the average
    resumed = in_parts(
        monkeypatch, [*cuts, 1, cuts[-1]], lambda: pylyap.lyapunov_spectrum(make(), **options, checkpoint=file),
        piece=1 + int(steps / 100),
    )
    assert_same_bits(whole, resumed)
    again = pylyap.lyapunov_spectrum(make(), **options, checkpoint=file)  # one that is complete has nothing left to do
    assert_same_bits(whole, again)


def test_a_longer_run_goes_on_from_a_shorter_one(tmp_path):
    network = pylyap.RateNetwork(W)
    options = dict(t_transient=5, t_align=10, qr_interval=0.3)  # 20 tau are no whole number of blocks
    whole = pylyap.lyapunov_spectrum(network, t_average=30, **options)
    file = tmp_path / "run.npz"
    pylyap.lyapunov_spectrum(network, t_average=20, checkpoint=file, **options)
    longer = pylyap.lyapunov_spectrum(network, t_average=30, checkpoint=file, **options)
    assert np.array_equal(whole.log_growth, longer.log_growth)
    assert np.array_equal(whole.final_frame, longer.final_frame)
    with pytest.raises(errors.CheckpointMismatchError, match="t_average was 30 and is 20.*raised"):
        pylyap.lyapunov_spectrum(network, t_average=20, checkpoint=file, **options)


def test_a_longer_run_keeps_the_alignment_it_began_with(tmp_path):
    network, file = pylyap.DiscreteNetwork(W), tmp_path / "run.npz"
    short = pylyap.lyapunov_spectrum(network, t_average=2000, checkpoint=file)
    longer = pylyap.lyapunov_spectrum(network, t_average=3000, checkpoint=file)  # whose own t_align would be 300
    assert longer.provenance["options"]["t_align"] == short.provenance["options"]["t_align"] == 200
    assert np.array_equal(longer.log_growth[: short.n_blocks], short.log_growth)
    with pytest.raises(errors.CheckpointMismatchError, match="t_align was 200.0 and is 300.0"):
        pylyap.lyapunov_spectrum(network, t_average=3000, t_align=300, checkpoint=file)


def test_the_order_of_rows_goes_on(tmp_path):
    """Rows of exactly equal size are factorised in the order that they had: rare in double precision, and then it counts."""
    network, file = pylyap.DiscreteNetwork(W), tmp_path / "run.npz"
    options = dict(t_average=60, t_transient=5, t_align=5, qr_interval=1, checkpoint=file)
    pylyap.lyapunov_spectrum(network, **options)
    header, arrays = _archives.read(file)
    turned = arrays["run.qr.order"][::-1].copy()
    assert sorted(turned) == list(range(1, 13))
    _archives.write(file, header, {**arrays, "run.qr.order": turned})
    pylyap.lyapunov_spectrum(network, **options)  # nothing is left to do, and its state is written again
    assert np.array_equal(_archives.read(file)[1]["run.qr.order"], turned)


def test_force_goes_on(tmp_path, monkeypatch):
    target = np.sin(np.arange(1500) / 20)
    network = pylyap.RateNetwork(W, drive=NOISE["colored"]())
    whole = pylyap.train_force(network, target)
    file = tmp_path / "force.npz"
    resumed = in_parts(monkeypatch, [100, 900], lambda: pylyap.train_force(network, target, checkpoint=file))
    for name in ("readout", "outputs", "final_state"):
        assert np.array_equal(getattr(whole, name), getattr(resumed, name)), name
    assert np.array_equal(whole.network.weights, resumed.network.weights)
    with pytest.raises(errors.CheckpointMismatchError, match="regularization was 1.0 and is 2.0"):
        pylyap.train_force(network, target, regularization=2.0, checkpoint=file)
    with pytest.raises(errors.CheckpointMismatchError, match=r"target \(sha256\)"):
        pylyap.train_force(network, 2 * target, checkpoint=file)


def test_a_resumed_ensemble_has_the_bits_of_the_whole_one(tmp_path, monkeypatch):
    size = session.n_threads()
    networks = [pylyap.DiscreteNetwork(W * factor, drive=NOISE["colored"]()) for factor in np.linspace(0.5, 1.5, size + 1)]
    networks[1] = pylyap.DiscreteNetwork(3 * np.eye(12), activation="relu", bias=np.ones(12))  # which diverges before the others end
    options = dict(t_average=1500, t_transient=50, t_align=50, n_exponents=4)
    whole = pylyap.lyapunov_ensemble(networks, **options)
    file = tmp_path / "many.npz"
    resumed = in_parts(
        monkeypatch, [20, 700, 1200], lambda: pylyap.lyapunov_ensemble(networks, **options, checkpoint=file)
    )
    assert len(resumed) == len(whole) == size + 1
    for a, b in zip(whole, resumed):
        assert_same_bits(a, b)
    kept = ["many.npz", "many.npz.2", "many.npz.2.previous", "many.npz.previous"]
    if size == 1:  # what diverges is alone in the second file, which is written once
        kept.remove("many.npz.2.previous")
    assert sorted(os.listdir(tmp_path)) == kept
