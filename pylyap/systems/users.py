"""Systems of your own, in Julia or in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike

from .. import _checks as checks
from .._contracts import mark
from ..errors import OptionError
from .definitions import JuliaSource, PythonFunctions
from .described import System
from .parameters import checked_parameters


@checks.named_options()
def flow(
    n: int,
    rhs: str | Callable[..., Any],
    *,
    jvp: str | Callable[..., Any] | None = None,
    parameters: dict[str, Any] | None = None,
    initial_state: ArrayLike | None = None,
    dt: float = 0.01,
) -> System:
    """A flow of your own, ``dx/dt = f(x, t)``, in Julia or in Python.

    In Julia, which is fast: `rhs` is source that ends with a function ``f!(dx, x, p, t)`` that writes all of `dx`;
    `jvp` ends with ``jvp!(dv, v, x, p, t)`` that writes the Jacobian at (x, t) times the vector v into all of `dv`,
    and may use what `rhs` defines. `p` holds `parameters` by name, such as ``p.sigma``; LinearAlgebra is there. Both
    are compiled once per session, and called by several threads at once. So they must not write anything but their
    output: a buffer defined outside of the functions, ``const buffer = zeros(n)``, is written by all threads at once
    and gives wrong exponents. Make such arrays within the function. Two threads are tried for some milliseconds, which
    finds most such buffers, not all; with one thread, nothing is tried.

    In Python, for trying things out: ``rhs(x, t)`` returns f, shape (n,), and ``jvp(x, t, V)`` returns the Jacobian at
    (x, t) times the columns of V, shape (n, k). Each step calls them, on one thread and holding Python's lock: some
    ten microseconds per call. A ring of 40 took 30 times as long as in Julia, and without `jvp` 380 times.

    Without a `jvp` the product is exact to rounding either way. In Julia `rhs` is called with dual numbers, for up to
    eight tangent vectors at once: abs, mod, max, floor and comparisons may be there, but arguments of a type such as
    ``x::Vector{Float64}`` may not, and arrays for what is computed are made by ``similar(x)`` or
    ``zeros(eltype(x), n)``.
    In Python `rhs` is called with complex x, once for each tangent vector: f has to be analytic, without abs, mod,
    maximum or conjugates, and with no float arrays to put results into.

    A `jvp` in Julia that names matrices, ``jvp!(dV::AbstractMatrix, V::AbstractMatrix, x, p, t)``, is given all tangent
    vectors at once, as columns, and can compute once what depends on x alone.

    Both functions are tried at once, at three states around `initial_state` or else around 0, and compared with
    difference quotients. This starts Julia.

    Parameters
    ----------
    n : int
        Number of variables.
    rhs : str or callable
        The right-hand side.
    jvp : str or callable, optional
        The Jacobian-vector product, in the same language.
    parameters : dict, optional
        For Julia only: names with numbers (int or float) or arrays, which arrive as Array{Float64}.
    initial_state : (n,) array_like, optional
        Where runs begin; by default independent standard normal numbers, drawn by the run.
    dt : float
        Step of runs, in your units of time.

    Returns
    -------
    System

    Raises
    ------
    NetworkError
        If the source does not compile, if a function fails, returns the wrong shape, does not write all of its output,
        changes its parameters, gives something else when two threads call it at once, or is not finite, if the product
        is not the derivative, or if it is needed because f in Python is not analytic.
    OptionError, UnknownOptionError
        If an option has a value that is not allowed, or does not exist.

    References
    ----------
    Complex step: W. Squire, G. Trapp, SIAM Rev. 40, 110 (1998).

    Examples
    --------
    >>> import pylyap
    >>> swing = pylyap.systems.flow(2, '''
    ...     function f!(dx, x, p, t)
    ...         dx[1] = x[2]
    ...         dx[2] = -p.k * sin(x[1]) - p.damping * x[2] + cos(t)
    ...     end''', parameters=dict(k=2.0, damping=0.5))
    >>> spectrum = pylyap.lyapunov_spectrum(swing, t_average=100)
    >>> round(float(spectrum.exponents.sum()), 6)
    -0.5

    The same in Python:

    >>> import numpy as np
    >>> swing = pylyap.systems.flow(2, lambda x, t: np.array([x[1], -2 * np.sin(x[0]) - 0.5 * x[1] + np.cos(t)]))
    """
    dt = checks.real("dt", dt, "a step in units of time, > 0", lambda step: step > 0)
    return _users("flow", n, "time", rhs, jvp, parameters, initial_state, dt)


@checks.named_options()
def map(
    n: int,
    rhs: str | Callable[..., Any],
    *,
    jvp: str | Callable[..., Any] | None = None,
    parameters: dict[str, Any] | None = None,
    initial_state: ArrayLike | None = None,
) -> System:
    """A map of your own, ``x(t+1) = f(x(t), t)``, in Julia or in Python.

    As `flow`, but `rhs` gives the next state, and t = 0.0, 1.0, ... is the number of the step.

    Parameters
    ----------
    n : int
        Number of variables.
    rhs : str or callable
        The next state.
    jvp : str or callable, optional
        The Jacobian-vector product, in the same language.
    parameters : dict, optional
        For Julia only: names with numbers (int or float) or arrays, which arrive as Array{Float64}.
    initial_state : (n,) array_like, optional
        Where runs begin; by default independent standard normal numbers, drawn by the run.

    Returns
    -------
    System

    Raises
    ------
    NetworkError, OptionError, UnknownOptionError
        As `flow`.

    Examples
    --------
    >>> import pylyap
    >>> logistic = pylyap.systems.map(1, "f!(next, x, p, t) = (next[1] = 4x[1] * (1 - x[1]))", initial_state=[0.3])
    >>> spectrum = pylyap.lyapunov_spectrum(logistic, t_average=10_000)
    >>> round(float(spectrum.exponents[0]), 3)                          # log(2)
    0.693
    """
    return _users("map", n, "step", rhs, jvp, parameters, initial_state)


def _users(name, n, unit, rhs, jvp, parameters, initial_state, dt=None):
    n = checks.matrix_size("n", n)
    definition = _functions(rhs, jvp, parameters)
    language = "Python" if definition.calls_python else "Julia"
    label = f"{name}({n} variables, in {language}, #{mark(definition.arrays())})"
    system = System(label, n, unit, definition, _initial_state(n, initial_state), dt)
    from .._core import user_systems

    user_systems.check(system)
    return system


def _functions(rhs, jvp, parameters):
    if isinstance(rhs, str) and (jvp is None or isinstance(jvp, str)):
        return JuliaSource(rhs, jvp, checked_parameters({} if parameters is None else parameters))
    if not (callable(rhs) and (jvp is None or callable(jvp))):
        raise OptionError(
            f"rhs is a {type(rhs).__name__} and jvp a {type(jvp).__name__}: "
            "give both as Julia source or both as Python functions; jvp may be left out"
        )
    if parameters is not None:
        raise OptionError("parameters are for Julia source only: let the Python functions hold theirs")
    return PythonFunctions(rhs, jvp)


def _initial_state(n, state):
    if state is None:
        return None
    state = checks.real_array("initial_state", state, f"give {n} real numbers")
    if state.shape != (n,):
        raise OptionError(f"initial_state has shape {state.shape}: the system needs ({n},)")
    return state
