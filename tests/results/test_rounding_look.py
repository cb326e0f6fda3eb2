"""Exponents of maps that rounding decides: never "converged" with a number that other last digits would change."""

import numpy as np
import pytest

import pylyap
from pylyap import systems

RNG = np.random.default_rng(21)
N = 12
TURN = np.linalg.qr(RNG.normal(size=(N, N)))[0]
SHIFT, TRIANGLE = np.eye(N, k=1), np.triu(0.3 * RNG.normal(size=(N, N)), 1)


def outer(n=20):
    u, v = RNG.normal(size=(2, n))
    v -= u * (u @ v) / (u @ u)
    return np.outer(u, v - u * (u @ v) / (u @ u))  # orthogonal up to 1e-17


CANCELLING = {
    "shift": TURN @ SHIFT @ TURN.T,
    "triangle": TURN @ TRIANGLE @ TURN.T,
    "outer product": outer(),
    "pairs": np.kron(np.eye(4), 0.1 * np.array([[3.0, -9], [1, -3]])),  # 0.1 makes them no longer cancel exactly
    "beside a living one": np.block([[0.9 * np.eye(1), np.zeros((1, N))], [np.zeros((N, 1)), TURN @ SHIFT @ TURN.T]]),
}


def judged(network, **options):
    return pylyap.lyapunov_spectrum(network, **{"t_average": 300, "progress": False, **options})


@pytest.mark.parametrize("k", [1, 2, None])
@pytest.mark.parametrize("kind", CANCELLING)
def test_weights_that_are_nilpotent_up_to_rounding(kind, k):
    W = CANCELLING[kind]
    spectrum = judged(pylyap.DiscreteNetwork(W, activation="linear"), n_exponents=k)
    expected = np.full(len(spectrum.exponents), -np.inf)
    if kind == "beside a living one":
        expected[0] = np.log(0.9)
    right = np.isclose(spectrum.exponents, expected, rtol=1e-12)
    if not right.all():  # which of the two looks sees it first depends on how the zeros are rounded
        lost, too_long = "lost in rounding", "condition of the frame"
        assert spectrum.status == "max_time" and (lost in spectrum.message or too_long in spectrum.message), spectrum.message
        assert spectrum.diagnostics["n_beyond_precision"] > 0


def test_other_maps_are_not_touched_by_the_look():
    graded = np.diag(10.0 ** -np.arange(0, 80, 4)) @ np.linalg.qr(RNG.normal(size=(20, 20)))[0]
    chain = np.eye(8, k=-1)
    chain[0, -1] = 0.5  # a delay line that feeds itself back: 1/8 of log 0.5 for each
    for network, expected in (
        (pylyap.DiscreteNetwork(0.5 * graded, activation="linear"), None),
        (pylyap.DiscreteNetwork(chain, activation="linear"), np.full(8, np.log(0.5) / 8)),
        (pylyap.DiscreteNetwork(pylyap.weights.gaussian(30, 3.0, seed=5)), None),
        (pylyap.DiscreteNetwork(pylyap.weights.gaussian(100, 0.7, seed=6)), None),
        (systems.henon(), None), (systems.cat_map(), None),
    ):
        spectrum = judged(network, t_average=2000)
        assert "lost in rounding" not in spectrum.message, spectrum.message
        if expected is not None:
            np.testing.assert_allclose(spectrum.exponents, expected, atol=3 * np.log(2) / 2000)  # one feedback more or less
