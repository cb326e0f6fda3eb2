"""Figures 3A and 6A: density of the leading 100 exponents near the onset of chaos."""

import math


from ... import sweeps
from ...analysis import transitions
from ...runs.spectrum import lyapunov_spectrum
from .. import Page, Row
from . import drawing, networks, published, published_protocol

ALPHAS = (1.0, 1.5, 2.0)
N, LEADING = 1000, 100
ONSET = {1.0: 0.35938, 1.5: 0.55770, 2.0: 0.79060}  # where the correct mean exponent crosses zero at N = 1000
LAST = (-0.417, 0.023)  # of the published exponents at alpha = 1: mean and standard error of three networks


def leading_spectrum(condition, *, n_exponents, steps, make_network=networks.network):
    """The leading exponents of a network, in the correct order."""
    spectrum = lyapunov_spectrum(
        make_network(condition), n_exponents=n_exponents, t_transient=900, t_align=100, t_average=steps,
        seed=networks.seed(condition), progress=False,
    )
    return dict(exponents=spectrum.exponents)


def page(effort, name, legends, *, noise=0.0):
    """One figure; `legends` is the published one that says where the mean crosses zero."""
    trials = effort.choose(1, 10)
    onset = ONSET if not noise else {alpha: published.marked_gain(legends, alpha) for alpha in ALPHAS}
    gains = {"published": {alpha: published.marked_gain("Fig2A_N1000", alpha) for alpha in ALPHAS}, "own": onset}
    conditions = [
        dict(alpha=alpha, n=N, noise=noise, trial=trial, gain=gain)
        for alpha in ALPHAS for gain in sorted({each[alpha] for each in gains.values()}) for trial in range(trials)
    ]
    measure = sweeps.Measure("leading spectra", leading_spectrum, n_exponents=LEADING, steps=effort.choose(300, 1000))
    result = effort.measured(name, measure, conditions)
    figure, axes = drawing.panels(2, share_y=True)
    titles = ("gains of figure 3A's legend", "gains of figure 5A's legend" if noise else "onset of chaos")
    data, rows = {}, []
    for ax, (which, at), title in zip(axes, gains.items(), titles):
        for alpha in ALPHAS:
            exponents = result.select(alpha=alpha, gain=at[alpha])["exponents"]
            peak = _draw(ax, alpha, at[alpha], exponents)
            if which == "published" and not noise and alpha == 2.0:
                rows.append(Row(f"peak of the density, alpha {alpha}, g = {at[alpha]:.3f}", peak, math.nan, 16.5,
                                math.nan, "published figure 3A; width of bins and reading by eye", shift=4.0))
            if which == "published" and not noise and alpha == 1.0:
                edges = exponents[:, -1]
                what = f"exponent number {LEADING}, alpha 1.0, g = {at[alpha]:.3f}"
                rows.append(Row(what, edges.mean(), math.nan, *LAST,
                                "published figure 7, left ends of three networks, transposed order", expected=False))
            data[f"exponents_{which}_{alpha}"] = exponents
        drawing.zero_line(ax)
        ax.set(xlim=(-0.5, 0.3), xlabel="Lyapunov exponent (1/step)", title=title)
        ax.legend(fontsize=7, frameon=False, loc="upper left")
    axes[0].set_ylabel("density")
    if effort.published_protocol:
        data |= _published_protocol(effort, name, axes, gains, trials, noise)
    text = (
        f"The leading {LEADING} exponents of networks of {N} units, correct order, {trials} realisations, "
        f"{measure.settings['steps']} steps after 1000. Left: at the gains at which the published figure was made (the "
        "first of the grid with a mean >= 0 in the transposed order); its curves were not read off. Right: "
    )
    text += (
        "at the gains of the noisy figure 5A. The published artwork of figure 6A is that of 3A, with its legend."
        if noise else "where the correct mean largest exponent crosses zero."
    )
    title = f"Figure {name}: leading exponents{' with noise' if noise else ''}, N = {N}"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)


def _draw(ax, alpha, gain, exponents, **line):
    """A histogram without what lies beyond four standard deviations, as in the paper; returns its highest density."""
    found = transitions.exponent_histogram(exponents, bins=80 if len(exponents) >= 10 else 10)
    style = dict(color=drawing.COLOURS[alpha], linewidth=1.4, label=rf"$\alpha$ = {alpha}, g = {gain:.2f}")
    ax.step(found.centers, found.density, where="mid", **(style | line))
    return found.density.max()


def _published_protocol(effort, name, axes, gains, trials, noise):
    conditions = [
        dict(alpha=alpha, n=N, noise=noise, trial=trial, gain=gains["published"][alpha])
        for alpha in ALPHAS for trial in range(trials)
    ]
    found = published_protocol.measured(effort, name, conditions, steps=100, n_exponents=LEADING)
    curves = {}
    for alpha in ALPHAS:
        curves[f"published_protocol_{alpha}"] = found.select(alpha=alpha)["exponents"]
        again = curves[f"published_protocol_{alpha}"]
        _draw(axes[0], alpha, gains["published"][alpha], again, linestyle=":", label=None)
    return curves
