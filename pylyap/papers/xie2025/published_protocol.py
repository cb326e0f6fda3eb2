"""The protocol of the paper, step by step, on request: what its curves show for alpha < 2 are not Lyapunov exponents.

New weights for each gain; a frame that begins as columns of the identity and is not aligned; 50 or 100 steps after
2900; the transposed Jacobian, forward in time, taken at the updated state. Here in double precision; there in single.
"""

import numpy as np

from ... import sweeps
from ...networks import drives, models, weights
from ...runs.spectrum import lyapunov_spectrum
from . import networks

TRANSIENT = 2900


def fresh_network(condition, root=networks.ROOT, prunings=networks.PRUNINGS):
    """As `networks.network`, but all random numbers belong to this gain alone; the noise to the trial, as published."""
    own = sweeps.seed_of(condition, root)
    W = weights.levy(condition["n"], condition["gain"], condition["alpha"], seed=own)
    W = networks.pruned(W, condition, prunings)
    noise, of_trial = condition.get("noise", 0.0), networks.seed(condition, root)
    return models.DiscreteNetwork(W, drive=drives.white_noise(noise, seed=of_trial) if noise else None)


def spectrum(condition, *, steps, n_exponents, transient=TRANSIENT, make_network=fresh_network):
    """Averages over a few steps, which are not sorted there; the dimension from them, sorted; 0 if none is positive."""
    n = condition["n"]
    k = min(n_exponents, n)
    found = lyapunov_spectrum(
        make_network(condition), n_exponents=k, t_transient=transient, t_align=0, t_average=steps, qr_interval=1,
        initial_frame=np.eye(n, k), seed=sweeps.seed_of(condition, networks.ROOT), tangent_order="published-transposed",
        progress=False,
    )
    dimension = found.kaplan_yorke_dimension if found.exponents[0] >= 0 else 0.0
    return dict(largest_exponent=found.exponents[0], exponents=found.exponents, kaplan_yorke_dimension=dimension)


def measured(effort, name, conditions, *, steps, n_exponents):
    """The sweep of a figure in this protocol."""
    measure = sweeps.Measure("published protocol", spectrum, steps=steps, n_exponents=n_exponents)
    return effort.measured(f"{name}-published", measure, conditions)
