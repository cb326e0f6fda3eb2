"""Figure 20: participation ratio of the activity after pruning."""

from ... import sweeps
from .. import Page
from . import drawing, networks, participation


def page(effort):
    """Figure 20: after pruning, a panel for each; the published curves were not digitised."""
    prunings = [pruning for pruning in networks.PRUNINGS if pruning != "none"]
    size, trials = effort.choose(300, 1000), effort.choose(1, 3)
    gains = effort.choose(participation.QUICK_GAINS, networks.DIMENSION_GRID)
    conditions = sweeps.grid(
        alpha=participation.ALPHAS, n=size, pruning=prunings, trial=range(trials), gain=gains.tolist()
    )
    result = effort.measured("20", participation.measure(effort), conditions)
    figure, axes = drawing.panels(3, share_y=True)
    data = dict(gain=gains)
    for ax, pruning in zip(axes, prunings):
        for alpha in participation.ALPHAS:
            found = result.select(alpha=alpha, pruning=pruning).arranged("participation_ratio", "trial", "gain")
            drawing.curve(ax, gains, found.mean(axis=0) / size, found.std(axis=0) / size, drawing.COLOURS[alpha],
                          rf"$\alpha$ = {alpha}")
            data[f"{pruning}_{alpha}"] = found
        ax.set(xscale="log", xlabel="gain g", title=f"without the {pruning}")
    axes[0].set(ylabel="participation ratio / N", ylim=(0, None))
    axes[0].legend(fontsize=8, frameon=False, loc="upper left")
    text = (
        f"As figure 3C for networks of {size} units without some of their weights, {trials} realisations. Nothing is "
        "compared: the curves of figure 20 were not read off. Without the strongest weights the onset depends on N as "
        "N^(1/alpha - 1/2)."
    )
    title = f"Figure 20: participation ratio after pruning, N = {size}"
    figure.suptitle(title, fontsize=10, wrap=True)
    return Page(title, text, figure, data, [])
