"""What ``--json`` prints is one JSON value, with the numbers of the result."""

import json
import math

import numpy as np
import pytest

import pylyap
from pylyap import cli
from pylyap.cli._json import plain


def test_numbers_that_json_does_not_have():
    given = dict(a=[math.nan, -math.inf, math.inf], b=np.float64(1.5), c=np.array([1, 2]), d=None, e=True, f=(1 + 2j), g=np.bool_(True))
    expected = dict(a=[None, "-inf", "inf"], b=1.5, c=[1, 2], d=None, e=True, f=dict(real=1.0, imag=2.0), g=True)
    assert plain(given) == expected
    json.dumps(plain(given), allow_nan=False)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "W.npy"
    np.save(path, pylyap.weights.gaussian(12, 2.0, seed=1))
    return path


RUN = ("--t-average", "200", "--t-transient", "50", "--t-align", "20", "--n-exponents", "3", "--json")


def test_a_spectrum_with_units_and_noise(weights, capsys):
    options = ["--model", "discrete", "--activation", "erf", "--noise", "0.5", "--drive-seed", "4", "--gain", "1.5"]
    assert cli.main(["spectrum", "--weights", str(weights), *options, *RUN]) == 0
    found = json.loads(capsys.readouterr().out)
    network = pylyap.DiscreteNetwork(
        np.load(weights) * 1.5, activation="erf", drive=pylyap.drives.white_noise(0.5, seed=4)
    )
    spectrum = pylyap.lyapunov_spectrum(network, t_average=200, t_transient=50, t_align=20, n_exponents=3)
    assert found["exponents"] == spectrum.exponents.tolist() and found["stderr"] == spectrum.stderr.tolist()
    assert found["meaning"] == spectrum.meaning and found["status"] == spectrum.status
    assert found["time_unit"] == "step" and found["size"] == 12
    assert found["kaplan_yorke_dimension"]["reason"] == spectrum.reason("kaplan_yorke_dimension")
    assert found["provenance"]["network"] == repr(network)


def test_a_sinusoid_reaches_the_network(weights, capsys):
    assert cli.main(["spectrum", "--weights", str(weights), "--sinusoid", "2", "0.1", *RUN]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "sinusoid" in found["provenance"]["network"] and found["diagnostics"]["zero_exponent"] is None


@pytest.mark.parametrize("wrong", [["--activation", "nosuch"], ["--noise", "-1"], ["--noise", "1", "--solver", "rk4"]])
def test_wrong_units_and_inputs_are_wrong_usage(weights, wrong, capsys):
    assert cli.main(["spectrum", "--weights", str(weights), *wrong, *RUN]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("pylyap: ") and captured.out == ""
