"""Point symmetry: exponents i and N + 1 - i add up to -2 / tau."""

import numpy as np

from ... import analysis, lyapunov_spectrum
from ...plotting import style
from ..page import Page, Row
from . import runs

NAN = float("nan")
GAIN = 3.0


def page(effort):
    """The page of the point symmetry; see `pylyap.papers.reproduce`."""
    import matplotlib.pyplot as plt

    n, t_average = effort.choose(100, 500), effort.choose(400.0, 1000.0)
    cases = {
        # antisymmetric weights let the state rest, with all exponents at -1: input makes the slopes vary
        "antisymmetric, RK4": dict(weights="antisymmetric", drive="sinusoid", strength=5.0, frequency=0.2, dt=0.1),
        "Gaussian, RK4": {},
        "Gaussian, Euler dt = 0.1": dict(dynamics="euler", dt=0.1),
        f"Gaussian, RK4, N = {2 * n}": dict(size=2 * n),
    }
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    data, rows = {}, []
    for i, (label, changes) in enumerate(cases.items()):
        size = changes.pop("size", n)
        duration = t_average if size == n else t_average / 4
        spectrum = _run(runs.condition(size, GAIN, 1, t_average=duration, **{"dt": 0.2, **changes}), effort)
        found = analysis.symmetry(spectrum)
        colour, x = style.COLOURS[i], (np.arange(len(found.defects)) + 0.5) / size
        axes[0].plot((np.arange(size) + 0.5) / size, spectrum.exponents, color=colour, linewidth=1.3, label=label)
        axes[1].plot(x, found.defects, color=colour, linewidth=1.2, label=label)
        axes[1].fill_between(x, -1.96 * found.stderr, 1.96 * found.stderr, color=colour, alpha=0.18, linewidth=0)
        name = label.replace(",", "").replace(" ", "_")
        data.update(
            {f"exponents_{name}": spectrum.exponents, f"defects_{name}": found.defects, f"stderr_{name}": found.stderr}
        )
        rows += _rows(label, found, size, duration)
    axes[0].axhline(-1, **style.ZERO_LINE)
    axes[0].set(
        xlabel="$i/N$", ylabel=r"Lyapunov exponent $\lambda_i$ ($1/\tau$)", title=r"spectra, symmetric about $-1/\tau$"
    )
    axes[1].axhline(0, **style.ZERO_LINE)
    axes[1].set(
        xlabel="$i/N$",
        ylabel=r"$\lambda_i + \lambda_{N+1-i} + 2/\tau$",
        title="what is left of a pair, and 95 % of its error",
    )
    axes[1].legend(frameon=False, fontsize="small", loc="lower right")
    for ax in axes:
        style.finish(ax)
    text = (
        f"Sums of pairs of exponents, g = {GAIN:g}, N = {n}; bands are 95 % of the statistical error of a sum. For "
        "antisymmetric weights, here with a sinusoid of random phases so that the slopes vary, the symmetry is "
        "exact in the long run. For Gaussian ones it holds in the limit of large networks, and what is left is of "
        "the size of the errors. Euler's method breaks it: the mean moves to ln(1 - dt)/dt, and the ends of the "
        "spectrum move more."
    )
    return Page("Point symmetry of the spectrum", text, figure, data, rows)


def _run(condition, effort):
    return lyapunov_spectrum(
        runs.network(condition),
        t_average=condition["t_average"],
        t_transient=condition["t_transient"],
        t_align=50.0,
        solver=condition["dynamics"],
        dt=condition["dt"],
        progress=effort.progress,
    )


def _rows(label, found, n, duration):
    if "Euler" in label:
        centre = np.log(0.9) / 0.1
        return [
            Row(f"{label}: rms of what is left", found.rms, NAN, 0.0, NAN, "exact in continuous time", expected=False),
            Row(
                f"{label}: mean of what is left",
                found.defects.mean(),
                NAN,
                2 * (centre + 1),
                NAN,
                "sum rule of Euler's map",
                2e-3,
            ),
        ]
    if label.startswith("antisymmetric"):
        # the ends of the frame do not cancel: a term of order 1 in the logarithms
        source, allowed = "exact for T to infinity; allowed: 1/T", 1 / duration
    else:
        source, allowed = (
            "exact for N to infinity; allowed: 1/N and three times the rms of the errors",
            1 / n + 3 * found.expected_rms,
        )
    return [
        Row(f"{label}: rms of what is left", found.rms, NAN, 0.0, NAN, source, allowed),
        Row(f"{label}: rms that the errors alone would make", found.expected_rms, NAN, NAN, NAN, ""),
        Row(f"{label}: mean of what is left", found.defects.mean(), NAN, 0.0, NAN, "sum rule, RK4", 1e-3),
    ]
