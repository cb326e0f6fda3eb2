"""Figure 1A: the gain at which an annealed network of N units loses quiescence."""

import math

import numpy as np

from ... import theory
from .. import Page, Row
from . import drawing, published

ALPHAS = (1.0, 1.5, 2.0)
DRAWS = 10_000  # of the paper
# Quadrature done independently of pylyap's, relative error 1e-4: N = 100, 1000, 10 000.
REFERENCE = {
    1.0: {100: 0.22457, 1000: 0.16313, 10_000: 0.12891},
    1.5: {100: 0.44512, 1000: 0.37233, 10_000: 0.32455},
    2.0: {100: 0.71066, 1000: 0.70746, 10_000: 0.70714},
}


def page(effort):
    """Figure 1A."""
    sizes = 2 ** np.arange(16)
    sampled_sizes = sizes[: effort.choose(9, 16)]
    figure, (ax,) = drawing.panels(1, height=3.8)
    data, rows = dict(sizes=sizes, sampled_sizes=sampled_sizes), []
    for alpha in ALPHAS:
        gains = np.array([theory.annealed_transition_gain(int(n), alpha) for n in sizes])
        sampled = np.array([
            theory.annealed_transition_gain_sampled(int(n), alpha, seed=int(n), draws=DRAWS) for n in sampled_sizes
        ])
        paper, colour = published.curve("Fig1A", alpha), drawing.COLOURS[alpha]
        ax.plot(sizes, gains, color=colour, linewidth=1.6, label=rf"$\alpha$ = {alpha}")
        ax.errorbar(sampled_sizes, sampled[:, 0], sampled[:, 1], color=colour, linestyle="", marker="x", markersize=4)
        ax.plot(paper.x, paper.y, color=colour, linestyle="", marker="o", markersize=6, markerfacecolor="none")
        data |= {f"gain_{alpha}": gains, f"sampled_{alpha}": sampled[:, 0], f"sampled_stderr_{alpha}": sampled[:, 1]}
        rows += [
            Row(f"g*, alpha {alpha}, N = {n}", theory.annealed_transition_gain(n, alpha), math.nan, gain, 0.5e-4 * gain,
                "independent quadrature, relative error 1e-4")
            for n, gain in REFERENCE[alpha].items()
        ]
        rows += [_against_paper(alpha, int(n), gain, float(paper.y[i]))
                 for i, (n, gain) in enumerate(zip(sizes, gains)) if n in (1, 32, 1024, 32768)]
    ax.set(xscale="log", xlabel="number of units N", ylabel="annealed transition gain g*", ylim=(0, None))
    ax.legend(fontsize=8, frameon=False, title="line: quadrature\n$\\times$: Monte Carlo\no: published",
              title_fontsize=7, alignment="left")
    text = (
        "g*(N, alpha) = exp(-<Xi>) by quadrature (lines), by Monte Carlo with 10 000 draws as in the paper (crosses, "
        "one standard error), and the published points (circles). This figure rests on no Lyapunov exponent."
    )
    title = "Figure 1A: annealed transition gain against network size"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, rows)


def _against_paper(alpha, n, gain, there):
    error = gain * theory.annealed_log_growth(n, alpha).deviation / math.sqrt(DRAWS)
    return Row(f"g*, alpha {alpha}, N = {n}", gain, math.nan, there, error,
               "published figure; its sampling error for 10 000 draws, 0.001 to read it off", shift=0.001)
