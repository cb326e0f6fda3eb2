"""Several spectra in one figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from .. import _checks as checks
from ..results.spectrum import LyapunovSpectrum
from . import style
from .spectrum import plot_spectrum

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_comparison(
    spectra: Mapping[str, LyapunovSpectrum], ax: Axes | None = None, *, index: str = "fraction", **kwargs: Any
) -> Axes:
    """Draw several spectra over each other, each with its band of 1.96 standard errors and its name in a legend.

    Parameters
    ----------
    spectra : dict of str to LyapunovSpectrum
        Names and results, in the order of the legend; all with one unit of time.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    index : {"fraction", "number"}
        Horizontal axis: i/N, which compares networks of different size, or i.
    **kwargs
        For the curves (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there are no spectra, their units of time differ, or `index` is not allowed.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap import LyapunovSpectrum
    >>> from pylyap.plotting import plot_comparison
    >>> def of_mean(mean):
    ...     return LyapunovSpectrum(log_growth=np.random.default_rng(0).normal(mean, 0.1, (20, 2)),
    ...         durations=np.ones(20), time_unit="step", size=2, status="converged", message="", diagnostics={},
    ...         provenance={}, final_state=np.zeros(2))
    >>> ax = plot_comparison({"weak": of_mean([0.1, -1.0]), "strong": of_mean([0.9, -1.0])})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['weak', 'strong']
    """
    checks.instance("spectra", spectra, Mapping)
    for name, spectrum in spectra.items():
        checks.instance(f"spectra[{name!r}]", spectrum, LyapunovSpectrum)
    units = {spectrum.time_unit for spectrum in spectra.values()}
    if len(units) != 1:
        raise OptionError(
            "there are no spectra: give a dict of names and results" if not spectra else
            f"the spectra are per {checks.shown(sorted(units))}: compare those of one unit of time"
        )
    ax = style.axes(ax)
    for name, spectrum in spectra.items():
        plot_spectrum(spectrum, ax, index=index, **{"label": name, **kwargs})
    ax.legend(frameon=False, fontsize="small")
    return ax
