"""Reference systems and users' own as the core's systems."""

import functools
from pathlib import Path

import numpy as np

from ..errors import JuliaError, NetworkError
from ..systems import described as systems
from .._runtime import session
from .arrays import share


def system(described):
    """The core's system for a `pylyap.systems.System`, which has to outlive it."""
    core = session.julia().LyapunovSpectra
    what = described.definition
    flow = described.time_unit == "time"
    if isinstance(what, systems.Reference):
        return getattr(core, what.name)(*what.arguments, **what.parameters)
    if isinstance(what, systems.Linear):
        return (core.LinearFlow if flow else core.LinearMap)(share(what.A))
    if isinstance(what, systems.JuliaSource):
        kind = core.FunctionFlow if flow else core.FunctionMap
        f, jvp = _compiled(what.rhs, what.jvp)
        return kind[session.julia().Float64](f, jvp, described.size, _parameters(what.parameters))
    return _calling_python(what, described.size, flow)


def check(described):
    """Raise NetworkError if functions of the user's do not do what they should."""
    try:
        state = np.zeros(described.size) if described.initial_state is None else described.initial_state.copy()
        check_system = session.julia().LyapunovSpectra.check_system
        session.call(check_system, system(described), share(state), hold_lock=described.calls_python)
    except JuliaError as error:
        raise NetworkError(str(error)) from error.__cause__


@functools.cache
def _compiled(rhs, jvp):
    """The two functions, compiled once a session; the core's complex step if there is no `jvp`."""
    if jvp is None:
        (f,) = session.call(_module().compile, rhs)
        return f, session.julia().LyapunovSpectra.ComplexStep()
    return tuple(session.call(_module().compile, rhs, jvp))


def _parameters(parameters):
    """A named tuple of numbers and arrays, the arrays on NumPy's memory."""
    values = [share(value) if isinstance(value, np.ndarray) else value for value in parameters.values()]
    return _module().named(list(parameters), *values)


def _calling_python(functions, n, flow):
    x, out = np.zeros(n), np.zeros(n)
    V, W = np.zeros((n, n), order="F"), np.zeros((n, n), order="F")

    def evaluate(t):
        out[:] = functions.evaluate(x.copy(), t)

    def multiply(t, k):
        W[:, :k] = functions.multiply(x.copy(), t, V[:, :k].copy())

    # the closures keep the arrays alive, and Julia keeps the closures
    kind = _module().PythonFlow if flow else _module().PythonMap
    return kind(evaluate, multiply, functions.jvp is None, share(x), share(out), share(V), share(W))


def _module():
    main = session.julia()
    if not main.seval("isdefined(Main, :PylyapUserSystems)"):
        main.include(str(Path(__file__).with_suffix(".jl")))
    return main.PylyapUserSystems
