"""Over how many units covariant and Gram-Schmidt vectors are spread, against i/N."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from ..results import statistics
from ..results.covariant import CovariantVectors

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Localisation:
    """Mean participation ratios of k vectors over the samples of a run.

    Attributes
    ----------
    fractions : (k,) float64
        (i - 1/2) / N for the i-th vector: places of the exponents on curves that do not depend on N.
    covariant, covariant_stderr : (k,) float64
        Of the covariant vectors, in units, and its standard error, corrected for autocorrelation; NaN with fewer
        than 10 samples.
    gram_schmidt, gram_schmidt_stderr : (k,) float64
        The same of the columns of the frame. They depend on the scalar product; covariant vectors do not, but their
        participation depends on the units that are counted.
    size : int
        N. A vector in random direction has N / 3 on average, for N large.
    is_degenerate : (k,) bool
        Whose vector is defined up to a subspace only.
    """

    fractions: Floats
    covariant: Floats
    covariant_stderr: Floats
    gram_schmidt: Floats
    gram_schmidt_stderr: Floats
    size: int
    is_degenerate: NDArray[np.bool_]


def localisation(vectors: CovariantVectors) -> Localisation:
    """Mean participation ratios of covariant and of Gram-Schmidt vectors.

    Parameters
    ----------
    vectors : CovariantVectors

    Returns
    -------
    Localisation

    References
    ----------
    Participation ratios of covariant vectors in space: Pazo, Szendro, Lopez, Rodriguez, Phys. Rev. E 78, 016209 (2008).

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(40, 3.0, seed=1))
    >>> vectors = pylyap.covariant_vectors(network, n_vectors=5, t_average=500)
    >>> found = pylyap.analysis.localisation(vectors)
    >>> bool((found.covariant >= 1).all() and (found.covariant <= 40).all())
    True
    """
    checks.instance("vectors", vectors, CovariantVectors)
    k, n = vectors.n_vectors, vectors.size
    covariant, gram_schmidt = _means(vectors.participation_ratio), _means(vectors.frame_participation)
    return Localisation((np.arange(k) + 0.5) / n, *covariant, *gram_schmidt, n, vectors.is_degenerate)


def _means(ratios: Floats) -> tuple[Floats, Floats]:
    """Means over the samples and their standard errors."""
    if not len(ratios):
        empty = np.full(ratios.shape[1], np.nan)
        return empty, empty
    return ratios.mean(axis=0), np.asarray(statistics.standard_error(ratios))
