"""Modules of torch: read as networks, their weight files, and exponents while they train. Imports no torch by itself."""

from .callback import LyapunovCallback, TrainingHistory, load_history

__all__ = ["LyapunovCallback", "TrainingHistory", "load_history"]
