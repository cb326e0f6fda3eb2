"""Random-matrix approximations of whole spectra in three regimes, against simulation."""

import numpy as np

from ..._solvers import EULER, RK4
from ... import analysis, theory
from ...plotting import style
from ..page import Page, Row
from . import runs

NAN = float("nan")
BULK = (0.05, 0.95)
DISCRETE = (2.0, 3.0, 10.0)


def page(effort):
    """The page of the approximations; see `pylyap.papers.reproduce`."""
    import matplotlib.pyplot as plt

    result = runs.sweep("approximations", conditions(effort), effort)
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    data: dict = {}
    rows: list[Row] = []
    parts = (_fixed_point, _near_onset, _discrete_time)
    for ax, part in zip(axes, parts):
        part(ax, result, data, rows)
        ax.axhline(0, **style.ZERO_LINE)
        ax.set(xlabel="$i/N$", ylabel=r"Lyapunov exponent $\lambda_i$")
        ax.legend(frameon=False, fontsize="small", loc="upper right" if part is _near_onset else "lower left")
        style.finish(ax)
    text = (
        "Left: below the onset the state rests, and the exponents are real parts of eigenvalues in a disk "
        "(continuous time) or logarithms of distances in one (Euler's method). Middle: above the onset a semicircle "
        "with the mean-field exponent as its edge describes the leading exponents; the static one, of slopes at "
        "rest, does not. Right: in discrete time the whole spectrum has a closed form; that of isotropic kicks has "
        "the same first exponent and is wrong everywhere else."
    )
    return Page("Random-matrix approximations in three regimes", text, figure, data, rows)


def conditions(effort):
    """Below, near and far above the onset."""
    n = effort.choose(200, 1000)
    made = [
        runs.condition(n, 0.8, t_average=50.0, t_transient=300.0, t_align=20.0, dt=0.2),
        runs.condition(n, 0.8, dynamics=EULER.name, dt=0.5, t_average=50.0, t_transient=300.0, t_align=20.0),
        runs.condition(
            effort.choose(400, 2000),
            1.5,
            dt=0.2,
            t_average=effort.choose(300.0, 2000.0),
            t_transient=400.0,
            k=effort.choose(40, 100),
        ),
    ]
    n = effort.choose(400, 1000)
    made += [
        runs.condition(
            n, g, dynamics="map", dt=1.0, t_average=effort.choose(150.0, 500.0), t_transient=500.0, t_align=30.0
        )
        for g in DISCRETE
    ]
    return made


def _fixed_point(ax, result, data, rows):
    for dynamics, law, colour, label in (
        (RK4.name, theory.semicircle_spectrum, 0, "continuous time"),
        (EULER.name, lambda g, n: theory.disk_spectrum(g, n, 0.5), 1, "Euler, dt = 0.5"),
    ):
        found = result.select(g=0.8, dynamics=dynamics)["exponents"][0]
        n = len(found)
        expected = law(0.8, n)
        data[f"fixed_point_{dynamics}"], data[f"fixed_point_{dynamics}_law"] = found, expected
        _compare(ax, found, expected, colour, label)
        rows.append(
            _distance(
                f"fixed point, {label}: rms distance in the bulk",
                found,
                expected,
                0.8 / np.sqrt(n),
                "one spacing of eigenvalues in the disk, g/sqrt(N)",
            )
        )
    ax.set_title("fixed point, $g = 0.8$: semicircle, disk")


def _near_onset(ax, result, data, rows):
    part = result.select(g=1.5, dynamics=RK4.name)
    found, n = part["exponents"][0], int(part["n"][0])
    largest = theory.largest_exponent(1.5)
    k = len(found)
    # the edge of a semicircle of radius 1 about -1, moved to the exponent of mean field
    edge = theory.semicircle_spectrum(1.0, n)[:k] + largest
    static = theory.semicircle_spectrum(1.5, n)[:k]
    data.update(near_onset=found, near_onset_edge=edge, near_onset_static=static)
    x = (np.arange(k) + 0.5) / n
    ax.plot(x, found, color=style.COLOURS[0], linewidth=2, label=f"simulation, N = {n}")
    ax.plot(x, edge, "--", color="black", linewidth=1, label=r"semicircle with edge $\lambda_1$ of mean field")
    ax.plot(x, static, ":", color=style.COLOURS[1], linewidth=1.3, label="semicircle of slopes at rest")
    ax.set_title("near the onset, $g = 1.5$: edge")
    difference = float(np.sqrt(np.mean((found - edge) ** 2)))
    rows.append(
        Row(
            f"near onset: rms distance of {k} leading exponents from the edge law",
            difference,
            NAN,
            0.0,
            NAN,
            "leading order in g - 1; allowed: half of the largest exponent",
            largest / 2,
        )
    )
    rows.append(
        Row(
            "near onset: largest exponent",
            *runs.mean(part, "largest_exponent"),
            largest,
            NAN,
            "mean field; allowed: twice the distance of the first exponent from the edge",
            2 * runs.edge(found, n)[1],
        )
    )
    rows.append(
        Row(
            f"near onset: rms distance of {k} leading exponents from the semicircle of slopes at rest",
            float(np.sqrt(np.mean((found - static) ** 2))),
            NAN,
            0.0,
            NAN,
            "it is the law of the unstable fixed point; allowed: as for the edge law",
            largest / 2,
            expected=False,
        )
    )


def _discrete_time(ax, result, data, rows):
    for i, g in enumerate(DISCRETE):
        found = result.select(g=g, dynamics="map")["exponents"].mean(axis=0)
        n = len(found)
        expected = theory.discrete_time_spectrum(g, n)
        data[f"discrete_{g:g}"], data[f"discrete_{g:g}_law"] = found, expected
        _compare(ax, found, expected, i, f"$g = {g:g}$")
        scale = np.ptp(expected[int(BULK[0] * n) : int(BULK[1] * n)])
        rows.append(
            _distance(
                f"discrete time, g = {g:g}: rms distance in the bulk",
                found,
                expected,
                0.01 * scale,
                "closed form; allowed: 1 % of the range of the bulk",
            )
        )
    isotropic = theory.discrete_time_largest_exponent(3.0) + 0.5 * np.log1p(-(np.arange(n) + 0.5) / n)
    data["discrete_isotropic"] = isotropic
    ax.plot((np.arange(n) + 0.5) / n, isotropic, ":", color=style.COLOURS[1], linewidth=1.3, label="isotropic, $g = 3$")
    ax.set(title="discrete time: closed form", ylim=(-10, 2))


def _compare(ax, found, expected, colour, label):
    x = (np.arange(len(found)) + 0.5) / len(found)
    ax.plot(x, found, color=style.COLOURS[colour], linewidth=2.2, alpha=0.7, label=label)
    ax.plot(x, expected, "--", color="black", linewidth=0.9)


def _distance(what, found, expected, allowed, source):
    return Row(what, analysis.deviation(found, expected, bulk=BULK).rms, NAN, 0.0, NAN, source, allowed)
