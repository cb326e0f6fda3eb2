"""Each ensemble against what its docstring says; seeds are fixed, so a pass or failure repeats."""

import math

import numpy as np
import pytest
from scipy import sparse

from pylyap.errors import NetworkError, OptionError, PylyapError
from pylyap.networks import weights

SIGMAS = 5.0  # a sampling error is this large once in 2e6


def eigenvalues(W):
    return np.linalg.eigvals(W)


# --- Sparse ---

@pytest.mark.parametrize("autapses", [False, True])
def test_erdos_renyi(autapses):
    n, g, p = 400, 1.7, 0.1
    W = weights.erdos_renyi(n, g, probability=p, seed=1, autapses=autapses)
    assert isinstance(W, sparse.csr_array) and W.has_canonical_format and W.dtype == np.float64
    senders = n if autapses else n - 1
    degrees = np.diff(W.indptr)
    mean, variance = p * senders, p * (1 - p) * senders
    assert abs(degrees.mean() - mean) < SIGMAS * math.sqrt(variance / n)
    # relative standard error of a variance from n near-normal numbers: sqrt(2 / n)
    assert degrees.var() == pytest.approx(variance, rel=SIGMAS * math.sqrt(2 / n))
    received = np.bincount(W.indices, minlength=n)  # every column is as likely
    assert received.var() == pytest.approx(variance, rel=SIGMAS * math.sqrt(2 / n))
    assert bool(W.diagonal().any()) == autapses
    assert W.data.var() == pytest.approx(g**2 / mean, rel=SIGMAS * math.sqrt(2 / W.nnz))
    same = weights.erdos_renyi(n, g, in_degree=p * senders, seed=1, autapses=autapses)
    np.testing.assert_allclose(same.toarray(), W.toarray(), rtol=1e-14)  # one rounding more


@pytest.mark.parametrize("autapses", [False, True])
def test_fixed_in_degree(autapses):
    n, g, K = 300, 1.7, 20
    W = weights.fixed_in_degree(n, g, K, seed=1, autapses=autapses)
    assert isinstance(W, sparse.csr_array) and W.has_canonical_format
    assert (np.diff(W.indptr) == K).all()
    assert bool(W.diagonal().any()) == autapses
    assert W.data.var() == pytest.approx(g**2 / K, rel=SIGMAS * math.sqrt(2 / W.nnz))
    sent = np.bincount(W.indices, minlength=n)  # binomial, mean K
    assert sent.var() == pytest.approx(K * (1 - K / n), rel=SIGMAS * math.sqrt(2 / n))
    full = weights.fixed_in_degree(7, 1.0, 7 if autapses else 6, seed=1, autapses=autapses)
    assert np.array_equal(full.toarray() != 0, np.ones((7, 7)) if autapses else ~np.eye(7, dtype=bool))


def test_sparse_matrices_have_the_gaussian_radius():
    # the edge of a disk at n = 300 and K = 60 is blurred by a few percent
    for W in (weights.fixed_in_degree(300, 1.5, 60, seed=2), weights.erdos_renyi(300, 1.5, in_degree=60, seed=2)):
        assert np.abs(eigenvalues(W.toarray())).max() == pytest.approx(1.5, rel=0.08)


# --- Excitation and inhibition ---

@pytest.mark.parametrize("excitatory", [0.5, 0.8])
@pytest.mark.parametrize("autapses", [False, True])
def test_balanced_dale(excitatory, autapses):
    n, g = 300, 1.5
    W = weights.dale(n, g, excitatory=excitatory, seed=1, autapses=autapses)
    split = round(excitatory * n)
    assert W.flags.f_contiguous and (W[:, :split] >= 0).all() and (W[:, split:] <= 0).all()
    assert np.abs(W.sum(axis=1)).max() < 1e-12  # rounding of 300 terms of order 0.1
    assert bool(W.diagonal().any()) == autapses
    # n times the mean variance, with half-normal fourth moments: relative standard error about 2 / n
    assert n * W.var(axis=0).mean() == pytest.approx(g**2, rel=0.02)
    # finite size: single eigenvalues of non-normal matrices reach out by a tenth; without balance one is at 21 (next test)
    assert np.abs(eigenvalues(W)).max() == pytest.approx(g, rel=0.15)


def test_unbalanced_dale_has_the_stated_outlier():
    n, g, f = 500, 1.5, 0.8
    sizes = np.sort(np.abs(eigenvalues(weights.dale(n, g, excitatory=f, balanced=False, seed=1))))
    assert sizes[-1] == pytest.approx(1.32 * g * math.sqrt(n) * (2 * f - 1), rel=0.02)  # fluctuates by g
    assert sizes[-2] == pytest.approx(g, rel=0.1)


@pytest.mark.parametrize("n, fraction, autapses", [(10, 0.0, True), (10, 1.0, True), (10, 0.1, False), (3, 0.5, False)])
def test_fractions_that_cannot_be_balanced(n, fraction, autapses):
    with pytest.raises(OptionError, match="^excitatory = .* cannot be balanced"):
        weights.dale(n, 1.0, excitatory=fraction, seed=1, autapses=autapses)
    W = weights.dale(n, 1.0, excitatory=fraction, seed=1, autapses=autapses, balanced=False)
    assert (W > 0).any(axis=0).sum() == round(n * fraction)


def test_smallest_balanced_networks():
    assert not np.isnan(weights.dale(4, 1.0, excitatory=0.5, seed=1)).any()
    assert np.abs(weights.dale(2, 1.0, excitatory=0.5, seed=1, autapses=True).sum(axis=1)).max() < 1e-15
    assert not weights.dale(4, 0.0, excitatory=0.5, seed=1).any()


# --- Structure ---

def test_orthogonal():
    W = weights.orthogonal(60, 1.5, seed=1)
    assert W.flags.f_contiguous
    np.testing.assert_allclose(W @ W.T, 1.5**2 * np.eye(60), atol=1e-13)  # rounding


def test_orthogonal_is_uniform():
    # the trace of a uniform orthogonal matrix has mean 0 and variance 1; without the signs of R its mean would be -0.8
    # for n = 1 and of that order for others
    traces = np.array([np.trace(weights.orthogonal(3, 1.0, seed=seed)) for seed in range(2000)])
    assert abs(traces.mean()) < SIGMAS / math.sqrt(2000)
    assert traces.var() == pytest.approx(1.0, abs=SIGMAS * math.sqrt(2 / 2000))  # fourth moment 3, as of a normal number


@pytest.mark.parametrize("eta", [-1.0, -0.4, 0.0, 0.6, 1.0])
def test_partially_symmetric(eta):
    n, g = 300, 1.3
    W = weights.partially_symmetric(n, g, eta, seed=2, autapses=True)
    upper = np.triu_indices(n, 1)
    a, b = W[upper], W.T[upper]
    error = SIGMAS * math.sqrt(2 / len(a))
    assert a.var() == pytest.approx(g**2 / n, rel=error) and b.var() == pytest.approx(g**2 / n, rel=error)
    assert (a * b).mean() / (g**2 / n) == pytest.approx(eta, abs=error)
    assert W.diagonal().var() == pytest.approx((1 + eta) * g**2 / n, rel=SIGMAS * math.sqrt(2 / n), abs=1e-30)
    values = eigenvalues(W)
    # half-axes of the ellipse; its edge is blurred by about 1 / sqrt(n), 0.06, of which twice is allowed
    assert values.real.max() == pytest.approx(g * (1 + eta), abs=0.12 * g)
    assert values.imag.max() == pytest.approx(g * (1 - eta), abs=0.12 * g)
    assert not weights.partially_symmetric(n, g, eta, seed=2).diagonal().any()
    assert W.flags.f_contiguous


def test_ends_and_middle_of_partial_symmetry_are_exact():
    W = weights.partially_symmetric(50, 1.3, 1.0, seed=2)
    assert np.array_equal(W, W.T)
    W = weights.antisymmetric(50, 1.3, seed=2)
    assert np.array_equal(W, -W.T) and W.any()
    gaussian = weights.gaussian(50, 1.3, seed=2)
    np.testing.assert_allclose(weights.partially_symmetric(50, 1.3, 0.0, seed=2), gaussian, atol=1e-16)  # rounding


def test_low_rank():
    n, rng = 300, np.random.default_rng(3)
    left = rng.standard_normal((n, 2))
    right = 2.5 * left * [1, -1]
    W = weights.low_rank(n, 0.7, left, right, seed=1, autapses=True)
    np.testing.assert_allclose(W - weights.gaussian(n, 0.7, seed=1, autapses=True), left @ right.T / n, atol=1e-15)
    values = np.sort(eigenvalues(W).real)
    # |left|^2 / n is 1 +- sqrt(2 / n); the random part moves an outlier by about g / sqrt(n)
    assert values[-1] == pytest.approx(2.5, abs=0.5) and values[0] == pytest.approx(-2.5, abs=0.5)
    assert values[-2] < 0.9 and W.flags.f_contiguous
    one = weights.low_rank(n, 0.7, left[:, 0], right[:, 0], seed=1)
    assert not one.diagonal().any()
    opposed = weights.low_rank(n, 0.7, left[:, 0], -right[:, 0], seed=1)
    # as above; the overlap is negative, and the radius its modulus
    assert np.abs(eigenvalues(opposed)).max() == pytest.approx(2.5, abs=0.5)
    assert one[3, 5] == pytest.approx(weights.gaussian(n, 0.7, seed=1)[3, 5] + left[3, 0] * right[5, 0] / n)


@pytest.mark.parametrize(
    "left, right, message",
    [
        (np.ones(4), np.ones(5), "^left has shape"),
        (np.ones(5), np.ones((5, 2)), "^left holds 1 vectors and right 2"),
        (np.ones((5, 0)), np.ones((5, 0)), "^left has shape"),
        (np.ones(5), np.full(5, np.nan), "^right has 5 entries"),
    ],
)
def test_vectors_that_do_not_fit(left, right, message):
    with pytest.raises(NetworkError, match=message):
        weights.low_rank(5, 1.0, left, right, seed=1)


# --- Pruning and rescaling ---

W9 = np.array([[0.0, -1.0, 2.0], [3.0, 0.0, -4.0], [5.0, 6.0, 0.0]])
FORMATS = ("csr", "csc", "coo", "lil", "dok", "bsr", "dia")


def split(W):
    """The matrix with every entry given in two parts, which pruning must not take for two weights."""
    whole = sparse.coo_array(W)
    return sparse.coo_array((np.r_[2 * whole.data, -whole.data], np.tile(np.array(whole.coords), 2)), whole.shape)


@pytest.mark.parametrize(
    "fraction, action, which, kept",
    [
        (1 / 3, "remove", "smallest", {3, -4, 5, 6}),
        (1 / 3, "remove", "largest", {-1, 2, 3, -4}),
        (1 / 3, "keep", "smallest", {-1, 2}),
        (1 / 3, "keep", "largest", {5, 6}),
        (0, "remove", "largest", {-1, 2, 3, -4, 5, 6}),
        (1, "remove", "smallest", set()),
        (1, "keep", "largest", {-1, 2, 3, -4, 5, 6}),
        (0, "keep", "smallest", set()),
    ],
)
def test_prune(fraction, action, which, kept):
    for W in (W9, *(sparse.coo_array(W9).asformat(name) for name in FORMATS), sparse.csr_matrix(W9), split(W9)):
        pruned = weights.prune(W, fraction, action, which)
        assert type(pruned) is (sparse.csr_array if sparse.issparse(W) else np.ndarray)
        dense = pruned.toarray() if sparse.issparse(pruned) else pruned
        assert set(dense[dense != 0]) == kept and np.array_equal(dense[dense != 0], W9[dense != 0])
    assert np.count_nonzero(W9) == 6


@pytest.mark.parametrize("name", FORMATS)
def test_every_sparse_format_is_pruned_and_rescaled_like_the_dense_matrix(name):
    W = sparse.coo_array(W9).asformat(name)
    pruned = weights.prune(W, 0.5, "keep", "largest")
    np.testing.assert_array_equal(pruned.toarray(), weights.prune(W9, 0.5, "keep", "largest"))
    (doubled,) = weights.rescaled(W, [2.0])
    assert type(doubled) is sparse.csr_array
    doubled.data[:] = 0
    np.testing.assert_array_equal(W.toarray(), W9)  # nothing is shared


def test_sparse_matrices_are_checked_before_pruning_and_rescaling():
    for value, says in ((np.nan, "NaN"), (1j, "complex128"), (True, "bool")):
        bad = sparse.csr_array(np.diag([value, value]))
        for call in (lambda: weights.prune(bad, 0.5, "keep", "largest"), lambda: weights.rescaled(bad, [1.0])):
            with pytest.raises(NetworkError, match=says):
                call()


def test_prune_with_ties_takes_exactly_the_fraction():
    W = np.ones((10, 10))
    assert np.count_nonzero(weights.prune(W, 0.37, "remove", "largest")) == 63
    kept, rest = weights.prune(W, 0.37, "keep", "largest"), weights.prune(W, 0.37, "remove", "largest")
    np.testing.assert_array_equal(kept + rest, W)
    assert weights.prune(W, 0.5, "keep", "largest").flags.f_contiguous


def test_prune_a_heavy_tailed_matrix():
    W = weights.levy(200, 1.0, 1.0, seed=1)
    pruned = weights.prune(W, 0.95, "remove", "smallest")
    assert np.count_nonzero(pruned) == 2000
    assert np.abs(pruned[pruned != 0]).min() > np.abs(W[pruned == 0]).max()


@pytest.mark.parametrize(
    "arguments, name",
    [((1.1, "keep", "largest"), "fraction"), ((0.5, "kept", "largest"), "action"), ((0.5, "keep", "big"), "which")],
)
def test_bad_pruning(arguments, name):
    with pytest.raises(OptionError, match=f"^{name} = "):
        weights.prune(W9, *arguments)


def test_rescaled():
    gains = [0.5, 1.0, 3.0]
    W = weights.levy(30, 1.0, 1.5, seed=4)
    matrices = list(weights.rescaled(W, iter(gains)))
    for g, scaled in zip(gains, matrices):
        np.testing.assert_allclose(scaled, weights.levy(30, g, 1.5, seed=4), rtol=1e-14)
        assert scaled.flags.f_contiguous and not np.shares_memory(scaled, W)
    (doubled,) = weights.rescaled(sparse.csr_array(W9), [2.0])
    np.testing.assert_array_equal(doubled.toarray(), 2 * W9)
    with pytest.raises(OptionError, match="gain"):
        weights.rescaled(W, [1.0, np.nan])  # said at once, not at the first use
    with pytest.raises(NetworkError, match="^W has"):
        weights.rescaled([[np.nan]], [1.0])


def test_scaled_to():
    W = weights.levy(40, 1.0, 1.5, seed=4)
    # the eigenvalue of largest modulus, found again: rounding times its condition number
    assert np.abs(eigenvalues(weights.scaled_to(W.tolist(), 0.9))).max() == pytest.approx(0.9, rel=1e-10)
    with pytest.raises(NetworkError, match="spectral radius 0"):
        weights.scaled_to(np.triu(W, 1), 1.0)
    with pytest.raises(NetworkError, match="square"):
        weights.scaled_to(W[:3], 1.0)
    with pytest.raises(PylyapError, match="sparse.*toarray"):
        weights.shuffled(sparse.csr_array(W), seed=1)


# --- Null models ---

def degrees(W):
    return [(W != 0).sum(axis=axis).tolist() for axis in (0, 1)]


def test_shuffled_keeps_what_it_says():
    rng = np.random.default_rng(5)
    W = rng.integers(1, 9, (60, 60)) * (rng.random((60, 60)) < 0.1) * rng.choice([-1.0, 1.0], 60)
    null = weights.shuffled(W, seed=1)
    assert degrees(null) == degrees(W)
    np.testing.assert_array_equal(null.diagonal(), W.diagonal())
    np.testing.assert_array_equal(np.sort(null, axis=0), np.sort(W, axis=0))  # every column: the same weights elsewhere
    off = ~np.eye(60, dtype=bool)
    # of rewired connections a tenth falls on its old place by chance, and few are never drawn in 20 chances each
    assert ((null != 0) & (W != 0) & off).sum() < 0.2 * ((W != 0) & off).sum()
    np.testing.assert_array_equal(null, weights.shuffled(W, seed=1))
    assert not np.array_equal(null, weights.shuffled(W, seed=2))


def test_shuffled_keeps_symmetry():
    rng = np.random.default_rng(6)
    W = np.tril(rng.integers(1, 9, (60, 60)) * (rng.random((60, 60)) < 0.1)).astype(float)
    W = W + np.tril(W, -1).T
    null = weights.shuffled(W, seed=1)
    assert np.array_equal(null, null.T) and degrees(null) == degrees(W)
    np.testing.assert_array_equal(np.sort(null, axis=None), np.sort(W, axis=None))
    np.testing.assert_array_equal(null.diagonal(), W.diagonal())
    off = np.tril(np.ones((60, 60), dtype=bool), -1)
    assert ((null != 0) & (W != 0) & off).sum() < 0.2 * ((W != 0) & off).sum()


def test_all_wirings_with_the_same_degrees_are_reached():
    # one connection from and to each of four units and none to itself: the nine derangements of four
    W = np.roll(np.eye(4), 1, axis=0)
    found = {weights.shuffled(W, seed=seed).tobytes() for seed in range(300)}
    assert len(found) == 9


def test_what_cannot_be_rewired_stays():
    for W in (np.ones((3, 3)), np.zeros((3, 3)), np.diag([1.0, 2.0]), np.array([[0.0, 1.0], [0.0, 0.0]])):
        np.testing.assert_array_equal(weights.shuffled(W, seed=1), W)


# --- What all have in common ---

MAKERS = {
    "erdos_renyi": lambda **o: weights.erdos_renyi(**{"in_degree": 3, **o}),
    "fixed_in_degree": lambda **o: weights.fixed_in_degree(**{"in_degree": 3, **o}),
    "dale": lambda **o: weights.dale(**o),
    "orthogonal": lambda **o: weights.orthogonal(**o),
    "partially_symmetric": lambda **o: weights.partially_symmetric(**{"eta": 0.3, **o}),
    "antisymmetric": lambda **o: weights.antisymmetric(**o),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
def test_gain_is_a_factor_and_the_seed_fixes_the_matrix(make):
    def dense(**options):
        W = make(n=12, **options)
        return W.toarray() if sparse.issparse(W) else W

    np.testing.assert_allclose(dense(g=3.0, seed=1), 3 * dense(g=1.0, seed=1), rtol=1e-12)  # rounding
    assert np.array_equal(dense(g=1.0, seed=1), dense(g=1.0, seed=1))
    assert not np.array_equal(dense(g=1.0, seed=1), dense(g=1.0, seed=2))


@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
@pytest.mark.parametrize("bad", [dict(n=0), dict(n=2.5), dict(g=-1.0), dict(g=math.nan), dict(seed=None), dict(seed=-1)])
def test_bad_input_is_named(make, bad):
    with pytest.raises(OptionError, match=f"^{next(iter(bad))} = .*give"):
        make(**{"n": 12, "g": 1.0, "seed": 1, **bad})


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: weights.erdos_renyi(5, 1.0, seed=1), "either probability or in_degree"),
        (lambda: weights.erdos_renyi(5, 1.0, probability=0.1, in_degree=2, seed=1), "either probability or in_degree"),
        (lambda: weights.erdos_renyi(5, 1.0, probability=0.0, seed=1), "^probability = "),
        (lambda: weights.erdos_renyi(5, 1.0, probability=1.1, seed=1), "^probability = "),
        (lambda: weights.erdos_renyi(5, 1.0, in_degree=5, seed=1), "^in_degree = .*<= 4"),
        (lambda: weights.erdos_renyi(1, 1.0, probability=1.0, seed=1), "^n = "),
        (lambda: weights.fixed_in_degree(5, 1.0, 5, seed=1), "^in_degree = .*from 1 to 4"),
        (lambda: weights.fixed_in_degree(5, 1.0, 0, seed=1), "^in_degree = "),
        (lambda: weights.dale(5, 1.0, excitatory=1.2, seed=1), "^excitatory = "),
        (lambda: weights.partially_symmetric(5, 1.0, -1.1, seed=1), "^eta = "),
    ],
)
def test_bad_structure_is_named(make, message):
    with pytest.raises(OptionError, match=message):
        make()
