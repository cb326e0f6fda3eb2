"""Results as JSON: numbers that do not exist are null, and a direction that died has the exponent "-inf"."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ..results.covariant import CovariantVectors
    from ..results.spectrum import LyapunovSpectrum


def print_json(value: Any) -> None:
    """Print one JSON value on standard output."""
    print(json.dumps(plain(value), indent=1, allow_nan=False))


def plain(value: Any) -> Any:
    """`value` as lists, dicts, strings and finite numbers."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, complex):
        return {"real": plain(value.real), "imag": plain(value.imag)}
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


def of_spectrum(spectrum: LyapunovSpectrum) -> dict[str, Any]:
    """What a spectrum says, with errors; the blocks themselves are in the file that --output writes."""
    totals = ("kaplan_yorke_dimension", "entropy_rate", "n_positive")
    return dict(
        meaning=spectrum.meaning, status=spectrum.status, message=spectrum.message, time_unit=spectrum.time_unit,
        size=spectrum.size, n_exponents=spectrum.n_exponents, n_blocks=spectrum.n_blocks,
        averaged_over=spectrum.durations.sum(), exponents=spectrum.exponents, stderr=spectrum.stderr,
        **{
            name: dict(value=getattr(spectrum, name), stderr=spectrum.stderr_of(name), reason=spectrum.reason(name))
            for name in totals
        },
        diagnostics={name: value for name, value in spectrum.diagnostics.items() if not isinstance(value, np.ndarray)},
        provenance=spectrum.provenance,
    )  # fmt: skip


def of_vectors(vectors: CovariantVectors) -> dict[str, Any]:
    """What covariant vectors say; the vectors themselves are in the file that --output writes."""
    split = vectors.hyperbolicity()
    return dict(
        status=vectors.status, message=vectors.message, time_unit=vectors.time_unit, size=vectors.size,
        n_vectors=vectors.n_vectors, n_samples=vectors.n_samples, exponents=vectors.exponents, stderr=vectors.stderr,
        participation_ratio=vectors.participation_ratio.mean(axis=0) if vectors.n_samples else [],
        is_degenerate=vectors.is_degenerate, hyperbolicity=dict(verdict=split.verdict, message=split.message, smallest_angle=split.smallest),
        diagnostics={name: value for name, value in vectors.diagnostics.items() if not isinstance(value, np.ndarray)},
        spectrum=of_spectrum(vectors.spectrum),
    )  # fmt: skip
