"""Numbers of which a network has one for all units, or one for each."""

from __future__ import annotations

from typing import Any
import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from ..errors import NetworkError, OptionError
from . import matrix
from .tensors import is_tensor, refuse_half


def is_meant(value: Any) -> bool:
    """Whether a value is meant as one number for each unit, right or wrong, and not as one for all."""
    refuse_half("a number for the units", value)
    return value.ndim > 0 if is_tensor(value) else isinstance(value, (list, tuple)) or np.ndim(value) > 0


def positive(name: str, values: Any, size: int, most: float = np.inf) -> NDArray[np.float64]:
    """(size,) numbers > 0 and up to `most`, float64, read-only; OptionError if they are something else."""
    advice = f"give one number for all units, or one for each of the {size}"
    refuse_half(name, values)
    try:
        values = checks.real_array(name, values, advice)
    except NetworkError as error:
        raise OptionError(str(error)) from error
    if values.shape != (size,):
        raise OptionError(f"{name} has shape {values.shape}: {advice}, shape ({size},)")
    if not ((values > 0) & (values <= most)).all():
        allowed = "> 0" if np.isinf(most) else f"> 0 and <= {most:g}"
        raise OptionError(f"{name} has entries from {values.min():g} to {values.max():g} that are not {allowed}: {advice}")
    return matrix.frozen(values.copy())
