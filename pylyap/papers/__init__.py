"""Published figures, computed anew: each as data, a figure, and a table that compares numbers.

A paper is a package here. Its ``FIGURES`` holds a row of data for every figure, an `Entry`: the module whose function
``page`` returns a `Page`, the title, and what tells the figure from others of the same module.
"""

from .catalogue import PAPERS, Entry, check_figure, figures, reproduce
from .effort import Effort
from .page import Page, Row

__all__ = ["PAPERS", "Effort", "Entry", "Page", "Row", "check_figure", "covariant", "engelken2023", "figures", "reproduce", "xie2025"]


def __getattr__(name):
    if name in PAPERS:
        import importlib

        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
