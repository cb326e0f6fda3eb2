"""Phase diagrams: a number against two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..errors import OptionError
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def plot_phase_diagram(
    x: ArrayLike, y: ArrayLike, exponents: ArrayLike, ax: Axes | None = None, *, label: str = "largest exponent",
    **kwargs: Any,
) -> Axes:
    """Draw exponents against two parameters as colours, with a black line where they cross zero.

    Each is a cell around its parameters; cells meet halfway, in the logarithm where the parameters are even in that.

    Parameters
    ----------
    x, y : (n,), (m,) array_like
        Values of the parameters, ascending.
    exponents : (m, n) array_like
        A number for each pair, as ``result.arranged("largest_exponent", "trial", y, x).mean(axis=0)`` of a sweep gives
        it. What is not finite is grey.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default. A bar of colours is put beside it.
    label : str
        Of the bar of colours; say the unit, too.
    **kwargs
        For the colours (`Axes.pcolormesh`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If the shapes do not fit, a parameter has fewer than two values, or the values do not ascend.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.plotting import plot_phase_diagram
    >>> x, y = np.linspace(0.5, 2, 4), np.linspace(1, 2, 3)
    >>> ax = plot_phase_diagram(x, y, np.log(x)[None, :] * y[:, None], label="exponent (1/step)")
    >>> [float(limit) for limit in ax.get_xlim()]  # whole cells
    [0.25, 2.25]
    """
    x, y = (checks.real_array(name, values, "give a row of numbers") for name, values in (("x", x), ("y", y)))
    exponents = checks.numbers("exponents", exponents, "give one row for each y and one column for each x")
    if exponents.shape != (y.size, x.size) or min(x.size, y.size) < 2:
        raise OptionError(
            f"exponents of shape {exponents.shape} for {x.size} values of x and {y.size} of y are not allowed: "
            "one row for each y and one column for each x, at least two of both"
        )
    if not ((np.diff(x) > 0).all() and (np.diff(y) > 0).all()):
        raise OptionError("the values of x and y have to ascend: sort them, and the exponents with them")
    ax = style.axes(ax)
    shown = np.ma.masked_invalid(exponents)
    has_both_signs = bool(shown.count()) and shown.min() < 0 < shown.max()
    colours: dict[str, Any] = dict(cmap="viridis")
    if has_both_signs:
        limit = float(np.abs(shown).max())
        colours = dict(cmap="PuOr_r", vmin=-limit, vmax=limit)
    columns, rows = _borders(x), _borders(y)
    drawn = ax.pcolormesh(columns, rows, shown, **{**colours, "rasterized": True, **kwargs})
    if has_both_signs:
        ax.contour(x, y, shown, levels=[0.0], colors="black", linewidths=1.2)
    ax.set(xlim=(columns[0], columns[-1]), ylim=(rows[0], rows[-1]), facecolor=style.MISSING)
    ax.figure.colorbar(drawn, ax=ax, label=label)
    return ax


def _borders(places):
    """Where the cells around these places end."""
    if style.is_logarithmic(places):
        return np.exp(_borders(np.log(places)))
    halfway = (places[:-1] + places[1:]) / 2
    return np.concatenate([[2 * places[0] - halfway[0]], halfway, [2 * places[-1] - halfway[-1]]])
