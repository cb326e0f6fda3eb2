"""``pylyap sweep``."""

import csv

import numpy as np
import pytest

import pylyap
from pylyap import cli, sweeps

QUICK = ["--t-average", "50", "--t-transient", "20", "--t-align", "10"]
TIMES = dict(t_average=50, t_transient=20, t_align=10)


def run(*arguments):
    return cli.main(["sweep", *arguments, *QUICK])


def test_the_table_is_the_sweep(tmp_path, capsys):
    store, table = str(tmp_path / "s"), tmp_path / "out.csv"
    arguments = ["--size", "20", "--alpha", "1.5", "--gain", "0.1:10:3", "2", "--trials", "2", "--noise", "0.1"]
    assert run(*arguments, "--store", store, "--csv", str(table)) == 0
    with open(table) as file:
        rows = list(csv.DictReader(file))
    conditions = sweeps.grid(n=20, alpha=1.5, trial=range(2), gain=[*np.geomspace(0.1, 10, 3), 2.0])
    result = pylyap.sweep(sweeps.GainFamily(sweeps.RandomNetworks(noise=0.1), **TIMES), conditions)
    assert [float(row["largest_exponent"]) for row in rows] == result["largest_exponent"].tolist()
    mean = result.select(gain=2.0)["largest_exponent"].mean()
    assert f"{mean:.4f} +- " in capsys.readouterr().out.splitlines()[-1]
    assert len(list((tmp_path / "s").glob("*.npz"))) == 8


def test_spectra_of_gaussian_networks(capsys):
    assert run("--weights", "gaussian", "--size", "20", "--gain", "2", "--n-exponents", "20", "--fresh") == 0
    measure = sweeps.Spectra(sweeps.RandomNetworks("gaussian", fresh=True), n_exponents=20, **TIMES)
    result = pylyap.sweep(measure, sweeps.grid(n=20, trial=0, gain=2.0))
    assert f"{result['kaplan_yorke_dimension'][0]:.4f}" in capsys.readouterr().out


def test_an_error_leaves_a_table_of_what_is_finished(tmp_path, monkeypatch):
    made = sweeps.RandomNetworks.__call__

    def fragile(self, condition):
        if condition["trial"] == 39:
            raise MemoryError
        return made(self, condition)

    monkeypatch.setattr(sweeps.RandomNetworks, "__call__", fragile)
    with pytest.raises(MemoryError):
        run("--size", "5", "--alpha", "1", "--gain", "1", "--trials", "40", "--csv", str(tmp_path / "out.csv"))
    with open(tmp_path / "out.csv") as file:
        assert len(list(csv.DictReader(file))) >= 1


def test_a_time_limit_is_told(tmp_path, capsys):
    arguments = ["--size", "20", "--alpha", "1", "--gain", "1", "--trials", "40", "--time-limit", "1e-6"]
    assert run(*arguments) == 130
    assert "conditions are missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["--size", "20", "--gain", "1"], "--alpha"),
        (["--size", "20", "--gain", "1", "--alpha", "1", "--weights", "gaussian"], "--alpha"),
        (["--size", "20", "--gain", "1:2", "--alpha", "1"], "FROM:TO:COUNT"),
        (["--size", "20", "--gain", "1:2:0", "--alpha", "1"], "FROM:TO:COUNT"),
        (["--size", "20", "--gain", "1:2:2.5", "--alpha", "1"], "FROM:TO:COUNT"),
        (["--size", "20", "--gain", "0:2:5", "--alpha", "1"], "FROM:TO:COUNT"),
        (["--size", "20", "--gain", "1", "--alpha", "1", "--trials", "0"], "--trials"),
        (["--size", "20", "--gain", "1", "--alpha", "1", "--fresh"], "--n-exponents"),
        (["--size", "20", "--gain", "1", "--alpha", "3"], "alpha"),
    ],
)
def test_wrong_usage(arguments, text, capsys):
    assert run(*arguments) == 2
    assert text in capsys.readouterr().err
