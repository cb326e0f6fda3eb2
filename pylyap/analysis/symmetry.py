"""Point symmetry of the spectrum in continuous time: exponents i and N + 1 - i add up to -2 / tau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import OptionError
from .. import _checks as checks
from ..results import statistics
from ..results.spectrum import LyapunovSpectrum


@dataclass(frozen=True, eq=False)
class Symmetry:
    """How far a spectrum is from its point symmetry.

    Attributes
    ----------
    defects : ((N + 1) // 2,) float64
        Exponent i + exponent N + 1 - i - 2 `centre`, from the outermost pair inwards.
    stderr : ((N + 1) // 2,) float64
        Their standard errors, with the correlation of the two exponents of a pair.
    centre : float
    """

    defects: np.ndarray
    stderr: np.ndarray
    centre: float

    @property
    def rms(self) -> float:
        """Root mean square defect of a pair."""
        return float(np.sqrt(np.mean(self.defects**2)))

    @property
    def expected_rms(self) -> float:
        """The `rms` that statistical errors alone would give if the symmetry were exact."""
        return float(np.sqrt(np.mean(self.stderr**2)))


def symmetry(spectrum: LyapunovSpectrum, *, centre: float = -1.0) -> Symmetry:
    """Point symmetry of the whole spectrum of a rate network.

    It is exact in the long run for antisymmetric weights, and holds at large N for Gaussian ones without autapses,
    where the defect that is left is a property of the single network. See `pylyap.theory.pair_sums`.

    Parameters
    ----------
    spectrum : LyapunovSpectrum
        All N exponents of a network.
    centre : float
        Half of what a pair adds up to: -1 / tau; with Euler's method at step dt the middle is near ``ln(1 - dt) / dt``.

    Returns
    -------
    Symmetry

    Raises
    ------
    OptionError
        If not all exponents are there, or some are -inf.

    References
    ----------
    Engelken, Wolf, Abbott, Phys. Rev. Research 5, 043044 (2023), point symmetry of the spectrum.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.RateNetwork(pylyap.weights.antisymmetric(20, 3.0, seed=1))
    >>> found = pylyap.analysis.symmetry(pylyap.lyapunov_spectrum(network, t_average=500))
    >>> bool(found.rms < 0.01)
    True
    """
    checks.instance("spectrum", spectrum, LyapunovSpectrum)
    centre = checks.real("centre", centre, "a finite exponent")
    n = spectrum.size
    if spectrum.n_exponents != n or not np.isfinite(spectrum.exponents).all():
        raise OptionError(f"the symmetry is one of all {n} exponents, finite ones: compute the whole spectrum")
    pairs = (n + 1) // 2
    defects = (spectrum.exponents + spectrum.exponents[::-1])[:pairs] - 2 * centre
    local = (spectrum.local_exponents + spectrum.local_exponents[:, ::-1])[:, :pairs]
    return Symmetry(defects, statistics.standard_error(local, spectrum.durations), centre)
