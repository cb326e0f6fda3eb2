"""From the name of a figure to its page on disk."""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OptionError
from .. import _checks as checks

if TYPE_CHECKING:
    from .effort import Effort
    from .page import Page

PAPERS = ("engelken2023", "xie2025")


def figures(paper: str) -> dict[str, str]:
    """Return what `reproduce` can compute of a paper, as a dict of figure -> title.

    Raises
    ------
    OptionError
        For an unknown paper.

    Examples
    --------
    >>> from pylyap import papers
    >>> papers.figures("xie2025")["1A"]
    'annealed transition gain against network size'
    """
    checks.one_of("paper", paper, PAPERS)
    return {name: title for name, (_, title) in _paper(paper).FIGURES.items()}


def reproduce(paper: str, figure: str, effort: Effort, folder: str | os.PathLike[str]) -> Page:
    """Compute one figure of a paper and write it.

    Parameters
    ----------
    paper : str
        One of `PAPERS`.
    figure : str
        One of ``figures(paper)``.
    effort : Effort
        Quick or full, and where to keep what full runs have done.
    folder : path
        Where the figure, its data and its table go; made if missing.

    Returns
    -------
    Page

    Raises
    ------
    OptionError
        For an unknown paper or figure, or a folder that cannot be made.

    Examples
    --------
    >>> from pylyap import papers
    >>> page = papers.reproduce("xie2025", "1A", papers.Effort(quick=True), "figures")
    """
    check_figure(paper, figure)
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)  # said before the computation, not after it
    except OSError as error:
        raise OptionError(f"{folder} cannot be made: {error.strerror}") from error
    where, _ = _paper(paper).FIGURES[figure]
    module, _, function = where.partition(":")
    began = time.monotonic()
    page = getattr(importlib.import_module(f".{paper}.{module}", __package__), function or "page")(effort)
    page.seconds = time.monotonic() - began
    page.save(folder, f"{paper}-{figure}")
    return page


def check_figure(paper: str, figure: str) -> None:
    """Raise OptionError unless the paper has such a figure here."""
    checks.one_of("figure", figure, tuple(figures(paper)))


def _paper(paper):
    return importlib.import_module(f".{paper}", __package__)
