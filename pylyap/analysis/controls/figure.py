"""The report as one page of figures."""

import numpy as np

from ...plotting import style
from ...results.verdict import WORST_CONDITION
from .check import LARGE_CONDITION

COLOURS = {"pass": "#009E73", "warn": "#E69F00", "fail": "#D55E00", "no time": "0.6", "not applicable": "0.6"}


def draw(report):
    """A figure of six panels: the spectra, how they differ, how they settle, condition numbers, twins, and verdicts."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 12.0), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(4, 2, height_ratios=(1, 1, 1, 1.25))
    axes = [figure.add_subplot(grid[i, j]) for i in range(3) for j in range(2)]
    for panel, ax in zip((spectra, differences, running_averages, conditions, twins, pairs), axes):
        panel(report, ax)
    verdicts(report, figure.add_subplot(grid[3, :]))
    return figure


def spectra(report, ax):
    """All spectra over each other."""
    for label, curve in report.curves.items():
        x = np.arange(1, len(curve.exponents) + 1) / report.spectrum.size
        first = label == "this run"
        colour = dict(color="black") if first else {}
        ax.plot(x, curve.exponents, ".-", markersize=3, linewidth=1.6 if first else 0.8, zorder=3 if first else 2, **colour)
    ax.axhline(0.0, **style.ZERO_LINE)
    ax.set(xlabel="$i/N$", ylabel=rf"exponents $\lambda_i$ ({style.rate_unit(report.spectrum)})")
    ax.set_title(f"spectra of all {len(report.curves)} runs")
    style.finish(ax)


def differences(report, ax):
    """What the other runs differ by from this one, within the band of statistics."""
    base, size = report.spectrum, report.spectrum.size
    x = np.arange(1, base.n_exponents + 1) / size
    ax.fill_between(x, -1.96 * base.stderr, 1.96 * base.stderr, color="0.85", linewidth=0, label="1.96 errors")
    shown = [(label, curve) for label, curve in report.curves.items() if label != "this run" and not _other_network(label)]
    for number, (label, curve) in enumerate(shown):
        k = min(base.n_exponents, len(curve.exponents))
        look = dict(color=style.COLOURS[number % len(style.COLOURS)], linewidth=0.8, marker=".", markersize=3)
        look["linestyle"] = "-" if number < len(style.COLOURS) else ":"  # the colours have been used up
        one, other = curve.exponents[:k], base.exponents[:k]
        apart = np.subtract(one, other, out=np.zeros(k), where=one != other)  # both may be -inf
        ax.plot(x[:k], apart, label=label, **look)
    ax.set(xlabel="$i/N$", ylabel="difference from this run")
    ax.legend(frameon=False, fontsize="x-small", ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    style.finish(ax)


def _other_network(label):
    return label.startswith("realisation") or label == "half the size"


def running_averages(report, ax):
    """How four exponents settle."""
    base = report.spectrum
    columns = np.unique(np.linspace(0, base.n_exponents - 1, 4).astype(int))
    averages = np.cumsum(base.local_exponents[:, columns] * base.durations[:, None], axis=0)
    averages /= np.cumsum(base.durations)[:, None]
    for column, average, colour in zip(columns, averages.T, style.COLOURS):
        ax.plot(np.cumsum(base.durations), average, color=colour, label=rf"$\lambda_{{{column + 1}}}$")
    ax.set_xscale("log")
    ax.set(xlabel="averaging " + style.time_label(base), ylabel="running average")
    ax.legend(frameon=False, fontsize="small", ncols=len(columns), loc="lower center", bbox_to_anchor=(0.5, 1.0))
    style.finish(ax)


def conditions(report, ax):
    """Condition number in each block, and the bounds."""
    base = report.spectrum
    ax.semilogy(base.times, base.diagnostics["condition_number"], linewidth=0.7, color=style.COLOURS[0])
    ax.axhline(LARGE_CONDITION, color=COLOURS["warn"], linewidth=1, label="warn")
    ax.axhline(WORST_CONDITION["float64"], color=COLOURS["fail"], linewidth=1, label="fail")
    ax.set(xlabel=style.time_label(base), ylabel="condition number of a block")
    ax.legend(frameon=False, fontsize="small")
    style.finish(ax)


def twins(report, ax):
    """Local growth of the twin's distance against that of the tangent vector."""
    if report.twin is None:
        return _empty(ax, "no twin was computed (C11)")
    ax.plot(report.twin.tangent_local_exponents, report.twin.local_exponents, ".", markersize=3, color=style.COLOURS[0])
    low, high = ax.get_xlim()
    ax.plot([low, high], [low, high], color="0.5", linewidth=0.8, zorder=1)
    ax.set(xlabel="local rate, tangent vector", ylabel="local rate, twin")
    ax.set_title(f"twin: rms difference {report.twin.difference:.1e}")
    style.finish(ax)


def pairs(report, ax):
    """Pair sums of a rate network."""
    base = report.spectrum
    if base.time_unit != "tau" or base.n_exponents < base.size or not np.isfinite(base.exponents).all():
        return _empty(ax, "pair sums need all exponents of a rate network (C3)")
    half = (base.size + 1) // 2
    sums = (base.exponents + base.exponents[::-1])[:half]
    ax.plot(np.arange(1, half + 1) / base.size, sums, ".-", markersize=3, linewidth=0.8, color=style.COLOURS[0])
    ax.axhline(-2.0, **style.ZERO_LINE)
    ax.set(xlabel="$i/N$", ylabel=r"$\lambda_i + \lambda_{N+1-i}$ ($1/\tau$)")
    style.finish(ax)


def verdicts(report, ax):
    """The list of controls, each with the colour of its verdict."""
    ax.set_axis_off()
    rows = -(-len(report.checks) // 2)
    for number, check in enumerate(report.checks):
        x, y = (number // rows) * 0.5, 1 - (number % rows + 0.5) / rows
        ax.text(x, y, check.code, transform=ax.transAxes, va="center", weight="bold")
        ax.text(x + 0.045, y, check.title, transform=ax.transAxes, va="center")
        ax.text(x + 0.2, y, check.verdict, transform=ax.transAxes, va="center", color=COLOURS[check.verdict], weight="bold")
        if np.isfinite(check.value):
            bound = f" (bound {check.bound:.2g})" if np.isfinite(check.bound) else ""
            ax.text(x + 0.34, y, f"{check.value:.2g}{bound}", transform=ax.transAxes, va="center", fontsize="small")
    ax.set_title(f"{report.verdict}: {report.network}", color=COLOURS[report.verdict], fontsize="medium", wrap=True)


def _empty(ax, why):
    ax.set_axis_off()
    ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", color="0.5")
