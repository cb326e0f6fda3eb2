"""Figures hold the data they are given, in the Axes they are given, and leave matplotlib as it was."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pylyap import plotting
from pylyap.errors import OptionError
from pylyap.plotting import style
from pylyap.results.spectrum import LyapunovSpectrum

FUNCTIONS = (plotting.plot_spectrum, plotting.plot_local_exponents, plotting.plot_traces)


def make(k=20, size=40, blocks=50, time_unit="tau", collapsed=0):
    generator = np.random.default_rng(1)
    log_growth = 0.3 - 0.1 * np.arange(k) + 0.05 * generator.standard_normal((blocks, k))
    log_growth[:, k - collapsed :] = -np.inf
    return LyapunovSpectrum(
        log_growth=log_growth, durations=np.ones(blocks), time_unit=time_unit, size=size, status="converged",
        message="", diagnostics={}, provenance={}, final_state=np.zeros(size),
        unit_traces=generator.standard_normal((blocks, 8)), start_time=10.0,
    )  # fmt: skip


@pytest.fixture
def ax():
    _, ax = plt.subplots()
    yield ax
    plt.close("all")


def curves(ax):
    return [line for line in ax.get_lines() if line.get_gid() == style.CURVE]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_axes_in_axes_out_and_settings_untouched(function, ax, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *_: pytest.fail("show was called"))
    before = dict(matplotlib.rcParams)
    figures = plt.get_fignums()
    assert function(make(), ax) is ax
    assert plt.get_fignums() == figures
    new = function(make())
    assert new is not ax and len(plt.get_fignums()) == len(figures) + 1
    assert dict(matplotlib.rcParams) == before
    new.figure.canvas.draw()


@pytest.mark.parametrize("index, x", [("fraction", np.arange(1, 21) / 40), ("number", np.arange(1, 21))])
def test_spectrum_shows_exponents_and_errors(ax, index, x):
    spectrum = make()
    plotting.plot_spectrum(spectrum, ax, index=index)
    (curve,) = curves(ax)
    np.testing.assert_array_equal(curve.get_xdata(), x)
    np.testing.assert_array_equal(curve.get_ydata(), spectrum.exponents)
    corners = ax.collections[0].get_paths()[0].vertices
    for edge in (spectrum.exponents - 1.96 * spectrum.stderr, spectrum.exponents + 1.96 * spectrum.stderr):
        assert np.isin(edge, corners[:, 1]).all()
    assert any(set(line.get_ydata()) == {0.0} for line in ax.get_lines())


@pytest.mark.parametrize("k", [1, 2, 4, 6, 20])
def test_ticks_of_an_axis_that_counts_are_whole_numbers(ax, k):
    plotting.plot_spectrum(make(k=k), ax, index="number")
    ticks = ax.get_xticks()
    low, high = ax.get_xlim()
    assert any(low <= tick <= high for tick in ticks) and all(tick == round(tick) for tick in ticks)


def test_ticks_that_somebody_has_chosen_stay(ax):
    ax.set_xticks([1.5, 2.5])
    plotting.plot_spectrum(make(k=4), ax, index="number")
    assert list(ax.get_xticks()) == [1.5, 2.5]


def test_units_are_on_the_axes(ax):
    assert "tau" in plotting.plot_spectrum(make(), ax).get_ylabel()
    assert "1/step" in plotting.plot_spectrum(make(time_unit="step"), ax).get_ylabel()
    assert plotting.plot_traces(make(time_unit="step"), ax).get_xlabel() == "time (steps)"
    assert "tau" in plotting.plot_local_exponents(make(), ax).get_xlabel()


def test_several_spectra_have_several_colours(ax):
    for _ in range(3):
        plotting.plot_spectrum(make(), ax, label="a")
    assert [curve.get_color() for curve in curves(ax)] == list(style.COLOURS[:3])
    plotting.plot_spectrum(make(), ax, color="red", linestyle="--")
    assert curves(ax)[-1].get_color() == "red"


def test_collapsed_directions_are_mentioned(ax):
    plotting.plot_spectrum(make(collapsed=3), ax)
    assert len(curves(ax)[0].get_xdata()) == 17
    assert "3 exponents" in ax.texts[0].get_text()


def test_running_averages_end_at_the_exponents(ax):
    spectrum = make()
    plotting.plot_local_exponents(spectrum, ax, numbers=[1, 5])
    for curve, i in zip(curves(ax), (0, 4)):
        assert curve.get_ydata()[-1] == pytest.approx(spectrum.exponents[i], rel=1e-12)
        assert curve.get_ydata()[0] == pytest.approx(spectrum.local_exponents[0, i], rel=1e-12)
        assert curve.get_xdata()[-1] == 60.0
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [r"$\lambda_{1}$", r"$\lambda_{5}$"]


@pytest.mark.parametrize("k, expected", [(1, 1), (3, 3), (20, 5)])
def test_default_choice_of_exponents(ax, k, expected):
    assert len(curves(plotting.plot_local_exponents(make(k=k), ax))) == expected


@pytest.mark.parametrize("numbers", [[0], [21], [1.5], ["a"]])
def test_exponents_that_do_not_exist(ax, numbers):
    with pytest.raises(OptionError, match="from 1 to 20"):
        plotting.plot_local_exponents(make(), ax, numbers=numbers)


def test_traces_keep_their_shape_and_stay_apart(ax):
    spectrum = make()
    plotting.plot_traces(spectrum, ax, n_units=3)
    drawn = np.array([curve.get_ydata() for curve in curves(ax)])
    assert drawn.shape == (3, 50)
    np.testing.assert_allclose(np.diff(drawn, axis=1), np.diff(spectrum.unit_traces[:, :3].T, axis=1), atol=1e-12)
    assert len(curves(plotting.plot_traces(spectrum, plt.subplots()[1], n_units=99))) == 8


def test_bad_options(ax):
    with pytest.raises(OptionError, match="did you mean 'fraction'"):
        plotting.plot_spectrum(make(), ax, index="fractions")
    with pytest.raises(OptionError, match="n_units"):
        plotting.plot_traces(make(), ax, n_units=0)


@pytest.mark.parametrize("blocks", [0, 1, 5])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_short_runs_can_be_drawn(function, ax, blocks):
    function(make(blocks=blocks), ax)
    ax.figure.canvas.draw()


def test_method_of_the_result_draws_the_spectrum(ax):
    assert make().plot(ax) is ax and len(curves(ax)) == 1


def test_a_state_at_rest_is_not_enlarged():
    from pylyap import LyapunovSpectrum
    from pylyap.plotting import plot_traces

    still = 2.0 + 1e-13 * np.sin(np.arange(40.0))[:, None] * np.ones(3)
    spectrum = LyapunovSpectrum(
        log_growth=np.full((40, 3), -1.0), durations=np.ones(40), time_unit="tau", size=3, status="converged",
        message="", diagnostics={}, provenance={}, final_state=still[-1], unit_traces=still,
    )
    ticks = plot_traces(spectrum).get_yticks()
    assert np.diff(ticks).tolist() == [-1.0, -1.0]
