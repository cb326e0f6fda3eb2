"""How much work a page may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import _checks as checks
from .. import sweeps
from ..errors import SweepError


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much work a page may be.

    Parameters
    ----------
    quick : bool
        True: small networks and few trials, about a minute per page on two cores. False: the published sizes.
    store : pathlib.Path, optional
        Folder in which sweeps keep their results and from which they go on.
    published_protocol : bool
        Whether to compute the published protocol anew too, where it differs from the correct one.
    progress : bool, optional
        Whether to draw progress bars; None: if standard error is a terminal.
    engine : engine, optional
        Where sweeps compute, see `pylyap.sweep`.

    Examples
    --------
    >>> from pylyap import papers
    >>> papers.Effort(quick=False).choose(100, 1000)
    1000
    """

    quick: bool = True
    store: Path | None = None
    published_protocol: bool = False
    progress: bool | None = None
    engine: Any = None

    def __post_init__(self) -> None:
        for name in ("quick", "published_protocol"):
            object.__setattr__(self, name, checks.flag(name, getattr(self, name)))

    def choose(self, quick: Any, full: Any) -> Any:
        """The one of two values that this effort asks for."""
        return quick if self.quick else full

    def store_for(self, name: str) -> Path | None:
        """Folder for the sweep `name`, or None: quick and full ones are kept apart."""
        return None if self.store is None else self.store / f"{name}-{self.choose('quick', 'full')}"

    def measured(self, name: str, measure: Any, conditions: Sequence[dict[str, Any]]) -> sweeps.SweepResult:
        """The sweep behind a figure, kept in its store if there is one.

        Raises
        ------
        SweepError
            If conditions failed.
        KeyboardInterrupt
            If it was interrupted: there is no figure of a part.
        """
        result = sweeps.sweep(
            measure, conditions, store=self.store_for(name), progress=self.progress, engine=self.engine
        )
        if result.failures:
            raise SweepError(f"the figure lacks {len(result.failures)} conditions that failed, such as {result.failures[0]}")
        if not result.complete:
            raise KeyboardInterrupt
        return result
