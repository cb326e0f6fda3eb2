"""Angles of vectors and of subspaces, exact also where they are small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def line_angle(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles in [0, pi/2] between the lines along unit vectors, which lie along the last axis.

    The cosine alone would lose half of the digits near 0 (Kahan).

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.angles import line_angle
    >>> float(line_angle(np.array([1.0, 0.0]), np.array([-1.0, 1e-12])))
    1e-12
    """
    apart, together = np.linalg.norm(u - v, axis=-1), np.linalg.norm(u + v, axis=-1)
    return 2 * np.arctan2(np.minimum(apart, together), np.maximum(apart, together))


def principal_angles(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Principal angles, ascending, between the spans of the columns of each pair of matrices of two stacks.

    Parameters
    ----------
    first, second : (samples, N, a) and (samples, N, b) arrays
        Independent columns.

    Returns
    -------
    (samples, min(a, b)) float64 array
        In [0, pi/2].

    References
    ----------
    Knyazev, Argentati, SIAM J. Sci. Comput. 23, 2008 (2002): sines for small angles, cosines for large ones.
    """
    if first.shape[-1] < second.shape[-1]:
        first, second = second, first
    one, two = np.linalg.qr(first)[0], np.linalg.qr(second)[0]
    within = one.transpose(0, 2, 1) @ two
    cosines = np.linalg.svd(within, compute_uv=False)
    sines = np.linalg.svd(two - one @ within, compute_uv=False)[:, ::-1]
    return np.where(cosines**2 < 0.5, np.arccos(np.minimum(cosines, 1)), np.arcsin(np.minimum(sines, 1)))


def participation_ratio(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over how many entries vectors are spread, ``(sum v^2)^2 / sum v^4``, along the last axis but one: from 1 to N."""
    square = vectors**2
    return square.sum(axis=-2) ** 2 / (square**2).sum(axis=-2)
