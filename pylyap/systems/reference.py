"""Systems with known exponents: flows and maps of the literature, and constant matrices."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks as checks
from .._contracts import mark
from ..errors import NetworkError
from ..networks import matrix
from .definitions import Linear, Reference
from .described import System


def lorenz63(sigma: float = 10.0, rho: float = 28.0, beta: float = 8 / 3) -> System:
    """Flow of Lorenz in three variables, ``dx = sigma (y - x), dy = x (rho - z) - y, dz = x y - beta z``.

    Parameters
    ----------
    sigma, rho, beta : float

    Returns
    -------
    System
        The exponents add up to ``-(sigma + 1 + beta)``; they are 0.9056, 0, -14.5723 at the defaults.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    E. N. Lorenz, J. Atmos. Sci. 20, 130 (1963), eqs. 25-27; exponents: J. C. Sprott, Chaos and Time-Series Analysis
    (2003).

    Examples
    --------
    >>> import pylyap
    >>> pylyap.systems.lorenz63()
    lorenz63(sigma=10, rho=28, beta=2.66667)
    """
    return _reference("lorenz63", 3, "time", dict(sigma=sigma, rho=rho, beta=beta), np.ones(3), dt=0.01)


def rossler(a: float = 0.2, b: float = 0.2, c: float = 5.7) -> System:
    """Flow of Rössler, ``dx = -y - z, dy = x + a y, dz = b + z (x - c)``.

    Parameters
    ----------
    a, b, c : float

    Returns
    -------
    System
        The exponents are 0.0714, 0, -5.3943 at the defaults.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    O. E. Rössler, Phys. Lett. A 57, 397 (1976), eq. 2; exponents: J. C. Sprott, Chaos and Time-Series Analysis (2003).

    Examples
    --------
    >>> import pylyap
    >>> pylyap.systems.rossler(c=5.0).size
    3
    """
    return _reference("rossler", 3, "time", dict(a=a, b=b, c=c), np.ones(3), dt=0.02)


def lorenz96(n: int = 40, F: float = 8.0) -> System:
    """Ring of Lorenz, ``dx_i/dt = (x_(i+1) - x_(i-2)) x_(i-1) - x_i + F``.

    Parameters
    ----------
    n : int
        Number of variables, >= 4.
    F : float
        Forcing; the ring is chaotic at 8.

    Returns
    -------
    System
        The exponents add up to -n.

    Raises
    ------
    OptionError
        If n is less than 4 or F is not finite.

    References
    ----------
    E. N. Lorenz, "Predictability: a problem partly solved", ECMWF Seminar on Predictability (1996), eq. 1.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.lorenz96(10), t_average=50)
    >>> round(float(spectrum.exponents.sum()), 2)
    -10.0
    """
    n = checks.vector_size("n", n, least=4)
    F = checks.real("F", F, "a finite number")
    return _reference("lorenz96", n, "time", dict(F=F), F + _spread(n), (n,), dt=0.02)


def stuart_landau(mu: float = 1.0, omega: float = 1.0) -> System:
    """Normal form of the Hopf bifurcation, ``dz/dt = (mu + i omega) z - |z|^2 z``, as two real variables.

    Parameters
    ----------
    mu, omega : float

    Returns
    -------
    System
        The exponents are 0 and ``-2 mu`` on the limit cycle, mu > 0, and both `mu` at the fixed point, mu < 0.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    S. H. Strogatz, Nonlinear Dynamics and Chaos, 2nd ed. (2015), section 8.2.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.systems.stuart_landau(mu=0.5).time_unit
    'time'
    """
    mu, omega = checks.real("mu", mu, "a finite number"), checks.real("omega", omega, "a finite number")
    fastest = max(1.0, 2 * abs(mu), abs(omega))
    return _reference("stuart_landau", 2, "time", dict(mu=mu, omega=omega), [1.0, 0.0], dt=0.05 / fastest)


def henon(a: float = 1.4, b: float = 0.3) -> System:
    """Map of Hénon, ``(x, y) -> (1 - a x^2 + y, b x)``.

    Parameters
    ----------
    a, b : float

    Returns
    -------
    System
        The exponents add up to ``log(|b|)``; they are 0.41922 and -1.62319 at the defaults. It starts at (0.1, 0.1):
        many states farther out run away to infinity.

    Raises
    ------
    OptionError
        If a parameter is not a finite number.

    References
    ----------
    M. Hénon, Commun. Math. Phys. 50, 69 (1976), eq. 4; exponents: J. C. Sprott, Chaos and Time-Series Analysis (2003).

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.henon(), t_average=20_000)
    >>> round(float(spectrum.exponents[0]), 1)
    0.4
    """
    return _reference("henon", 2, "step", dict(a=a, b=b), [0.1, 0.1])


def cat_map() -> System:
    """Map of Arnold, ``(x, y) -> (2 x + y, x + y) mod 1``.

    Returns
    -------
    System
        The exponents are ``+-log((3 + sqrt(5)) / 2)`` = +-0.9624236501.

    References
    ----------
    V. I. Arnold, A. Avez, Ergodic Problems of Classical Mechanics (1968), chapter 1.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.cat_map(), t_average=100)
    >>> round(float(spectrum.exponents[0]), 10)
    0.9624236501
    """
    return _reference("cat_map", 2, "step", {}, _spread(2) % 1)


def bernoulli_ring(n: int = 8, e: float = 0.3) -> System:
    """Ring of doubling maps, ``x_i -> (1 - e) 2 x_i + e (2 x_(i-1) + 2 x_(i+1)) / 2 mod 1``.

    Parameters
    ----------
    n : int
        Number of variables, >= 3.
    e : float
        Coupling.

    Returns
    -------
    System
        The exponents are ``log(2 |1 - e + e cos(2 pi k / n)|)``, k = 0, ..., n - 1: the Jacobian is constant and
        circulant.

    Raises
    ------
    OptionError
        If n is less than 3 or e is not finite.

    References
    ----------
    K. Kaneko, Physica D 23, 436 (1986), coupled map lattices with diffusive coupling.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.bernoulli_ring(4), t_average=100)
    >>> round(float(spectrum.exponents[0]), 6)
    0.693147
    """
    n = checks.vector_size("n", n, least=3)
    return _reference("bernoulli_ring", n, "step", dict(e=e), _spread(n) % 1, (n,))


def linear(A: ArrayLike) -> System:
    """Linear flow ``dx/dt = A x``.

    Parameters
    ----------
    A : (n, n) array_like
        Finite real numbers. A float64 array in Fortran order is kept without a copy, so do not change it afterwards.

    Returns
    -------
    System
        The exponents are the real parts of the eigenvalues of A. It starts, and stays, at 0.

    Raises
    ------
    NetworkError
        If A is not a dense square matrix of finite numbers.

    Examples
    --------
    >>> import pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.linear([[-1.0, 0.0], [0.0, -2.0]]), t_average=10)
    >>> [round(float(exponent), 6) for exponent in spectrum.exponents]
    [-1.0, -2.0]
    """
    A = _dense(A)
    # a hundredth of the fastest time, at which RK4 is exact to nine digits
    return _linear("linear", A, "time", dt=0.01 / (np.abs(A).sum(axis=0).max() or 1.0))


def linear_map(A: ArrayLike) -> System:
    """Linear map ``x -> A x``.

    Parameters
    ----------
    A : (n, n) array_like
        Finite real numbers. A float64 array in Fortran order is kept without a copy, so do not change it afterwards.

    Returns
    -------
    System
        The exponents are the logarithms of the moduli of the eigenvalues of A. It starts, and stays, at 0.

    Raises
    ------
    NetworkError
        If A is not a dense square matrix of finite numbers.

    Examples
    --------
    >>> import math, pylyap
    >>> spectrum = pylyap.lyapunov_spectrum(pylyap.systems.linear_map([[2.0, 0.0], [0.0, 0.5]]), t_average=10)
    >>> math.isclose(spectrum.exponents[0], math.log(2))
    True
    """
    return _linear("linear_map", _dense(A), "step")


def _reference(name, size, unit, parameters, initial_state, arguments=(), dt=None):
    parameters = {key: checks.real(key, value, "a finite number") for key, value in parameters.items()}
    shown = [f"n={size}"] * bool(arguments) + [f"{key}={value:g}" for key, value in parameters.items()]
    definition = Reference(name, arguments, parameters)
    return System(f"{name}({', '.join(shown)})", size, unit, definition, initial_state, dt)


def _dense(A):
    if hasattr(A, "toarray"):
        raise NetworkError("A is sparse, which linear systems are not: pass A.toarray()")
    return matrix.checked_weights(A)


def _linear(name, A, unit, dt=None):
    n = len(A)
    definition = Linear(A)
    return System(f"{name}({n} variables, #{mark(definition.arrays())})", n, unit, definition, np.zeros(n), dt)


def _spread(n):
    """n numbers without a pattern in (0, 1), for states that must not be symmetric."""
    return math.sqrt(2) * np.arange(1, n + 1) % 1
