"""Figures: each function takes Axes and returns them, shows nothing and changes no setting of matplotlib."""

from .comparison import plot_comparison
from .convergence import plot_local_exponents
from .covariant import plot_angles, plot_participation, plot_vectors
from .gradients import plot_finite_time_exponents, plot_gradient_growth, plot_gradient_verdict, plot_singular_values
from .phases import plot_phase_diagram
from .spectrum import plot_spectrum
from .sweeps import plot_sweep, plot_sweep_plane
from .traces import plot_traces
from .training import plot_training

__all__ = [
    "plot_angles",
    "plot_comparison",
    "plot_finite_time_exponents",
    "plot_gradient_growth",
    "plot_gradient_verdict",
    "plot_local_exponents",
    "plot_participation",
    "plot_phase_diagram",
    "plot_singular_values",
    "plot_spectrum",
    "plot_sweep",
    "plot_sweep_plane",
    "plot_traces",
    "plot_training",
    "plot_vectors",
]
