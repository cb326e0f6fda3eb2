"""What tells functions apart: for the stores of sweeps, and for the fingerprints of systems written in Python."""

import functools
import hashlib
import inspect
from typing import Any

import numpy as np

from ._contracts import fingerprint
from .errors import OptionError


def described(value, within=()):
    """What a store keeps of a setting that is not plain: its own `settings`, or what tells functions apart.

    That is the name and source of a function, its default arguments and what it encloses, and what a partial one is
    given. Arrays are kept as they are: the store takes their fingerprints. `within` holds the functions being described.
    """
    if isinstance(value, (type, np.ufunc)) or inspect.isbuiltin(value):
        return {"named": f"{getattr(value, '__module__', 'numpy')}.{getattr(value, '__qualname__', value.__name__)}"}
    if hasattr(value, "settings"):
        return {"type": type(value).__name__, **value.settings}
    if isinstance(value, functools.partial):
        parts = _parts(within, arguments=value.args, keywords=value.keywords)
        return {"partial": described(value.func, within), **parts}
    if inspect.ismethod(value):
        return {"method": described(value.__func__, within), "of": described(value.__self__, within)}
    if inspect.isfunction(value):
        if value in within:  # functions that call each other
            return {"function": value.__qualname__}
        source = hashlib.sha256(_source(value).encode()).hexdigest()[:16]
        enclosed = inspect.getclosurevars(value).nonlocals
        parts = _parts((*within, value), encloses=enclosed, defaults=value.__defaults__, keywords=value.__kwdefaults__)
        return {"function": value.__qualname__, "source": source, **parts}
    if inspect.ismodule(value):
        return {"module": value.__name__}
    if callable(value):
        raise OptionError(f"a store cannot tell {value!r} from others of its kind: give it `settings`, a plain dict")
    return value


def _parts(within, **parts):
    """What there is of some dicts and tuples, described."""
    found: dict[str, Any] = {}
    for name, part in parts.items():
        if isinstance(part, dict):
            found[name] = {key: described(item, within) for key, item in part.items()}
        elif part is not None:
            found[name] = [described(item, within) for item in part]
    return found


def _source(function):
    try:
        return inspect.getsource(function)
    except OSError:
        name = function.__qualname__
        raise OptionError(f"a store needs the source of {name}, which is not in a file: write it to one") from None


def text_of(function):
    """What tells a user's function apart, as text: its source, or its code where there is no source, and what it holds."""
    try:
        return repr(_plain(described(function)))
    except (OptionError, TypeError, ValueError):  # TypeError: inspect knows no source of this kind of object
        pass
    code = getattr(function, "__code__", None)
    if code is None:  # an object that can be called
        return repr((type(function).__qualname__, _plain(vars(function) if hasattr(function, "__dict__") else {})))
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    constants = [str(constant) for constant in code.co_consts]
    return repr((code.co_code.hex(), constants, code.co_names, _plain([held, function.__defaults__])))


def _plain(value):
    """`value` with every array replaced by its fingerprint."""
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return ["array", value.dtype.str, value.shape, fingerprint(value)]
    return value if isinstance(value, (str, int, float, complex, bool, type(None))) else str(type(value))
