"""Lyapunov spectra of recurrent neural networks, computed by Julia.

Importing pylyap starts no Julia; the first computation does, or `start_julia`. It imports no other module of pylyap
either: each name is fetched when it is asked for the first time.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers and editors; the same places as in HOMES
    from . import analysis, errors, papers, plotting, sweeps, systems, theory, torch
    from ._runtime.session import start_julia
    from .analysis.controls import controls
    from .networks import activations, annealed, drives, weights
    from .networks.cells import GRUNetwork, LeakyRNN, LSTMNetwork
    from .networks.files import read_weights
    from .networks.models import DiscreteNetwork, RateNetwork
    from .networks.reservoirs import EchoStateNetwork, from_reservoirpy
    from .results.batch import batch_mean
    from .results.covariant import CovariantVectors
    from .results.loading import load
    from .results.spectrum import LyapunovSpectrum
    from .runs.covariant import covariant_vectors
    from .runs.ensemble import lyapunov_ensemble
    from .runs.force import train_force
    from .runs.gains import leading_exponents
    from .runs.spectrum import lyapunov_spectrum
    from .runs.transversal import TransversalExponents, transversal_exponents
    from .sweeps import sweep
    from .torch.modules import from_torch
    from .torch.weight_files import from_state_dict
    from .versions import show_versions

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

# Where each public name is: a folder, or a module of one.
HOMES = {
    "": "analysis errors papers plotting sweeps systems theory torch",
    "_runtime.session": "start_julia",
    "analysis.controls": "controls",
    "networks": "activations annealed drives weights",
    "networks.cells": "GRUNetwork LeakyRNN LSTMNetwork",
    "networks.files": "read_weights",
    "networks.models": "DiscreteNetwork RateNetwork",
    "networks.reservoirs": "EchoStateNetwork from_reservoirpy",
    "results.batch": "batch_mean",
    "results.covariant": "CovariantVectors",
    "results.loading": "load",
    "results.spectrum": "LyapunovSpectrum",
    "runs.covariant": "covariant_vectors",
    "runs.ensemble": "lyapunov_ensemble",
    "runs.force": "train_force",
    "runs.gains": "leading_exponents",
    "runs.spectrum": "lyapunov_spectrum",
    "runs.transversal": "TransversalExponents transversal_exponents",
    "sweeps": "sweep",
    "torch.modules": "from_torch",
    "torch.weight_files": "from_state_dict",
    "versions": "show_versions",
}
_HOME_OF = {name: home for home, names in HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name in ("cli", "networks", "results", "runs"):  # folders whose names are not public, with all their modules
        folder = importlib.import_module(f".{name}", __name__)
        for module in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"{folder.__name__}.{module.name}")
        return folder
    if name not in _HOME_OF:
        raise AttributeError(f"module 'pylyap' has no attribute {name!r}")
    home = _HOME_OF[name]
    if home in ("", "networks"):  # the name is that of a module
        value = importlib.import_module(".".join(part for part in (__name__, home, name) if part))
    else:
        value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
