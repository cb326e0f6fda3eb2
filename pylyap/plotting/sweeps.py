"""Results of sweeps: a number against one condition, or against two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._mean import mean_with_error
from .. import _checks as checks
from ..errors import OptionError
from . import style
from .phases import plot_phase_diagram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..sweeps import SweepResult

UNITS = {"n_positive": "positive exponents", "kaplan_yorke_dimension": "Kaplan-Yorke dimension"}  # how labels say it


def plot_sweep(
    result: SweepResult, value: str, x: str, by: str | None = None, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw a measured number against a name in the conditions: the mean over all others, with a band of its standard error.

    A mean over numbers of which one is NaN or infinite is a gap in its curve.

    Parameters
    ----------
    result : SweepResult
    value : str
        What was measured, such as "largest_exponent" or "kaplan_yorke_dimension".
    x : str
        A name in the conditions, with numbers.
    by : str, optional
        Another one: a curve for each of its values.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **kwargs
        For the curves (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UnknownOptionError
        If there is no such name.
    OptionError
        If a name stands for something else than numbers.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.Measure("noisy", lambda condition: {"y": condition["g"] + condition["trial"]})
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(g=[1.0, 2.0], trial=range(3)))
    >>> pylyap.plotting.plot_sweep(result, "y", "g").get_xlabel()
    'g'
    """
    _check(result)
    ax = style.axes(ax)
    xs, values = _numbers(result, x), _numbers(result, value)
    kinds = result[by] if by is not None else np.zeros(len(result))
    own, has_bands = _colours(set(kinds.tolist())), False
    for kind in dict.fromkeys(kinds.tolist()):
        mine = kinds == kind
        places = np.unique(xs[mine])
        found = [mean_with_error(values[mine & (xs == place)]) for place in places]
        mean, error = (np.array([pair[i] for pair in found]) for i in (0, 1))
        label = None if by is None else f"{by} = {kind:g}" if isinstance(kind, (int, float)) else f"{by} = {kind}"
        curve = dict(color=own.get(kind, style.next_colour(ax)), linewidth=1.5, gid=style.CURVE, label=label, marker="o", markersize=3)
        (line,) = ax.plot(places, mean, **{**curve, **kwargs})
        if np.isfinite(error).any():
            ax.fill_between(places, mean - error, mean + error, color=line.get_color(), alpha=0.25, linewidth=0)
            has_bands = True
    _scale(ax, "x", xs)
    if np.any(values < 0) and np.any(values > 0):
        ax.axhline(0.0, **style.ZERO_LINE)
    ax.set_xlabel(x)
    ax.set_ylabel(UNITS.get(value, value.replace("_", " ")) + (", mean and standard error" if has_bands else ""))
    if by is not None:
        beside = dict(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small", ncols=-(-len(own) // 25)) if own else {}
        ax.legend(frameon=False, **beside)
    return style.finish(ax)


def plot_sweep_plane(
    result: SweepResult, value: str, x: str, y: str, ax: Axes | None = None, **kwargs: Any
) -> Axes:
    """Draw a measured number as a colour over two names in the conditions: the mean over all others.

    As `plot_phase_diagram` draws it. What is missing is grey, and so is a mean of which a number is NaN or infinite.

    Parameters
    ----------
    result : SweepResult
    value : str
        What was measured, such as "largest_exponent" or "kaplan_yorke_dimension".
    x, y : str
        Two names in the conditions, with numbers.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **kwargs
        For the colours (`Axes.pcolormesh`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    UnknownOptionError
        If there is no such name.
    OptionError
        If a name stands for something else than numbers, or for a single one.

    Examples
    --------
    >>> import pylyap
    >>> measure = pylyap.sweeps.Measure("difference", lambda condition: {"y": condition["g"] - condition["alpha"]})
    >>> result = pylyap.sweep(measure, pylyap.sweeps.grid(g=[1.0, 2.0, 3.0], alpha=[1.0, 2.0]))
    >>> pylyap.plotting.plot_sweep_plane(result, "y", "g", "alpha").get_ylabel()
    'alpha'
    """
    _check(result)
    xs, ys, values = (_numbers(result, name) for name in (x, y, value))
    columns, rows = np.unique(xs), np.unique(ys)
    means = np.full((len(rows), len(columns)), np.nan)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            here = (ys == row) & (xs == column)
            if here.any():
                means[i, j] = mean_with_error(values[here])[0]
    ax = plot_phase_diagram(columns, rows, means, ax, label=UNITS.get(value, value.replace("_", " ")), **kwargs)
    for axis, places in (("x", xs), ("y", ys)):
        _scale(ax, axis, places)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    return ax


def _check(result):
    from ..sweeps.result import SweepResult  # whoever has one has imported it

    checks.instance("result", result, SweepResult)


def _numbers(result, name):
    entries = result[name]
    if entries.ndim != 1 or entries.dtype.kind not in "biuf":
        raise OptionError(f"{name} is not one real number for each condition, which cannot be drawn")
    return entries.astype(float)


def _scale(ax, axis, places):
    """A logarithmic axis where the places are even in the logarithm."""
    if style.is_logarithmic(np.unique(places)):
        ax.set(**{f"{axis}scale": "log"})


def _colours(kinds):
    """A colour for each kind: those of all figures, or for many numbers steps from dark to bright in their order."""
    if len(kinds) <= len(style.COLOURS) or not all(isinstance(kind, (int, float)) for kind in kinds):
        return {}
    from matplotlib import colormaps

    shades = colormaps["viridis"](np.linspace(0, 0.9, len(kinds)))  # the brightest is faint on white
    return dict(zip(sorted(kinds), shades))
