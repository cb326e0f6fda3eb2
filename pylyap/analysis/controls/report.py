"""What the controls found: a table, a figure, a page, and one verdict."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import OptionError
from .check import VERDICTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


NEEDED = tuple(f"C{number}" for number in range(2, 10))  # for the verdict "pass", where they apply


@dataclass(frozen=True, eq=False, repr=False)
class ControlsReport:
    """Controls of one spectrum, made by `pylyap.controls`. ``report["C5"]`` is one of them.

    Attributes
    ----------
    checks : tuple of Check
        C1 to C19.
    spectrum : LyapunovSpectrum
        The run under test.
    curves : dict of str -> LyapunovSpectrum or AdjointSpectrum
        It and the other runs, by what is different about them.
    twin : TwinExponent or None
    network : str
    seconds : float
        Wall time that all took.
    interrupted : bool
        Whether Ctrl-C ended it; controls not made then say so.
    """

    checks: tuple
    spectrum: object
    curves: dict
    twin: object
    network: str
    seconds: float
    interrupted: bool = False

    def __getitem__(self, code: str) -> Any:
        for check in self.checks:
            if check.code == code:
                return check
        raise OptionError(f"there is no control {code!r}: their codes are C1 to C19")

    @property
    def verdict(self) -> str:
        """The worst of all verdicts, "fail", "warn" or "pass"; "no time" if nothing was found but one of C2 to C9 not made;
        "not applicable" if none could be, as for a run that is too short."""
        found = {check.verdict for check in self.checks}
        if found & {"fail", "warn"}:
            return "fail" if "fail" in found else "warn"
        left_out = any(check.verdict == "no time" for check in self.checks if check.code in NEEDED)
        if "pass" in found and not left_out:
            return "pass"
        return "no time" if "no time" in found else "not applicable"

    def table(self) -> str:
        """All controls as lines of text."""
        rows = [("", "control", "verdict", "value", "bound", "")]
        rows += [
            (c.code, c.title, c.verdict, number(c.value), number(c.bound), c.text) for c in self.checks
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)) + "  " + row[5] for row in rows]
        return "\n".join([*(line.rstrip() for line in lines), "", self.headline()])

    def headline(self) -> str:
        """One sentence."""
        counts = [(verdict, sum(c.verdict == verdict for c in self.checks)) for verdict in VERDICTS]
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
        interrupted = "interrupted; " if self.interrupted else ""
        return f"{self.verdict.upper()}: {interrupted}{told}; {self.seconds:.0f} s. {self.network}"

    def figure(self) -> Figure:
        """One page of figures, a `matplotlib.figure.Figure`."""
        from .figure import draw

        return draw(self)

    def html(self, path: str | os.PathLike[str]) -> None:
        """Write one page with the table and the figure inside, which needs no other file.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from .page import write

        write(self, path)

    def __repr__(self) -> str:
        return f"ControlsReport({self.headline()})"


def number(value):
    """A number as the table shows it."""
    return "" if math.isnan(value) else f"{value:.2g}"
