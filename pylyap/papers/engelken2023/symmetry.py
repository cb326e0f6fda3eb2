"""Point symmetry: exponents i and N + 1 - i add up to -2 / tau."""

import numpy as np

from ..._solvers import EULER
from ... import analysis, lyapunov_spectrum, sweeps
from ...plotting import style
from ..page import Page, Row
from . import runs

NAN = float("nan")
GAIN = 3.0


def page(effort):
    """The page of the point symmetry; see `pylyap.papers.reproduce`."""
    import matplotlib.pyplot as plt

    cases = conditions(effort)
    n = next(iter(cases.values()))["n"]
    measure = sweeps.Measure("engelken2023 symmetry", measured)
    result = effort.measured("engelken2023-symmetry", measure, list(cases.values()))
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    data, rows = {}, []
    for (label, case), colour in zip(cases.items(), style.COLOURS):
        part = result.select(**case)
        exponents, defects, stderr = (part[name][0] for name in ("exponents", "defects", "stderr"))
        x = (np.arange(case["n"]) + 0.5) / case["n"]
        axes[0].plot(x, exponents, color=colour, linewidth=1.3, label=label)
        x = x[: len(defects)]
        axes[1].plot(x, defects, color=colour, linewidth=1.2, label=label)
        axes[1].fill_between(x, -1.96 * stderr, 1.96 * stderr, color=colour, alpha=0.18, linewidth=0)
        name = label.replace(",", "").replace(" ", "_")
        data.update({f"exponents_{name}": exponents, f"defects_{name}": defects, f"stderr_{name}": stderr})
        rows += _rows(label, analysis.Symmetry(defects, stderr, -1.0), case["n"], case["t_average"])
    axes[0].axhline(-1, **style.ZERO_LINE)
    axes[0].set(
        xlabel="$i/N$", ylabel=r"Lyapunov exponent $\lambda_i$ ($1/\tau$)", title=r"spectra, symmetric about $-1/\tau$"
    )
    axes[1].axhline(0, **style.ZERO_LINE)
    axes[1].set(
        xlabel="$i/N$",
        ylabel=r"$\lambda_i + \lambda_{N+1-i} + 2/\tau$",
        title="deviation of a pair from symmetry, and 95 % of its error",
    )
    axes[1].legend(frameon=False, fontsize="small", loc="lower right")
    for ax in axes:
        style.finish(ax)
    text = (
        f"Sums of pairs of exponents, g = {GAIN:g}, N = {n}; bands are 95 % of the statistical error of a sum. For "
        "antisymmetric weights, here with a sinusoid of random phases so that the slopes vary, the symmetry is "
        "exact in the long run. For Gaussian ones it holds in the limit of large networks, and the deviation is of "
        "the size of the errors. Euler's method breaks it: the mean moves to ln(1 - dt)/dt, and the ends of the "
        "spectrum move more."
    )
    return Page("Point symmetry of the spectrum", text, figure, data, rows)


def conditions(effort):
    """Label -> condition."""
    n, t_average = effort.choose(100, 500), effort.choose(400.0, 1000.0)
    # antisymmetric weights let the state rest, with all exponents at -1: input makes the slopes vary
    driven = dict(weights="antisymmetric", drive="sinusoid", strength=5.0, frequency=0.2)
    return {
        "antisymmetric, RK4": runs.condition(n, GAIN, 1, dt=0.1, t_average=t_average, **driven),
        "Gaussian, RK4": runs.condition(n, GAIN, 1, dt=0.2, t_average=t_average),
        "Gaussian, Euler dt = 0.1": runs.condition(n, GAIN, 1, dynamics=EULER.name, dt=0.1, t_average=t_average),
        f"Gaussian, RK4, N = {2 * n}": runs.condition(2 * n, GAIN, 1, dt=0.2, t_average=t_average / 4),
    }


def measured(condition):
    """The spectrum of a condition, and the deviations of its pairs with standard errors."""
    spectrum = lyapunov_spectrum(runs.network(condition), progress=False, **runs.options(condition))
    found = analysis.symmetry(spectrum)
    return dict(exponents=spectrum.exponents, defects=found.defects, stderr=found.stderr)


def _rows(label, found, n, duration):
    if "Euler" in label:
        centre = np.log(0.9) / 0.1
        return [
            Row(
                f"{label}: rms of the deviations",
                found.rms,
                NAN,
                0.0,
                NAN,
                "0 in continuous time; allowed: as there",
                _allowed(found, n),
                expected=False,
            ),
            Row(
                f"{label}: mean of the deviations",
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
            _allowed(found, n),
        )
    return [
        Row(f"{label}: rms of the deviations", found.rms, NAN, 0.0, NAN, source, allowed),
        Row(f"{label}: rms that the errors alone would make", found.expected_rms, NAN, NAN, NAN, ""),
        Row(f"{label}: mean of the deviations", found.defects.mean(), NAN, 0.0, NAN, "sum rule, RK4", 1e-3),
    ]


def _allowed(found, n):
    """What Gaussian weights leave of the pairs at finite N, and three times what the errors do."""
    return 1 / n + 3 * found.expected_rms
