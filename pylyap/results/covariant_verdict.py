"""How a run for covariant vectors ended, and whether what it began with is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._contracts import Ending, ResultStatus
from . import separation, statistics

if TYPE_CHECKING:
    from ..runs.plan import Plan
    from .spectrum import LyapunovSpectrum

Floats = NDArray[np.float64]
# An angle that the starts of frame and way back still make is seen in figures from here on, rad.
LARGEST_ERROR = 1e-3


def judge(
    ending: Ending, found: Any, spectrum: LyapunovSpectrum, plan: Plan, gaps: Floats, is_degenerate: NDArray[np.bool_]
) -> tuple[str, str, dict[str, Any]]:
    """(status, message, diagnostics) of a run that ended as `ending`; `found` as of `pylyap._core.covariant`.

    `gaps` and `is_degenerate` as of `separation.following_gaps`.
    """
    groups = separation.groups_of(spectrum.log_growth, spectrum.durations)
    gap = separation.smallest_gap(spectrum.log_growth, spectrum.durations)
    backward, forward = separation.errors(found.starts, groups), np.exp(-gaps * plan.n_align * plan.dt)
    diagnostics = dict(
        backward_error=float(backward.max()),
        backward_errors=backward,
        smallest_gap=np.nan if gap is None else gap,
        following_gaps=gaps,
        forward_error=float(np.nanmax(forward)) if np.isfinite(forward).any() else np.nan,
        forward_errors=forward,
        is_degenerate=is_degenerate,
    )
    told = f"{found.last - found.first} of {spectrum.n_blocks} blocks have vectors"
    if is_degenerate.any() and found.last > found.first:
        which = f"{is_degenerate.sum()} vectors are" if is_degenerate.sum() > 1 else "one vector is"
        told += f"; {which} defined up to the subspace of the group only, see groups and is_degenerate"
        if is_degenerate[-1] and np.isnan(gaps[-1]) and plan.k < plan.n:
            told += "; the last group goes on beyond n_vectors"
    if ending is not Ending.DONE:
        return ending.status, f"{ending.what}: {told}; {ending.advice(plan.is_map)}.", diagnostics
    reasons = list(_doubts(diagnostics, spectrum, plan))
    return (
        (ResultStatus.MAX_TIME, f"{told}; {'; '.join(reasons)}.", diagnostics)
        if reasons
        else (ResultStatus.CONVERGED, f"{told}.", diagnostics)
    )


def _doubts(diagnostics, spectrum, plan):
    if spectrum.n_blocks < statistics.MIN_BLOCKS and plan.n > 1:
        yield f"{spectrum.n_blocks} blocks are too few to tell exponents apart: raise t_average"
    elif np.isnan(diagnostics["forward_errors"]).all() and not _are_equal(spectrum.exponents):
        yield "no exponent is told apart from the next one: raise t_average, or take more n_vectors"
    if spectrum.diagnostics["n_beyond_precision"]:
        yield "exponents are lost in rounding within a block: make qr_interval smaller or take fewer n_vectors"
    if not diagnostics["backward_error"] <= LARGEST_ERROR and plan.k > 1:
        yield f"backward starts still differ by {diagnostics['backward_error']:.2g} rad: raise t_backward (at most t_average if automatic)"
    if diagnostics["forward_error"] > LARGEST_ERROR:
        needed = -np.log(LARGEST_ERROR) / np.nanmin(diagnostics["following_gaps"])
        yield (
            f"the frame may be off by about {diagnostics['forward_error']:.2g} rad: raise t_align to {needed:.2g} "
            "or more"
        )


def _are_equal(exponents):
    """Whether several exponents are the same up to rounding: then no longer window tells them apart."""
    return len(exponents) > 1 and np.ptp(exponents) <= separation.ROUNDING * np.abs(exponents).max()
