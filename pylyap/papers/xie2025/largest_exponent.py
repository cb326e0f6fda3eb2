"""Figures 2, 4, 5 and 18: largest exponent against gain; without input, with noise, after pruning."""

import math

import numpy as np

from ... import sweeps, theory
from ...analysis import transitions
from .. import Page, Row
from . import comparison, drawing, networks, published, published_protocol, reference

ALPHAS = (1.0, 1.5, 2.0)
QUICK_GAINS = networks.GRID[[0, 6, 12, 18, 22, 25, 27, 29, 31, 32, 33, 35, 37, 39, 42, 45, 49]]
STEPS = {100: 2000, 300: 1500}  # counted; 1000 in larger networks, whose exponents fluctuate less
PAPER_TRIALS = 10


def families(effort, name, *, alphas, n, trials, gains, noise=0.0, pruning="none"):
    """Correct leading exponents, all gains of a realisation on one matrix."""
    conditions = sweeps.grid(
        alpha=alphas, n=n, noise=noise, pruning=pruning, trial=range(trials), gain=np.asarray(gains).tolist()
    )
    measure = sweeps.GainFamily(
        networks.network, t_transient=900, t_align=100, t_average=STEPS.get(n, 1000), seed=networks.ROOT
    )
    return effort.measured(name, measure, conditions)


def page(effort, name, curves, *, n, trials, alphas=ALPHAS, noise=0.0, pruning="none"):
    """One figure; `n` and `trials` are pairs, for quick and for full effort."""
    n, trials = effort.choose(*n), effort.choose(*trials)
    gains = effort.choose(QUICK_GAINS, networks.GRID)
    what = dict(alphas=alphas, n=n, trials=trials, gains=gains, noise=noise, pruning=pruning)
    result = families(effort, name, **what)
    figure, (whole, near) = drawing.panels(2)
    data, rows = dict(gain=gains), []
    for alpha in alphas:
        found = result.select(alpha=alpha).arranged("largest_exponent", "trial", "gain")
        data[f"exponent_{alpha}"] = found
        paper = None if alpha == 0.75 else published.curve(curves, alpha)
        for ax in (whole, near):
            label = rf"$\alpha$ = {alpha}"
            drawing.curve(ax, gains, found.mean(axis=0), found.std(axis=0), drawing.COLOURS[alpha], label)
            if paper is not None:
                drawing.published(ax, paper, drawing.COLOURS[alpha])
        rows += _against_reference(alpha, n, noise, pruning, gains, found, paper)
        rows += _crossings(alpha, n, noise, pruning, gains, found, published.marked_gain(curves, alpha))
        if paper is not None:
            rows += _against_paper(alpha, n, pruning, gains, found, paper)
    if effort.published_protocol:
        data |= _published_protocol(effort, name, (whole, near), what)
    for ax in (whole, near):
        drawing.zero(ax).set(xscale="log", xlabel="gain g")
    whole.set(ylabel="largest exponent (1/step)")
    near.set(xlim=(0.1, 10), ylim=(-0.3, 0.6))
    whole.legend(fontsize=8, frameon=False, loc="lower right")
    drawing.legend_of_styles(near, effort.published_protocol, loc="upper left")
    title = _title(name, n, noise, pruning)
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, _text(name, n, trials, noise, pruning), figure, data, rows)


def _published_protocol(effort, name, axes, what):
    """The paper's 100 steps in its order, quickly at every other gain in one trial; crosses in both panels."""
    gains, alphas = what["gains"][:: effort.choose(2, 1)], what["alphas"]
    conditions = sweeps.grid(
        alpha=alphas, n=what["n"], noise=what["noise"], pruning=what["pruning"], gain=gains.tolist(),
        trial=range(effort.choose(1, what["trials"])),
    )
    found = published_protocol.measured(effort, name, conditions, steps=100, n_exponents=100)
    curves = dict(published_protocol_gain=gains)
    for alpha in alphas:
        exponents = found.select(alpha=alpha).arranged("largest_exponent", "trial", "gain")
        curves[f"published_protocol_{alpha}"] = exponents
        for ax in axes:
            ax.plot(gains, exponents.mean(axis=0), "x", color=drawing.COLOURS[alpha], markersize=5)
    return curves


def _against_reference(alpha, n, noise, pruning, gains, found, paper):
    """Rows against independent computations of the same quantity in the same protocol."""
    if pruning != "none" or (noise and (n != 1000 or alpha not in reference.NOISY)):
        return []
    if noise:
        table = dict(zip(reference.NOISY_GAINS, reference.NOISY[alpha]))
    elif alpha < 1.0:
        table = reference.SMALL_ALPHA[alpha]
    elif n in (100, 1000):
        table = dict(zip(reference.GAINS, {100: reference.N100, 1000: reference.N1000}[n][alpha]))
    else:
        return []
    realisations = 4 if alpha < 1 else {100: 60, 1000: 6}[n]
    rows = []
    for g, (there, stderr) in table.items():
        at = int(np.argmin(np.abs(np.log(gains / g))))
        if abs(math.log(gains[at] / g)) < 0.01:
            sd = max(stderr * math.sqrt(realisations), 0.0 if paper is None else paper.at(g)[1])
            here, error = comparison.of_few(found[:, at], sd)
            rows.append(Row(f"largest exponent, alpha {alpha}, g = {g:.3f}", here, error, there, stderr,
                            f"independent simulation, N = {n}, correct order"))
    return rows


def _against_paper(alpha, n, pruning, gains, found, paper):
    """Rows against the published curve at its own size; expected to differ where it rests on the transposed order."""
    if n != 1000:
        return []
    rows = []
    for g in (gains[0], 1.048, 2.121, 10.0):
        at = int(np.argmin(np.abs(np.log(gains / g))))
        there, sd = paper.at(gains[at])
        here, error = comparison.of_few(found[:, at], sd)
        heavy = alpha < 2.0 and pruning in ("none", "weakest 95 %")
        why = "transposed order" if heavy else "transposed order and 100 steps: 0.02 even for Gaussian weights"
        stderr = sd / math.sqrt(PAPER_TRIALS if pruning == "none" else 3)
        rows.append(Row(f"largest exponent, alpha {alpha}, g = {gains[at]:.3f}", here, error, there, stderr,
                        f"published figure, {why}", shift=0.02, expected=not heavy))
    return rows


def _crossings(alpha, n, noise, pruning, gains, found, legend):
    """Rows on where the mean crosses zero, how wide the window about zero is, and what theory says of the onset."""
    rows = []
    if alpha >= 1.0 and pruning == "none" and not noise and n in reference.CROSSING:
        at, window = transitions.crossing(gains, found), transitions.window(gains, found, eps=0.05)
        there, stderr = reference.CROSSING[n][alpha]
        rows.append(Row(f"gain where the mean crosses zero, alpha {alpha}", at.gain, at.stderr, there, stderr,
                        f"independent simulation, N = {n}, correct order; 0.03 for the coarser grid", shift=0.03))
        rows.append(Row(f"width of the window, ln g(+0.05) / g(-0.05), alpha {alpha}", window.width, window.stderr,
                        reference.WIDTH[n][alpha], math.nan,
                        f"independent simulation, N = {n}; its error, about 0.1, as shift", shift=0.1))
    if pruning.startswith("strongest"):
        there = theory.pruned_transition_gain(n, alpha, float(pruning.split()[1]) / 100)
        rate, expected = found[:, 0].mean(), math.log(gains[0] / there)
        rows.append(Row(f"rate at g = {gains[0]:.3f} without the {pruning}, alpha {alpha}", rate, math.nan, expected,
                        math.nan, "theory ln(g / g_q), infinitely large network", shift=0.05))
    if legend is not None and n == 1000:
        step = np.max(np.diff(gains[np.abs(np.log(gains / legend)) < 0.5]))
        first = transitions.first_crossing(gains, found)
        rows.append(Row(f"first gain of the grid with mean >= 0, alpha {alpha}", first, math.nan, legend, math.nan,
                        "published legend's g*, transposed order; one step of the grid", shift=step,
                        expected=alpha == 2.0))
    return rows


def _title(name, n, noise, pruning):
    how = " with noise" if noise else "" if pruning == "none" else f" without the {pruning} of the weights"
    return f"Figure {name}: largest exponent against gain{how}, N = {n}"


def _text(name, n, trials, noise, pruning):
    published_size = {"B": 3000, "C": 10_000}.get(name[-1], 1000) if name[0] in "25" else 1000
    text = (
        f"Solid: leading Lyapunov exponent (Jacobian times tangent vector), {trials} realisations with one matrix for "
        f"all gains, mean and standard deviation; 1000 steps before, {STEPS.get(n, 1000)} counted. Dashed: the "
        f"published curve, N = {published_size}, whose tangent frame met the transposed Jacobian in forward time; for "
        "alpha < 2 that is not a Lyapunov exponent, and the curves differ."
    )
    if n != published_size:
        text += f" Quick: N = {n} instead of {published_size}, so the dashed curves are of larger networks."
    if noise:
        text += " Normal noise of standard deviation 0.1 in every unit and step, the same for all gains of a trial."
    if name == "4":
        text += " For alpha = 0.75, which the paper does not show, chaos does appear."
    return text
