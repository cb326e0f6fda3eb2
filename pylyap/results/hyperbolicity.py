"""Whether unstable, neutral and stable directions keep away from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .. import _checks as checks
from ..errors import OptionError
from . import angles, separation

if TYPE_CHECKING:
    from .covariant import CovariantVectors

# Of the smallest angles that are looked at: few, so that they are near the end of the density.
MOST_SMALLEST, LEAST_SMALLEST = 20, 8
PART = 0.1  # of all samples at most
UNLIKELY, LIKELY = 0.01, 0.05
NEAR_ZERO = 0.05  # rad: a smallest angle that is a tangency about to happen


MOST_BINS = 10**6


@dataclass(frozen=True, eq=False)
class Hyperbolicity:
    """Angles between the unstable, neutral and stable parts of a run, made by `CovariantVectors.hyperbolicity`.

    Attributes
    ----------
    parts : dict of str -> (m,) int array
        Columns of the parts "unstable", "neutral" and "stable"; those without columns are left out. An exponent is
        neutral if it is 0 within 3 standard errors, in an autonomous flow that is not at rest also the one nearest to
        0, and with it the others of its group.
    angles : dict of (str, str) -> (S,) float64 array
        Smallest principal angle between two parts at all samples, rad.
    p_values : dict of (str, str) -> float
        How probable it is that the smallest angles stop so far from 0 if angles reach 0 with a positive density; NaN
        with fewer than 80 samples.
    verdict : str
        "gap": no pair of parts comes down to 0 as it would with tangencies; "tangencies": one does, with an angle
        below 0.05 rad; "undecided"; "one part": there is nothing to compare.
    message : str
        What the verdict rests on.
    """

    parts: dict[str, NDArray[np.int64]]
    angles: dict[tuple[str, str], NDArray[np.float64]]
    p_values: dict[tuple[str, str], float]
    verdict: str
    message: str

    @property
    def smallest(self) -> float:
        """The smallest of all angles, rad; NaN if there is none."""
        found = [values.min() for values in self.angles.values() if len(values)]
        return float(min(found)) if found else np.nan

    def histogram(self, pair: tuple[str, str] | None = None, bins: int = 50) -> tuple[NDArray, NDArray]:
        """Density of the smallest angle between two parts.

        Parameters
        ----------
        pair : (str, str), optional
            A key of `angles`; by default the last, unstable and stable where both exist.
        bins : int
            Bins of equal width from 0 to pi/2.

        Returns
        -------
        density, edges : (bins,) and (bins + 1,) float64
        """
        if not self.angles:
            raise OptionError("there is one part only, and no angle")
        known = list(self.angles)
        found = known[-1:] if pair is None else [parts for parts in known if list(parts) == _as_list(pair)]
        if not found:
            raise OptionError(f"pair = {checks.shown(pair)} is not known. Allowed: {', '.join(map(str, known))}.")
        return np.histogram(self.angles[found[0]], checks.count("bins", bins, most=MOST_BINS), (0.0, np.pi / 2), density=True)


def _as_list(pair):
    return list(pair) if isinstance(pair, (tuple, list)) else None


def hyperbolicity(vectors: CovariantVectors) -> Hyperbolicity:
    """See `CovariantVectors.hyperbolicity`."""
    parts = parts_of(vectors)
    names = list(parts)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    pairs.sort(key=lambda pair: pair == ("unstable", "stable"))
    C = vectors._coordinates
    found = {(a, b): angles.principal_angles(C[:, :, parts[a]], C[:, :, parts[b]])[:, 0] for a, b in pairs}
    p_values = {pair: p_value(values) for pair, values in found.items()}
    return Hyperbolicity(parts, found, p_values, *_verdict(found, p_values, vectors))


def parts_of(vectors: CovariantVectors) -> dict[str, NDArray[np.int64]]:
    """Columns of the unstable, neutral and stable parts, see `Hyperbolicity.parts`."""
    exponents, groups = vectors.exponents, vectors.groups
    is_neutral = np.abs(exponents) <= np.maximum(3 * vectors.stderr, separation.ROUNDING * np.abs(exponents).max())
    is_autonomous_flow = np.isfinite(vectors.spectrum.diagnostics.get("zero_exponent", np.nan))
    if is_autonomous_flow and not exponents[0] < -3 * vectors.stderr[0]:  # it has not come to rest
        nearest = np.abs(exponents).argmin()
        # the zero exponent may be beyond the last that was computed
        is_neutral[nearest] |= nearest < len(exponents) - 1 or len(exponents) == vectors.size or exponents[nearest] <= 0
    is_neutral = np.isin(groups, groups[is_neutral])
    sign = np.where(is_neutral, 0, np.sign(exponents))
    for group in np.unique(groups):  # of both signs: cannot be cut
        if len(np.unique(sign[groups == group])) > 1:
            sign[groups == group] = 0
    which = {"unstable": 1, "neutral": 0, "stable": -1}
    return {name: np.flatnonzero(sign == value) for name, value in which.items() if (sign == value).any()}


def p_value(values: NDArray[np.float64]) -> float:
    """How probable such a large ratio of the smallest to the m-th smallest angle is with a positive density at 0.

    Near 0 the smallest ones are then like the points of a Poisson process, of which the first m - 1 lie
    independently and uniformly below the m-th.

    Examples
    --------
    >>> import numpy as np
    >>> from pylyap.results.hyperbolicity import p_value
    >>> p_value(np.linspace(0.5, 1.5, 1000)) < 1e-6, p_value(np.linspace(0.001, 1.5, 1000)) > 0.1
    (True, True)
    """
    m = min(MOST_SMALLEST, int(PART * len(values)))
    if m < LEAST_SMALLEST:
        return np.nan
    smallest = np.partition(values, m - 1)[:m]
    return float((1 - smallest.min() / smallest.max()) ** (m - 1)) if smallest.max() > 0 else 1.0


def _verdict(found, p_values, vectors):
    if not found:
        return "one part", "all exponents have the same sign: there is one part only."
    rest = vectors.size - vectors.n_vectors
    smallest = {pair: values.min(initial=np.pi / 2) for pair, values in found.items()}
    pair = min(smallest, key=smallest.__getitem__)
    basis = f"the smallest angle in {vectors.n_samples} samples is {smallest[pair]:.3g} rad, between the {pair[0]} and the {pair[1]} part"
    if rest:
        basis += f"; the {rest} directions of {vectors.size} that were not computed may come closer"
    p = np.array(list(p_values.values()))
    if np.isnan(p).any():
        return "undecided", f"{basis}; with fewer than 80 samples nothing can be said."
    if (p < UNLIKELY).all():
        return (
            "gap",
            f"{basis}; the smallest angles stop before 0 (p = {p.max():.2g} for a positive density at 0, if samples are independent).",
        )
    if any(p_values[q] > LIKELY and smallest[q] < NEAR_ZERO for q in found):
        return (
            "tangencies",
            f"{basis}; the smallest angles come down to 0 as with a positive density there (p = {p.max():.2g}).",
        )
    return "undecided", f"{basis}; more samples are needed to tell whether angles come down to 0 (p = {p.max():.2g})."
