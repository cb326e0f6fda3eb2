"""``pylyap sweep status DIR``: how far a store has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

OF_OTHERS = ()


def add_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return []


def run(options: argparse.Namespace) -> int:
    from ... import sweeps
    from . import folders

    for folder in folders(options):
        print(sweeps.status(folder))
    return 0
