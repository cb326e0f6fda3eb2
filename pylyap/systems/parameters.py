"""Parameters of systems that are given as Julia source: numbers and arrays by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _checks as checks
from ..errors import OptionError
from ..networks import matrix


def checked_parameters(parameters: Any) -> dict[str, Any]:
    """Return parameters that the core can be given."""
    if not isinstance(parameters, dict):
        raise OptionError(f"parameters = {parameters!r} is not allowed: give a dict of names with numbers or arrays")
    return {name: _parameter(name, value) for name, value in parameters.items()}


def _parameter(name, value):
    if not (isinstance(name, str) and name.isidentifier()):
        raise OptionError(f"{name!r} is not allowed as the name of a parameter: use letters, digits and underscores")
    advice = "give a number or an array of numbers"
    array = checks.real_array(f"parameter {name}", value, advice)
    if array.ndim == 0:
        return int(value) if np.asarray(value).dtype.kind in "iu" else float(value)
    return matrix.frozen(np.array(array, order="F"))


def like(before: Any, name: str, value: Any) -> Any:
    """A parameter of the kind that was there: code is compiled for a kind of numbers."""
    value = _parameter(name, value)
    if np.shape(value) != np.shape(before):
        raise OptionError(f"parameter {name} has shape {np.shape(value)}: the system was described with {np.shape(before)}")
    return float(value) if isinstance(before, float) else value
