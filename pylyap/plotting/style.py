"""What all figures share: axes, colours and units."""

import numpy as np

from .. import _checks as checks

# Colours of Okabe and Ito, "Color universal design" (2008): told apart with any colour vision; yellow is left out
# because it is faint on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
ZERO_LINE = dict(color="0.35", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
MISSING = "0.8"  # grey, unlike the white in the middle of colours for both signs
CURVE = "pylyap curve"  # gid of curves that used up a colour


def axes(ax):
    """Return `ax`, or the Axes of a new figure."""
    if ax is not None:
        from matplotlib.axes import Axes

        return checks.instance("ax", ax, Axes)
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(5.5, 4.0), layout="constrained")
    return ax


def next_colour(ax):
    """The first colour that no curve of pylyap has in these Axes; when all are used, from the first again."""
    return COLOURS[sum(line.get_gid() == CURVE for line in ax.get_lines()) % len(COLOURS)]


def is_logarithmic(places):
    """Whether places, ascending, are even in the logarithm and not as they are."""
    if len(places) < 4 or places[0] <= 0:
        return False
    steps, ratios = np.diff(places), np.diff(np.log(places))
    return np.ptp(ratios) < 0.1 * ratios.mean() and np.ptp(steps) > 0.5 * steps.mean()


def rate_unit(result):
    """Unit of a rate, as a label says it."""
    return {"step": "1/step", "time": "1/time"}.get(result.time_unit, r"$1/\tau$")


def time_label(result):
    """Label of an axis of time, with its unit."""
    return {"step": "time (steps)", "time": "time"}.get(result.time_unit, r"time ($\tau$)")


def unit_names(result, units):
    """Labels of some units, for the axis: their names, or x_1, x_2, ..."""
    if result.labels is None:
        return [f"$x_{{{unit + 1}}}$" for unit in units]
    return [result.labels[unit].replace("$", r"\$") for unit in units]  # a name is no formula


def counting(axis):
    """Put ticks of an axis that counts at whole numbers only, unless somebody else has chosen its ticks."""
    from matplotlib.ticker import AutoLocator

    locator = axis.get_major_locator()
    if isinstance(locator, AutoLocator):
        locator.set_params(integer=True, min_n_ticks=1)


def finish(ax):
    """Remove the upper and the right line of the frame, and return the Axes."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax
