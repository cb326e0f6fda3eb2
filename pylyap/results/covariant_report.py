"""Covariant vectors in words: what `CovariantVectors.summary` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .report import LABEL, with_error

if TYPE_CHECKING:
    from .covariant import CovariantVectors


def report(vectors: CovariantVectors) -> str:
    """Return the summary of CovariantVectors as text of several lines."""
    lines = [f"Covariant Lyapunov vectors of {vectors.provenance.get('network', 'a network')}"]
    lines += [f"  {label:<{LABEL}}{text}" for label, text in _numbers(vectors) + _angles(vectors) + _trust(vectors)]
    return "\n".join(lines)


def _numbers(vectors):
    k, unit = vectors.n_vectors, vectors.time_unit
    rows = [
        ("vectors", f"{k} of {vectors.size}, {vectors.n_samples} samples"),
        ("growth counted over", f"{vectors.durations.sum():g} {unit} in {len(vectors.durations)} blocks"),
    ]
    if len(vectors.durations):
        for j in sorted({0, k - 1}):
            rows.append((f"growth of vector {j}", f"{with_error(vectors.exponents[j], vectors.stderr[j])} per {unit}"))
    if vectors.n_samples:
        mean = vectors.participation_ratio.mean(axis=0)
        rows.append(
            ("participation ratio", f"{mean[0]:.4g} (vector 0) to {mean[-1]:.4g} (vector {k - 1}), of {vectors.size}")
        )
    return rows


def _angles(vectors):
    if vectors.n_vectors == 1 or not vectors.n_samples:
        return []
    found = vectors.hyperbolicity()
    sizes = ", ".join(f"{len(columns)} {name}" for name, columns in found.parts.items())
    return [("parts", sizes), ("hyperbolicity", f"{found.verdict}: {found.message}")]


def _trust(vectors):
    found = vectors.diagnostics
    rows = [("status", f"{vectors.status}: {vectors.message}")]
    for name, label in (("backward_error", "backward error"), ("forward_error", "forward error, about")):
        if np.isfinite(found.get(name, np.nan)):
            rows.append((label, f"{found[name]:.2g} rad"))
    return rows
