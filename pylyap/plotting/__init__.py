"""Figures: each function takes Axes and returns them, shows nothing and changes no setting of matplotlib."""

from .convergence import plot_local_exponents
from .spectrum import plot_spectrum
from .traces import plot_traces

__all__ = ["plot_local_exponents", "plot_spectrum", "plot_traces"]
