"""How exponents, entropy rate and dimension grow from the onset of chaos: powers of g - 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import OptionError
from .. import _checks as checks
from .line import Line, fit_line


def scaling_exponent(
    gains: ArrayLike, values: ArrayLike, errors: ArrayLike | None = None, *, onset: float = 1.0
) -> Line:
    """Fit ``value = factor * (g - onset)**power`` as a straight line of the logarithms.

    Parameters
    ----------
    gains : (n,) array_like
        At least three, all above `onset`.
    values : (n,) array_like
        All > 0: largest exponent, entropy rate, dimension or number of positive exponents.
    errors : (n,) array_like, optional
        Standard errors of the values; without them all points count the same.
    onset : float
        Where chaos begins.

    Returns
    -------
    Line
        Its slope is the power, its offset the logarithm of the factor.

    Raises
    ------
    OptionError
        If a gain is not above onset, a value not > 0, or there are too few points.

    Notes
    -----
    The powers belong to the limit g -> 1 after N -> infinity (2 for the largest exponent, 3 for the dimension and the
    number of positive exponents, 5 for the entropy rate per unit); at any g that can be simulated a fit gives less.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023), near the onset; leading order: `pylyap.theory.onset`.

    Examples
    --------
    >>> from pylyap import analysis
    >>> print(f"{analysis.scaling_exponent([1.1, 1.2, 1.4], [0.03, 0.24, 1.92]).slope:.3f}")
    3.000
    """
    onset = checks.real("onset", onset, "a finite gain")
    gains = checks.real_array("gains", gains, "give a row of gains")
    values = checks.real_array("values", values, "give one number per gain")
    if not ((gains > onset).all() and (values > 0).all()):
        raise OptionError(f"a power of g - {onset:g} needs gains above {onset:g} and values > 0: leave the others out")
    if gains.shape != values.shape:
        raise OptionError(f"gains and values have shapes {gains.shape} and {values.shape}: give one number per gain")
    relative = None
    if errors is not None:
        errors = checks.real_array("errors", errors, "give one standard error per gain")
        if errors.shape != values.shape:
            raise OptionError(f"errors has shape {errors.shape}: give one standard error per gain, shape {values.shape}")
        relative = errors / values
    return fit_line(np.log(gains - onset), np.log(values), relative)
