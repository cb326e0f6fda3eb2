"""Weights and alpha-stable numbers against exact facts; seeds are fixed, so a pass or failure repeats."""

import math

import numpy as np
import pytest

from pylyap import _random
from pylyap.errors import NetworkError, OptionError
from pylyap.networks import stable, weights

M = 1_000_000
SIGMAS = 5.0  # a sampling error is this large once in 2e6; about 200 of them are looked at below
ALPHAS = (0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
SKEWED = ((0.5, 1.0), (0.75, -0.6), (1.0, 0.5), (1.0, -1.0), (1.25, -0.5), (1.5, 1.0), (1.9, 0.8))
TAIL = {0.5: 0.79788, 0.75: 0.72074, 1.0: 0.63662, 1.25: 0.53311, 1.5: 0.39894, 1.75: 0.22391}


def draw(alpha, beta=0.0, scale=1.0, size=M, seed=1):
    x = np.empty(size)
    stable.fill(x, alpha, beta, scale, np.random.default_rng(seed))
    return x


def characteristic_function(k, alpha, beta, scale):
    """S1, location 0, for k > 0."""
    ck = scale * k
    if alpha == 1.0:
        return np.exp(-ck * (1 + 1j * beta * (2 / np.pi) * math.log(k)))
    return np.exp(-(ck**alpha) * (1 - 1j * beta * math.tan(math.pi * alpha / 2)))


@pytest.mark.parametrize("scale", [1.0, 0.37])
@pytest.mark.parametrize("alpha, beta", [(alpha, 0.0) for alpha in ALPHAS] + list(SKEWED))
def test_characteristic_function(alpha, beta, scale):
    x = draw(alpha, beta, scale)
    for k in (0.3, 1.0, 2.0):
        # cos and sin are bounded by 1, so their means have a standard error below 1 / sqrt(M) = 1e-3
        error = np.exp(1j * k * x).mean() - characteristic_function(k, alpha, beta, scale)
        assert max(abs(error.real), abs(error.imag)) < SIGMAS / math.sqrt(M)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_mean_logarithm(alpha):
    logs = np.log(np.abs(draw(alpha)))
    assert abs(logs.mean() - np.euler_gamma * (1 / alpha - 1)) < SIGMAS * logs.std() / math.sqrt(M)


@pytest.mark.parametrize("alpha", [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0])
def test_moment_of_half_order(alpha):
    p = alpha / 2
    exact = 2**p * math.gamma((1 + p) / 2) * math.gamma(1 - p / alpha) / (math.gamma(1 - p / 2) * math.sqrt(math.pi))
    # below alpha = 2 the variance of |x|^(alpha/2) diverges as the logarithm of M only: a standard error of about
    # sqrt(log(M) / M) = 0.4 %, and five of these
    assert np.mean(np.abs(draw(alpha)) ** p) == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("alpha", sorted(TAIL))
def test_tail_constant(alpha):
    assert (2 / math.pi) * math.gamma(alpha) * math.sin(math.pi * alpha / 2) == pytest.approx(TAIL[alpha], abs=1e-5)
    x0 = (TAIL[alpha] / 3e-3) ** (1 / alpha)
    second = (
        (1 / math.pi) * math.gamma(2 * alpha) * math.sin(math.pi * alpha) * x0 ** (-2 * alpha)
    )  # of the tail series
    # the third term is below 1 % of the first; the sampling error is 5 * sqrt(3e-3 / 1e6), 9 % of it
    assert np.mean(np.abs(draw(alpha)) > x0) == pytest.approx(3e-3 - second, abs=3e-5 + SIGMAS * math.sqrt(3e-3 / M))


@pytest.mark.parametrize("alpha, beta", [(a, 0.0) for a in (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)] + list(SKEWED))
def test_distribution_agrees_with_scipy(alpha, beta):
    from scipy.stats import levy_stable

    points = np.array([-30.0, -3.0, -1.0, -0.2, 0.1, 0.7, 2.0, 10.0, 100.0])
    found = np.searchsorted(np.sort(draw(alpha, beta)), points) / M
    exact = levy_stable.cdf(points, alpha, beta)
    # binomial sampling error, at least one count, plus scipy's own integration error of up to 1e-5
    allowed = SIGMAS * np.sqrt(np.maximum(exact * (1 - exact), 1 / M) / M) + 1e-5
    assert (np.abs(found - exact) < allowed).all()


def test_special_cases_are_exact():
    normal = np.random.default_rng(1).standard_normal(1000)
    np.testing.assert_allclose(draw(2.0, scale=3.0, size=1000), 3 * math.sqrt(2) * normal, rtol=1e-15)
    angle = math.pi * (np.random.default_rng(1).random(1000) - 0.5)
    np.testing.assert_allclose(draw(1.0, scale=3.0, size=1000), 3 * np.tan(angle), rtol=1e-12)  # open-interval shift


@pytest.mark.parametrize("alpha, beta", [(0.5, 0.0), (1.5, 0.0), (0.75, -0.6), (1.5, 1.0), (1.001, 0.0), (1.0, 0.5)])
def test_formula_with_sines_and_cosines(alpha, beta):
    generator, size = np.random.default_rng(1), 1000
    U = math.pi * (generator.random(size) - 0.5)
    E = generator.standard_exponential(size)
    if alpha == 1.0:
        half = math.pi / 2 + beta * U
        x = (half * np.tan(U) - beta * np.log(math.pi / 2 * E * np.cos(U) / half)) * 2 / math.pi
    else:
        t = beta * math.tan(math.pi * alpha / 2)
        A = alpha * U + math.atan(t)
        x = (1 + t * t) ** (1 / (2 * alpha)) * np.sin(A) / np.cos(U) ** (1 / alpha)
        x *= (np.cos(U - A) / E) ** ((1 - alpha) / alpha)
    # rounding is 1e-16, made larger by 1 / (distance of an angle from +-pi/2), about 1e3 among 1000 draws
    np.testing.assert_allclose(draw(alpha, beta, size=size), x, rtol=1e-11, atol=1e-11)


class Edge:
    """A generator that returns the ends of its ranges."""

    def __init__(self, uniform, exponential):
        self.uniform, self.exponential = uniform, exponential

    def random(self, out):
        out[:] = self.uniform

    def standard_exponential(self, out):
        out[:] = self.exponential


@pytest.mark.parametrize("alpha, beta", [(a, b) for a in (0.3, 0.75, 1.0, 1.5, 1.99) for b in (-1.0, 0.0, 0.5, 1.0)])
def test_ends_of_the_uniform_interval_are_finite(alpha, beta):
    for uniform in (0.0, 0.5, 1 - 2.0**-53):
        for exponential in (0.0, 40.0):
            x = np.empty(3)
            stable.fill(x, alpha, beta, 1.0, Edge(uniform, exponential))
            assert np.isfinite(x).all()


def test_chunks_join(monkeypatch):
    x = draw(1.5, size=3 * stable.CHUNK + 17)
    assert np.isfinite(x).all() and len(np.unique(x)) == len(x)
    np.testing.assert_array_equal(x[: stable.CHUNK], draw(1.5, size=stable.CHUNK))


def test_gaussian_has_the_stated_variance_and_diagonal():
    n, g = 1000, 1.7
    W = weights.gaussian(n, g, seed=3)
    assert W.shape == (n, n) and W.dtype == np.float64 and W.flags.f_contiguous
    assert not W.diagonal().any()
    entries = W[~np.eye(n, dtype=bool)]
    # relative standard error of a variance from m normals: sqrt(2 / m)
    assert entries.var() == pytest.approx(g**2 / n, rel=SIGMAS * math.sqrt(2) / n)
    assert abs(entries.mean()) < SIGMAS * g / n**1.5
    kept = weights.gaussian(n, g, seed=3, autapses=True)
    assert kept.diagonal().all()
    np.testing.assert_array_equal(kept[0, 1:], W[0, 1:])


def test_levy_has_the_stated_scale():
    n, g = 1000, 2.0
    for alpha, quartile in ((1.0, 1.0), (1.5, 0.96893)):  # of |x| at scale 1, the median
        W = weights.levy(n, g, alpha, seed=3)
        assert W.flags.f_contiguous and W.diagonal().all()
        # the median of n^2 draws is within 5 standard errors, each about 1.6 / n for these densities
        assert np.median(np.abs(W)) == pytest.approx(quartile * g * n ** (-1 / alpha), rel=SIGMAS * 1.6 / n)
    assert not weights.levy(50, g, 1.5, seed=3, autapses=False).diagonal().any()


def test_levy_at_alpha_two_is_gaussian_with_gain_times_root_two():
    gaussian = weights.gaussian(60, math.sqrt(2) * 1.3, seed=8, autapses=True)
    np.testing.assert_allclose(weights.levy(60, 1.3, 2.0, seed=8), gaussian, rtol=1e-14)


def test_seed_fixes_the_weights():
    def first(seed):
        return weights.levy(4, 1.0, 1.5, seed=seed)

    np.testing.assert_array_equal(first(1), first(np.int64(1)))
    np.testing.assert_array_equal(first(1), first(np.random.SeedSequence(1)))
    assert not np.array_equal(first(1), first(2))
    children = np.random.SeedSequence(1).spawn(2)
    assert not np.array_equal(first(children[0]), first(children[1]))
    assert not np.array_equal(first(children[0]), first(1))
    assert not np.array_equal(first(2**32 + 5), first(5))
    np.testing.assert_array_equal(weights.gaussian(5, 2.0, seed=1), 2 * weights.gaussian(5, 1.0, seed=1))


def test_streams_are_stable_for_ever():
    """Raw 64-bit words of PCG64 for given seeds and names: these must never change."""
    words = {name: _random.stream(0, name).bit_generator.random_raw(2).tolist() for name in ("weights", "frame")}
    assert words["weights"] == [7075699171351175385, 10423470836664990578]
    assert words["frame"] == [2867723789396374180, 17642418728855696373]


@pytest.mark.parametrize(
    "arguments, name",
    [
        (dict(n=0), "n"),
        (dict(n=2.5), "n"),
        (dict(n=True), "n"),
        (dict(g=-1.0), "g"),
        (dict(g=math.nan), "g"),
        (dict(g=math.inf), "g"),
        (dict(g="2"), "g"),
        (dict(alpha=0.0), "alpha"),
        (dict(alpha=-1.0), "alpha"),
        (dict(alpha=2.0001), "alpha"),
        (dict(alpha=math.nan), "alpha"),
        (dict(beta=1.1), "beta"),
        (dict(beta=-1.1), "beta"),
        (dict(beta=math.nan), "beta"),
        (dict(seed=None), "seed"),
        (dict(seed=-1), "seed"),
        (dict(seed=1.0), "seed"),
        (dict(seed=True), "seed"),
    ],
)
def test_bad_input_is_named(arguments, name):
    good = dict(n=5, g=1.0, alpha=1.5, beta=0.0, seed=1)
    with pytest.raises(OptionError, match=f"^{name} = .*give"):
        weights.levy(**{**good, **arguments})
    if name in ("n", "g", "seed"):
        rest = {key: value for key, value in {**good, **arguments}.items() if key in ("n", "g", "seed")}
        with pytest.raises(OptionError, match=f"^{name} = .*give"):
            weights.gaussian(**rest)


def test_seed_is_required():
    with pytest.raises(TypeError, match="seed"):
        weights.gaussian(5, 1.0)
    with pytest.raises(TypeError, match="seed"):
        weights.levy(5, 1.0, 1.5)


def test_overflowing_weights_are_refused():
    with pytest.raises(NetworkError, match="larger alpha"):
        weights.levy(200, 1.0, 0.003, seed=1)
