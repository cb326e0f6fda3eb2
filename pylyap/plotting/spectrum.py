"""The spectrum itself: exponents in descending order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..results.spectrum import LyapunovSpectrum
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_spectrum(result: LyapunovSpectrum, ax: Axes | None = None, *, index: str = "fraction", **kwargs: Any) -> Axes:
    """Draw the exponents in descending order, with a band of 1.96 standard errors and a line at zero.

    To compare spectra, draw them into the same Axes, one after the other; each has the next of seven colours.

    Parameters
    ----------
    result : LyapunovSpectrum
        Exponents that are -inf or NaN are left out; how many is said in a corner.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    index : {"fraction", "number"}
        Horizontal axis: i/N, which compares networks of different size, or i.
    **kwargs
        For the curve (`Axes.plot`), such as ``label`` or ``color``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If `index` is not allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap import LyapunovSpectrum
    >>> from pylyap.plotting import plot_spectrum
    >>> spectrum = LyapunovSpectrum(log_growth=np.random.default_rng(0).normal([0.5, -1.0], 0.1, (20, 2)),
    ...     durations=np.ones(20), time_unit="step", size=2, status="converged", message="", diagnostics={},
    ...     provenance={}, final_state=np.zeros(2))
    >>> plot_spectrum(spectrum, index="number").get_xlabel()
    'index $i$'
    """
    checks.instance("result", result, LyapunovSpectrum)
    checks.one_of("index", index, ("fraction", "number"))
    ax = style.axes(ax)
    i = np.arange(1, result.n_exponents + 1)
    x = i / result.size if index == "fraction" else i
    shown = np.isfinite(result.exponents)
    style_of_curve = dict(color=style.next_colour(ax), linewidth=1.6, gid=style.CURVE)
    if shown.sum() <= 60:  # few enough to be seen one by one
        style_of_curve.update(marker="o", markersize=4)
    ax.axhline(0.0, **style.ZERO_LINE)
    (curve,) = ax.plot(x[shown], result.exponents[shown], **{**style_of_curve, **kwargs})
    half_width = 1.96 * np.nan_to_num(result.stderr[shown])
    low, high = result.exponents[shown] - half_width, result.exponents[shown] + half_width
    ax.fill_between(x[shown], low, high, color=curve.get_color(), alpha=0.25, linewidth=0)
    if not shown.all():
        ax.annotate(_left_out(result), (0.02, 0.02), xycoords="axes fraction", fontsize="small", color="0.35")
    if index == "number":
        style.counting(ax.xaxis)
    ax.set_xlabel("$i/N$" if index == "fraction" else "index $i$")
    ax.set_ylabel(rf"Lyapunov exponent $\lambda_i$ ({style.rate_unit(result)})")
    return style.finish(ax)


def _left_out(result):
    collapsed = result.diagnostics["n_collapsed"]
    return f"not shown: {collapsed} exponents that are $-\\infty$" if collapsed else "no block finished"
