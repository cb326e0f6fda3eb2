"""Networks of different size: one spectrum, and entropy rate and dimension in proportion to the number of units."""

import numpy as np

from ... import analysis, theory
from ...plotting import style
from ..page import Page, Row
from . import clark2026, runs

GAIN = 5.0  # small networks of lower gain often end on limit cycles
NAN = float("nan")


def page(effort):
    """The page of the size sweep; see `pylyap.papers.reproduce`."""
    import matplotlib.pyplot as plt

    result = runs.sweep("size", conditions(effort), effort)
    sizes = np.unique(result["n"])
    spectra = {n: result.select(n=n)["exponents"].mean(axis=0) for n in sizes}
    numbers = {
        name: np.array([runs.mean(result.select(n=n), name) for n in sizes])
        for name in ("largest_exponent", "entropy_rate", "kaplan_yorke_dimension")
    }
    entropy, dimension = (
        analysis.extensivity(result["n"], result[name]) for name in ("entropy_rate", "kaplan_yorke_dimension")
    )
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
    _draw_spectra(axes[0], spectra)
    _draw_totals(axes[1], result, entropy, dimension)
    _draw_largest(axes[2], sizes, numbers["largest_exponent"])
    data = dict(
        sizes=sizes,
        **{f"exponents_{n}": spectrum for n, spectrum in spectra.items()},
        **{name: values[:, 0] for name, values in numbers.items()},
        **{name + "_stderr": values[:, 1] for name, values in numbers.items()},
    )
    text = (
        f"Rate networks in continuous time, g = {GAIN:g}, RK4, no autapses. The exponents against i/N fall on one "
        "curve, and entropy rate and dimension grow in proportion to N, up to an offset that stays while N grows. "
        "Below some 150 units many networks of this gain are not chaotic."
    )
    return Page("Size invariance and extensivity", text, figure, data, _rows(spectra, numbers, entropy, dimension))


def conditions(effort):
    """Whole spectra; networks that are averaged over at small sizes, where they differ most."""
    dt = effort.choose(0.2, 0.1)
    trials = effort.choose({150: 4, 200: 3, 300: 2, 400: 1}, {250: 8, 500: 4, 1000: 2, 2000: 1})
    t_average = effort.choose(lambda n: 30000 / n, lambda n: 500.0 * 1000 / n)
    return [
        runs.condition(n, GAIN, trial, dt=dt, t_average=t_average(n), t_transient=50.0, t_align=20.0)
        for n, count in trials.items()
        for trial in range(count)
    ]


def _draw_spectra(ax, spectra):
    for (n, exponents), colour in zip(spectra.items(), style.COLOURS):
        ax.plot((np.arange(n) + 0.5) / n, exponents, color=colour, label=f"N = {n}", linewidth=1.3)
    ax.axhline(0, **style.ZERO_LINE)
    ax.set(xlabel="$i/N$", ylabel=r"Lyapunov exponent $\lambda_i$ ($1/\tau$)", title="one curve for all sizes")
    ax.legend(frameon=False)
    style.finish(ax)


def _draw_totals(ax, result, entropy, dimension):
    N = np.array([0, result["n"].max()])
    for name, line, scale, label, colour in (
        ("kaplan_yorke_dimension", dimension, 1, "dimension $D$", style.COLOURS[0]),
        ("entropy_rate", entropy, 10, r"10 $\times$ entropy rate $H$ (nats/$\tau$)", style.COLOURS[1]),
    ):
        ax.plot(result["n"], scale * result[name], "o", color=colour, markersize=4, label=label)
        ax.plot(N, scale * line(N), color=colour, linewidth=1)
    ax.set(xlabel="$N$", xlim=(0, None), ylim=(0, None), title="in proportion to size")
    ax.legend(frameon=False)
    style.finish(ax)


def _draw_largest(ax, sizes, largest):
    ax.errorbar(sizes, largest[:, 0], 1.96 * largest[:, 1], fmt="o-", color=style.COLOURS[0], markersize=4, linewidth=1)
    ax.axhline(theory.largest_exponent(GAIN), color=style.COLOURS[6], linewidth=1, label=r"mean field, $N\to\infty$")
    ax.set(
        xlabel="$N$", ylabel=r"largest exponent $\lambda_1$ ($1/\tau$)", ylim=(0, None), title="approaches mean field"
    )
    ax.legend(frameon=False, loc="lower right")
    style.finish(ax)


def _rows(spectra, numbers, entropy, dimension):
    clark = clark2026.CONTINUOUS[GAIN]
    largest_size = max(spectra)
    deviation = analysis.collapse(list(spectra.values()))
    rows = [
        Row(
            "D per unit (slope)",
            dimension.slope,
            dimension.slope_error,
            clark[clark2026.DIMENSION],
            NAN,
            f"D/N at N = 4096, {clark2026.SOURCE}; 5 % for the curvature left at small N",
            0.05 * clark[clark2026.DIMENSION],
        ),
        Row(
            "H per unit (slope)",
            entropy.slope,
            entropy.slope_error,
            clark[clark2026.ENTROPY],
            NAN,
            f"H/N at N = 4096, {clark2026.SOURCE}; 5 % for the curvature left at small N",
            0.05 * clark[clark2026.ENTROPY],
        ),
    ]
    for i, (n, exponents) in enumerate(spectra.items()):
        rows.append(Row(f"mean exponent, N = {n}", exponents.mean(), NAN, -1.0, NAN, "sum rule, exact", 1e-3))
        rows.append(
            Row(
                f"rms distance from the mean curve, N = {n}",
                deviation[i],
                NAN,
                0.0,
                NAN,
                "allowed: 1 % of the range of the spectrum, for the scatter of networks of some hundred units",
                0.01 * np.ptp(exponents),
            )
        )
    _, shift = runs.edge(spectra[largest_size], largest_size)
    rows.append(
        Row(
            f"largest exponent, N = {largest_size}",
            *numbers["largest_exponent"][-1],
            theory.largest_exponent(GAIN),
            NAN,
            f"mean field; {shift:.3f} below the edge at this size, and as much again for the scatter of networks",
            2 * shift,
        )
    )
    return rows
