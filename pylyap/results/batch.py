"""Mean and spread of the spectra of a batch: one network, many sequences of inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .._contracts import ResultStatus
from .._mean import mean_with_error
from ..errors import OptionError
from .. import _checks as checks
from .units import many

if TYPE_CHECKING:
    from .spectrum import LyapunovSpectrum


@dataclasses.dataclass(frozen=True)
class BatchMean:
    """Exponents of a batch, in descending order in each sequence, made by `batch_mean`.

    Attributes
    ----------
    exponents : (B, k) float64
        Those of each sequence.
    mean, spread, stderr : (k,) float64
        Mean over the sequences, standard deviation from one sequence to another, and the standard error of the mean,
        ``spread / sqrt(B)``. Spread and error are NaN for a single sequence. Where a direction dies in one of the
        sequences the mean is -inf, and spread and error are NaN.
    time_unit : str
        The exponents are per this unit.
    """

    exponents: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    stderr: NDArray[np.float64]
    time_unit: str

    def _repr_html_(self) -> str:
        """Table of the first exponents, for notebooks."""
        from .notebook import of_batch

        return of_batch(self)

    def __repr__(self) -> str:
        count, k = self.exponents.shape
        return (
            f"BatchMean({count} sequences, {k} exponents, lambda_1 = {self.mean[0]:.4g} +- {self.stderr[0]:.2g} "
            f"per {self.time_unit}, spread {self.spread[0]:.2g})"
        )


def batch_mean(spectra: Iterable[LyapunovSpectrum]) -> BatchMean:
    """Mean and spread of exponents over a batch of sequences.

    Parameters
    ----------
    spectra : list of LyapunovSpectrum
        Of networks that differ in their inputs, as `lyapunov_ensemble` returns them. All count the same.

    Returns
    -------
    BatchMean

    Raises
    ------
    OptionError
        If there are none, if one was interrupted, diverged or is over another time than the first, or if they have
        different numbers of exponents or units of time.

    Examples
    --------
    >>> import numpy, pylyap
    >>> rng = numpy.random.default_rng(1)
    >>> network = pylyap.LeakyRNN(rng.normal(size=(9, 9)) / 3, W_in=rng.normal(size=(9, 2)))
    >>> batch = [network.with_inputs(rng.normal(size=(50, 2))) for _ in range(8)]
    >>> found = pylyap.batch_mean(pylyap.lyapunov_ensemble(batch))
    >>> found.mean.shape, found.spread.shape
    ((9,), (9,))
    """
    try:
        spectra = list(spectra)
        kinds = {(len(spectrum.exponents), spectrum.time_unit) for spectrum in spectra}
    except (TypeError, AttributeError) as error:
        raise OptionError(
            f"spectra is a {type(spectra).__name__} of something else: give a list of spectra, as lyapunov_ensemble returns it"
        ) from error
    if len(kinds) != 1:
        raise OptionError(
            "there are no spectra: give those of at least one sequence" if not spectra else
            f"the spectra have different numbers of exponents or units, {checks.shown(sorted(kinds))}: compute them alike"
        )
    for number, spectrum in enumerate(spectra):
        time, first = spectrum.durations.sum(), spectra[0].durations.sum()
        if spectrum.status in (ResultStatus.INTERRUPTED, ResultStatus.DIVERGED) or time == 0:
            raise OptionError(f"spectrum {number} is not whole ({spectrum.status}): leave it out, or compute it again")
        if not np.isclose(time, first, rtol=1e-9):  # rounding of sums
            raise OptionError(
                f"spectrum {number} is over {time:g} {many(spectrum.time_unit)}, spectrum 0 over {first:g}: the mean of "
                "different stretches needs weights; compute them alike"
            )
    exponents = np.array([spectrum.exponents for spectrum in spectra])
    mean, stderr = mean_with_error(exponents)
    return BatchMean(exponents, mean, stderr * np.sqrt(len(exponents)), stderr, spectra[0].time_unit)
