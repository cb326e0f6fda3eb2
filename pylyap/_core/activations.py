"""Activations as the core's."""

import functools

from .._runtime import session
from .._where import where_julia_is
from ..errors import JuliaError, OptionError


def activation(core, phi):
    """The core's activation for an `Activation`."""
    if phi.core_name is None:
        return custom(*phi.parameters)
    return getattr(core, phi.core_name)(*phi.parameters)


@where_julia_is
def check(value, slope):
    """Compile two Julia expressions; same errors as `custom`."""
    custom(value, slope)


@functools.cache
def custom(value, slope):
    """Compile two Julia expressions to an activation of the core, which checks one against the other.

    Raises
    ------
    OptionError
        If Julia cannot read or call them, or the slope is not the derivative of the value.
    """
    main = session.julia()
    try:
        functions = session.call(_compile(), value, slope)
        return session.call(main.LyapunovSpectra.CustomActivation, *functions)
    except JuliaError as error:
        raise OptionError(f"custom activation with value {value!r} and slope {slope!r}: {error}") from error


def _compile():
    # a module for each activation: what its two expressions define, they share with each other and with nobody else
    return session.julia().seval(
        '(texts...) -> (room = Module(:Activation); map(text -> include_string(room, text, "activation"), texts))'
    )
