"""Figures of several spectra, and of two parameters."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pylyap import LyapunovSpectrum, plotting
from pylyap.errors import OptionError


def spectrum(mean, unit="step"):
    return LyapunovSpectrum(
        log_growth=np.random.default_rng(0).normal(mean, 0.1, (20, 3)), durations=np.ones(20), time_unit=unit, size=3,
        status="converged", message="", diagnostics={}, provenance={}, final_state=np.zeros(3),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_else_changes():
    before = dict(matplotlib.rcParams)
    yield
    assert dict(matplotlib.rcParams) == before
    plt.close("all")


def test_a_comparison_holds_all_spectra_in_order_and_in_different_colours():
    given = {"a": spectrum([0.5, 0.0, -1.0]), "b": spectrum([0.2, -0.3, -2.0])}
    _, ax = plt.subplots()
    assert plotting.plot_comparison(given, ax) is ax
    curves = [line for line in ax.get_lines() if line.get_label() in given]
    assert [line.get_label() for line in curves] == ["a", "b"]
    assert curves[0].get_color() != curves[1].get_color()
    for line, result in zip(curves, given.values()):
        np.testing.assert_array_equal(line.get_ydata(), result.exponents)
    assert len(ax.collections) == 2  # the bands


@pytest.mark.parametrize("given", [{}, {"a": spectrum([0, 0, 0]), "b": spectrum([0, 0, 0], unit="tau")}])
def test_a_comparison_needs_spectra_of_one_unit(given):
    with pytest.raises(OptionError):
        plotting.plot_comparison(given)


def test_a_phase_diagram_holds_the_numbers_with_zero_in_the_middle_of_the_colours():
    x, y = np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.0])
    exponents = np.array([[-3.0, 0.5, 1.0], [-1.0, np.nan, 2.0]])
    ax = plotting.plot_phase_diagram(x, y, exponents, label="lambda (1/step)")
    mesh = ax.collections[0]
    np.testing.assert_array_equal(mesh.get_array().filled(np.nan).reshape(2, 3), exponents)
    assert mesh.get_clim() == (-3.0, 3.0)
    assert ax.figure.axes[1].get_ylabel() == "lambda (1/step)"
    assert len(ax.collections) == 2  # the line where exponents cross zero


def test_without_a_crossing_there_is_no_line():
    assert len(plotting.plot_phase_diagram([1, 2], [1, 2], np.ones((2, 2))).collections) == 1


@pytest.mark.parametrize(
    ("x", "y", "shape"), [([1, 2], [1, 2, 3], (2, 3)), ([1], [1, 2], (2, 1)), ([2, 1], [1, 2], (2, 2)), ([1, 1], [1, 2], (2, 2))]
)
def test_parameters_that_do_not_fit(x, y, shape):
    with pytest.raises(OptionError):
        plotting.plot_phase_diagram(x, y, np.ones(shape))
