"""Figures 3B, 6B, 13A and 19: Kaplan-Yorke dimension against gain; without input, with noise, after pruning."""

import math

import numpy as np

from ..._functions import described
from ... import sweeps, theory
from ...sweeps import measures
from .. import Page, Row
from . import comparison, drawing, networks, published, published_protocol, reference

ALPHAS = (1.0, 1.5, 2.0)
QUICK_GAINS = networks.DIMENSION_GRID[[14, 20, 22, 25, 27, 29, 32, 37, 42, 49]]
SHARE = {1.0: 0.13, 1.5: 0.25, 2.0: 0.36}  # of the N exponents that is computed first: as a rule the dimension is less


class Dimension:
    """Kaplan-Yorke dimension from as many leading exponents as it takes.

    A share of the exponents is computed first; where their sum never turns negative, twice as many, from the start.
    Networks of up to 300 units run side by side.
    """

    name = "Kaplan-Yorke dimension"

    def __init__(self, **options):
        self.options = options

    @property
    def settings(self):
        """What a store has to know."""
        return dict(share=SHARE, network=described(networks.network), **self.options)

    def batches(self, conditions, is_done):
        """Those that begin with the same number of exponents, some at a time; large networks one at a time."""
        left = [condition for condition in conditions if not is_done(condition)]
        groups: dict = {}
        for condition in left:
            groups.setdefault((condition["n"], condition["alpha"]), []).append(condition)
        batches = []
        for (n, _), group in groups.items():
            together = 8 if n <= measures.SIDE_BY_SIDE else 1
            batches += [group[i : i + together] for i in range(0, len(group), together)]
        return batches

    def __call__(self, batch):
        found: list = [None] * len(batch)
        k = _first_number(batch[0])
        while None in found:
            missing = [i for i, values in enumerate(found) if values is None]
            leading = sweeps.Spectra(networks.network, options_of=_own_seed, n_exponents=k, **self.options)
            for i, values in zip(missing, leading([batch[i] for i in missing])):
                dimension = values["kaplan_yorke_dimension"]
                if not math.isnan(dimension) or k == batch[i]["n"]:
                    found[i] = dict(dimension=dimension, largest_exponent=values["largest_exponent"])
            k = min(2 * k, batch[0]["n"])
        return found


def _own_seed(condition):
    return dict(seed=networks.seed(condition))


def _first_number(condition):
    share = SHARE[2.0] if condition["pruning"].startswith("strongest") else SHARE[condition["alpha"]]
    return max(10, math.ceil(share * condition["n"]))


def page(effort, name, curves, *, n, trials, noise=0.0, pruning="none"):
    """One figure: networks of `n` units, and `trials` of them, if the effort is full."""
    size, trials = effort.choose(200, n), effort.choose(3 if pruning == "none" else 1, trials)
    gains = effort.choose(QUICK_GAINS, networks.DIMENSION_GRID)
    scale = {alpha: _same_distance(alpha, size, n, pruning) for alpha in ALPHAS}
    conditions = [
        condition
        for alpha in ALPHAS
        for condition in sweeps.grid(
            alpha=alpha, n=size, noise=noise, pruning=pruning, trial=range(trials), gain=(scale[alpha] * gains).tolist()
        )
    ]
    measure = Dimension(t_transient=1000, t_align=100, t_average=effort.choose(600, 1000))
    result = effort.measured(name, measure, conditions)
    figure, (ax,) = drawing.panels(1, height=3.9)
    data, rows = dict(gain=gains), []
    for alpha in ALPHAS:
        found, colour = result.select(alpha=alpha).arranged("dimension", "trial", "gain"), drawing.COLOURS[alpha]
        paper = published.curve(curves, alpha)
        paper = published.Curve(paper.x, paper.y / n, paper.sd / n)
        drawing.curve(ax, gains, found.mean(axis=0) / size, found.std(axis=0) / size, colour, rf"$\alpha$ = {alpha}")
        drawing.published(ax, paper, colour)
        data |= {f"dimension_{alpha}": found, f"scale_{alpha}": scale[alpha]}
        rows += _rows(alpha, n, noise, pruning, gains, size, found, paper)
    if effort.published_protocol:
        again = published_protocol.measured(effort, name, conditions, steps=50, n_exponents=size)
        for alpha in ALPHAS:
            found = again.select(alpha=alpha).arranged("kaplan_yorke_dimension", "trial", "gain")
            ax.plot(gains, found.mean(axis=0) / size, "x", color=drawing.COLOURS[alpha], markersize=5)
            data[f"published_protocol_{alpha}"] = found
    ax.set(xscale="log", xlabel="gain g", ylabel="Kaplan-Yorke dimension / N", ylim=(0, 1.2 * ax.get_ylim()[1]))
    drawing.legend_of_styles(ax, effort.published_protocol, loc="upper right")
    ax.legend(fontsize=8, frameon=False, loc="upper left")
    text = (
        f"Solid: dimension of Kaplan and Yorke from the correct exponents, {trials} realisations with one matrix for "
        f"all gains, mean and SD; {measure.options['t_average']} steps after 1100. Dashed: the published "
        f"curve, N = {n}, from the transposed order over 50 steps without alignment. Divided by N"
        + (f", because here N = {size}." if size != n else ".")
    )
    if max(scale.values()) != min(scale.values()):
        text += (
            " The gain at which pruned networks lose quiescence depends on N: gains here are smaller or larger by the "
            "ratio of these gains (theory.pruned_transition_gain), and are shown as those of the published size."
        )
    how = " with noise" if noise else "" if pruning == "none" else f" without the {pruning} of the weights"
    title = f"Figure {name}: Kaplan-Yorke dimension against gain{how}, N = {size}"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)


def _same_distance(alpha, size, n, pruning):
    """Factor on the gains of `size` units that brings them as far from the loss of quiescence as those of `n`."""
    if not pruning.startswith("strongest"):
        return 1.0
    fraction = networks.PRUNINGS[pruning][0]  # type: ignore[index]  # the only one without is "none"
    return theory.pruned_transition_gain(size, alpha, fraction) / theory.pruned_transition_gain(n, alpha, fraction)


def _rows(alpha, n, noise, pruning, gains, size, found, paper):
    rows, source = [], f"published figure, N = {n}, transposed order"
    finite_size = 0.01 if pruning == "none" else 0.03  # pruned networks are near their onset, where curves are steep
    for g, (there, stderr) in reference.DIMENSION_N200[alpha].items() if size == 200 and pruning == "none" else ():
        at = int(np.argmin(np.abs(np.log(gains / g))))
        if noise == 0 and abs(math.log(gains[at] / g)) < 0.01:
            here, error = comparison.of_few(found[:, at], 2 * stderr)
            rows.append(Row(f"dimension, alpha {alpha}, g = {g:.3f}", here, error, there, stderr,
                            "independent simulation, N = 200, 4 realisations, correct order"))
    for g, there in reference.DIMENSION_N1000[alpha].items() if size == 1000 and pruning == "none" else ():
        at = int(np.argmin(np.abs(np.log(gains / g))))
        here, error = comparison.of_few(found[:, at])
        rows.append(Row(f"dimension, alpha {alpha}, g = {gains[at]:.3f}", here, error, there, math.nan,
                        "independent simulation, N = 1000, one realisation, correct order; 10 %", shift=0.1 * there))
    for g in (1.048, 2.024, 5.179):
        at = int(np.argmin(np.abs(np.log(gains / g))))
        there, sd = paper.at(gains[at])
        here, error = comparison.of_few(found[:, at] / size, sd)
        heavy = alpha < 2.0 and not pruning.startswith("strongest")
        stderr = sd / math.sqrt(10 if n == 1000 and pruning == "none" else 3)
        rows.append(Row(f"dimension / N, alpha {alpha}, g = {gains[at]:.3f}", here, error, there, stderr,
                        f"{source}; 10 % for its 50 steps, {finite_size} for the size",
                        shift=0.1 * there + finite_size, expected=not heavy))
    return rows
