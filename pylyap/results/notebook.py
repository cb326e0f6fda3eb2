"""Results as notebooks show them: the summary, and a small figure that needs no file and no script."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING

from . import report

if TYPE_CHECKING:
    from .batch import BatchMean
    from .covariant import CovariantVectors
    from .spectrum import LyapunovSpectrum


def of_spectrum(spectrum: LyapunovSpectrum) -> str:
    """HTML of a LyapunovSpectrum: its summary as a table beside a small spectrum."""
    title = html.escape(report.title(spectrum))
    return f"<div><strong>{title}</strong>{_table(report.rows(spectrum))}{_figure(spectrum)}</div>"


def of_batch(batch: BatchMean) -> str:
    """HTML of a BatchMean: the first exponents, their spread from sequence to sequence, and standard errors."""
    count, k = batch.exponents.shape
    shown = min(k, 10)
    cells = [("exponent", f"mean +- standard error (per {batch.time_unit}), spread")]
    for i in range(shown):
        cells.append((f"{i + 1}", f"{report.with_error(batch.mean[i], batch.stderr[i])}, {batch.spread[i]:.2g}"))
    rest = f", the first {shown} shown" if shown < k else ""
    return f"<div><strong>{count} sequences, {k} exponents{rest}</strong>{_table(cells)}</div>"


def of_vectors(vectors: CovariantVectors) -> str:
    """HTML of CovariantVectors: the summary, and over how many units the vectors are spread."""
    from ..plotting import plot_participation

    title, *lines = vectors.summary().splitlines()
    text = "\n".join(lines)
    figure = _image("participation of the vectors", lambda ax: plot_participation(vectors, ax)) if vectors.n_samples else ""
    return f"<div><strong>{html.escape(title)}</strong><pre>{html.escape(text)}</pre>{figure}</div>"


def _table(rows):
    lines = "".join(f"<tr>{_cell(label)}{_cell(text)}</tr>" for label, text in rows)
    return f"<table><tbody>{lines}</tbody></table>"


def _cell(text):
    return f'<td style="text-align:left">{html.escape(str(text))}</td>'


def _figure(spectrum):
    """The spectrum as an image within the page."""
    if spectrum.n_blocks == 0:
        return ""
    from ..plotting import plot_spectrum

    return _image("exponents in descending order", lambda ax: plot_spectrum(spectrum, ax))


def _image(told, draw):
    """What `draw` draws into Axes, as an image within the page. It is drawn without pyplot, which would keep the figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.2, 2.6), layout="constrained")
    draw(figure.subplots())
    drawn = io.BytesIO()
    figure.savefig(drawn, format="svg")
    data = base64.b64encode(drawn.getvalue()).decode("ascii")
    return f'<img alt="{told}" src="data:image/svg+xml;base64,{data}"/>'
