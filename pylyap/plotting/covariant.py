"""Covariant vectors: angles between the parts, participation, and the vectors themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..errors import OptionError
from ..results.covariant import CovariantVectors
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes



def plot_angles(vectors: CovariantVectors, ax: Axes | None = None, *, bins: int = 50, **kwargs: Any) -> Axes:
    """Draw the densities of the smallest angles between the unstable, neutral and stable parts.

    Parameters
    ----------
    vectors : CovariantVectors
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    bins : int
        Bins from 0 to pi/2.
    **kwargs
        For the curves (`Axes.stairs`).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there are no samples, or one part only.

    Examples
    --------
    >>> import pylyap
    >>> vectors = pylyap.covariant_vectors(pylyap.systems.henon(), n_vectors=2, t_average=1000, sample_interval=1)
    >>> pylyap.plotting.plot_angles(vectors).get_ylabel()
    'density'
    """
    checks.instance("vectors", vectors, CovariantVectors)
    found = vectors.hyperbolicity()
    if not found.angles or not vectors.n_samples:
        raise OptionError("there are no angles to draw: all vectors belong to one part, or there are no samples")
    ax = style.axes(ax)
    for number, pair in enumerate(found.angles):
        density, edges = found.histogram(pair, bins)
        curve = dict(color=style.COLOURS[number % len(style.COLOURS)], linewidth=1.6, label=" and ".join(pair))
        ax.stairs(density, edges, **{**curve, **kwargs})
    ax.legend(frameon=False, fontsize="small")
    ax.set(xlabel="smallest angle (rad)", ylabel="density", xlim=(0, np.pi / 2))
    return style.finish(ax)


def plot_participation(vectors: CovariantVectors, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw the participation ratios, as part of the units, of covariant and of Gram-Schmidt vectors against i/N.

    Means over the samples, with a band of 1.96 standard errors.

    Parameters
    ----------
    vectors : CovariantVectors
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **kwargs
        For the curves (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 3.0, seed=1))
    >>> vectors = pylyap.covariant_vectors(network, n_vectors=5, t_average=500)
    >>> pylyap.plotting.plot_participation(vectors).get_xlabel()
    '$i/N$'
    """
    checks.instance("vectors", vectors, CovariantVectors)
    from ..analysis.localisation import localisation

    ax = style.axes(ax)
    found = localisation(vectors)
    for label, mean, error in (
        ("covariant vectors", found.covariant, found.covariant_stderr),
        ("Gram-Schmidt vectors", found.gram_schmidt, found.gram_schmidt_stderr),
    ):
        curve = dict(color=style.next_colour(ax), linewidth=1.6, gid=style.CURVE, label=label)
        (line,) = ax.plot(found.fractions, mean / vectors.size, **{**curve, **kwargs})
        half = 1.96 * np.nan_to_num(error) / vectors.size
        low, high = mean / vectors.size - half, mean / vectors.size + half
        ax.fill_between(found.fractions, low, high, color=line.get_color(), alpha=0.25, linewidth=0)
    ax.legend(frameon=False, fontsize="small")
    ax.set(xlabel="$i/N$", ylabel="participation ratio / $N$", ylim=(0, None))
    return style.finish(ax)


def plot_vectors(vectors: CovariantVectors, ax: Axes | None = None, *, sample: int = -1, **kwargs: Any) -> Axes:
    """Draw the vectors of one sample as colours: units downwards, vectors to the right.

    Parameters
    ----------
    vectors : CovariantVectors
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default. A colour bar is put beside it.
    sample : int
        Which sample; the last by default. The sign of each vector is such that its largest entry is positive.
    **kwargs
        For `Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is no such sample.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 3.0, seed=1))
    >>> vectors = pylyap.covariant_vectors(network, n_vectors=5, t_average=500)
    >>> pylyap.plotting.plot_vectors(vectors).get_ylabel()
    'unit'
    """
    checks.instance("vectors", vectors, CovariantVectors)
    samples = vectors.n_samples
    if not samples:
        raise OptionError("there are no samples to draw")
    s = checks.count("sample", sample, least=-samples, most=samples - 1)
    ax = style.axes(ax)
    V = vectors.vectors[s]
    V = V * np.sign(V[np.abs(V).argmax(axis=0), np.arange(V.shape[1])])
    limit = np.quantile(np.abs(V), 0.99)
    look = dict(cmap="RdBu_r", vmin=-limit, vmax=limit, rasterized=True)
    edges = (np.arange(count + 1) - 0.5 for count in V.shape[::-1])
    mesh = ax.pcolormesh(*edges, V, **{**look, **kwargs})
    ax.figure.colorbar(mesh, ax=ax, label="entry", extend="both")
    ax.invert_yaxis()
    for axis in (ax.xaxis, ax.yaxis):
        style.counting(axis)
    ax.set(xlabel="vector", ylabel="unit")
    return ax
