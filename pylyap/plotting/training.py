"""Exponents in the course of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..torch.callback import TrainingHistory
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes



def plot_training(history: TrainingHistory, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw the leading exponents against the training step, with a band of one standard deviation over the sequences.

    Parameters
    ----------
    history : pylyap.torch.TrainingHistory
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **kwargs
        For the curves (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import numpy as np, pylyap
    >>> history = pylyap.torch.TrainingHistory(
    ...     np.array([0, 100]), np.array([[-0.5, -0.6], [-0.1, -0.3]]), np.full((2, 2), 0.05), np.ones(2))
    >>> pylyap.plotting.plot_training(history).get_xlabel()
    'training step'
    """
    checks.instance("history", history, TrainingHistory)
    import matplotlib as mpl

    ax = style.axes(ax)
    ax.axhline(0.0, **style.ZERO_LINE)
    k = history.exponents.shape[1]
    shades = mpl.colormaps["viridis"]([0.9 * i / max(1, k - 1) for i in range(k)])
    for i in range(k):
        label = rf"$\lambda_{{{i + 1}}}$" if i in (0, k - 1) else None
        look = dict(color=shades[i], linewidth=1.6, gid=style.CURVE, label=label)
        mean, spread = history.exponents[:, i], np.nan_to_num(history.spread[:, i])
        (curve,) = ax.plot(history.steps, mean, **{**look, **kwargs})
        ax.fill_between(history.steps, mean - spread, mean + spread, color=curve.get_color(), alpha=0.15, linewidth=0)
    ax.legend(frameon=False, fontsize="small")
    style.counting(ax.xaxis)
    ax.set_xlabel("training step")
    ax.set_ylabel(f"leading exponents ({style.rate_unit(history)})")
    return style.finish(ax)
