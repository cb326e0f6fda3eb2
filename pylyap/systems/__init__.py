"""Dynamical systems that are not networks: those with known exponents, and users' own.

All of them go into `pylyap.lyapunov_spectrum` like a network.
"""

from .described import System, bernoulli_ring, cat_map, flow, henon, linear, linear_map, lorenz63, lorenz96, map, rossler, stuart_landau

__all__ = [
    "System", "bernoulli_ring", "cat_map", "flow", "henon", "linear", "linear_map", "lorenz63", "lorenz96", "map", "rossler",
    "stuart_landau",
]
