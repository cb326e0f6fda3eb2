"""What a computation gives back: the exponents, their errors, and how far to trust them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingPackageError
from .. import _checks as checks
from . import collapse, statistics, storage

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

FUNCTIONS = {
    "kaplan_yorke_dimension": statistics.dimension,
    "entropy_rate": statistics.entropy,
    "n_positive": statistics.positive_count,
}


@dataclass(frozen=True, eq=False, repr=False)
class LyapunovSpectrum:
    """Lyapunov exponents of one run, made by `lyapunov_spectrum` or `load`.

    B is the number of finished blocks, k that of exponents, N that of units. Rates are natural logarithms per
    `time_unit`. With B = 0 every number drawn from the blocks is NaN, and `reason` says so.

    Attributes
    ----------
    exponents : (k,) float64
        Lyapunov exponents in descending order; -inf for a direction that collapsed: one that died, or that a single step
        shrank below the smallest number, 5e-324 (1e-45 in float32), or below the rounding of a singular Jacobian.
    stderr : (k,) float64
        Their standard errors, corrected for autocorrelation; NaN with fewer than 10 blocks or at -inf.
    local_exponents : (B, k) float64
        Stretching rate in each block, columns in the order of `exponents`.
    averaging_times : (k,) float64
        Time over which each exponent is averaged: that of the run, but for a direction that took the place of a column
        of ``initial_frame`` that died, whose average begins after that death.
    kaplan_yorke_dimension, entropy_rate, n_positive : float
        Dimension, sum of the positive exponents in nats per `time_unit`, and their number;
        NaN if k exponents are too few to tell. See `stderr_of` and `reason`.
    times, durations : (B,) float64
        End of each block since the beginning of the run, and its length.
    start_time : float
        Time at which averaging began.
    time_unit : str
        "tau" or "step".
    size : int
        N.
    status : str
        "converged", "max_time", "interrupted" or "diverged"; `message` says what it means and what to do.
    diagnostics : dict
        ``condition_number`` (B,): largest over smallest diagonal entry of R in each block;
        ``worst_condition_number``; ``qr_interval``: time between orthonormalisations;
        ``sum_rule_residual``: mean exponent minus the mean log-determinant per unit; ``zero_exponent``: the one
        nearest to 0 (an autonomous flow has one at 0); ``effective_sample_size``: number of independent blocks that
        would give the leading exponent its standard error; ``n_beyond_precision``: number of exponents, the last ones,
        that are lost in rounding because within a block they fall behind the first by more than the digits of the arithmetic, 16 (7 in
        float32); ``n_collapsed``: number of exponents that are -inf;
        ``n_cholesky_blocks``, ``n_householder_blocks``: blocks whose frame was orthonormalised by one-pass Cholesky QR, the
        fast way, and by Householder QR, taken where the first would lose digits;
        ``settled``: 1 if no part of the run differs from the others by more than its fluctuations explain, 0 if one does
        or if an average drifts steadily, NaN with fewer than 40 blocks;
        ``step_look``: "looked at" if one step of a flow was compared with two of half its length, at ``n_step_looks``
        places, or "not looked at: " and why; ``step_error``: by how much the length of the steps changes an exponent,
        about, and ``step_error_allowed``: its statistical error, or 1e-4 of its local rates, or 2e-3 of their fluctuations, for that one
        of the first two and the last two exponents where it matters most;
        ``stretch_share``: how much of the variance of the leading rate one stretch to one side of its mean carries, over
        what short memory explains (above 1: intermittency); ``longest_stretch``: part of the run that one such stretch
        lasts, 0 for one that short memory explains (above 1/6: the run is short); ``longest_climb``: how much longer it only
        rises or falls at a time than short memory explains (above 1.4: intermittency; both only for chaos); ``preserves_volume``: 1 if the system preserves volume,
        as Hamiltonian ones do, 0 if not; ``lyapunov_times``: length of the average times the leading exponent;
        ``slowest_window``: smallest leading rate over 40 Lyapunov times, divided by the exponent.
        A number that does not apply is NaN.
    provenance : dict
        Network, options, versions, machine and wall time. ``sha256`` tells the inputs apart: for a dense array the
        first 16 digits of ``hashlib.sha256(W.tobytes(order="F")).hexdigest()``.
    final_state : (N,) float64
        State at the end.
    final_frame : (N, k) float64 or None
        Tangent frame at the end, in the order of `log_growth`; the column of a direction that died is zero.
    unit_traces : (B, m) float64
        State of the first m units at the end of each block.
    log_growth : (B, k) float64
        Logarithms of the diagonal of R in each block, in the order of propagation: the raw data. -inf from the block
        on in which a direction died; finite numbers after that are of the direction that took its place.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap import LyapunovSpectrum
    >>> spectrum = LyapunovSpectrum(log_growth=np.tile([0.5, -1.0], (20, 1)), durations=np.ones(20), time_unit="step",
    ...     size=2, status="converged", message="", diagnostics={}, provenance={}, final_state=np.zeros(2))
    >>> spectrum.kaplan_yorke_dimension
    1.5
    """

    log_growth: Floats
    durations: Floats
    time_unit: str
    size: int
    status: str
    message: str
    diagnostics: dict[str, Any]
    provenance: dict[str, Any]
    final_state: Floats
    final_frame: Floats | None = None
    unit_traces: Floats = None  # type: ignore[assignment]  # None becomes an array of no units
    start_time: float = 0.0
    _order: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        if self.unit_traces is None:
            object.__setattr__(self, "unit_traces", np.empty((len(self.durations), 0)))
        for name in ("log_growth", "durations", "final_state", "final_frame", "unit_traces"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _read_only(getattr(self, name)))
        order = np.argsort(-self._rates(), kind="stable")
        object.__setattr__(self, "_order", order)
        object.__setattr__(
            self, "diagnostics", {**self.diagnostics, "n_collapsed": int(np.isneginf(self.exponents).sum())}
        )

    def _rates(self) -> Floats:
        """Exponents in the order of propagation."""
        if self.n_blocks == 0:
            return np.full(self.n_exponents, np.nan)
        return np.divide(*collapse.sums(self.log_growth, self.durations))

    @property
    def log_stretch(self) -> Floats:
        """`log_growth`, by the name it had in version 0.1.0."""
        return self.log_growth

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Names of the network's units, a tuple of N texts, or None."""
        names = self.provenance.get("labels")
        return None if names is None else tuple(names)

    @property
    def n_blocks(self) -> int:
        """Number of finished blocks B."""
        return len(self.durations)

    @property
    def n_exponents(self) -> int:
        """Number of exponents k."""
        return self.log_growth.shape[1]

    @cached_property
    def exponents(self) -> Floats:
        return _read_only(self._rates()[self._order])

    @cached_property
    def local_exponents(self) -> Floats:
        return _read_only(self.log_growth[:, self._order] / self.durations[:, np.newaxis])

    @cached_property
    def stderr(self) -> Floats:
        errors = statistics.standard_error(self.local_exponents, self.durations)
        first = collapse.births(self.local_exponents)
        for c in np.flatnonzero(first):
            errors[c] = statistics.standard_error(self.local_exponents[first[c] :, c], self.durations[first[c] :])
        return _read_only(errors)

    @cached_property
    def averaging_times(self) -> Floats:
        return _read_only(collapse.sums(self.log_growth, self.durations)[1][self._order])

    @cached_property
    def times(self) -> Floats:
        return _read_only(self.start_time + np.cumsum(self.durations))

    @cached_property
    def _functionals(self) -> dict[str, statistics.Functional]:
        return {name: function(self.exponents, self.size) for name, function in FUNCTIONS.items()}

    @property
    def kaplan_yorke_dimension(self) -> float:
        return self._functionals["kaplan_yorke_dimension"].value

    @property
    def entropy_rate(self) -> float:
        return self._functionals["entropy_rate"].value

    @property
    def n_positive(self) -> float:
        return self._functionals["n_positive"].value

    def stderr_of(self, name: str) -> float:
        """Standard error of "kaplan_yorke_dimension" or "entropy_rate"; NaN for "n_positive", a count.

        The blocks of the run are drawn again, and the number is evaluated on the sorted exponents of each resampled run.

        Parameters
        ----------
        name : str

        Returns
        -------
        float

        Raises
        ------
        OptionError
            If there is no number of that name.
        """
        if math.isnan(self._functional(name).value) or name == "n_positive":
            return math.nan
        rates = collapse.since_births(self.local_exponents)
        return statistics.functional_error(
            FUNCTIONS[name], rates, self.durations[self.n_blocks - len(rates) :], self.size
        )

    def reason(self, name: str) -> str:
        """Why a number is NaN, or an empty string if it is not.

        Parameters
        ----------
        name : str
            "kaplan_yorke_dimension", "entropy_rate" or "n_positive".

        Returns
        -------
        str

        Raises
        ------
        OptionError
            If there is no number of that name.
        """
        return self._functional(name).reason

    def _functional(self, name: str) -> statistics.Functional:
        return self._functionals[checks.one_of("name", name, FUNCTIONS)]

    @property
    def meaning(self) -> str:
        """What the exponents say, in one sentence: chaos, a limit cycle, rest, or that it cannot be told."""
        from .meaning import meaning

        return meaning(self)

    def _repr_html_(self) -> str:
        """Summary and small figure, for notebooks."""
        from .notebook import of_spectrum

        return of_spectrum(self)

    def summary(self) -> str:
        """The result in a few lines of text, what it means in the first."""
        from .report import report

        return report(self)

    def plot(self, ax: Axes | None = None, **kwargs: Any) -> Axes:
        """Draw the spectrum; the same as `pylyap.plotting.plot_spectrum`."""
        from ..plotting import plot_spectrum

        return plot_spectrum(self, ax, **kwargs)

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything to one file (npz with a JSON header, no pickle), which `pylyap.load` reads.

        The file is complete or not there: it is written beside its final place and then moved. A symbolic link is
        followed, and a file that is there keeps its mode and owner; one with several names (hard links), or in a folder
        that cannot be written to, is filled anew once everything else has been done.

        Parameters
        ----------
        path : str or os.PathLike
            Used as given; ".npz" is customary.

        Raises
        ------
        OptionError
            If something else than a regular file is there: a folder, a device, a pipe, a socket. Or if the result holds what
            none of pylyap's runs gives, so that its file could not be read.
        OSError
            If the file cannot be written.
        """
        storage.save(self, path)

    def to_xarray(self) -> xarray.Dataset:
        """The result as an `xarray.Dataset` with coordinates ``exponent`` (1..k), ``time`` and ``unit``.

        Units are numbered from 0, or have the names of the network's.

        Returns
        -------
        xarray.Dataset

        Raises
        ------
        MissingPackageError
            If xarray is not installed.
        """
        try:
            import xarray
        except ImportError as error:
            raise MissingPackageError("to_xarray needs the package xarray: pip install xarray") from error
        n_units = self.unit_traces.shape[1]
        return xarray.Dataset(
            {
                "exponents": ("exponent", self.exponents),
                "stderr": ("exponent", self.stderr),
                "local_exponents": (("time", "exponent"), self.local_exponents),
                "durations": ("time", self.durations),
                "unit_traces": (("time", "unit"), self.unit_traces),
            },
            coords={
                "exponent": np.arange(1, self.n_exponents + 1),
                "time": self.times,
                "unit": np.arange(n_units) if self.labels is None else list(self.labels[:n_units]),
            },
            attrs={"time_unit": self.time_unit, "size": self.size, "status": self.status, "message": self.message},
        )

    def __repr__(self) -> str:
        leading = f"lambda_1 = {self.exponents[0]:.4g} per {self.time_unit}" if self.n_blocks else "no block finished"
        return f"LyapunovSpectrum({self.n_exponents} of {self.size} exponents, {leading}, {self.status})"


def _read_only(array):
    view = np.asarray(array, dtype=np.float64).view()
    view.flags.writeable = False
    return view
