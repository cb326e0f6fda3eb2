"""Published figures, computed anew: each as data, a figure, and a table that compares numbers.

A paper is a package here. Its ``FIGURES`` says of every figure, ``name -> (where, title)``, where it is made:
"module", whose function ``page(effort)`` returns a `Page`, or "module:function" where figures share a module.
"""

from .catalogue import PAPERS, check_figure, figures, reproduce
from .effort import Effort
from .page import Page, Row

__all__ = ["PAPERS", "Effort", "Page", "Row", "check_figure", "engelken2023", "figures", "reproduce", "xie2025"]


def __getattr__(name):
    if name in PAPERS:
        import importlib

        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
