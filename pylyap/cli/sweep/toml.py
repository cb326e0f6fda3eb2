"""``pylyap sweep grid.toml``: what a file describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._checks import nearest
from ..._streams import tell
from ...errors import OptionError

if TYPE_CHECKING:
    import argparse

WORDS = ("status", "merge", "plot")
OF_OTHERS = ("store", "engine", "retries", "time_limit", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    group = parser.add_argument_group("a file that describes a sweep")
    return [group.add_argument("--dry-run", action="store_true", help="tell what it will take, after trying some networks")]


def run(options: argparse.Namespace) -> int:
    import pathlib

    from ... import sweeps
    from .random import compute, ended

    name, *others = options.words
    if not pathlib.Path(name).suffix == ".toml":
        hint = nearest(name, WORDS).strip(".;? ")
        raise OptionError(
            f"{name} is neither a file that ends in .toml nor one of {', '.join(WORDS)}" + (f"; {hint}?" if hint else "")
        )
    if others:
        raise OptionError(f"pylyap sweep takes one file: {' '.join(others)} is too much")
    described = sweeps.Description.read(name)
    if options.dry_run:
        print(sweeps.forecast(described.measure, described.conditions))
        return 0
    tables = described.tables
    store = tables.get("store") if options.store is None else options.store
    result = compute(
        options, described.measure, described.conditions, store=store, engine=tables.get("engine"), retries=tables.get("retries")
    )
    tell(f"pylyap: {len(result)} of {len(described.conditions)} conditions done" + (f", in {store}" if store else ""))
    return ended(result)
