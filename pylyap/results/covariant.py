"""Covariant Lyapunov vectors of one run: the vectors, their growth, their angles, and how far to trust them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _checks as checks
from ..errors import OptionError
from . import angles, covariant_file, separation, statistics
from .hyperbolicity import Hyperbolicity, hyperbolicity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .spectrum import LyapunovSpectrum

Floats = NDArray[np.float64]

@dataclass(frozen=True, eq=False, repr=False)
class CovariantVectors:
    """Covariant Lyapunov vectors of one run, made by `covariant_vectors` or `load`.

    S is the number of samples, N that of units, k that of vectors, B that of blocks through which the way back came.
    Columns are in the order of the frame, counted from 0. That is the order of the exponents, but for neighbours
    that the window does not tell apart.

    Attributes
    ----------
    vectors : (S, N, k) float64
        Columns of length 1; their signs mean nothing. ``vectors[s]`` belongs to the time ``times[s]``.
    times : (S,) float64
        Since the beginning of the run.
    local_exponents : (B, k) float64
        Growth rates of the vectors in each block, per `time_unit`.
    block_times, durations : (B,) float64
        Ends of these blocks since the beginning of the run, and their lengths.
    exponents, stderr : (k,) float64
        Means of `local_exponents` and their standard errors; NaN if there are no blocks.
    spectrum : LyapunovSpectrum
        Of the same window, with all blocks that were finished.
    participation_ratio : (S, k) float64
        Over how many units each vector is spread: ``1 / sum_i v_i^4``, from 1 to N.
    frame_participation : (S, k) float64
        The same of the columns of the frame, the Gram-Schmidt vectors.
    groups : (k,) int
        Columns with the same number have exponents that do not differ by more than 3 standard errors: their vectors are
        defined up to their subspace only. `is_degenerate` (k,) tells which have company.
    size : int
        N.
    time_unit : str
        "tau", "time" or "step".
    status : str
        "converged": what began forward and backward is forgotten; "max_time": it is not, or the time limit was reached;
        "interrupted" or "diverged". `message` says what it means and what to do.
    diagnostics : dict
        ``backward_error``: largest angle, in rad, by which the subspaces of the groups after two different backward
        starts still differ at the last sample, and ``backward_errors`` (k,) for each column; ``forward_error``: the
        same of the frame's start at the beginning of the window, estimated: the largest of ``forward_errors`` (k,),
        ``exp(-gap t_align)`` with the ``following_gaps`` (k,) between the last exponent of the column's group and the
        next one, which is computed for this purpose; NaN where the group goes on beyond n_vectors. The growth in the
        alignment fluctuates, so that they tell the order of magnitude of a small error, not its digits.
        ``smallest_gap`` of neighbouring exponents that are told apart, NaN if there is none; ``is_degenerate`` (k,);
        ``t_backward``: time between the last block with vectors and the end of the run; ``bytes_in_memory``,
        ``bytes_in_files``: of vectors and R, and
        ``bytes_expected``, which was said beforehand; ``seconds_forward``, ``seconds_after`` and
        ``seconds_backward``: wall time of the
        window with what comes before, of all that came after, and of the way back alone.
    provenance : dict
        That of the spectrum.

    Examples
    --------
    >>> import pylyap
    >>> vectors = pylyap.covariant_vectors(pylyap.systems.henon(), n_vectors=2, t_average=2000, sample_interval=1)
    >>> vectors
    CovariantVectors(2 of 2 vectors, 2000 samples, converged)
    >>> bool(vectors.angle(0, 1).min() < 0.01)          # the Henon map has tangencies
    True
    """

    frames: Floats
    frame_participation: Floats
    sample_blocks: NDArray[np.int64]
    log_growth: Floats
    first_block: int
    spectrum: LyapunovSpectrum
    status: str
    message: str
    diagnostics: dict[str, Any]

    def __post_init__(self) -> None:
        for name in ("frames", "frame_participation", "sample_blocks", "log_growth"):
            view = np.asarray(getattr(self, name)).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @property
    def vectors(self) -> Floats:
        return self.frames.transpose(2, 0, 1)

    @property
    def size(self) -> int:
        return self.frames.shape[0]

    @property
    def n_vectors(self) -> int:
        """k, the number of vectors."""
        return self.frames.shape[1]

    @property
    def n_samples(self) -> int:
        """S, the number of samples."""
        return self.frames.shape[2]

    @property
    def time_unit(self) -> str:
        return self.spectrum.time_unit

    @property
    def provenance(self) -> dict[str, Any]:
        return self.spectrum.provenance

    @property
    def times(self) -> Floats:
        return self.spectrum.times[self.sample_blocks - 1]

    @property
    def _blocks(self) -> slice:
        return slice(self.first_block, self.first_block + len(self.log_growth))

    @property
    def durations(self) -> Floats:
        return self.spectrum.durations[self._blocks]

    @property
    def block_times(self) -> Floats:
        return self.spectrum.times[self._blocks]

    @cached_property
    def local_exponents(self) -> Floats:
        return self.log_growth / self.durations[:, None]

    @cached_property
    def exponents(self) -> Floats:
        if not len(self.log_growth):
            return np.full(self.n_vectors, np.nan)
        return np.average(self.local_exponents, axis=0, weights=self.durations)

    @cached_property
    def stderr(self) -> Floats:
        return statistics.standard_error(self.local_exponents, self.durations)

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        return separation.groups_of(self.spectrum.log_growth, self.spectrum.durations)

    @property
    def is_degenerate(self) -> NDArray[np.bool_]:
        """(k,): whether a vector is defined up to the subspace of its group only.

        Also the last ones, where the exponent that comes next is not told apart from theirs; a file of version 0.1 does
        not know that one.
        """
        of_these = np.bincount(self.groups)[self.groups] > 1
        return of_these | self.diagnostics.get("is_degenerate", False)

    @cached_property
    def participation_ratio(self) -> Floats:
        found = [angles.participation_ratio(vectors) for vectors in self.vectors]  # one at a time, to save memory
        return np.array(found).reshape(-1, self.n_vectors)

    @cached_property
    def _coordinates(self) -> Floats:
        """(S, k, k): the vectors in an orthonormal frame, whose first m columns span the first m vectors."""
        found = [np.linalg.qr(vectors, mode="r") for vectors in self.vectors]
        return np.array(found).reshape(-1, self.n_vectors, self.n_vectors)

    def angle(self, i: int, j: int) -> Floats:
        """Angles between two vectors at all samples.

        Parameters
        ----------
        i, j : int
            Columns of `vectors`, from 0 to k - 1.

        Returns
        -------
        (S,) float64 array
            In [0, pi/2]: signs of vectors mean nothing.

        Raises
        ------
        OptionError
            If there is no such column.
        """
        i, j = (checks.count(name, value, least=0, most=self.n_vectors - 1) for name, value in (("i", i), ("j", j)))
        return angles.line_angle(self.vectors[:, :, i], self.vectors[:, :, j])

    def subspace_angles(self, m: int) -> Floats:
        """Principal angles between the span of the first m vectors and that of the others, at all samples.

        With k < N the others are those that were computed: the angle with all N - m that there are may be smaller.

        Parameters
        ----------
        m : int
            From 1 to k - 1. A cut through a group of degenerate exponents means nothing.

        Returns
        -------
        (S, min(m, k - m)) float64 array
            Ascending, in [0, pi/2].

        Raises
        ------
        OptionError
            If m is out of range, or cuts a group; see `groups`.
        """
        m = checks.count("m", m, most=max(self.n_vectors - 1, 1))
        if self.n_vectors == 1:
            raise OptionError("one vector has no others to make an angle with: take n_vectors >= 2")
        if self.groups[m - 1] == self.groups[m]:
            inside = np.flatnonzero(self.groups == self.groups[m])
            raise OptionError(
                f"m = {m} cuts the group of columns {inside[0]} to {inside[-1]}, whose exponents are not told apart: take "
                f"m <= {inside[0]} or m >= {inside[-1] + 1}, or a longer t_average"
            )
        return angles.principal_angles(self._coordinates[:, :, :m], self._coordinates[:, :, m:])

    def overlap(self, direction: ArrayLike) -> Floats:
        """How far a direction lies along each vector: ``|v . d| / |d|``, the cosine of their angle, at all samples.

        Parameters
        ----------
        direction : (N,) array_like
            Weights of an input or of a readout, a perturbation, a gradient.

        Returns
        -------
        (S, k) float64 array
            In [0, 1]. Covariant vectors are not orthogonal: the squares do not add up to 1.

        Raises
        ------
        OptionError
            If it has another shape, or is zero.
        """
        d = checks.real_array("direction", direction, f"give {self.size} real numbers")
        length = np.linalg.norm(d)
        if d.shape != (self.size,) or length == 0:
            what = "is zero" if d.shape == (self.size,) else f"has shape {d.shape}"
            raise OptionError(f"direction {what}: give {self.size} real numbers, not all 0")
        return np.abs(np.einsum("snk,n->sk", self.vectors, d / length))

    def hyperbolicity(self) -> Hyperbolicity:
        """Smallest angles between the unstable, neutral and stable parts, and whether they keep away from 0."""
        return hyperbolicity(self)

    def summary(self) -> str:
        """The result in a few lines of text."""
        from .covariant_report import report

        return report(self)

    def _repr_html_(self) -> str:
        """Summary and small figure, for notebooks."""
        from .notebook import of_vectors

        return of_vectors(self)

    def plot_angles(self, ax: Axes | None = None, **kwargs: Any) -> Axes:
        """Draw the angles between the parts; the same as `pylyap.plotting.plot_angles`."""
        from ..plotting import plot_angles

        return plot_angles(self, ax, **kwargs)

    def plot_participation(self, ax: Axes | None = None, **kwargs: Any) -> Axes:
        """Draw over how many units vectors are spread; the same as `pylyap.plotting.plot_participation`."""
        from ..plotting import plot_participation

        return plot_participation(self, ax, **kwargs)

    def plot_vectors(self, ax: Axes | None = None, **kwargs: Any) -> Axes:
        """Draw the vectors of one sample; the same as `pylyap.plotting.plot_vectors`."""
        from ..plotting import plot_vectors

        return plot_vectors(self, ax, **kwargs)

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything to one file, which `pylyap.load` reads; as `LyapunovSpectrum.save` does."""
        covariant_file.save(self, path)

    def __repr__(self) -> str:
        return f"CovariantVectors({self.n_vectors} of {self.size} vectors, {self.n_samples} samples, {self.status})"
