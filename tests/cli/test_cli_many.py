"""``ensemble``, ``trained``, ``system``, ``show`` and ``covariant --json`` hand over the numbers of the functions they name."""

import json

import numpy as np
import pytest

import pylyap
from pylyap import cli

SHORT = ("--t-average", "60", "--t-transient", "20", "--t-align", "10")
TIMES = dict(t_average=60, t_transient=20, t_align=10)


@pytest.fixture
def matrices(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, seed in (("A", 1), ("B", 2)):
        np.save(f"{name}.npy", pylyap.weights.gaussian(8, 2.0, seed=seed))
    return {name: np.load(f"{name}.npy") for name in "AB"}


def run(capsys, *arguments, code=0):
    assert cli.main(list(arguments)) == code
    return capsys.readouterr().out


def test_an_ensemble_of_files(matrices, capsys):
    given = ["ensemble", "--weights", "A.npy", "B.npy", "--model", "discrete", *SHORT]
    found = json.loads(run(capsys, *given, "--json", "--output", "out", "--plot", "both.svg"))
    spectra = pylyap.lyapunov_ensemble([pylyap.DiscreteNetwork(W) for W in matrices.values()], **TIMES)
    assert list(found) == ["A", "B"]
    for name, spectrum in zip("AB", spectra):
        assert found[name]["exponents"] == spectrum.exponents.tolist()
        np.testing.assert_array_equal(pylyap.load(f"out/{name}.npz").exponents, spectrum.exponents)
    with open("both.svg", encoding="utf-8") as figure:
        assert "<svg" in figure.read()
    lines = run(capsys, *given).splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["name", "A", "B"] and f"{spectra[1].exponents[0]:.2f}" in lines[2]
    text = run(capsys, "show", "out/A.npz", "out/B.npz")
    assert text.splitlines()[1].startswith("out/A.npz") and "per step" in text
    shown = json.loads(run(capsys, "show", "out/A.npz", "--json", "--plot", "one.png"))
    assert shown == found["A"]


def test_an_ensemble_over_gains(matrices, capsys):
    found = json.loads(
        run(capsys, "ensemble", "--weights", "A.npy", "--gains", "0.2", "1.5", "--model", "discrete", "--n-exponents", "1", *SHORT, "--json")
    )
    networks = [pylyap.DiscreteNetwork(gain * matrices["A"]) for gain in (0.2, 1.5)]
    spectra = pylyap.lyapunov_ensemble(networks, n_exponents=1, **TIMES)
    assert {name: one["exponents"] for name, one in found.items()} == {
        f"A-gain-{gain:g}": spectrum.exponents.tolist() for gain, spectrum in zip((0.2, 1.5), spectra)
    }


def test_an_ensemble_that_is_cut_short_says_how_much_is_missing(matrices, capsys, monkeypatch):
    monkeypatch.setattr(pylyap, "lyapunov_ensemble", lambda networks, **options: [])  # as after a Ctrl-C before the first block
    assert cli.main(["ensemble", "--weights", "A.npy", "B.npy", "--json"]) == 130
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {} and "2 of 2 networks were not begun" in captured.err


def test_files_of_one_name_keep_apart(matrices):
    from pylyap.cli.ensemble import _named

    assert _named(["a/W.npy", "b/W.npy", "V.csv"]) == {"a-W": "a/W.npy", "b-W": "b/W.npy", "V": "V.csv"}


@pytest.mark.parametrize(
    "wrong",
    [
        ["ensemble", "--weights", "A.npy", "A.npy"],
        ["ensemble", "--weights", "A.npy", "--gains", "1", "1.0"],
        ["ensemble", "--weights", "A.npy", "--output", "A.npy"],
        ["ensemble", "--weights", "A.npy", "--plot", "figure.docx"],
        ["show", "nowhere.npz"],
        ["system", "flow", "--n", "1", "--equations", "nowhere.jl", "--t-average", "10"],
        ["system", "map", "--n", "1", "--equations", "f.jl", "--parameter", "r", "--t-average", "10"],
        ["trained", "weights.safetensors", "--inputs", "nowhere.npy"],
    ],
)
def test_wrong_usage_is_told_before_the_computation(matrices, wrong, capsys):
    with open("f.jl", "w", encoding="utf-8") as file:
        file.write("f!(y, x, p, t) = (y[1] = p.r * x[1] * (1 - x[1]))")
    assert cli.main(wrong) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("pylyap: ") and captured.out == ""


def test_a_textbook_system(capsys):
    found = json.loads(run(capsys, "system", "henon", "--a", "1.2", "--t-average", "500", "--json"))
    assert found["exponents"] == pylyap.lyapunov_spectrum(pylyap.systems.henon(a=1.2), t_average=500).exponents.tolist()
    assert sum(found["exponents"]) == pytest.approx(np.log(0.3), rel=1e-9)  # rounding over 500 steps


def test_equations_of_ones_own(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logistic.jl").write_text("f!(y, x, p, t) = (y[1] = p.r * x[1] * (1 - x[1]))")
    given = ["system", "map", "--n", "1", "--equations", "logistic.jl", "--parameter", "r=3.2", "--initial-state", "0.3"]
    found = json.loads(run(capsys, *given, "--t-average", "2000", "--json"))
    # the cycle of period 2 of the logistic map: the product of its slopes is 4 + 2 r - r^2
    assert found["exponents"][0] == pytest.approx(np.log(abs(4 + 2 * 3.2 - 3.2**2)) / 2, rel=1e-6)  # the transient's end


def test_a_trained_layer_and_a_batch(tmp_path, monkeypatch, capsys):
    safetensors = pytest.importorskip("safetensors.numpy", reason="files of weights are written with safetensors")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    weights = {"weight_ih_l0": rng.normal(size=(12, 2)), "weight_hh_l0": rng.normal(size=(12, 4)) / 2}
    safetensors.save_file(weights, "gru.safetensors")
    inputs = rng.normal(size=(60, 3, 2))
    np.save("one.npy", inputs[:, 0])
    np.save("batch.npy", inputs.transpose(1, 0, 2))
    found = json.loads(run(capsys, "trained", "gru.safetensors", "--inputs", "one.npy", "--json", "--horizon", "10"))
    spectrum = pylyap.lyapunov_spectrum(pylyap.from_state_dict(weights, inputs[:, 0]))
    assert found["exponents"] == spectrum.exponents.tolist()
    assert found["gradients"]["horizon"] == 10
    batch = json.loads(run(capsys, "trained", "gru.safetensors", "--inputs", "batch.npy", "--batch-first", "--json"))
    spectra = pylyap.lyapunov_ensemble(pylyap.from_state_dict(weights, inputs))
    assert [one["exponents"] for one in batch.values()] == [one.exponents.tolist() for one in spectra]
    assert "gradients" in run(capsys, "trained", "gru.safetensors", "--inputs", "one.npy", "--horizon", "10")


def test_covariant_vectors_as_json(matrices, capsys):
    given = ["covariant", "--weights", "A.npy", "--model", "discrete", "--n-vectors", "2", "--t-average", "200", "--t-backward", "50"]
    found = json.loads(run(capsys, *given, "--json", "--output", "v.npz"))
    vectors = pylyap.load("v.npz")
    assert found["exponents"] == vectors.exponents.tolist() and found["n_vectors"] == 2
    assert found["participation_ratio"] == vectors.participation_ratio.mean(axis=0).tolist()
    assert json.loads(run(capsys, "show", "v.npz", "--json"))["exponents"] == found["exponents"]


def test_a_script_in_julia_finds_the_core_and_its_arguments(tmp_path, capfd):
    script = tmp_path / "script.jl"
    script.write_text("using LyapunovSpectra\nprint(LyapunovSpectra.dimension(henon()), ' ', ARGS, ' ', pwd() == ARGS[1])\nexit(3)\n")
    assert cli.main(["julia", "run", str(script), "--here"]) == 3
    assert capfd.readouterr().out == '2 ["--here"] false'
    assert cli.main(["julia", "run", str(tmp_path / "nowhere.jl")]) == 2
