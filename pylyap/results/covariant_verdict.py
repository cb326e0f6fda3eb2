"""How a run for covariant vectors ended, and whether what it began with is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .._contracts import Ending, ResultStatus
from . import separation

if TYPE_CHECKING:
    from ..runs.plan import Plan
    from .spectrum import LyapunovSpectrum

# An angle that the starts of frame and way back still make is seen in figures from here on, rad.
LARGEST_ERROR = 1e-3


def judge(ending: Ending, found: Any, spectrum: LyapunovSpectrum, plan: Plan) -> tuple[str, str, dict[str, Any]]:
    """(status, message, diagnostics) of a run that ended as `ending`; `found` as of `pylyap._core.covariant`."""
    groups = separation.groups_of(spectrum.log_growth, spectrum.durations)
    gap = separation.smallest_gap(spectrum.log_growth, spectrum.durations)
    errors = separation.errors(found.starts, groups)
    t_align = plan.n_align * plan.dt
    diagnostics = dict(
        backward_error=float(errors.max()),
        backward_errors=errors,
        smallest_gap=np.nan if gap is None else gap,
        forward_error=np.nan if gap is None else float(np.exp(-gap * t_align)),
    )
    n_degenerate = int((np.bincount(groups)[groups] > 1).sum())
    told = f"{found.last - found.first} of {spectrum.n_blocks} blocks have vectors"
    if n_degenerate and found.last > found.first:
        told += f"; {n_degenerate} vectors are defined up to the subspace of their group only, see groups"
    if ending is not Ending.DONE:
        return ending.status, f"{ending.what}: {told}; {ending.advice(plan.is_map)}.", diagnostics
    reasons = list(_doubts(diagnostics, spectrum, plan))
    return (
        (ResultStatus.MAX_TIME, f"{told}; {'; '.join(reasons)}.", diagnostics)
        if reasons
        else (ResultStatus.CONVERGED, f"{told}.", diagnostics)
    )


def _doubts(diagnostics, spectrum, plan):
    if spectrum.diagnostics["n_beyond_precision"]:
        yield "exponents are lost in rounding within a block: make qr_interval smaller or take fewer n_vectors"
    if not diagnostics["backward_error"] <= LARGEST_ERROR and plan.k > 1:
        yield f"backward starts still differ by {diagnostics['backward_error']:.2g} rad: raise t_backward (at most t_average if automatic)"
    if diagnostics["forward_error"] > LARGEST_ERROR:
        yield f"the frame may be off by about {diagnostics['forward_error']:.2g} rad: raise t_align"
