"""Figures of sweeps: whole cells, what is missing, and many curves."""

import matplotlib
import matplotlib.pyplot
import numpy as np
import pytest

import pylyap
from pylyap import plotting, sweeps

matplotlib.use("Agg")


def swept(**axes):
    measure = sweeps.Measure("logarithm", lambda c: {"y": np.nan if c.get("trial") == 9 else np.log(c["g"]) + c["a"]})
    return pylyap.sweep(measure, sweeps.grid(**axes))


@pytest.fixture(autouse=True)
def closed():
    yield
    matplotlib.pyplot.close("all")


def test_cells_lie_around_their_places_on_either_scale():
    ax = plotting.plot_sweep_plane(swept(g=[0.1, 1.0, 10.0, 100.0], a=[0.0, 1.0, 3.0]), "y", "g", "a")
    assert ax.get_xscale() == "log" and ax.get_yscale() == "linear"
    borders = ax.collections[0].get_coordinates()
    np.testing.assert_allclose(np.log10(borders[0, :, 0]), [-1.5, -0.5, 0.5, 1.5, 2.5], atol=1e-12)  # rounding of exp, log
    assert borders[:, 0, 1].tolist() == [-0.5, 0.5, 2.0, 4.0]
    np.testing.assert_allclose(ax.get_xlim(), borders[0, [0, -1], 0])  # no cell is cut


def test_what_is_missing_does_not_look_like_zero():
    result = swept(g=[0.5, 1.0, 2.0], a=[0.0, 1.0], trial=[0, 9])
    ax = plotting.plot_sweep_plane(result, "y", "g", "a")
    assert np.ma.getmaskarray(ax.collections[0].get_array()).all()
    zero = ax.collections[0].get_cmap()(0.5)
    assert np.abs(np.subtract(ax.get_facecolor(), zero)).max() > 0.1  # of 1: seen beside each other


def test_many_curves_have_colours_of_their_own_and_the_band_is_named():
    result = swept(g=np.linspace(1, 2, 12).tolist(), a=[0.0, 1.0])
    ax = plotting.plot_sweep(result, "y", "a", by="g")
    assert len({matplotlib.colors.to_hex(line.get_color()) for line in ax.get_lines()[:12]}) == 12
    assert ax.get_ylabel() == "y"
    assert plotting.plot_sweep(result, "y", "g").get_ylabel() == "y, mean and standard error"


def test_the_command_counts_what_leaves_gaps(tmp_path, capsys):
    from pylyap.cli import main

    measure = sweeps.Measure("gaps", lambda condition: {"y": np.inf if condition["x"] == 2 else 1.0})
    pylyap.sweep(measure, sweeps.grid(x=range(5)), store=tmp_path / "s")
    assert main(["sweep", "plot", str(tmp_path / "s"), "--x", "x", "--value", "y", "--output", str(tmp_path / "a.png")]) == 0
    assert "1 are NaN or infinite, and leave gaps" in capsys.readouterr().out
    assert main(["sweep", "stauts", str(tmp_path / "s")]) == 2
    assert "did you mean 'status'?" in capsys.readouterr().err
