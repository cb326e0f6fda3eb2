"""The autocorrelation of the continuous-time mean field, and the lowest level of its Schroedinger equation.

Everything is a function of a grid variable r with w = tanh(sinh(r) / width) and C = C0 (1 - w**2): time runs from 0 at
r = 0 to infinity, C falls exponentially in time, and near r = 0 the grid is as fine as the slope's overlap needs.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import eigh_tridiagonal

from . import _gaussian

CELLS = 1000  # of the coarse grid; halving them leaves the exponent to 1e-8, after the extrapolation
WIDEST = 300.0  # finer cells would cost more in rounding than the kink of weak noise changes
REACH = 30.0  # largest sinh(r) / width: C / C0 = 3e-26 there, as far as levels bound by a thousandth need


@dataclass(frozen=True)
class Path:
    """Values at r = step, 2 step, 3 step ...; times in tau."""

    step: float
    covariance: np.ndarray
    slope_covariance: np.ndarray  # <phi' phi'>
    time_per_r: np.ndarray
    time: np.ndarray


def follow(variance, g, noise):
    """The solution of C'' = C - g**2 <phi phi>(C) that starts at C0 with C' = -noise**2 / 2 and decays."""
    x, weights = _gaussian.nodes(variance)
    pull = g**2 * weights @ np.tanh(x) ** 2 - variance  # -C'' at time zero
    # Features in w: the overlap of the slopes, 1 / sqrt(C0); with noise, the kink of C at time zero, noise**2 / 2 kink.
    kink = np.sqrt(2.0 * variance * max(pull, 0.0))
    width = max(1.0, np.sqrt(variance), min(2.0 * kink / noise**2, WIDEST) if noise else 0.0)
    r, step = np.linspace(0.0, np.arcsinh(REACH * width), 4 * CELLS + 1, retstep=True)
    s = np.sinh(r) / width
    w, shrink = np.tanh(s), np.cosh(s) ** -2.0
    C, fall = variance * shrink, 2.0 * variance * w * shrink * np.cosh(r) / width  # fall = -dC/dr
    slopes, _ = _gaussian.slope_overlaps(C, variance)
    # Integrals over C start at its small end, which keeps their relative accuracy there.
    excess = g**2 * slopes - 1.0  # small near onset, and so integrated by itself: -C'' = g**2 <phi phi> - C
    gain = 2.0 * (_integral_from_end(r, excess * fall) + excess[-1] * C[-1]) * fall
    from_end = -excess[-1] * C[-1] ** 2 - _integral_from_end(r, gain)
    from_start = 0.25 * noise**4 + CubicSpline(r, gain).antiderivative()(r)
    speed = np.sqrt(np.where(w < 0.7, from_start, from_end)[1:])  # -dC/dt by conservation of energy
    time_per_r = fall[1:] / speed
    at_start = 0.0 if noise else np.sqrt(2.0 * variance / pull) / width
    time = CubicSpline(r, np.r_[at_start, time_per_r]).antiderivative()(r)
    return Path(step, C[1:], slopes[1:], time_per_r, time[1:])


def lowest_level(path, g):
    """Lowest eigenvalue of -d2/dt2 + 1 - g**2 <phi' phi'>(t) on the whole line."""
    coarse, fine = (_level_on_cells(path, g, stride) for stride in (2, 1))
    return (4.0 * fine - coarse) / 3.0  # finite volumes err as the square of the cell


def _level_on_cells(path, g, stride):
    centres, edges = slice(stride - 1, None, 2 * stride), slice(2 * stride - 1, None, 2 * stride)
    size = 2 * stride * path.step
    mass = path.time_per_r[centres] * size
    flux = 1.0 / (path.time_per_r[edges][:-1] * size)  # none through r = 0: the lowest state is even
    potential = 1.0 - g**2 * path.slope_covariance[centres]
    diagonal = potential + (np.r_[flux, 0.0] + np.r_[0.0, flux]) / mass
    off_diagonal = -flux / np.sqrt(mass[1:] * mass[:-1])
    _, state = eigh_tridiagonal(diagonal, off_diagonal, select="i", select_range=(0, 0))
    # Small cells make large matrix elements, and rounding of the eigenvalue to match. The energy of the state does not.
    psi = state[:, 0] / np.sqrt(mass)
    return (flux @ np.diff(psi) ** 2 + (mass * potential) @ psi**2) / (mass @ psi**2)


def _integral_from_end(r, values):
    """Integral of `values` from each r to the last."""
    return CubicSpline(r, values[::-1]).antiderivative()(r)[::-1]
