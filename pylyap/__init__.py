"""Lyapunov spectra of recurrent neural networks, computed by Julia.

Importing pylyap starts no Julia; the first computation does, or `start_julia`.
"""

from . import errors, systems
from .networks import activations, annealed, drives, weights
from .networks.cells import GRUNetwork, LeakyRNN, LSTMNetwork
from .torch.weight_files import from_state_dict
from .networks.files import read_weights
from .networks.reservoirs import EchoStateNetwork, from_reservoirpy
from .networks.models import DiscreteNetwork, RateNetwork
from .torch.modules import from_torch
from .results.covariant import CovariantVectors
from .results.batch import batch_mean
from .runs.covariant import covariant_vectors
from .runs.ensemble import lyapunov_ensemble
from .runs.gains import leading_exponents
from .results.spectrum import LyapunovSpectrum
from .runs.spectrum import lyapunov_spectrum
from .results.loading import load
from .runs.force import train_force
from .runs.transversal import TransversalExponents, transversal_exponents

__version__ = "0.1.0"

__all__ = [
    "CovariantVectors",
    "DiscreteNetwork",
    "EchoStateNetwork",
    "GRUNetwork",
    "LSTMNetwork",
    "LeakyRNN",
    "LyapunovSpectrum",
    "RateNetwork",
    "TransversalExponents",
    "activations",
    "analysis",
    "annealed",
    "batch_mean",
    "controls",
    "covariant_vectors",
    "drives",
    "errors",
    "from_reservoirpy",
    "from_state_dict",
    "from_torch",
    "leading_exponents",
    "load",
    "lyapunov_ensemble",
    "lyapunov_spectrum",
    "papers",
    "plotting",
    "read_weights",
    "show_versions",
    "start_julia",
    "sweep",
    "sweeps",
    "systems",
    "theory",
    "torch",
    "train_force",
    "transversal_exponents",
    "weights",
]


def __getattr__(name):
    # The rooms that know Julia, and those that need SciPy, are opened at the first use.
    if name in ("analysis", "papers", "plotting", "sweeps", "theory", "torch"):
        import importlib

        return importlib.import_module(f".{name}", __name__)
    if name == "sweep":
        from .sweeps import sweep

        return sweep
    if name == "controls":
        from .analysis.controls import controls

        return controls
    if name == "start_julia":
        from ._runtime.session import start_julia

        return start_julia
    if name == "show_versions":
        from .versions import show_versions

        return show_versions
    raise AttributeError(f"module 'pylyap' has no attribute {name!r}")


def __dir__():
    return __all__
