"""Closed forms and mean-field solvers to hold results against; everything here is NumPy and SciPy, without Julia."""

from .annealed import (
    annealed_log_growth,
    annealed_transition_gain,
    annealed_transition_gain_large_n,
    annealed_transition_gain_sampled,
)
from .discrete_time import (
    discrete_time_critical_noise,
    discrete_time_largest_exponent,
    discrete_time_mean_exponent,
    discrete_time_spectrum,
    discrete_time_totals,
    discrete_time_variance,
)
from .exact import fixed_point_spectrum, flow_exponent_sum, map_exponent_sum, pair_sums
from .heavy_tails import pruned_transition_gain, quenched_transition, quenched_transition_gain, stationary_activity
from .limits import onset, strong_coupling
from .linear_networks import (
    disk_fraction,
    disk_spectrum,
    semicircle_edge_totals,
    semicircle_fraction,
    semicircle_spectrum,
    semicircle_totals,
)
from .matrix_products import newman_spectrum, triangle_spectrum, triangle_totals
from .mean_field import MeanField, critical_noise, largest_exponent, mean_field
from .totals import Totals

__all__ = [
    "MeanField",
    "Totals",
    "annealed_log_growth",
    "annealed_transition_gain",
    "annealed_transition_gain_large_n",
    "annealed_transition_gain_sampled",
    "critical_noise",
    "discrete_time_critical_noise",
    "discrete_time_largest_exponent",
    "discrete_time_mean_exponent",
    "discrete_time_spectrum",
    "discrete_time_totals",
    "discrete_time_variance",
    "disk_fraction",
    "disk_spectrum",
    "fixed_point_spectrum",
    "flow_exponent_sum",
    "largest_exponent",
    "map_exponent_sum",
    "mean_field",
    "newman_spectrum",
    "onset",
    "pair_sums",
    "pruned_transition_gain",
    "quenched_transition",
    "quenched_transition_gain",
    "semicircle_edge_totals",
    "semicircle_fraction",
    "semicircle_spectrum",
    "semicircle_totals",
    "stationary_activity",
    "strong_coupling",
    "triangle_spectrum",
    "triangle_totals",
]
