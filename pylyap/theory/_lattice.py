"""The mean field of the network stepped by Euler's method: autocorrelation and largest exponent on a lattice of times.

The step is h <- (1 - dt) h + dt J phi(h) + noise sqrt(dt) xi, so with a = 1 - dt the autocorrelation obeys
(1 + a**2) C[k] - a (C[k-1] + C[k+1]) = dt**2 g**2 <phi phi>(C[k]) + noise**2 dt [k = 0].
"""

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.linalg import eigvalsh_tridiagonal, solve_banded
from scipy.optimize import brentq

from . import _gaussian

SMALLEST = 1e-13  # the lattice ends where the autocorrelation has fallen by this factor
TABLE = 1000  # points of the table below: splines of this spacing err by 1e-10
REACH = 12.0  # the table ends at C / C0 = 1e-10, where the ratios it holds are constant to 1e-20


class _Overlaps:
    """<phi phi>, <phi' phi'> and the derivative of <phi phi> by the variance, as functions of the covariance."""

    def __init__(self, variance):
        self.variance, self.width = variance, max(1.0, np.sqrt(variance))
        r = np.linspace(0.0, np.arcsinh(REACH * self.width), TABLE)
        s = np.sinh(r) / self.width
        C = variance * np.cosh(s) ** -2.0
        fall = 2.0 * C * np.tanh(s) * np.cosh(r) / self.width  # -dC/dr
        slopes, thirds = _gaussian.slope_overlaps(C, variance)
        # d<phi phi>/dC = <phi' phi'> and d<phi'' phi>/dC = <phi''' phi'>; <phi phi> and <phi'' phi> vanish at C = 0.
        integrals = [
            CubicSpline(r, (f * fall)[::-1]).antiderivative()(r)[::-1] + f[-1] * C[-1] for f in (slopes, thirds)
        ]
        self._table = CubicSpline(r, np.column_stack([slopes, integrals[0] / C, integrals[1] / C]))

    def __call__(self, C):
        part = np.clip(np.abs(C) / self.variance, np.cosh(REACH) ** -2.0, 1.0)
        slopes, rates, growth = self._table(np.arcsinh(self.width * np.arccosh(part**-0.5))).T
        return rates * C, slopes, growth * C


def solve(g, noise, dt, guess):
    """Newton's method for the autocorrelation at times 0, dt, 2 dt ...; returns it and <phi' phi'> at those times."""
    C, a, source = guess.copy(), 1.0 - dt, (dt * g) ** 2
    for _ in range(50):
        rates, slopes, growth = _Overlaps(C[0])(C)
        neighbours = np.r_[2.0 * C[1], C[:-2] + C[2:], C[-2]]  # even in time, zero beyond the end
        residual = (1.0 + a**2) * C - a * neighbours - source * rates
        residual[0] -= noise**2 * dt
        bands = np.vstack([np.full(C.size, -a), 1.0 + a**2 - source * slopes, np.full(C.size, -a)])
        bands[0, 1] *= 2.0
        plain, column = solve_banded((1, 1), bands, np.column_stack([residual, source * growth])).T
        step = plain + column * plain[0] / (1.0 - column[0])  # the column: <phi phi> depends on C[0] everywhere
        C -= step
        if not C[0] > 0.0:
            break
        if np.abs(step).max() < 1e-11 * C[0]:
            return C, slopes
    return None


def largest_exponent(slopes, g, dt):
    """The rate s at which the lowest eigenvalue of the operator of a perturbation that grows as exp(s t) is zero.

    The operator, times exp(2 s dt) and with m = exp(s dt), takes psi[k] to
    (m**2 + a**2 - (dt g)**2 <phi' phi'>[k]) psi[k] - a m (psi[k-1] + psi[k+1]).
    """
    a, coupling = 1.0 - dt, (dt * g) ** 2 * slopes

    def lowest(m):
        off_diagonal = np.full(slopes.size - 1, -a * m)
        off_diagonal[:1] *= np.sqrt(2.0)  # even states
        return eigvalsh_tridiagonal(m**2 + a**2 - coupling, off_diagonal, select="i", select_range=(0, 0))[0]

    # The lowest value lies between (m - a)**2 - max and (m - a)**2 - min of the coupling.
    low, high = a + np.sqrt(coupling.min()), a + np.sqrt(coupling.max())
    return np.log(brentq(lowest, 0.999 * low, 1.001 * high, xtol=1e-15)) / dt
