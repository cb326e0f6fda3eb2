"""Users' own systems as the core's."""

import functools
from pathlib import Path

import numpy as np

from .._where import where_julia_is
from ..errors import JuliaError, NetworkError
from .._runtime import session
from .arrays import share


def from_source(rhs, jvp, parameters, n, is_map):
    """A system of n variables given by Julia source; the arrays among the parameters have to outlive it."""
    core = session.julia().LyapunovSpectra
    kind = core.FunctionMap if is_map else core.FunctionFlow
    return kind[session.julia().Float64](*_compiled(rhs, jvp), n, _parameters(parameters))


@where_julia_is
def check(system):
    """Raise NetworkError if functions of the user's do not do what they should."""
    from .bridge import Bridge

    try:
        state = np.zeros(system.size) if system.initial_state is None else system.initial_state.copy()
        check_system = session.julia().LyapunovSpectra.check_system
        made = system.to_core(Bridge(), {})
        session.call(check_system, made, share(state), hold_lock=system.calls_python)
    except JuliaError as error:
        raise NetworkError(str(error)) from error.__cause__


@functools.cache
def _compiled(rhs, jvp):
    """The two functions, compiled once per session for all values of the numbers in them; the core's dual numbers if there is no `jvp`."""
    if jvp is None:
        (f,) = session.call(_sources().compile, rhs)
        return f, session.julia().LyapunovSpectra.DualNumbers()
    return tuple(session.call(_sources().compile, rhs, jvp))


def _parameters(parameters):
    """A named tuple of numbers and arrays, the arrays on NumPy's memory."""
    values = [share(value) if isinstance(value, np.ndarray) else value for value in parameters.values()]
    return _module().named(list(parameters), *values)


def calling_python(functions, n, is_map):
    """A system of n variables given by Python functions."""
    x, out = np.zeros(n), np.zeros(n)
    V, W = np.zeros((n, n), order="F"), np.zeros((n, n), order="F")

    def evaluate(t):
        out[:] = functions.evaluate(x.copy(), t)

    def multiply(t, k):
        W[:, :k] = functions.multiply(x.copy(), t, V[:, :k].copy())

    # the closures keep the arrays alive, and Julia keeps the closures
    kind = _module().PythonMap if is_map else _module().PythonFlow
    return kind(evaluate, multiply, functions.jvp is None, share(x), share(out), share(V), share(W))


def _module():
    return _included("PylyapUserSystems", "user_systems.jl")


def _sources():
    return _included("PylyapSources", "sources.jl")


def _included(module, file):
    main = session.julia()
    if not main.seval(f"isdefined(Main, :{module})"):
        main.include(str(Path(__file__).with_name(file)))
    return getattr(main, module)
