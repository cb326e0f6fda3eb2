"""From the name of a figure to its page on disk."""

from __future__ import annotations

import importlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import OptionError
from .. import _checks as checks
from .. import _files

if TYPE_CHECKING:
    from .effort import Effort
    from .page import Page

PAPERS = ("covariant", "engelken2023", "xie2025")


class Entry(NamedTuple):
    """A figure of a paper, as a row of its ``FIGURES``.

    Attributes
    ----------
    module : str
        The module of the paper that makes it.
    title : str
        What it shows, in a few words.
    options : dict, optional
        The module's ``page(effort, name, **options)`` makes this figure among others; without, its ``page(effort)``.
    """

    module: str
    title: str
    options: dict[str, Any] | None = None

    def page(self, paper: str, name: str, effort: Effort) -> Page:
        """Compute the figure, and return its Page."""
        make = importlib.import_module(f".{paper}.{self.module}", __package__).page
        return make(effort) if self.options is None else make(effort, name, **self.options)


def figures(paper: str) -> dict[str, str]:
    """Return what `reproduce` can compute of a paper, as a dict of figure -> title.

    Parameters
    ----------
    paper : str
        One of `PAPERS`.

    Returns
    -------
    dict of str -> str

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
    return {name: entry.title for name, entry in _paper(paper).FIGURES.items()}


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
    folder = Path(_files.name_of(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)  # said before the computation, not after it
    except OSError as error:
        raise OptionError(f"{folder} cannot be made: {error.strerror}") from error
    began = time.monotonic()
    page = _paper(paper).FIGURES[figure].page(paper, figure, effort)
    page.seconds = time.monotonic() - began
    page.save(folder, f"{paper}-{figure}")
    return page


def check_figure(paper: str, figure: str) -> None:
    """Raise OptionError if the paper has no such figure here; the message names those that it has.

    Parameters
    ----------
    paper : str
        One of `PAPERS`.
    figure : str
        One of ``figures(paper)``.

    Raises
    ------
    OptionError
        Also for an unknown paper.

    Examples
    --------
    >>> from pylyap import papers
    >>> papers.check_figure("xie2025", "1A")
    """
    checks.one_of("figure", figure, tuple(figures(paper)))


def _paper(paper):
    return importlib.import_module(f".{paper}", __package__)
