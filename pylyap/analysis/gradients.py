"""What exponents say about gradients: which directions explode, which vanish, and within how many steps.

Forward, a perturbation of the state grows by the Jacobian of the stretch, ``J = d x(T) / d x(0)``. Backward, gradients
of a loss come as ``dL / d x(0) = J.T @ dL / d x(T)``. J and its transpose have the same singular values, so gradients
grow and vanish by exactly the factors, and in exactly as many directions, as perturbations do. As T grows, their rates
become the Lyapunov exponents (Oseledets).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from .._contracts import ResultStatus
from ..errors import OptionError
from ..results.spectrum import LyapunovSpectrum
from ..results.units import many
from ..runs.plan import UNITS
from ..runs.singular_values import JacobianSpectrum

MILD = 2.0  # powers of ten by which a gradient may grow before the verdict advises against it


@dataclass(frozen=True, eq=False, repr=False)
class FiniteTimeExponents:
    """Exponents of consecutive windows of a run, made by `finite_time_exponents`.

    Attributes
    ----------
    times : (m,) float64
        Ends of the windows.
    window : float
        Their length.
    exponents : (m, k) float64
        Rates in each window, columns in the order of the exponents of the whole run.
    time_unit : str
        "tau", "time" or "step".
    """

    times: np.ndarray
    window: float
    exponents: np.ndarray
    time_unit: str


@dataclass(frozen=True, eq=False, repr=False)
class GradientVerdict:
    """Which directions explode, persist and vanish over a horizon; printed as a sentence. Made by `gradient_verdict`.

    Attributes
    ----------
    rates : (k,) float64
        Exponents, descending, per `time_unit`.
    margin : (k,) float64
        Rates of this size or less change a gradient by no more than a factor e over the horizon, or cannot be told
        from 0.
    horizon : float
        Time over which gradients are to be carried.
    size : int
        N, of whose directions the k leading ones are known.
    time_unit : str
        "tau", "time" or "step".
    caution : str
        What speaks against the rates: unknown errors, or a run that ended early or has not settled. Part of the text.
    """

    rates: np.ndarray
    margin: np.ndarray
    horizon: float
    size: int
    time_unit: str
    caution: str = ""

    @property
    def exploding(self) -> NDArray[np.bool_]:
        """Whether gradients explode along each direction, (k,) bool."""
        return self.rates > self.margin

    @property
    def vanishing(self) -> NDArray[np.bool_]:
        """Whether gradients vanish along each direction, (k,) bool."""
        return self.rates < -self.margin

    @property
    def persisting(self) -> NDArray[np.bool_]:
        """Whether gradients neither explode nor vanish along each direction, (k,) bool."""
        return ~self.exploding & ~self.vanishing

    @property
    def times(self) -> NDArray[np.float64]:
        """(k,): time in which a direction grows or shrinks by a factor e; 0 for one that dies at once."""
        with np.errstate(divide="ignore"):
            return 1 / np.abs(self.rates)

    @property
    def text(self) -> str:
        """The verdict in words."""
        k = len(self.rates)
        of = f"all {k} directions" if k == self.size else f"the {k} leading of {self.size} directions"
        unit = many(self.time_unit)
        counts = [f"Over {self.horizon:g} {unit}, of {of}:"]
        if self.vanishing.any():
            times = np.sort(self.times[self.vanishing])
            # the time that nine tenths of them need, and not an average, which the slowest would rule
            most = times[int(np.ceil(0.9 * len(times))) - 1]
            counts.append(
                f"in {self._share(self.vanishing)} gradients vanish, in nine tenths of these by a factor e within "
                f"{most:.2g} {unit};"
            )
        if self.persisting.any():
            counts.append(f"in {self._share(self.persisting)} they persist, within a factor e;")
        if self.exploding.any():
            fastest = self.times[self.exploding].min()
            counts.append(
                f"in {self._share(self.exploding)} they explode, the fastest by a factor e in {fastest:.2g} {unit} "
                f"(10^{self._powers_of_ten:.1f} over the horizon);"
            )
        return " ".join(counts)[:-1] + ". " + " ".join(filter(None, (self._advice(unit), self.caution)))

    def _share(self, which):
        return f"{which.sum()} ({100 * which.mean():.3g} %)"

    @property
    def _powers_of_ten(self):
        return self.rates[0] * self.horizon / np.log(10)

    def _advice(self, unit):
        if self.exploding.any() and self._powers_of_ten > MILD:
            return "Small changes of the state, and gradients, blow up: clip gradients, or make the weights smaller."
        if self.exploding.any():
            return "The growth is mild, and gradients reach back over the whole horizon."
        if self.persisting.any():
            return "Gradients reach back over the whole horizon in the directions that persist."
        slowest = self.times[self.vanishing].max()
        return f"What happened more than a few times {slowest:.2g} {unit} ago leaves no gradient to learn from."

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def finite_time_exponents(result: LyapunovSpectrum, window: float) -> FiniteTimeExponents:
    """Exponents of consecutive windows of a run: when, along a sequence, directions grow and shrink.

    They are the averages of `local_exponents`, those of the directions that the orthonormalised frame has found, and so
    depend, unlike averages over long times, on where the frame began; an alignment makes the leading ones forget it.

    Parameters
    ----------
    result : LyapunovSpectrum
        Blocks need to be no longer than the window: give ``qr_interval`` to `lyapunov_spectrum` if they are.
    window : float
        Length of the windows, in the result's unit of time. What remains at the end is left out.

    Returns
    -------
    FiniteTimeExponents

    Raises
    ------
    OptionError
        If the window is shorter than a block or longer than the run.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 2.0, seed=1))
    >>> spectrum = pylyap.lyapunov_spectrum(network, n_exponents=3, t_average=1000, qr_interval=1)
    >>> pylyap.analysis.finite_time_exponents(spectrum, 50).exponents.shape
    (20, 3)
    """
    checks.instance("result", result, LyapunovSpectrum)
    window = checks.real("window", window, f"a time > 0 in {UNITS[result.time_unit]}", lambda time: time > 0)
    longest, total = result.durations.max(initial=0.0), result.durations.sum()
    count = int(total / window + 1e-9)
    if window < longest * (1 - 1e-9) or count == 0:
        raise OptionError(
            f"window = {window:g} is not allowed: give a time from {longest:g}, one block, to {total:g}, the run"
        )
    ends = np.cumsum(result.durations)
    # a block belongs to the window that holds its middle
    which = ((ends - result.durations / 2) / window).astype(int)
    inside = which < count
    growth, time = np.zeros((count, result.n_exponents)), np.zeros(count)
    np.add.at(growth, which[inside], (result.local_exponents * result.durations[:, None])[inside])
    np.add.at(time, which[inside], result.durations[inside])
    return FiniteTimeExponents(
        result.start_time + window * np.arange(1, count + 1), window, growth / time[:, None], result.time_unit
    )


def gradient_verdict(result: LyapunovSpectrum | JacobianSpectrum, *, horizon: float | None = None) -> GradientVerdict:
    """Say which directions explode, persist and vanish over a horizon, in numbers and in words.

    A direction persists if it changes by no more than a factor e over the horizon, or if its rate cannot be told from 0
    (1.96 standard errors). Where the errors are not known, of runs of fewer than 10 blocks, the text says so, and also
    if the run has not converged.

    Parameters
    ----------
    result : LyapunovSpectrum or JacobianSpectrum
        Of the latter the last time is used.
    horizon : float, optional
        Time over which gradients are to be carried, such as the length of the sequences; by default the time that the
        result is about, averaged over or the last T.

    Returns
    -------
    GradientVerdict

    Raises
    ------
    OptionError
        If `horizon` is not positive, or `result` holds no numbers or is of another type.

    Examples
    --------
    >>> import pylyap
    >>> network = pylyap.DiscreteNetwork(pylyap.weights.orthogonal(20, 0.9, seed=1), activation="linear")
    >>> verdict = pylyap.analysis.gradient_verdict(pylyap.lyapunov_spectrum(network, t_average=100))
    >>> print(verdict)                                                             # doctest: +ELLIPSIS
    Over 100 steps, of all 20 directions: in 20 (100 %) gradients vanish, in nine tenths of these by a factor e ...
    """
    if isinstance(result, LyapunovSpectrum):
        rates, errors, size, finished = result.exponents, result.stderr, result.size, ResultStatus.CONVERGED
        covered = result.durations.sum()
    elif isinstance(result, JacobianSpectrum):
        rates = result.rates[-1] if len(result.times) else np.empty(0)
        errors = np.zeros_like(rates)  # the rates are those of the stretch
        size, finished = result.log_singular_values.shape[1], ResultStatus.DONE
        covered = result.times.max(initial=0.0)
    else:
        raise OptionError(f"expected a LyapunovSpectrum or a JacobianSpectrum, got {type(result).__name__}")
    if covered == 0:
        raise OptionError("the result holds no numbers: the run ended before the first")
    horizon = covered if horizon is None else horizon
    horizon = checks.real("horizon", horizon, "a time > 0", lambda time: time > 0)
    margin = np.fmax(1 / horizon, 1.96 * errors)  # fmax: without the errors that are not known
    caution = _caution(np.isnan(errors) & np.isfinite(rates), result.status, finished)
    return GradientVerdict(rates, margin, horizon, size, result.time_unit, caution)


def _caution(unknown, status, finished):
    said = []
    if unknown.any():
        said.append(f"The errors of {unknown.sum()} exponents are not known (too few blocks): they are not considered.")
    if status != finished:
        said.append(f'The run has ended as "{status}": these are the exponents of what it has computed.')
    return " ".join(said)
