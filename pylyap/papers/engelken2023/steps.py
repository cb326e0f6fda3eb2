"""Continuous against discrete time: how much of entropy rate and dimension depends on the step of Euler's method."""

import numpy as np

from ..._solvers import EULER, RK4
from ... import theory
from ...plotting import style
from ..page import Page, Row
from . import clark2026, gain, runs

NAN = float("nan")
STEPS = (0.02, 0.1, 0.3, 1.0)
LARGEST_COMPARED = 15.0  # gain up to which some hundred units are many: few cross zero at a time beyond
PANELS = (
    ("largest_exponent", r"largest exponent $\lambda_1$ ($1/\tau$)"),
    ("entropy_rate", r"entropy rate $H/N$ (nats/$\tau$)"),
    ("kaplan_yorke_dimension", "dimension $D/N$"),
)


def page(effort):
    """The page of the step; see `pylyap.papers.reproduce`."""
    import matplotlib.pyplot as plt

    result = runs.sweep("steps", conditions(effort), effort)
    n = int(result["n"][0])
    curves = {(RK4.name, 0.0): result.select(dynamics=RK4.name)}
    curves.update({(EULER.name, dt): result.select(dynamics=EULER.name, dt=dt) for dt in STEPS})
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
    data, colours = {}, dict(zip(curves, (style.COLOURS[6], *style.COLOURS)))
    for (dynamics, dt), part in curves.items():
        gains = np.unique(part["g"])
        name = "continuous" if dynamics == RK4.name else f"euler_{dt:g}"
        data[f"gains_{name}"] = gains
        for ax, (number, _) in zip(axes, PANELS):
            per = 1 if number == "largest_exponent" else n
            values = np.array([runs.mean(part.select(g=g), number, per) for g in gains])
            data[f"{number}_{name}"], data[f"{number}_{name}_stderr"] = values.T
            label = "continuous (RK4, step < 1/g)" if dynamics == RK4.name else f"Euler, dt = {dt:g}"
            line = dict(linewidth=2 if dynamics == RK4.name else 1, color=colours[dynamics, dt], label=label)
            ax.errorbar(gains, values[:, 0], 1.96 * values[:, 1], fmt="o-", markersize=3.5, **line)
    _draw_theory(axes, colours)
    for ax, (_, label) in zip(axes, PANELS):
        gain.axis_of_gains(ax)
        ax.set_ylabel(label)
        style.finish(ax)
    axes[0].set_ylim(0, 3.0)
    for ax in axes[1:]:
        ax.set_ylim(0, None)
    axes[2].legend(frameon=False, fontsize="small")
    text = (
        f"Networks of {n} units. In continuous time entropy rate and dimension rise with the gain, and the dimension "
        "saturates. With Euler's method both fall far from the onset, and the larger the step, the sooner: the "
        f"dimension falls below three quarters of its largest value {_falls(data)}. Units have slope only while they "
        "cross zero, which takes about 2/g tau; with longer steps they jump across without it. So a fall that moves "
        "with the step is not a property of the continuous network. Discrete time, dt = 1, is the extreme; there the "
        "fall is one of the network itself, given by a closed form. Dashed: infinitely many units; at gains of some "
        "ten, this network has few units near zero at a time and is below."
    )
    return Page("Continuous and discrete time: the step", text, figure, data, _rows(result, data, n))


def conditions(effort):
    """The same weights at every gain and step; more exponents at large steps, where the dimension is larger."""
    n, trials = effort.choose(200, 1000), effort.choose(2, 3)
    euler_gains = effort.choose(
        (2.0, 3.0, 6.0, 15.0, 50.0, 200.0, 1000.0), (1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 1000.0)
    )
    flow_gains = effort.choose((2.0, 3.0, 6.0, 15.0, 40.0), (1.5, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 100.0))
    few, many = round(0.13 * n) + 4, round(0.34 * n)
    made = [
        runs.condition(
            n,
            g,
            trial,
            dt=gain.step(effort, g),
            t_average=effort.choose(100.0, 300.0) if g < 10 else effort.choose(60.0, 100.0),
            t_transient=100.0,
            t_align=20.0,
            k=few,
        )
        for g in flow_gains
        for trial in range(trials)
    ]
    for dt in STEPS:
        made += [
            runs.condition(
                n,
                g,
                trial,
                dynamics=EULER.name,
                dt=dt,
                t_average=effort.choose(150.0, 500.0) if dt > 0.02 else effort.choose(60.0, 300.0),
                t_transient=100.0,
                t_align=20.0,
                k=many if dt > 0.1 else few,
            )
            for g in euler_gains
            for trial in range(trials)
        ]
    return made


def _falls(data):
    """Where the dimension has fallen by a quarter, in words."""
    found = []
    for dt in STEPS:
        gains, values = data[f"gains_euler_{dt:g}"], data[f"kaplan_yorke_dimension_euler_{dt:g}"]
        low = gains[(gains > gains[values.argmax()]) & (values < 0.75 * values.max())]
        found.append((f"at g = {low[0]:g}" if low.size else f"not up to g = {gains[-1]:g}") + f" for dt = {dt:g}")
    return ", ".join(found)


def _draw_theory(axes, colours):
    gains = np.geomspace(1.05, 300, 25)
    thin = dict(linewidth=0.8, linestyle="--")
    axes[0].plot(gains, [theory.largest_exponent(g) for g in gains], color=colours[RK4.name, 0.0], **thin)
    for dt in STEPS[1:]:
        exponents = [theory.largest_exponent(g, euler_step=dt) for g in gains]
        axes[0].plot(gains, exponents, color=colours[EULER.name, dt], **thin)
    totals = [theory.discrete_time_totals(g) for g in gains]
    thin.update(color=colours[EULER.name, 1.0], label="theory, dt = 1")
    axes[1].plot(gains, [t.entropy_rate for t in totals], **thin)
    axes[2].plot(gains, [t.kaplan_yorke_dimension for t in totals], **thin)


def _rows(result, data, n):
    rows: list[Row] = []
    for dt in STEPS:
        for i, g in enumerate(data[f"gains_euler_{dt:g}"]):
            if g <= LARGEST_COMPARED:
                rows += _rows_of_maps(data, i, g, n) if dt == 1.0 else [_row_of_step(result, data, i, g, dt, n)]
    clark = clark2026.EULER[0.1]
    at = list(data["gains_euler_0.1"]).index(3.0)
    for number, place, label in (("entropy_rate", 2, "H/N"), ("kaplan_yorke_dimension", 3, "D/N")):
        allowed = gain.shift_of(label, n)
        rows.append(
            Row(
                f"{label}, Euler dt = 0.1, g = 3",
                *_found(data, number, 0.1, at),
                clark[place],
                NAN,
                f"{clark2026.SOURCE}, N = 4096; allowed: {allowed:.0%} for the size",
                allowed * clark[place],
            )
        )
    return rows


def _row_of_step(result, data, i, g, dt, n):
    exponents = result.select(dynamics=EULER.name, dt=dt, g=g)["exponents"].mean(axis=0)
    allowed = 2 * runs.edge(exponents, n)[1]
    return Row(
        f"largest exponent, Euler dt = {dt:g}, g = {g:g}",
        *_found(data, "largest_exponent", dt, i),
        theory.largest_exponent(g, euler_step=dt),
        NAN,
        f"mean field at this step; allowed: {allowed:.3f}, twice the distance of the first exponent from the edge",
        allowed,
    )


def _rows_of_maps(data, i, g, n):
    totals = theory.discrete_time_totals(g)
    there = theory.discrete_time_largest_exponent(g), totals.entropy_rate, totals.kaplan_yorke_dimension
    missing = 2 * runs.missing_in_discrete_time(g, n)
    return [
        Row(
            f"{label}, dt = 1, g = {g:g}",
            *_found(data, number, 1.0, i),
            value,
            NAN,
            f"closed form; allowed: {allowed:.2g}, twice the first-order effect of {n} units",
            allowed,
        )
        for (number, _), label, value, allowed in zip(PANELS, ("largest exponent", "H/N", "D/N"), there, missing)
    ]


def _found(data, number, dt, i):
    return data[f"{number}_euler_{dt:g}"][i], data[f"{number}_euler_{dt:g}_stderr"][i]
