"""Annealed propagation: the O(N) reduction against matrices, theory and published numbers; all seeds are fixed."""

import math

import numpy as np
import pytest

from pylyap import annealed
from pylyap.errors import NetworkError, OptionError

ALPHAS = (0.7, 1.0, 1.5, 2.0)
SIGMAS = 4.0  # a sampling error is this large once in 16000; about 60 of them are looked at below


def logarithms(make, count):
    """Logarithm of the median modulus of the last state, for many seeds."""
    return np.array([math.log(np.median(np.abs(annealed.final_state(make(seed))))) for seed in range(count)])


def assert_same_distribution(a, b):
    """Mean and spread of two samples agree."""
    allowed = SIGMAS * math.sqrt(a.var() / len(a) + b.var() / len(b))
    assert abs(a.mean() - b.mean()) < allowed
    # relative standard error of a standard deviation with a fourth moment up to 9, that of an exponential tail
    assert math.log(a.std() / b.std()) == pytest.approx(0, abs=SIGMAS * math.sqrt(2 / len(a) + 2 / len(b)))


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("phi", [np.tanh, None], ids=["tanh", "linear"])
def test_reduction_equals_matrices(alpha, phi):
    x = np.random.default_rng(1).standard_normal(12)
    widths = [20, 5, 15, 15]

    def with_matrices(seed):
        return annealed.propagate(x, annealed.levy_matrices(12, 0.9, alpha, widths=widths, seed=seed), phi=phi)

    def reduced(seed):
        return annealed.levy(x, 0.9, alpha, widths=widths, phi=phi, seed=seed)

    assert_same_distribution(logarithms(reduced, 1500), logarithms(with_matrices, 1500))


@pytest.mark.parametrize("alpha", ALPHAS)
def test_one_step_has_the_stated_scale(alpha):
    x = np.array([3.0, -0.5, 0.0, 1.0])
    (state,) = annealed.levy(x, 0.7, alpha, widths=[200_000], phi=None, seed=1)
    scale = 0.7 * np.mean(np.abs(x) ** alpha) ** (1 / alpha)
    for k in (0.5, 1.5):
        # cos is bounded by 1: its mean has a standard error below 1 / sqrt(200000)
        assert np.cos(k / scale * state).mean() == pytest.approx(math.exp(-(k**alpha)), abs=SIGMAS / math.sqrt(200_000))


# Transition gains of annealed networks at N = 100, from a quadrature done elsewhere.
@pytest.mark.parametrize("alpha, critical", [(1.0, 0.2246), (1.5, 0.4451)])
def test_growth_rate_is_that_of_the_theory(alpha, critical):
    n, n_steps = 100, 4000
    states = annealed.levy(np.ones(n), 1.05 * critical, alpha, widths=[n] * n_steps, phi=None, seed=2)
    norms = np.array([np.mean(np.abs(state) ** alpha) ** (1 / alpha) for state in states])
    rates = np.diff(np.log(norms))
    # the rates of different steps are independent
    assert rates.mean() == pytest.approx(math.log(1.05), abs=SIGMAS * rates.std() / math.sqrt(n_steps))


# Published: fraction of |x| < 0.1 after 100 steps of the linear network, alpha = 1, mean of 100 realisations.
FIGURE_1B = {0.13: 0.947, 0.14: 0.671, 0.15: 0.264, 0.16: 0.026}  # N = 3000
FIGURE_1C = {0.20: 0.9375, 0.22: 0.605, 0.23: 0.374, 0.24: 0.147, 0.26: 0.008}  # N = 100


@pytest.mark.parametrize("n, published, realisations", [(3000, FIGURE_1B, 100), (100, FIGURE_1C, 400)])
def test_published_fractions_of_quiet_units(n, published, realisations):
    # the linear network scales with the gain: one run at gain 1 serves them all, as in the paper one key does
    x = np.random.default_rng(3).standard_normal(n)
    ends = [
        annealed.final_state(annealed.levy(x, 1.0, 1.0, widths=[n] * 100, phi=None, seed=seed))
        for seed in range(realisations)
    ]
    for g, mean in published.items():
        found = np.array([annealed.fraction_below(g**100 * end) for end in ends])
        spread = max(found.std(), 0.02)  # where only one realisation in many is not quiet the spread is uncertain itself
        error = spread * math.sqrt(1 / realisations + 1 / 100)
        assert found.mean() == pytest.approx(mean, abs=SIGMAS * error)
        print(f"N = {n}, g = {g}: {found.mean():.3f} +- {found.std() / math.sqrt(realisations):.3f}, published {mean}")


def test_gain_scales_the_linear_network():
    x = np.ones(50)
    for g in (0.13, 2.0):
        states = [annealed.final_state(annealed.levy(x, h, 1.0, widths=[50] * 30, phi=None, seed=4)) for h in (g, 1.0)]
        np.testing.assert_allclose(states[0], g**30 * states[1], rtol=1e-12)  # 30 roundings


def test_states_have_the_widths():
    widths = [7, 1, 12]
    for states in (
        annealed.levy(np.ones(3), 1.0, 1.5, widths=iter(widths), seed=1),
        annealed.propagate(np.ones(3), annealed.levy_matrices(3, 1.0, 1.5, widths=widths, seed=1)),
    ):
        states = list(states)
        assert [len(state) for state in states] == widths
        assert all(np.abs(state).max() <= 1 for state in states)  # tanh


def test_matrices_have_the_stated_scale():
    (W,) = annealed.levy_matrices(400, 0.8, 1.0, widths=[300], seed=1)
    assert W.shape == (300, 400) and W.flags.f_contiguous
    # the median of |x| of a Cauchy variable is its scale; its relative error is pi / 2 / sqrt(count)
    assert np.median(np.abs(W)) == pytest.approx(0.8 / 400, rel=SIGMAS * 1.6 / math.sqrt(W.size))


def test_propagate_is_the_plain_product():
    from scipy.sparse import csr_array

    rng = np.random.default_rng(5)
    A, B, x = rng.standard_normal((4, 3)), rng.standard_normal((2, 4)), rng.standard_normal(3)
    np.testing.assert_allclose(annealed.final_state(annealed.propagate(x, [A, csr_array(B)])), np.tanh(B @ np.tanh(A @ x)))
    np.testing.assert_allclose(annealed.final_state(annealed.propagate(x, [A, B], phi=None)), B @ (A @ x))
    relu = annealed.final_state(annealed.propagate(x, [A, B], phi=lambda u: np.maximum(u, 0)))
    np.testing.assert_allclose(relu, np.maximum(B @ np.maximum(A @ x, 0), 0))


def test_extreme_states():
    assert not annealed.final_state(annealed.levy(np.zeros(5), 1.0, 1.5, widths=[5], seed=1)).any()
    for alpha in ALPHAS:  # squares of these would under- and overflow
        for size in (1e-200, 1e200):
            (state,) = annealed.levy(np.full(5, size), 1.0, alpha, widths=[5], phi=None, seed=1)
            (reference,) = annealed.levy(np.ones(5), 1.0, alpha, widths=[5], phi=None, seed=1)
            np.testing.assert_allclose(state, size * reference, rtol=1e-12)
    with pytest.raises(NetworkError, match="too large for float64 at step"):
        annealed.final_state(annealed.levy(np.ones(5), 1e200, 1.5, widths=[5] * 3, phi=None, seed=1))


def test_seed_fixes_the_states():
    def last(seed):
        return annealed.final_state(annealed.levy(np.ones(9), 1.0, 1.5, widths=[9] * 4, seed=seed))

    np.testing.assert_array_equal(last(1), last(np.random.SeedSequence(1)))
    assert not np.array_equal(last(1), last(2))


@pytest.mark.parametrize(
    "options, message",
    [
        (dict(g=-1.0), "^g = "),
        (dict(alpha=2.1), "^alpha = "),
        (dict(widths=[3, 0]), "^width = 0"),
        (dict(widths=[2.5]), "^width = 2.5"),
        (dict(widths=5), "^widths = 5"),
        (dict(seed=None), "^seed = "),
    ],
)
def test_bad_options_are_named_at_once(options, message):
    with pytest.raises(OptionError, match=message):
        annealed.levy(np.ones(3), **{**dict(g=1.0, alpha=1.5, widths=[3], seed=1), **options})
    with pytest.raises(OptionError, match=message):
        annealed.levy_matrices(3, **{**dict(g=1.0, alpha=1.5, widths=[3], seed=1), **options})


def test_phi_must_be_a_function():
    for call in (
        lambda: annealed.levy(np.ones(3), 1.0, 1.5, widths=[3], phi="tanh", seed=1),
        lambda: annealed.propagate(np.ones(3), [np.eye(3)], phi="tanh"),
    ):
        with pytest.raises(OptionError, match="^phi = 'tanh'"):
            call()


@pytest.mark.parametrize("phi", [np.tanh, None, lambda u: np.tanh(u, out=u)])
def test_what_is_done_to_a_state_does_not_reach_the_next(phi):
    for start in (
        lambda: annealed.levy(np.ones(5), 1.0, 1.5, widths=[5] * 4, phi=phi, seed=1),
        lambda: annealed.propagate(np.ones(5), annealed.levy_matrices(5, 1.0, 1.5, widths=[5] * 4, seed=1), phi=phi),
    ):
        kept = [state.copy() for state in start()]
        for state, expected in zip(start(), kept):
            np.testing.assert_array_equal(state, expected)
            state[:] = 7.0


def test_what_does_not_fit_is_named():
    for bad in (np.ones((2, 2)), [], [np.nan], "x"):
        with pytest.raises(NetworkError, match="^x "):
            annealed.propagate(bad, [])
    with pytest.raises(NetworkError, match="step 2 has shape"):
        annealed.final_state(annealed.propagate(np.ones(3), [np.eye(3), np.eye(4)]))
    with pytest.raises(NetworkError, match="^phi turned"):
        annealed.final_state(annealed.propagate(np.ones(3), [np.eye(3)], phi=np.sum))
    with pytest.raises(NetworkError, match="no state"):
        annealed.final_state([])
    with pytest.raises(OptionError, match="^size = "):
        annealed.fraction_below(np.ones(3), 0)
