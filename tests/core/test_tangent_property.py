"""Tangents against central differences of the very steps that were made, over all weights, activations, drives, solvers."""

import functools

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import pylyap
from oracle import random_network
from pylyap import activations, weights
from driven import ALLOWED, DT, HELD, N, SMOOTH, TAU

VECTORS = np.random.default_rng(1).standard_normal((2, N, 2))
WEIGHTS = {
    "gaussian": lambda g, seed: weights.gaussian(N, g, seed=seed, autapses=True),
    "levy": lambda g, seed: weights.levy(N, g, 1.2, seed=seed),
    "skewed levy": lambda g, seed: weights.levy(N, g, 1.0, beta=0.5, seed=seed),
    "erdos_renyi": lambda g, seed: weights.erdos_renyi(N, g, probability=0.5, seed=seed),
    "fixed_in_degree": lambda g, seed: weights.fixed_in_degree(N, g, 3, seed=seed),
    "dale": lambda g, seed: weights.dale(N, g, excitatory=0.5, seed=seed),
    "unbalanced dale": lambda g, seed: weights.dale(N, g, balanced=False, seed=seed),
    "orthogonal": lambda g, seed: weights.orthogonal(N, g, seed=seed),
    "partially_symmetric": lambda g, seed: weights.partially_symmetric(N, g, 0.4, seed=seed),
    "antisymmetric": lambda g, seed: weights.antisymmetric(N, g, seed=seed),
    "low_rank": lambda g, seed: weights.low_rank(N, g, *VECTORS, seed=seed),
    "pruned": lambda g, seed: weights.prune(weights.levy(N, g, 1.2, seed=seed), 0.4, "remove", "smallest"),
    "pruned sparse": lambda g, seed: weights.prune(weights.fixed_in_degree(N, g, 4, seed=seed), 0.5, "keep", "largest"),
    "shuffled": lambda g, seed: weights.shuffled(weights.fixed_in_degree(N, g, 3, seed=seed).toarray(), seed=seed),
    "scaled_to": lambda g, seed: weights.scaled_to(weights.gaussian(N, 1.0, seed=seed), g),
    "rescaled": lambda g, seed: next(weights.rescaled(weights.erdos_renyi(N, 1.0, in_degree=4, seed=seed), [g])),
    "connectome": lambda g, seed: g * hubs()[np.ix_(*2 * [np.random.default_rng(seed).permutation(20)[:N]])],
}
PHIS = {
    **{name: lambda name=name: name for name in activations.NAMED},
    "threshold_linear": lambda: activations.threshold_linear(0.8, -0.2),
    "custom": lambda: activations.custom("u -> atan(u)", "u -> 1 / (1 + u^2)"),
}
SMOOTH_DRIVES = {name: drive for name, (drive, _) in SMOOTH.items()}
HELD_DRIVES = {name: drive for name, (drive, _) in HELD.items()}
DRIVES = {**{model: drives | HELD_DRIVES for model, drives in ALLOWED.items()}, "tsit5": SMOOTH_DRIVES}
H = 1e-5  # the smaller of two differences
TOLERANCE = 1e-11  # of a step of tsit5


@functools.cache
def hubs():
    """The wiring among the 20 most connected neurons."""
    W = weights.connectome(synapses="both", spectral_radius=1.0)
    first = np.argsort(-(W != 0).sum(axis=1))[:20]
    return 4 * W[np.ix_(first, first)]


@functools.cache
def phi(name):
    return PHIS[name]()


def end_and_tangent(network, model, n_steps, x, q):
    """The state after some steps from x, and what they make of the vector q."""
    unit = 1 if model == "map" else DT
    how = {"map": {}, "tsit5": dict(solver="tsit5", rtol=TOLERANCE, atol=TOLERANCE)}.get(model, dict(solver=model, dt=DT))
    result = pylyap.lyapunov_spectrum(
        network, t_average=n_steps * unit, t_transient=0, t_align=0, qr_interval=n_steps * unit, n_exponents=1,
        initial_state=x, initial_frame=q[:, np.newaxis], **how,
    )
    return result.final_state, np.exp(result.log_growth[0, 0]) * result.final_frame[:, 0]


@pytest.mark.parametrize("model", sorted(DRIVES))
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data=st.data(), W=st.sampled_from(sorted(WEIGHTS)), activation=st.sampled_from(sorted(PHIS)),
       gain=st.floats(0.1, 2.0), seed=st.integers(0, 1000), n_steps=st.integers(1, 4))
def test_tangents_are_central_differences_of_the_steps(model, data, W, activation, gain, seed, n_steps):
    drive = DRIVES[model][data.draw(st.sampled_from(sorted(DRIVES[model])), label="drive")]
    _, bias, x, Q = random_network(N, 1.0, seed)
    q = Q[:, 0]
    options = dict(activation=phi(activation), bias=bias, drive=drive)
    W = WEIGHTS[W](gain, seed)
    network = pylyap.DiscreteNetwork(W, **options) if model == "map" else pylyap.RateNetwork(W, tau=TAU, **options)
    move = functools.partial(end_and_tangent, network, model, n_steps)

    def difference(h):
        return (move(x + h * q, q)[0] - move(x - h * q, q)[0]) / (2 * h)

    end, tangent = move(x, q)
    small, large = difference(H), difference(2 * H)
    size = 1 + np.abs(small).max() + np.abs(end).max()
    # The error of the larger difference is four times that of the smaller one; next to a kink both are wrong, and differ.
    spread = np.abs(large - small).max()
    event("kink within reach" if spread > 1e-5 * size else "compared")
    assume(spread <= 1e-5 * size)
    # Rounding is eps / H = 2e-11 of the size, amplified by no more than 1e2 on the way. The steps of tsit5 may change
    # with the state, and move the end by the tolerance of some ten steps: that is divided by H too.
    rounding = 10 * TOLERANCE / H if model == "tsit5" else 2e-9
    np.testing.assert_allclose(tangent, small, rtol=0, atol=spread + rounding * size)
