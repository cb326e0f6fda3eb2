"""A page: one published figure computed anew, and how it is written to disk."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .. import _files
if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Row(NamedTuple):
    """A number of the page beside the one it is held against.

    Attributes
    ----------
    what : str
        The quantity and where it was taken.
    here, error : float
        What pylyap found and its standard error; NaN if there is none.
    there, there_error : float
        The other number and its standard error; NaN if there is none.
    source : str
        Where the other number comes from.
    shift : float
        By how much the two may differ in addition to their errors, in the unit of the number, with the reason in `source`.
    expected : bool
        Whether they should agree; False where the other number is known to be of another kind.
    judged : bool, optional
        Whether they agree, where that was found by another rule than that of `agrees`.

    Examples
    --------
    >>> from pylyap import papers
    >>> papers.Row("largest exponent per step, N = 100", 0.50, 0.01, 0.52, float("nan"), "theory, N infinite").verdict
    'agrees'
    """

    what: str
    here: float
    error: float
    there: float
    there_error: float
    source: str
    shift: float = 0.0
    expected: bool = True
    judged: bool | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether the two lie within 3 combined standard errors and the shift; None if the other one is unknown.

        A number of ours that is not finite agrees with nothing.
        """
        if not math.isfinite(self.there):
            return None
        if self.judged is not None:
            return self.judged
        if not math.isfinite(self.here):
            return False
        errors = [error for error in (self.error, self.there_error) if math.isfinite(error)]
        return abs(self.here - self.there) <= 3 * math.hypot(*errors) + self.shift

    @property
    def verdict(self) -> str:
        """The comparison in words."""
        if self.agrees is None:
            return "not compared"
        if self.agrees:
            return "agrees"
        return "DIFFERS" if self.expected or math.isnan(self.here) else "differs, as expected"


@dataclasses.dataclass
class Page:
    """One published figure, computed anew.

    Attributes
    ----------
    title, text : str
        What is shown, and how it was computed, in a few sentences.
    figure : matplotlib.figure.Figure
    data : dict of str -> array
        Everything that is drawn.
    rows : list of Row
        Numbers beside those of others.
    seconds : float
        Wall time the page took; NaN as long as nobody measured it.
    """

    title: str
    text: str
    figure: Figure
    data: dict
    rows: list
    seconds: float = math.nan

    def table(self) -> str:
        """The rows as a Markdown table."""
        lines = ["| quantity | here | there | verdict | source |", "| --- | --- | --- | --- | --- |"]
        for row in self.rows:
            here, there = _with_error(row.here, row.error), _with_error(row.there, row.there_error)
            lines.append(f"| {row.what} | {here} | {there} | {row.verdict} | {row.source} |")
        return "\n".join(lines)

    def save(self, folder: Path, name: str) -> list[Path]:
        """Write ``name.png``, ``name.npz`` (data), ``name.csv`` (rows) and ``name.md`` into a folder; return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = {ending: folder / f"{name}.{ending}" for ending in ("png", "npz", "csv", "md")}
        _files.save_figure(self.figure, paths["png"])
        header = json.dumps(dict(title=self.title, text=self.text, seconds=self.seconds))
        with _files.writing(paths["npz"]) as file:
            np.savez(file, about=np.array(header), **self.data)
        with _files.writing(paths["csv"], text=True) as file:
            writer = csv.writer(file)
            writer.writerow(["quantity", "here", "error", "there", "there_error", "shift", "verdict", "source"])
            for row in self.rows:
                numbers = (row.here, row.error, row.there, row.there_error, row.shift)
                writer.writerow([row.what, *numbers, row.verdict, row.source])
        took = "" if math.isnan(self.seconds) else f"\n{self.seconds:.0f} s.\n"
        with _files.writing(paths["md"], text=True) as file:
            file.write(f"# {self.title}\n\n{self.text}\n{took}\n![{self.title}]({name}.png)\n\n{self.table()}\n")
        return list(paths.values())


def _with_error(value, error):
    from ..results.report import with_error

    if not math.isfinite(value):
        return "-"
    return with_error(value, error) if math.isfinite(error) else f"{value:.4g}"
