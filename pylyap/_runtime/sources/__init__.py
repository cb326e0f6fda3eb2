"""The sources of Julia, one per file. Each file has a `SOURCE`, of a class that keeps the contract `Source`."""

import importlib
import pkgutil

from ..source import Source

_modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]

ALL: tuple[Source, ...] = tuple(sorted((module.SOURCE for module in _modules), key=lambda source: source.rank))
"""In the order of preference."""

BY_KIND: dict[str, Source] = {source.kind: source for source in ALL}
