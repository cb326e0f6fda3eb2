"""Figures 3C, 6C and 15A: participation ratio of the activity against gain."""

import numpy as np

from ... import analysis, sweeps
from .. import Page, Row
from . import comparison, drawing, networks, published

ALPHAS = (1.0, 1.5, 2.0)
QUICK_GAINS = networks.DIMENSION_GRID[[0, 10, 18, 22, 25, 32, 42, 49]]
# Independent simulations of the same protocol at N = 1000: gain -> mean and standard error of 4 networks.
REFERENCE = {
    (0.0, 1.0): {1.04811: (85.1, 6.4), 2.02359: (139.0, 7.0), 5.17948: (195.1, 7.8), 10.0: (219.3, 7.9)},
    (0.0, 1.5): {1.04811: (72.7, 18.3), 2.02359: (206.1, 2.2), 5.17948: (287.2, 1.1), 10.0: (310.0, 1.0)},
    (0.0, 2.0): {1.04811: (54.2, 15.6), 2.02359: (254.2, 1.3), 5.17948: (337.3, 1.1), 10.0: (359.5, 1.1)},
    (0.1, 1.0): {1.04811: (107.3, 6.9), 2.02359: (141.2, 6.9), 5.17948: (194.3, 10.2), 10.0: (220.3, 7.6)},
    (0.1, 1.5): {1.04811: (97.1, 18.5), 2.02359: (207.6, 0.6), 5.17948: (287.8, 2.1), 10.0: (309.2, 1.6)},
    (0.1, 2.0): {1.04811: (84.3, 15.0), 2.02359: (256.4, 2.2), 5.17948: (338.2, 1.1), 10.0: (359.2, 0.3)},
}


def measure(effort):
    """The measure of these figures and of figure 20."""
    return sweeps.Measure("participation ratio", participation_ratio, transient=effort.choose(1000, 2900))


def participation_ratio(condition, *, transient, make_network=networks.network):
    """Participation ratio over N + 50 consecutive steps, as published."""
    seen = analysis.activity(
        make_network(condition), t_transient=transient, t_average=condition["n"] + 50,
        seed=networks.seed(condition), progress=False,
    )
    return dict(participation_ratio=seen.state.participation_ratio)


def page(effort, name, curves, *, n, trials, noise=0.0):
    """One figure: networks of `n` units, and `trials` of them, if the effort is full."""
    size, trials = effort.choose(min(n, 1000) if n < 3000 else 500, n), effort.choose(3 if n == 1000 else 2, trials)
    gains = effort.choose(QUICK_GAINS, networks.DIMENSION_GRID)
    conditions = sweeps.grid(alpha=ALPHAS, n=[size], noise=[noise], trial=range(trials), gain=gains.tolist())
    result = effort.measured(name, measure(effort), conditions)
    figure, (ax,) = drawing.panels(1, height=3.9)
    data, rows = dict(gain=gains), []
    for alpha in ALPHAS:
        found = result.select(alpha=alpha).arranged("participation_ratio", "trial", "gain") / size
        paper, colour = published.curve(curves, alpha), drawing.COLOURS[alpha]
        paper = published.Curve(paper.x, paper.y / n, paper.sd / n)
        drawing.curve(ax, gains, found.mean(axis=0), found.std(axis=0), colour, rf"$\alpha$ = {alpha}")
        drawing.published(ax, paper, colour)
        data |= {f"participation_ratio_{alpha}": size * found}
        for g in (1.04811, 2.02359, 5.17948, 10.0):
            values = found[:, np.argmin(np.abs(gains - g))]
            here, error = comparison.of_few(values, paper.at(g)[1])
            rows.append(Row(f"participation ratio / N, alpha {alpha}, g = {g:.3f}", here, error, paper.at(g)[0],
                            paper.at(g)[1] / np.sqrt(10 if n == 1000 else 3), f"published figure, N = {n}",
                            shift=0.002 if size == n else 0.03))
            if size == 1000:
                mean, stderr = REFERENCE[noise, alpha][g]
                rows.append(Row(f"participation ratio, alpha {alpha}, g = {g:.3f}", size * here, size * error, mean,
                                stderr, "independent simulation, 4 networks"))
    ax.set(xscale="log", xlabel="gain g", ylabel="participation ratio / N", ylim=(0, None))
    drawing.legend_of_styles(ax, loc="center left" if not noise else "upper right")
    ax.legend(fontsize=8, frameon=False, loc="upper left" if not noise else "upper center")
    text = (
        f"(tr C)^2 / tr(C^2) of the covariance of {size + 50} consecutive states, {trials} realisations: mean and "
        "standard deviation. It rests on no Lyapunov exponent, so it is the same in both protocols. "
        + (f"N = {size} here and {n} in the paper: divided by N, which leaves finite-size differences of up to 0.03. "
           if size != n else "")
        + ("With noise, independent units alone would give 1 / (1 / N + 1 / K) over K samples." if noise else "")
    )
    title = f"Figure {name}: participation ratio{' with noise' if noise else ''}, N = {size}"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)
