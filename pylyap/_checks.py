"""Checks shared by networks and weights: each returns the checked value, or raises an error that names the remedy."""

import difflib
import math
import operator

import numpy as np

from .errors import NetworkError, OptionError, UnknownOptionError


def nearest(name, allowed):
    """End a sentence with ``"; did you mean 'x'?"`` for the allowed name closest to `name`, or with a full stop."""
    matches = difflib.get_close_matches(str(name), allowed, n=1, cutoff=0.5)
    return f"; did you mean {matches[0]!r}?" if matches else "."


def shown(value):
    """`value` as messages show it: on one line that is not too long."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python does not print integers of more than a few thousand digits
        text = f"a {type(value).__name__} too long to print"
    return text if len(text) <= 80 else text[:77] + "..."


def refuse_unknown(unknown, allowed, where):
    """Raise UnknownOptionError if the dict `unknown` holds anything."""
    for name in unknown:
        raise UnknownOptionError(
            f"{where} has no option {name!r}{nearest(name, allowed)} Its options: {', '.join(allowed)}."
        )


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
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        allowed = f">= {least}" if most is None else f"from {least} to {most}"
        raise OptionError(f"{name} = {shown(value)} is not allowed: give an integer {allowed}")
    return number


def real(name, value, allowed, test=lambda number: True):
    """Return `value` as a finite float that passes `test`; `allowed` says in words what passes."""
    try:
        number = math.nan if isinstance(value, (bool, np.bool_, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and test(number)):
        raise OptionError(f"{name} = {shown(value)} is not allowed: give {allowed}")
    return number


def real_array(name, value, advice):
    """Return `value` as a finite float64 array; integers and other real floats are converted, the rest is refused."""
    if hasattr(value, "toarray"):
        raise NetworkError(f"{name} is sparse: {advice}, as {name}.toarray() does")
    if any(np.ma.is_masked(row) for row in (value if isinstance(value, (list, tuple)) else [value])):
        raise NetworkError(f"{name} has masked entries, which are no numbers: {advice}, as {name}.filled(0) does")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise NetworkError(f"{name} is not a rectangular array of numbers ({error}): {advice}") from error
    if array.dtype.kind not in "iuf":
        raise NetworkError(f"{name} has dtype {array.dtype}: {advice}; real numbers only (float or integer)")
    array = np.require(array, np.float64, ["ALIGNED"])
    bad = array.size - np.count_nonzero(np.isfinite(array))
    if bad:
        raise NetworkError(f"{name} has {bad} entries that are NaN or infinite, of {array.size}: all must be finite")
    return array
