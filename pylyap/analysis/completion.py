"""Half a spectrum computed, and the rest by point symmetry: half the cost, and how well the pairs in the middle fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import _checks as checks
from ..errors import OptionError
from ..results import statistics
from ..results.spectrum import LyapunovSpectrum


@dataclass(frozen=True, eq=False)
class CompletedSpectrum:
    """A whole spectrum of which only the first exponents were computed.

    Attributes
    ----------
    exponents : (N,) float64
        The computed ones, and behind them ``2 * centre`` minus their mirror images; in descending order, but that the
        last computed one may lie a defect below the first completed one.
    n_computed : int
        How many of them were computed; the others rest on the symmetry.
    centre : float
        Half of what exponents i and N + 1 - i are taken to add up to.
    defects : (p,) float64
        What the p pairs of which both were computed add up to, minus ``2 * centre``, from the outermost pair inwards.
    stderr : (p,) float64
        Their standard errors.
    sum_rule_residual : float
        Mean of the N exponents minus `centre`, the mean trace where there are no autapses: how far the
        completion is from the sum rule.
    """

    exponents: np.ndarray
    n_computed: int
    centre: float
    defects: np.ndarray
    stderr: np.ndarray
    sum_rule_residual: float

    @property
    def seen_defect(self) -> float:
        """Root mean square defect of the pairs in the middle, the only ones that were seen.

        Pairs further out can be off by much more: ten times for Gaussian weights with N = 30, g = 3 (0.18 against 0.017).
        """
        return float(np.sqrt(np.mean(self.defects**2)))

    @property
    def statistical_defect(self) -> float:
        """The `seen_defect` that statistical errors alone would give if the symmetry were exact."""
        return float(np.sqrt(np.mean(self.stderr**2)))

    def __repr__(self) -> str:
        n = len(self.exponents)
        return (
            f"CompletedSpectrum: {self.n_computed} of {n} exponents computed, {n - self.n_computed} by point symmetry "
            f"about {self.centre:g}; {len(self.defects)} pairs in the middle, of which both were computed, are off by "
            f"{self.seen_defect:.1e} ({self.statistical_defect:.1e} of statistics), the sum rule by "
            f"{self.sum_rule_residual:.1e} per unit; pairs further out were not seen and can be off by more"
        )


def complete_by_symmetry(spectrum: LyapunovSpectrum, *, centre: float = -1.0) -> CompletedSpectrum:
    """The whole spectrum of a rate network from a little more than half of it, by point symmetry.

    Exponents i and N + 1 - i add up to -2 / tau: exactly in the long run for antisymmetric weights, statistically, at
    large N, for Gaussian ones without autapses. A run with ``n_exponents = N // 2 + m`` costs half of a whole one; the
    pairs around the middle, of which both exponents are there, show how well the symmetry holds there. For Gaussian
    weights of finite N it is worse further out, so compare with one whole spectrum of the same kind before the last
    exponents are believed. What was computed is not changed.

    Parameters
    ----------
    spectrum : LyapunovSpectrum
        The first k exponents of a network of N units, ``N / 2 < k < N``; better ``N / 2 + N / 20``, so that several
        pairs are seen.
    centre : float
        Half of what a pair adds up to: -1 / tau in the unit of the exponents.

    Returns
    -------
    CompletedSpectrum

    Raises
    ------
    OptionError
        If no more than half of the exponents are there, or all of them, or some are -inf.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023), point symmetry of the spectrum.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.RateNetwork(pylyap.weights.antisymmetric(20, 3.0, seed=1))
    >>> half = pylyap.lyapunov_spectrum(network, n_exponents=12, t_average=500)
    >>> whole = pylyap.analysis.complete_by_symmetry(half)
    >>> whole.exponents.shape, whole.n_computed, bool(whole.seen_defect < 0.01)
    ((20,), 12, True)
    """
    checks.instance("spectrum", spectrum, LyapunovSpectrum)
    centre = checks.real("centre", centre, "a finite exponent")
    n, k = spectrum.size, spectrum.n_exponents
    if not n < 2 * k < 2 * n:
        raise OptionError(
            f"{k} of {n} exponents were computed: completion needs more than half of them and not all; run with "
            f"n_exponents = {min(n - 1, n // 2 + max(1, n // 20))}"
        )
    computed = spectrum.exponents
    if not np.isfinite(computed).all():
        raise OptionError("some exponents are -inf: directions that died have no mirror image")
    exponents = np.concatenate([computed, 2 * centre - computed[: n - k][::-1]])
    outer = np.arange(n - k, (n + 1) // 2)  # of the pairs of which both were computed
    inner = n - 1 - outer
    local = spectrum.local_exponents[:, outer] + spectrum.local_exponents[:, inner]
    return CompletedSpectrum(
        exponents, k, centre, computed[outer] + computed[inner] - 2 * centre,
        statistics.standard_error(local, spectrum.durations), float(exponents.mean() - centre),
    )
