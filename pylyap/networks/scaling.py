"""Weights brought to a stated size."""

import numpy as np

from ..errors import NetworkError
from . import checks


def scaled_to(W, spectral_radius):
    """Return a copy of `W` times the one factor that gives it this spectral radius.

    Parameters
    ----------
    W : (N, N) array
    spectral_radius : float
        Largest modulus of the eigenvalues of the result, > 0.

    Returns
    -------
    (N, N) float64 array, Fortran order

    Raises
    ------
    OptionError
        If `spectral_radius` is not a finite number > 0.
    NetworkError
        If all eigenvalues of `W` are 0 (to rounding), as for a feed-forward network.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.networks.scaling import scaled_to
    >>> scaled_to(np.diag([1.0, 4.0]), 2.0).max()
    2.0
    """
    radius = checks.real("spectral_radius", spectral_radius, "a finite number > 0", lambda number: number > 0)
    now = np.abs(np.linalg.eigvals(W)).max()
    if now <= np.finfo(float).eps * np.abs(W).sum(axis=1).max():
        raise NetworkError(f"the weights have spectral radius 0 and cannot be scaled to {radius:g}")
    return np.array(W, order="F") * (radius / now)
