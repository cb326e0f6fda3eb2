"""Input lowers entropy rate and dimension: white noise, constant, sinusoidal and Ornstein-Uhlenbeck input."""

import numpy as np

from ..._solvers import HEUN
from ... import theory
from ...plotting import style
from ..page import Page, Row
from . import runs

NAN = float("nan")
GAIN = 3.0
KINDS = {
    "white": "white noise",
    "constant": "constant",
    "sinusoid": "sinusoid, f = 0.2",
    "ornstein-uhlenbeck": r"OU, $\tau_c = 2\tau$",
}
FREQUENCY = {"white": 0.0, "constant": 0.0, "sinusoid": 0.2, "ornstein-uhlenbeck": 0.5}
PANELS = (
    ("largest_exponent", r"largest exponent $\lambda_1$ ($1/\tau$)"),
    ("entropy_rate", r"entropy rate $H/N$ (nats/$\tau$)"),
    ("kaplan_yorke_dimension", "dimension $D/N$"),
)
RESONANT = 2.0  # amplitude of the sinusoid whose frequency is changed


def page(effort):
    """The page of input; see `pylyap.papers.reproduce`."""
    import matplotlib.pyplot as plt

    result = runs.sweep("inputs", conditions(effort), effort)
    n = int(result["n"][0])
    figure, axes = plt.subplots(2, 3, figsize=(13, 7.5), layout="constrained")
    data, at_rest = {}, result.select(drive="none")
    for kind, colour in zip(KINDS, style.COLOURS):
        part = result.select(drive=kind, frequency=FREQUENCY[kind])
        strengths = np.unique(part["strength"])
        data[f"strength_{kind}"] = np.concatenate([[0.0], strengths])
        _draw(
            axes[0],
            n,
            data,
            kind,
            data[f"strength_{kind}"],
            [at_rest] + [part.select(strength=s) for s in strengths],
            colour,
            KINDS[kind],
        )
    noises = np.linspace(0, data["strength_white"].max(), 15)
    axes[0, 0].plot(
        noises,
        [theory.largest_exponent(GAIN, noise=s) for s in noises],
        "--",
        color="black",
        linewidth=1,
        label="mean field, white noise",
    )
    part = result.select(drive="sinusoid", strength=RESONANT)
    frequencies = np.unique(part["frequency"])
    data["frequency"] = frequencies
    _draw(
        axes[1],
        n,
        data,
        "frequency",
        frequencies,
        [part.select(frequency=f) for f in frequencies],
        style.COLOURS[2],
        f"amplitude {RESONANT:g}",
    )
    for i, (number, label) in enumerate(PANELS):
        axes[1, i].axhline(data[f"{number}_white"][0], color="0.35", linewidth=0.8, linestyle=(0, (4, 3)))
        axes[0, i].set(xlabel=r"strength of the input ($\sigma$, $I$ or amplitude)", ylabel=label)
        axes[1, i].set(xlabel=r"frequency of the sinusoid ($1/\tau$)", ylabel=label, xscale="log")
        for ax in axes[:, i]:
            if i:
                ax.set_ylim(0, None)
            style.finish(ax)
    axes[0, 0].axhline(0, **style.ZERO_LINE)
    axes[0, 0].legend(frameon=False, fontsize="small")
    axes[1, 0].annotate(
        "without input",
        (0.02, data["largest_exponent_white"][0]),
        xycoords=("axes fraction", "data"),
        va="bottom",
        fontsize="small",
        color="0.35",
    )
    text = (
        f"Rate networks of {n} units, g = {GAIN:g}, each unit with input of its own: independent noise, independent "
        "phases of the sinusoid, and a constant, which for weights of random sign is the same for all. All of them "
        "lower largest exponent, entropy rate and dimension, until chaos is gone. Bottom: slow sinusoids do so as a "
        "constant does, fast ones are filtered by the units and do little."
    )
    return Page("Input reduces entropy rate and dimension", text, figure, data, _rows(data, at_rest))


def conditions(effort):
    """Every kind in some strengths, the sinusoid in some frequencies; by Heun's method, which noise allows."""
    n, trials = effort.choose(200, 1000), effort.choose(2, 3)
    run = dict(
        dynamics=HEUN.name,
        dt=0.1,
        t_average=effort.choose(200.0, 500.0),
        t_transient=100.0,
        t_align=20.0,
        k=round(0.11 * n) + 4,
    )
    strengths = effort.choose((0.5, 1.0, 1.5, 2.0, 3.0), (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0))
    cases = [("none", 0.0, 0.0)]
    cases += [(kind, s, FREQUENCY[kind]) for kind in KINDS for s in strengths]
    cases += [
        ("sinusoid", RESONANT, f)
        for f in effort.choose((0.02, 0.05, 0.1, 0.5, 1.0), (0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 1.0, 2.0))
    ]
    return [
        runs.condition(n, GAIN, trial, drive=kind, strength=s, frequency=f, **run)
        for kind, s, f in cases
        for trial in range(trials)
    ]


def _draw(axes, n, data, name, x, parts, colour, label):
    for ax, (number, _) in zip(axes, PANELS):
        values = np.array([runs.mean(part, number, 1 if number == "largest_exponent" else n) for part in parts])
        data[f"{number}_{name}"], data[f"{number}_{name}_stderr"] = values.T
        ax.errorbar(
            x, values[:, 0], 1.96 * values[:, 1], fmt="o-", markersize=4, linewidth=1, color=colour, label=label
        )


def _rows(data, at_rest):
    rows, n = [], int(at_rest["n"][0])
    allowed = 2 * runs.edge(at_rest["exponents"].mean(axis=0), n)[1]
    for i, noise in enumerate(data["strength_white"]):
        there = theory.largest_exponent(GAIN, noise=noise)
        rows.append(
            Row(
                f"largest exponent, white noise {noise:g}",
                data["largest_exponent_white"][i],
                data["largest_exponent_white_stderr"][i],
                there,
                NAN,
                f"mean field; allowed: {allowed:.3f}, twice the first exponent's distance from the edge without noise",
                allowed,
            )
        )
    for kind in KINDS:
        for number, label in (("entropy_rate", "H"), ("kaplan_yorke_dimension", "D")):
            ratio, error = _ratio(data, f"{number}_{kind}")
            rows.append(
                Row(
                    f"{label} with the strongest input ({kind}), of that without input, and three standard errors",
                    ratio + 3 * error,
                    NAN,
                    0.5,
                    NAN,
                    "the paper: input lowers it, so between 0 and 1",
                    0.5,
                )
            )
    return rows


def _ratio(data, name):
    """The number with the strongest input, of that without, and its standard error."""
    (first, last), (error_first, error_last) = data[name][[0, -1]], data[name + "_stderr"][[0, -1]]
    return last / first, np.hypot(error_last, last / first * error_first) / first
