"""What exponents say about the motion: chaos, a cycle, rest, or that it cannot be told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._contracts import ResultStatus

if TYPE_CHECKING:
    from .spectrum import LyapunovSpectrum

STANDARD_ERRORS = 3.0  # an exponent this many of its errors from zero is taken as different from it
# Two frames on one stretch differ by the logarithms of angles at its ends, a few units in all, so over a time T no
# exponent is known better than this over T, whatever its error bar says.
ENDS = 3.0


def meaning(spectrum: LyapunovSpectrum) -> str:
    """A sentence that says what the exponents of a LyapunovSpectrum mean.

    An exponent counts as positive or negative if it is more than 3 standard errors from zero, and more than 3 over the
    time averaged over; otherwise it is not known to differ from zero.

    Parameters
    ----------
    spectrum : LyapunovSpectrum

    Returns
    -------
    str
    """
    if spectrum.n_blocks == 0:
        return "not known: no block was finished"
    if spectrum.status == ResultStatus.DIVERGED:
        return "not known: the state became infinite or NaN"
    if math.isnan(spectrum.stderr[0]) and math.isfinite(spectrum.exponents[0]):
        return "not known: too few blocks for an error bar"
    said = _said(spectrum)
    return said if spectrum.status == ResultStatus.CONVERGED else f"not settled; so far {said}"


def signs(spectrum: LyapunovSpectrum) -> NDArray[np.int_]:
    """+1, -1 or 0 for each exponent: positive, negative, or not known to differ from zero."""
    exponents, errors = spectrum.exponents, np.nan_to_num(spectrum.stderr)
    with np.errstate(divide="ignore"):  # a direction that was dead from the first block on
        bound = np.maximum(STANDARD_ERRORS * errors, ENDS / spectrum.averaging_times)
    is_known = np.isneginf(exponents) | (np.abs(exponents) > bound)
    return np.where(is_known, np.sign(exponents), 0.0).astype(int)


def _said(spectrum):
    found = signs(spectrum)
    n_positive, n_zero, k = int((found > 0).sum()), int((found == 0).sum()), len(found)
    moves_by_itself = math.isfinite(spectrum.diagnostics.get("zero_exponent", math.nan))  # an autonomous flow
    if n_positive:
        known = "" if n_positive < k or k == spectrum.size else "at least "
        directions = "1 direction" if n_positive == 1 else f"{n_positive} directions"
        return f"chaotic: nearby states part in {known}{directions}"
    if n_zero == 0:
        others = "" if moves_by_itself else " or cycle, or because states follow their input"
        return f"not chaotic: every perturbation dies out, at a fixed point{others}"
    if k == 1 < spectrum.size:
        return "lambda_1 is not known to differ from zero: a cycle, or the edge of chaos; two exponents tell more"
    if moves_by_itself and n_zero == 1:
        return "not chaotic: one exponent is not known to differ from zero and the others are negative, a limit cycle"
    which = "lambda_1 is" if n_zero == 1 else f"{n_zero} exponents are"
    edge = "the edge of chaos, or a motion with several periods"
    return f"no chaos to be seen: {which} not known to differ from zero: {edge}"
