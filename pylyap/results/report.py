"""A result in words: what `LyapunovSpectrum.summary` prints."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .meaning import meaning
from .units import many

if TYPE_CHECKING:
    from .spectrum import LyapunovSpectrum

LABEL = 24  # width of the column of names


def report(spectrum: LyapunovSpectrum) -> str:
    """Return the summary of a LyapunovSpectrum as text of several lines."""
    return "\n".join([title(spectrum), *(f"  {label:<{LABEL}}{text}" for label, text in rows(spectrum))])


def title(spectrum: LyapunovSpectrum) -> str:
    """What the spectrum is of."""
    return f"Lyapunov spectrum of {spectrum.provenance.get('network', 'a network')}"


def rows(spectrum: LyapunovSpectrum) -> list[tuple[str, str | int | float]]:
    """(label, text) of everything that the summary says, the meaning first."""
    return [("meaning", meaning(spectrum)), *_numbers(spectrum), *_trust(spectrum), *_run(spectrum)]


def with_error(value: float, error: float) -> str:
    """``value +- error``, the error with two digits and the value with as many decimals.

    Examples
    --------
    >>> with_error(1.23456, 0.0123)
    '1.235 +- 0.012'
    """
    if not math.isfinite(error):
        return f"{value:.4g} (no error bar)"
    if error == 0:
        return f"{value:.6g} +- 0"
    decimals = 1 - math.floor(math.log10(error))
    if 0 <= decimals <= 9:
        return f"{value:.{decimals}f} +- {error:.{decimals}f}"
    return f"{value:.6g} +- {error:.1e}"


def _numbers(spectrum):
    unit = spectrum.time_unit
    k, N, reason = spectrum.n_exponents, spectrum.size, spectrum.reason("n_positive")
    which = f"all {N}" if k == N else f"the {k} leading ones of {N}"
    first = f"{with_error(spectrum.exponents[0], spectrum.stderr[0])} per {unit}"
    return [
        ("exponents", f"{which}, natural logarithm per {unit}"),
        ("averaged over", f"{spectrum.durations.sum():g} {many(unit)} in {spectrum.n_blocks} blocks"),
        ("lambda_1", first if spectrum.n_blocks else "unknown: no block was finished"),
        *_extensive(spectrum, "kaplan_yorke_dimension", "Kaplan-Yorke D", "D/N", ""),
        *_extensive(spectrum, "entropy_rate", "entropy rate H", "H/N", f" nats per {unit}"),
        ("positive exponents", f"unknown: {reason}" if reason else f"{spectrum.n_positive}"),
    ]


def _extensive(spectrum, name, label, label_per_unit, unit):
    if spectrum.reason(name):
        return [(label, f"unknown: {spectrum.reason(name)}")]
    value, error, N = getattr(spectrum, name), spectrum.stderr_of(name), spectrum.size
    return [(label, with_error(value, error) + unit), (label_per_unit, with_error(value / N, error / N) + unit)]


def _trust(spectrum):
    found = spectrum.diagnostics
    rows = [("status", f"{spectrum.status}: {spectrum.message}" if spectrum.message else spectrum.status)]
    if found["n_collapsed"]:
        rows.append(("collapsed directions", f"{found['n_collapsed']} (exponent -inf)"))
    for name, label in (
        ("worst_condition_number", "worst condition of R"),
        ("sum_rule_residual", "sum rule residual"),
        ("zero_exponent", "exponent nearest to 0"),
    ):
        if math.isfinite(found.get(name, math.nan)):
            rows.append((label, f"{found[name]:.3g}"))
    return rows


def _run(spectrum):
    """Wall time, and whatever short facts the provenance holds about versions and machine."""
    facts = {key: value for key, value in spectrum.provenance.items() if key not in ("network", "options")}
    wall_time = facts.pop("wall_time", None)
    rows = [] if wall_time is None else [("wall time", f"{wall_time:.1f} s")]
    return rows + [
        (key.replace("_", " "), value) for key, value in facts.items() if isinstance(value, (str, int, float))
    ]
