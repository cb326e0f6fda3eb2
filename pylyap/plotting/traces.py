"""What the network does: the state of a few units against time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..results.spectrum import LyapunovSpectrum
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LAST = 100  # blocks shown
AT_REST = 1e-6  # fluctuations that are smaller parts of the state are not enlarged


def plot_traces(result: LyapunovSpectrum, ax: Axes | None = None, *, n_units: int = 5, **kwargs: Any) -> Axes:
    """Draw the state of a few units, one below the other, at the ends of the last 100 blocks.

    Parameters
    ----------
    result : LyapunovSpectrum
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    n_units : int
        How many units; the run keeps only the first few, and no more than those are drawn.
    **kwargs
        For the curves (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If `n_units` is not a positive integer.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap import LyapunovSpectrum
    >>> from pylyap.plotting import plot_traces
    >>> generator = np.random.default_rng(0)
    >>> spectrum = LyapunovSpectrum(log_growth=generator.normal(size=(20, 2)), durations=np.ones(20), time_unit="step",
    ...     size=2, status="converged", message="", diagnostics={}, provenance={}, final_state=np.zeros(2),
    ...     unit_traces=generator.normal(size=(20, 2)))
    >>> plot_traces(spectrum).get_xlabel()
    'time (steps)'
    """
    checks.instance("result", result, LyapunovSpectrum)
    n_units = checks.count("n_units", n_units)
    ax = style.axes(ax)
    times, traces = result.times[-LAST:], result.unit_traces[-LAST:, :n_units]
    units = range(traces.shape[1] if len(traces) else 0)
    distance = max((1.1 * np.ptp(traces[:, unit]) for unit in units), default=0.0)
    if distance <= AT_REST * np.abs(traces).max(initial=0.0):
        distance = 1.0
    for unit in units:
        curve = dict(color=style.next_colour(ax), linewidth=1.2, gid=style.CURVE)
        ax.plot(times, traces[:, unit] - traces[:, unit].mean() - unit * distance, **{**curve, **kwargs})
    ax.set_yticks([-unit * distance for unit in units], style.unit_names(result, units))
    ax.set_xlabel(style.time_label(result))
    ax.set_ylabel(f"state about its mean, lines {distance:.2g} apart")
    return style.finish(ax)
