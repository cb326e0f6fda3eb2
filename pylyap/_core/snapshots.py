"""Where runs in the core are, as NumPy arrays, and the way back."""

import functools

import numpy as np

from .._runtime import session
from ..errors import JuliaError
from .arrays import share


def read(**parts):
    """Named arrays of the core's parts of a run, ``name.field``; arrays of floats are the run's own memory."""
    snapshot = session.julia().LyapunovSpectra.snapshot
    found = {}
    for prefix, part in parts.items():
        for name, array in session.call(snapshot, part):  # pairs arrive as tuples
            found[f"{prefix}.{name}"] = np.asarray(array)
    return found


def restore(arrays, **parts):
    """Bring parts of a run to where those were of which `read` gave the arrays; ValueError if they do not fit."""
    for prefix, part in parts.items():
        own = inner(arrays, prefix)
        try:
            given = {name: np.require(array, requirements=["F", "A", "O", "W"]) for name, array in own.items()}
            saved = _saved()(*given, *(share(array) for array in given.values()))
            session.call(session.julia().LyapunovSpectra.restore_b, part, saved)
        except JuliaError as error:
            raise ValueError(str(error)) from error


def inner(arrays, prefix):
    """The arrays whose names begin with ``prefix.``, without it."""
    start = f"{prefix}."
    return {name[len(start) :]: array for name, array in arrays.items() if name.startswith(start)}


def outer(prefix, arrays):
    """The same arrays under names that begin with ``prefix.``."""
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def fill(memory, arrays, name, count):
    """Copy a named array to the first `count` places, along the last axis, of one that was made for it."""
    found, shape = arrays.get(name), (*memory.shape[:-1], count)
    if found is None or (found.dtype, found.shape) != (memory.dtype, shape) or count > memory.shape[-1]:
        raise ValueError(f"{name} is missing, or has not the shape {shape} of {memory.dtype}")
    memory[..., :count] = found


@functools.cache
def _saved():
    return session.julia().seval("(parts...) -> (n = length(parts) >> 1; Dict(zip(map(string, parts[1:n]), parts[n+1:end])))")
