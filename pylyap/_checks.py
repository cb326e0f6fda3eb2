"""Checks shared by networks and weights: each returns the checked value, or raises an error that names the remedy."""

import difflib
import functools
import inspect
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import numpy as np

from . import _memory
from .errors import NetworkError, OptionError, UnknownOptionError
from .networks.tensors import is_tensor, on_host

Function = TypeVar("Function", bound=Callable[..., Any])


def nearest(name, allowed):
    """End a sentence with ``"; did you mean 'x'?"`` for the allowed name closest to `name`, or with a full stop."""
    matches = difflib.get_close_matches(name if isinstance(name, str) else shown(name), allowed, n=1, cutoff=0.5)
    return f"; did you mean {matches[0]!r}?" if matches else "."


def shown(value):
    """`value` as messages show it: on one line that is not too long."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001  integers of more than a few thousand digits, objects whose text raises anything
        text = f"a {type(value).__name__} that cannot be printed"
    return text if len(text) <= 80 else text[:77] + "..."


def refuse_unknown(names, allowed, where):
    """Raise UnknownOptionError at the first of `names` that is none of `allowed`."""
    for name in names:
        if not isinstance(name, str) or name not in allowed:
            raise UnknownOptionError(
                f"{where} has no option {shown(name)}{nearest(name, allowed)} Its options: {', '.join(allowed)}."
            )


def named_options(*, and_those_of: Iterable[str] = ()) -> Callable[[Function], Function]:
    """Decorator: a function called with a keyword that its signature does not have raises UnknownOptionError.

    Parameters
    ----------
    and_those_of : iterable of str
        Names that a function which ends with ``**options`` hands on to another one.
    """

    def decorate(function: Function) -> Function:
        parameters = inspect.signature(function).parameters.values()
        own = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
        options = tuple(dict.fromkeys((*own, *and_those_of)))
        arguments = [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
        where = function.__qualname__.removesuffix(".__init__")

        @functools.wraps(function)
        def with_named_options(*args: Any, **given: Any) -> Any:
            refuse_unknown([name for name in given if name not in arguments], options, where)
            return function(*args, **given)

        with_named_options.__kwdefaults__ = function.__kwdefaults__  # type: ignore[attr-defined]  # as of the function
        return cast(Function, with_named_options)

    return decorate


def one_of(name, value, allowed):
    """Return `value` if it is one of the `allowed` strings."""
    is_text = isinstance(value, str)
    if not (is_text and value in allowed):
        hint = nearest(value, allowed) if is_text else "."
        raise OptionError(
            f"{name} = {shown(value)} is not known{hint} Allowed: {', '.join(map(repr, allowed))}."
        )
    return value


def count(name, value, least=1, most=None):
    """Return `value` as an int from `least` to `most`."""
    try:
        number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except Exception:  # noqa: BLE001  as in `real`
        number = None
    if number is None or number < least or (most is not None and number > most):
        allowed = f">= {least}" if most is None else f"from {least} to {most}"
        raise OptionError(f"{name} = {shown(value)} is not allowed: give an integer {allowed}")
    return number


def flag(name, value):
    """Return `value` as True or False, which it has to be."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise OptionError(f"{name} = {shown(value)} is not allowed: give True or False")


def matrix_size(name, value, least=1):
    """Return `value` as the size of a square matrix of floats for which there is memory."""
    n = count(name, value, least)
    _memory.require(8 * n**2, f"a matrix of {shown(n)} rows and columns")
    return n


def vector_size(name, value, least=1):
    """Return `value` as the length of a vector of floats for which there is memory, and for some others like it."""
    n = count(name, value, least)
    _memory.require(32 * n, f"{shown(n)} numbers, and others like them,")
    return n


def real(name, value, allowed, test=lambda number: True):
    """Return `value` as a finite float that passes `test`; `allowed` says in words what passes."""
    try:
        number = math.nan if isinstance(value, (bool, np.bool_, str)) else float(value)
    except Exception:  # noqa: BLE001  an object of somebody's may raise anything
        number = math.nan
    if not (math.isfinite(number) and test(number)):
        raise OptionError(f"{name} = {shown(value)} is not allowed: give {allowed}")
    return number


def reals(name, values, allowed, test=lambda number: True):
    """Return an iterable of numbers as a list of finite floats that pass `test`; `allowed` says in words what passes."""
    try:
        listed = None if isinstance(values, (str, bytes)) else list(values)
    except Exception:  # noqa: BLE001  as in `real`
        listed = None
    if listed is None:
        raise OptionError(f"{name} = {shown(values)} is not allowed: give a list of {allowed}")
    return [real(name, value, f"a list of {allowed}", test) for value in listed]


def floats(name, values):
    """Return `values` as a float64 array of any shape, whose entries may be infinite or NaN."""
    try:
        return np.asarray(values, dtype=np.float64)
    except Exception as error:  # whatever it is, as in `real`
        raise OptionError(f"{name} = {shown(values)} is not allowed: give real numbers") from error


def instance(name, value, kind):
    """Return `value` if it is of a class."""
    if not isinstance(value, kind):
        raise OptionError(f"{name} = {shown(value)} is not allowed: give a {kind.__name__}")
    return value


def n_dimensions(value):
    """Number of dimensions of an array or of nested lists; -1 for rows of several lengths and for other objects."""
    try:
        return np.ndim(value)
    except Exception:  # noqa: BLE001  as in `real`
        return -1


def real_array(name, value, advice):
    """Return `value` as a finite float64 array; integers and other real floats are converted, the rest is refused."""
    array = numbers(name, value, advice)
    bad = array.size - np.count_nonzero(np.isfinite(array))
    if bad:
        raise NetworkError(f"{name} has {bad} entries that are NaN or infinite, of {array.size}: all must be finite")
    return array


def real_instead(name, dtype):
    """The rule for numbers of another type, and the line that makes real ones of them."""
    lines = {"b": f"{name}.astype(float)", "c": f"{name}.real, if the imaginary parts are 0", "U": f"{name}.astype(float)",
             "S": f"{name}.astype(float)"}  # fmt: skip
    line = lines.get(dtype.kind)
    return "real numbers only (float or integer)" + (f": {line}" if line else "")


def numbers(name, value, advice):
    """Return `value` as a float64 array, whose entries may be infinite or NaN."""
    if is_tensor(value):
        value = on_host(name, value)
    if isinstance(value, (list, tuple)) and any(map(is_tensor, value)):
        value = [on_host(name, row) for row in value]
    if hasattr(value, "toarray"):
        raise NetworkError(f"{name} is sparse: {advice}, as {name}.toarray() does")
    if any(np.ma.is_masked(row) for row in (value if isinstance(value, (list, tuple)) else [value])):
        raise NetworkError(f"{name} has masked entries, which are not numbers: {advice}, as {name}.filled(0) does")
    try:
        array = np.asarray(value)
    except Exception as error:  # whatever it is, as in `real`
        raise NetworkError(f"{name} is not a rectangular array of numbers ({error}): {advice}") from error
    if array.dtype.kind not in "iuf":
        raise NetworkError(f"{name} has dtype {array.dtype}: {advice}; {real_instead(name, array.dtype)}")
    return np.require(array, np.float64, ["ALIGNED"])
