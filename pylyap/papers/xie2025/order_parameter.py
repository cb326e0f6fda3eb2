"""Figures 1B and C: how much of a network is quiet after 100 steps, with weights drawn anew or kept."""

import math

import numpy as np

from ... import annealed, sweeps, theory
from ..._mean import mean_with_error
from ..._random import stream
from ...networks import weights
from .. import Page, Row
from . import drawing, published

GAINS = np.arange(1, 51) / 100
STEPS, ALPHA, SMALL = 100, 1.0, 0.1
ROOT = 1  # of all random numbers of these figures


def seed(condition, root=ROOT):
    """Of the weights and the first state."""
    return sweeps.seed_of(condition, root)


def quiet_fractions(condition, gains=GAINS, steps=STEPS, alpha=ALPHA, small=SMALL, root=ROOT):
    """Fraction of components below 0.1 after 100 linear steps, for all gains on the same random numbers.

    The state after T steps is g**T times that at g = 1, so one run at the gain of the annealed theory serves them all.
    The constants are arguments so that stores know them.
    """
    n, own = condition["n"], seed(condition, root)
    x = stream(own, "initial state").standard_normal(n)
    gain, log_size = theory.annealed_transition_gain(n, alpha), 0.0  # a single matrix may grow by far more than g*
    if condition["weights"] == "annealed":
        x = annealed.final_state(annealed.levy(x, gain, alpha, widths=[n] * steps, phi=None, seed=own))
    else:
        W = weights.levy(n, gain, alpha, seed=own)
        for _ in range(steps):
            x = W @ x
            length = np.linalg.norm(x)
            x /= length
            log_size += math.log(length)
    log_sizes = np.sort(np.log(np.abs(x))) + log_size
    return dict(fraction=np.searchsorted(log_sizes, math.log(small) + steps * np.log(gain / gains)) / n)


def page(effort, name, curves, *, n, realisations):
    """One figure; `realisations` is a pair, for quick and for full effort."""
    realisations = effort.choose(*realisations)
    conditions = sweeps.grid(weights=["annealed", "quenched"], n=[n], trial=range(realisations))
    measure = sweeps.Measure("quiet fractions", quiet_fractions)
    result = effort.measured(name, measure, conditions)
    figure, (ax,) = drawing.panels(1, height=3.8)
    data, rows = dict(gain=GAINS), []
    for kind, colour in (("annealed", "#0072B2"), ("quenched", "#D55E00")):
        fractions = result.select(weights=kind)["fraction"]
        mean, error = mean_with_error(fractions)
        if kind == "quenched":
            ax.plot(GAINS, fractions[:20].T, color=colour, linewidth=0.4, alpha=0.4)
        drawing.curve(ax, GAINS, mean, 3 * error, colour, kind, markersize=2)
        paper = published.curve(curves, kind)
        drawing.published(ax, paper, colour)
        data |= {f"{kind}_fractions": fractions}
        for g in (0.13, 0.15, 0.16) if n == 3000 else (0.20, 0.22, 0.24):
            at = round(100 * g) - 1
            rows.append(Row(f"fraction, {kind}, g = {g:.2f}", mean[at], error[at], paper.y[at], paper.sd[at] / 3,
                            "published figure, 100 realisations; 0.002 to read it off", shift=0.002))
    line = theory.annealed_transition_gain(n, ALPHA)
    ax.axvline(line, color="0.2", linewidth=1, linestyle=":")
    ax.text(line + 0.005, 1.0, "g* (theory)", fontsize=8, va="top")
    ax.set(xlabel="gain g", ylabel=r"fraction of units with $|x_i| < 0.1$")
    drawing.legend_of_styles(ax, loc="center right")
    ax.legend(fontsize=8, frameon=False, loc="upper right")
    rows.append(Row(f"theory line g*, N = {n}", line, math.nan, published.theory_line(curves), 0.0003,
                    "published figure: 100 000 draws and reading"))
    text = (
        f"Linear dynamics of {n} units with Cauchy weights (alpha = 1), {STEPS} steps from a normal state, "
        f"{realisations} realisations: mean and 3 standard errors; thin lines: 20 single quenched networks. Here all "
        "gains share the random numbers of a realisation. This figure rests on no Lyapunov exponent."
    )
    title = f"Figure {name}: quiet units after {STEPS} steps, N = {n}"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)
