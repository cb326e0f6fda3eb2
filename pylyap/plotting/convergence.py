"""How the averages settle: local exponents and their running means against time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..results.spectrum import LyapunovSpectrum
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_local_exponents(
    result: LyapunovSpectrum, ax: Axes | None = None, *, numbers: Sequence[int] | None = None, **kwargs: Any
) -> Axes:
    """Draw the running averages of a few exponents over their local (per-block) values.

    Parameters
    ----------
    result : LyapunovSpectrum
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    numbers : sequence of int, optional
        Which exponents, counted from 1; by default up to five, spread evenly from the first to the last.
    **kwargs
        For the curves of the running averages (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If a number is not from 1 to k.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap import LyapunovSpectrum
    >>> from pylyap.plotting import plot_local_exponents
    >>> spectrum = LyapunovSpectrum(log_growth=np.random.default_rng(0).normal([0.5, -1.0], 0.1, (20, 2)),
    ...     durations=np.ones(20), time_unit="step", size=2, status="converged", message="", diagnostics={},
    ...     provenance={}, final_state=np.zeros(2))
    >>> plot_local_exponents(spectrum, numbers=[1, 2]).get_xlabel()
    'time (steps)'
    """
    checks.instance("result", result, LyapunovSpectrum)
    columns = _columns(result, numbers)
    ax = style.axes(ax)
    ax.axhline(0.0, **style.ZERO_LINE)
    running = np.cumsum(result.local_exponents[:, columns] * result.durations[:, None], axis=0)
    running /= np.cumsum(result.durations)[:, None]
    for column, average in zip(columns, running.T):
        colour = kwargs.get("color", style.next_colour(ax))
        local = result.local_exponents[:, column]
        ax.plot(result.times, local, color=colour, alpha=0.25, linewidth=0.7)
        curve = dict(color=colour, linewidth=1.8, gid=style.CURVE, label=rf"$\lambda_{{{column + 1}}}$")
        ax.plot(result.times, average, **{**curve, **kwargs})
    ax.set_xlabel(style.time_label(result))
    ax.set_ylabel(f"local and running exponents ({style.rate_unit(result)})")
    if columns.size:
        ax.legend(frameon=False, fontsize="small", ncols=len(columns), loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return style.finish(ax)


def _columns(result, numbers):
    k = result.n_exponents
    if numbers is None:
        return np.unique(np.linspace(0, k - 1, min(k, 5)).round().astype(int))
    if not np.iterable(numbers):
        numbers = [numbers]
    return np.array([checks.count("numbers", number, most=k) for number in numbers], dtype=int) - 1
