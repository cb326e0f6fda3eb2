"""How gradients and perturbations grow: singular values, growth with time, windows of a run, times of a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _checks as checks
from ..analysis.gradients import FiniteTimeExponents, GradientVerdict, JacobianSpectrum
from ..results.units import many
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LN10 = np.log(10)


def plot_singular_values(jacobian: JacobianSpectrum, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw the singular values of the Jacobian, in powers of ten, one curve for each time.

    Parameters
    ----------
    jacobian : pylyap.analysis.JacobianSpectrum
        Directions that have died are left out.
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
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 2.0, seed=1))
    >>> jacobian = pylyap.analysis.jacobian_singular_values(network, [1, 10, 100])
    >>> pylyap.plotting.plot_singular_values(jacobian).get_xlabel()
    '$i/N$'
    """
    checks.instance("jacobian", jacobian, JacobianSpectrum)
    ax = style.axes(ax)
    ax.axhline(0.0, **style.ZERO_LINE)
    n = jacobian.log_singular_values.shape[1]
    for time, values in zip(jacobian.times, jacobian.log_singular_values):
        shown = np.isfinite(values)
        curve = dict(color=style.next_colour(ax), linewidth=1.6, gid=style.CURVE, label=f"{time:g}")
        ax.plot(np.arange(1, n + 1)[shown] / n, values[shown] / LN10, **{**curve, **kwargs})
    ax.legend(frameon=False, fontsize="small", title=f"$T$ in {_unit(jacobian)}")
    ax.set_xlabel("$i/N$")
    ax.set_ylabel(r"singular value of the Jacobian, $\log_{10}\sigma_i$")
    return style.finish(ax)


def plot_gradient_growth(jacobian: JacobianSpectrum, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw by which factor perturbations grow in time T, and gradients on the way back: largest, typical and median one.

    Parameters
    ----------
    jacobian : pylyap.analysis.JacobianSpectrum
        Made with several times.
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
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 2.0, seed=1))
    >>> jacobian = pylyap.analysis.jacobian_singular_values(network, [1, 3, 10, 30, 100])
    >>> pylyap.plotting.plot_gradient_growth(jacobian).get_xlabel()
    'time $T$ (steps)'
    """
    checks.instance("jacobian", jacobian, JacobianSpectrum)
    ax = style.axes(ax)
    ax.axhline(0.0, **style.ZERO_LINE)
    curves = {
        "largest": jacobian.log_largest, "random direction (r.m.s.)": jacobian.log_typical,
        "median of the directions": np.median(jacobian.log_singular_values, axis=1),
    }
    for label, values in curves.items():
        shown = np.isfinite(values)
        curve = dict(color=style.next_colour(ax), linewidth=1.6, marker="o", markersize=3, gid=style.CURVE, label=label)
        ax.plot(jacobian.times[shown], values[shown] / LN10, **{**curve, **kwargs})
    ax.legend(frameon=False, fontsize="small")
    ax.set_xlabel(f"time $T$ ({_unit(jacobian)})")
    ax.set_ylabel(r"growth, forward and backward ($\log_{10}$)")
    return style.finish(ax)


def plot_finite_time_exponents(
    windows: FiniteTimeExponents, ax: Axes | None = None, *, limit: float | None = None, **kwargs: Any
) -> Axes:
    """Draw the exponents of consecutive windows as colours: time to the right, exponents downwards, growth red.

    Parameters
    ----------
    windows : pylyap.analysis.FiniteTimeExponents
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default. A colour bar is put beside it.
    limit : float, optional
        Rate, > 0, per unit of time, at which the colours end; by default three quarters of the exponents are below it.
    **kwargs
        For `Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 2.0, seed=1))
    >>> spectrum = pylyap.lyapunov_spectrum(network, t_average=1000, qr_interval=1)
    >>> windows = pylyap.analysis.finite_time_exponents(spectrum, 50)
    >>> pylyap.plotting.plot_finite_time_exponents(windows).get_ylabel()
    'index $i$'
    """
    checks.instance("windows", windows, FiniteTimeExponents)
    ax = style.axes(ax)
    exponents = windows.exponents
    if limit is None:
        finite = np.abs(exponents[np.isfinite(exponents)])
        limit = np.quantile(finite, 0.75) if finite.size else 1.0
    else:
        limit = checks.real("limit", limit, "a rate > 0 and below 1e300", lambda rate: 0 < rate < 1e300)
    edges = windows.times[0] - windows.window + windows.window * np.arange(len(windows.times) + 1)
    look = dict(cmap="RdBu_r", vmin=-limit, vmax=limit, rasterized=True)
    mesh = ax.pcolormesh(edges, np.arange(exponents.shape[1] + 1) + 0.5, exponents.T, **{**look, **kwargs})
    ax.figure.colorbar(mesh, ax=ax, label=f"exponent of the window ({style.rate_unit(windows)})", extend="both")
    ax.invert_yaxis()
    style.counting(ax.yaxis)
    ax.set_xlabel(style.time_label(windows))
    ax.set_ylabel("index $i$")
    return ax


def plot_gradient_verdict(verdict: GradientVerdict, ax: Axes | None = None, **kwargs: Any) -> Axes:
    """Draw the time in which each direction grows or shrinks by a factor e; the colour says what the verdict calls it.

    Parameters
    ----------
    verdict : pylyap.analysis.GradientVerdict
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    **kwargs
        For the points (`Axes.plot`).

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 2.0, seed=1))
    >>> verdict = pylyap.analysis.gradient_verdict(pylyap.lyapunov_spectrum(network, t_average=1000), horizon=50)
    >>> pylyap.plotting.plot_gradient_verdict(verdict).get_yscale()
    'log'
    """
    checks.instance("verdict", verdict, GradientVerdict)
    ax = style.axes(ax)
    i = np.arange(1, len(verdict.rates) + 1)
    kinds = {"explode": verdict.exploding, "persist": verdict.persisting, "vanish": verdict.vanishing}
    for (label, which), colour in zip(kinds.items(), (style.COLOURS[1], style.COLOURS[2], style.COLOURS[0])):
        shown = which & (verdict.times > 0) & np.isfinite(verdict.times)
        points = dict(color=colour, linestyle="none", marker="o", markersize=4, label=f"{label}: {which.sum()}")
        ax.plot(i[shown], verdict.times[shown], **{**points, **kwargs})
    ax.axhline(verdict.horizon, **style.ZERO_LINE)
    ax.annotate("horizon", (1.0, verdict.horizon), xycoords=("axes fraction", "data"), xytext=(0, 2),
                textcoords="offset points", ha="right", va="bottom", fontsize="small", color="0.35")
    ax.set_yscale("log")
    ax.legend(frameon=False, fontsize="small", title="gradients")
    style.counting(ax.xaxis)
    ax.set_xlabel("index $i$")
    ax.set_ylabel(f"time for a factor e ({_unit(verdict)})")
    return style.finish(ax)


def _unit(result):
    return many(result.time_unit).replace("tau", r"$\tau$")
