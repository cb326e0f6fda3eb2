"""Figure 17: gain at which networks with fixed Cauchy weights lose quiescence, over many networks."""

import math

import numpy as np

from ... import sweeps, theory
from ...networks import weights
from .. import Page, Row
from . import drawing, published

REALISATIONS, SETS, ROOT = 100, 3, 17
DENSE = 60  # units up to which all eigenvalues are cheaper than the leading ones
STATISTICS = {
    "1/<g*>": (lambda gains: 1 / gains.mean(), "1 / mean"),
    "SD": (lambda gains: gains.std(), "standard deviation"),
    "CV": (lambda gains: gains.std() / gains.mean(), "SD / mean"),
}


def transition_gain(condition, root=ROOT, dense=DENSE):
    """1 / spectral radius of one matrix. The constants are arguments so that stores know them."""
    W = weights.levy(condition["n"], 1.0, condition["alpha"], seed=sweeps.seed_of(condition, root))
    return dict(gain=1.0 / spectral_radius(W, dense))


def spectral_radius(W, dense=DENSE):
    """The largest modulus of the eigenvalues; by Arnoldi's method if W is large, to 1e-6."""
    if len(W) <= dense:
        return 1.0 / theory.quenched_transition_gain(W)
    from scipy.sparse.linalg import eigs

    start = np.ones(len(W))  # and not random: the same result each time
    return float(np.abs(eigs(W, k=2, tol=1e-6, v0=start, return_eigenvectors=False)).max())


def page(effort):
    """Figure 17."""
    paper_sizes = np.unique(published.quenched_statistics("SD")[0])
    sizes = [int(n) for n in paper_sizes if n <= effort.choose(600, 3000)]
    conditions = sweeps.grid(alpha=[1.0], n=sizes, set=range(SETS), trial=range(REALISATIONS))
    measure = sweeps.Measure("quenched transition", transition_gain)
    result = effort.measured("17", measure, conditions)
    gains = {n: np.array([result.select(n=n, set=s)["gain"] for s in range(SETS)]) for n in sizes}
    figure, axes = drawing.panels(3)
    data = dict(sizes=sizes) | {f"gains_{n}": gains[n] for n in sizes}
    rows = []
    for ax, (name, (statistic, label)) in zip(axes, STATISTICS.items()):
        there_sizes, there = published.quenched_statistics(name)
        ours = np.array([[statistic(one) for one in gains[n]] for n in sizes])
        ax.plot(there_sizes, there, color=drawing.COLOURS[2.0], marker="o", markerfacecolor="none", linestyle="",
                label="published, 3 sets")
        ax.plot(np.repeat(sizes, SETS), ours.ravel(), "x", color=drawing.COLOURS[1.0], label="pylyap")
        ax.set(xscale="log", xlabel="number of units N", ylabel=f"{label} of the gain")
        data[label.replace(" ", "")] = ours
        published_sets = np.array([there[there_sizes == n] for n in sizes])
        rows += _rows(label, sizes, ours, published_sets)
    line = np.array([1 / theory.annealed_transition_gain(int(n), 1.0) for n in paper_sizes])
    axes[0].plot(paper_sizes, line, color="0.2", linewidth=1, linestyle=":", label="annealed theory, 1 / g*")
    axes[0].legend(fontsize=7, frameon=False)
    text = (
        f"Networks with Cauchy weights, {SETS} sets of {REALISATIONS}; the zero state loses stability exactly at "
        "1 / spectral radius, so nothing is simulated. " + effort.choose(f"Quick: N up to {sizes[-1]} of 3000.", "")
    )
    title = "Figure 17: loss of quiescence with fixed weights, alpha = 1"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)


def _rows(label, sizes, ours, there):
    """Means over the sets; their relative scatter is about the same at all sizes, and is taken from all of them."""
    scatter = math.sqrt(np.mean([(sets.std(axis=1, ddof=1) / sets.mean(axis=1)) ** 2 for sets in (ours, there)]))
    relative = scatter / math.sqrt(SETS)
    source = "published figure, mean of its 3 sets; errors from the scatter of the sets"
    return [
        Row(f"{label}, N = {n}", here, relative * here, other, relative * other, source)
        for n, here, other in zip(sizes, ours.mean(axis=1), there.mean(axis=1))
    ]
