"""Straight lines through points with errors: extensivity, scaling exponents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import OptionError
from .. import _checks as checks


class Line(NamedTuple):
    """A straight line fitted by least squares, with standard errors."""

    slope: float
    slope_error: float
    offset: float
    offset_error: float

    def __call__(self, x: ArrayLike) -> NDArray[np.float64]:
        """Its height at x."""
        return self.slope * np.asarray(x) + self.offset


def fit_line(x: ArrayLike, y: ArrayLike, errors: ArrayLike | None = None) -> Line:
    """Fit a straight line to at least three points.

    Parameters
    ----------
    x, y : (n,) array_like
    errors : (n,) array_like, optional
        Standard errors of y, > 0, which then are the weights and the source of the line's errors; without them all
        points count the same, and the errors come from the scatter of the points about the line.

    Returns
    -------
    Line

    Raises
    ------
    OptionError
        If the arrays do not fit each other, there are too few points, or an error is not > 0.

    Examples
    --------
    >>> fit_line([0, 1, 2, 3], [1.0, 3.0, 5.0, 7.0]).slope.round(12).item()
    2.0
    """
    x, y = (checks.real_array(name, values, "give one number a point") for name, values in (("x", x), ("y", y)))
    if x.ndim != 1 or x.shape != y.shape or len(np.unique(x)) < 3:
        raise OptionError(f"x and y have shapes {x.shape} and {y.shape}: give at least three points at different x")
    if errors is None:
        (slope, offset), covariance = np.polyfit(x, y, 1, cov=True)
    else:
        errors = checks.real_array("errors", errors, "give one standard error a point")
        if errors.shape != y.shape or not (errors > 0).all():
            raise OptionError("errors must be one standard error > 0 for each point")
        (slope, offset), covariance = np.polyfit(x, y, 1, w=1 / errors, cov="unscaled")
    slope_error, offset_error = np.sqrt(np.diagonal(covariance))
    return Line(slope, slope_error, offset, offset_error)
