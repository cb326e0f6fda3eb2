"""Dynamical systems that are not networks: those with known exponents, and users' own.

All of them go into `pylyap.lyapunov_spectrum` like a network. Flows count time in their own units, ``time_unit``
"time", maps in steps. Each knows a state to start from, ``initial_state``, and flows a step, ``dt``;
`lyapunov_spectrum` takes others.
"""

from .described import System
from .reference import bernoulli_ring, cat_map, henon, linear, linear_map, lorenz63, lorenz96, rossler, stuart_landau
from .users import flow, map

__all__ = [
    "System", "bernoulli_ring", "cat_map", "flow", "henon", "linear", "linear_map", "lorenz63", "lorenz96", "map",
    "rossler", "stuart_landau",
]  # fmt: skip
