"""Covariant vectors against what is known: eigenvectors, the flow itself, the Jacobian, the frame's volumes, other
seeds."""

import numpy as np
import pytest

import pylyap
from pylyap.results.angles import line_angle, principal_angles

DECAY = dict(t_transient=0, t_align=400, t_backward=400)  # of constant systems, whose gaps are 0.05 and more


def eigenvectors(A, key):
    """Real eigenvectors of A, columns in descending order of `key`, and the eigenvalues."""
    values, vectors = np.linalg.eig(A)
    order = np.argsort(-key(values))
    return values[order], vectors[:, order]


def matrix_with(values, seed):
    """A matrix that is not symmetric with these eigenvalues, its eigenvectors of condition 10 or so."""
    T = np.eye(len(values)) + 0.3 * np.random.default_rng(seed).normal(size=(len(values),) * 2)
    return T @ np.diag(values) @ np.linalg.inv(T)


@pytest.mark.parametrize(
    "of", ["map", pytest.param("flow", marks=pytest.mark.slow), "rate network", "discrete network"]
)
def test_the_vectors_of_a_constant_jacobian_are_its_eigenvectors(of):
    values = np.array([0.9, 0.6, -0.4, 0.2])
    A = matrix_with(values, 1)
    make, key = {
        "map": (pylyap.systems.linear_map, np.abs),
        "flow": (pylyap.systems.linear, np.real),
        "rate network": (pylyap.RateNetwork, np.real),
        "discrete network": (pylyap.DiscreteNetwork, np.abs),
    }[of]
    at_rest = {"initial_state": np.zeros(4)}
    found = pylyap.covariant_vectors(make(A), n_vectors=4, t_average=20, **DECAY, **at_rest)
    rates, expected = eigenvectors(A, key)
    assert found.n_samples > 5 and found.status == "converged"
    # rounding 1e-16 times the condition of the vectors, and of blocks of 1e5 at most (see MAX_CONDITION)
    assert line_angle(np.moveaxis(found.vectors, 1, 2), np.real(expected).T).max() < 1e-9
    assert found.diagnostics["backward_error"] < 1e-9
    exact = {"rate network": lambda z: z - 1, "flow": np.real}.get(of, lambda z: np.log(np.abs(z)))
    # RK4 with the default steps of 0.1 and less has an error of dt^4 / 120 = 1e-6 per unit of time
    assert np.abs(found.exponents - exact(rates).real).max() < 1e-5


def test_a_complex_pair_gives_its_invariant_plane_and_says_so():
    turn = 0.7 * np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    B = np.zeros((4, 4))
    B[0, 0], B[3, 3], B[1:3, 1:3] = 1.1, 0.3, turn
    T = np.eye(4) + 0.3 * np.random.default_rng(2).normal(size=(4, 4))
    A = T @ B @ np.linalg.inv(T)
    found = pylyap.covariant_vectors(pylyap.systems.linear_map(A), n_vectors=4, t_average=200, **DECAY)
    assert found.groups.tolist() == [0, 1, 1, 2] and found.is_degenerate.tolist() == [False, True, True, False]
    plane = np.broadcast_to(T[:, 1:3], (found.n_samples, 4, 2))
    assert principal_angles(found.vectors[:, :, 1:3], plane).max() < 1e-9  # as above
    assert line_angle(found.vectors[:, :, 0], T[:, 0] / np.linalg.norm(T[:, 0])).max() < 1e-9
    with pytest.raises(pylyap.errors.OptionError, match="m = 2 cuts the group of columns 1 to 2"):
        found.subspace_angles(2)
    assert "up to the subspace" in found.message


def test_equal_exponents_define_subspaces_only():
    # orthogonal weights at rest: every vector shrinks alike
    W = 0.5 * np.linalg.qr(np.random.default_rng(3).normal(size=(6, 6)))[0]
    found = pylyap.covariant_vectors(
        pylyap.DiscreteNetwork(W), n_vectors=4, t_average=50, t_transient=0, t_align=50, initial_state=np.zeros(6)
    )
    assert found.groups.tolist() == [0, 0, 0, 0] and found.is_degenerate.all() and found.status == "converged"
    assert found.diagnostics["backward_error"] < 1e-12  # the subspace is the same, to rounding
    assert np.isnan(found.diagnostics["smallest_gap"])


def test_the_cat_map():
    found = pylyap.covariant_vectors(pylyap.systems.cat_map(), n_vectors=2, t_average=100, t_backward=40)
    golden = (1 + np.sqrt(5)) / 2
    assert found.n_samples == 100
    first = np.array([golden, 1.0]) / np.hypot(golden, 1.0)
    # a gap of 1.9 over 40 steps leaves 1e-33 of any start: nothing but rounding
    assert line_angle(found.vectors[:, :, 0], first).max() < 1e-14
    assert np.abs(found.angle(0, 1) - np.pi / 2).max() < 1e-14
    assert np.abs(found.local_exponents - [2 * np.log(golden), -2 * np.log(golden)]).max() < 1e-13
    assert found.hyperbolicity().verdict == "gap"


def chaotic(kind):
    W = pylyap.weights.gaussian(60, 4.0, seed=1)
    return pylyap.RateNetwork(W) if kind == "flow" else pylyap.DiscreteNetwork(W)


def test_the_jacobian_sends_each_vector_to_itself_one_step_later():
    network = chaotic("map")
    found = pylyap.covariant_vectors(network, n_vectors=12, t_average=20, t_align=500, qr_interval=1, sample_interval=1)
    assert found.n_samples == 20
    state = pylyap.lyapunov_spectrum(network, n_exponents=1, t_average=1, t_align=500, qr_interval=1).final_state
    W = network.weights
    for V, after, growth in zip(found.vectors[:-1], found.vectors[1:], found.local_exponents[1:]):
        state = np.tanh(W @ state)
        sent = (1 - state**2)[:, None] * (W @ V)
        # Rounding 1e-16 times the condition of a step and of the vectors, each below 1e3 in this network; in 20
        # steps chaos makes less than 1e-12 of the rounding of the states, which are computed twice.
        assert line_angle((sent / np.linalg.norm(sent, axis=0)).T, after.T).max() < 1e-10
        assert np.abs(np.log(np.linalg.norm(sent, axis=0)) - growth).max() < 1e-10


@pytest.mark.parametrize("kind", ["flow", "map"])
def test_growth_is_that_of_the_frame_up_to_the_angles_at_the_ends(kind):
    found = pylyap.covariant_vectors(
        chaotic(kind), n_vectors=8, t_average=40, t_align=100, qr_interval=1, sample_interval=1
    )
    own, growth = found.spectrum.log_growth, found.log_growth
    assert (
        np.abs(growth[:, 0] - own[:, 0]).max() < 1e-10
    )  # the first vector is the frame's, up to rounding and its condition
    sines = np.log(np.abs(np.array([np.diag(np.linalg.qr(V, mode="r")) for V in found.vectors])))
    ends = sines[0] - sines[-1]  # of the angles between vector j and those before it
    # exact but for rounding over the smallest sine, which is above 1e-4 here
    assert np.abs(growth[1:].sum(axis=0) - own[1:].sum(axis=0) - ends).max() < 1e-9
    assert np.abs(growth - own)[:, 1:].max() > 1e-3  # there is something to agree on


def test_the_vector_of_the_zero_exponent_is_the_flow():
    system = pylyap.systems.lorenz63()
    found = pylyap.covariant_vectors(
        system, n_vectors=3, t_average=100, t_align=40, t_backward=60, dt=0.005, qr_interval=0.05, sample_interval=0.5
    )
    assert found.status == "converged" and found.n_samples == 200
    x, y, z = found.spectrum.unit_traces[found.sample_blocks - 1].T  # all three variables
    velocity = np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]).T
    velocity /= np.linalg.norm(velocity, axis=1)[:, None]
    # The tangent of a step sends the velocity to the velocity up to the error of RK4, 1e-8 here. What frame and way
    # back have not forgotten, with gaps of 0.9 and 14, is less. Both grow where vectors come close together, seldom
    # below 0.01.
    assert line_angle(found.vectors[:, :, 1], velocity).max() < 1e-4


def test_two_seeds_give_the_same_vectors_of_a_small_network():
    network = chaotic("map")
    x = np.random.default_rng(5).normal(size=60)
    options = dict(n_vectors=10, t_average=50, t_transient=200, t_align=3000, t_backward=3000, initial_state=x)
    one, two = (pylyap.covariant_vectors(network, seed=seed, **options) for seed in (1, 2))
    apart = line_angle(np.moveaxis(one.vectors, 1, 2), np.moveaxis(two.vectors, 1, 2))
    assert (
        apart.max() < 1e-6 and one.diagnostics["backward_error"] < 1e-6
    )  # gaps of 0.02 over 3000 steps leave exp(-60)


@pytest.mark.slow  # a minute
def test_two_seeds_give_the_same_vectors_of_a_network_of_100_units():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=2))
    x = np.random.default_rng(5).normal(size=100)
    options = dict(
        n_vectors=30, t_average=2000, t_transient=500, t_align=5000, t_backward=3000, dt=0.2, qr_interval=1, sample_interval=10
    )
    one, two = (pylyap.covariant_vectors(network, seed=seed, initial_state=x, **options) for seed in (1, 2))
    apart = line_angle(np.moveaxis(one.vectors, 1, 2), np.moveaxis(two.vectors, 1, 2))
    # The smallest of the 30 gaps is 0.010 +- 0.003 per tau (in 4000 tau). In 3000 tau it fluctuates by 0.0036, and
    # leaves exp(-0.003 * 3000) = 1e-4 two of these below and exp(-0.010 * 3000) = 1e-13 on average; seen: 8e-12.
    assert apart.shape == (200, 30) and apart.max() < 1e-6, apart.max(axis=0)
    for found in (one, two):
        assert found.status == "converged" and found.diagnostics["backward_error"] < 1e-6
        # what is left of the frame's start is at most what was told, or the rounding that the gaps let stand
        assert found.diagnostics["forward_error"] < 1e-6


@pytest.mark.parametrize("t_align", [40, 80])
def test_the_forward_error_is_that_of_the_vectors_also_of_the_last(t_align):
    A = matrix_with([0.9, 0.8, 0.7, 0.2], 1)
    options = dict(n_vectors=2, t_average=40, t_transient=0, t_backward=400, qr_interval=1, sample_interval=1)
    found = pylyap.covariant_vectors(pylyap.systems.linear_map(A), t_align=t_align, **options)
    assert found.diagnostics["following_gaps"] == pytest.approx(np.log([0.9 / 0.8, 0.8 / 0.7]), rel=0.1)
    _, expected = eigenvectors(A, np.abs)
    # the samples begin a step later; random starts differ by angles whose tangents are of order 1, here within a tenfold
    off = line_angle(found.vectors[0].T, np.real(expected[:, :2]).T)
    assert (0.1 < off / found.diagnostics["forward_errors"]).all() and (off < 10 * found.diagnostics["forward_errors"]).all()
    assert (found.status == "converged") == (found.diagnostics["forward_error"] < 1e-3)
    assert t_align > 60 or "raise t_align to 59 or more" in found.message


def test_a_group_that_goes_on_beyond_the_vectors_is_marked():
    turn = 0.7 * np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    B = np.zeros((4, 4))
    B[0, 0], B[3, 3], B[1:3, 1:3] = 1.1, 0.3, turn
    T = np.eye(4) + 0.3 * np.random.default_rng(2).normal(size=(4, 4))
    system = pylyap.systems.linear_map(T @ B @ np.linalg.inv(T))
    found = pylyap.covariant_vectors(system, n_vectors=2, t_average=200, **DECAY)
    assert found.is_degenerate.tolist() == [False, True] and "beyond n_vectors" in found.message
    assert np.isnan(found.diagnostics["forward_errors"]).tolist() == [False, True]
    assert found.spectrum.n_exponents == 2 and found.spectrum.final_frame.shape == (4, 2)
    alone = pylyap.covariant_vectors(system, n_vectors=1, t_average=200, **DECAY)
    assert not alone.is_degenerate.any() and alone.diagnostics["forward_error"] < 1e-6


def test_a_direction_that_dies_behind_the_last_vector_does_no_harm():
    rng = np.random.default_rng(0)
    rank_two = 6 * rng.normal(size=(20, 2)) @ rng.normal(size=(2, 20)) / 20
    found = pylyap.covariant_vectors(pylyap.DiscreteNetwork(rank_two), n_vectors=2, t_average=200, t_align=50)
    assert found.status in ("converged", "max_time"), found.message  # which of them, 200 steps leave to rounding
    assert np.isfinite(found.exponents).all() and len(found.durations) == 200


def test_what_is_left_of_the_backward_start_falls_with_the_gap():
    options = dict(n_vectors=2, t_average=10, t_align=100, t_transient=0)
    A = matrix_with([0.9, 0.8], 4)
    gap = np.log(0.9 / 0.8)
    short, long = (
        pylyap.covariant_vectors(pylyap.systems.linear_map(A), t_backward=t, **options).diagnostics["backward_error"]
        for t in (40, 80)
    )
    # an angle falls exactly as exp(-gap t) once it is small: here to its square, 1e-4
    assert np.log(short / long) == pytest.approx(40 * gap, rel=1e-2)


@pytest.mark.slow  # Julia compiles two more kinds of systems
def test_henon_has_tangencies_and_lozi_has_none():
    lozi = pylyap.systems.map(
        2, "f!(next, x, p, t) = (next[1] = 1 - 1.4abs(x[1]) + x[2]; next[2] = 0.3x[1])", initial_state=[0.1, 0.1]
    )
    options = dict(n_vectors=2, t_average=4000, sample_interval=1, t_align=100, t_backward=100, qr_interval=1)
    found, other = (
        pylyap.covariant_vectors(system, **options).hyperbolicity() for system in (pylyap.systems.henon(), lozi)
    )
    # figure 1 of Ginelli et al. (2007)
    assert found.verdict == "tangencies" and found.smallest < 0.01, found.message
    assert other.verdict == "gap" and other.smallest > 0.1, other.message


def test_the_test_of_kuptsov_and_parlitz_finds_the_angles_of_the_vectors():
    network = pylyap.DiscreteNetwork(
        pylyap.weights.gaussian(8, 6.0, seed=3), drive=pylyap.drives.white_noise(0.5, seed=1)
    )
    options = dict(t_average=40, t_transient=100, t_align=1500, qr_interval=1, sample_interval=4, t_backward=1500)
    vectors = pylyap.covariant_vectors(network, n_vectors=8, **options)
    found = pylyap.analysis.splitting_angles(network, n_vectors=8, **options)
    assert found.status == "done" and np.array_equal(found.times, vectors.times)
    for m in range(1, 8):
        if vectors.groups[m - 1] != vectors.groups[m]:
            # two ways that have nothing in common but the trajectory; forgetting, and rounding over the angles,
            # above 1e-4
            assert found.angles[:, m - 1] == pytest.approx(vectors.subspace_angles(m)[:, 0], abs=1e-8)
    assert found.angles[:, 7] == pytest.approx(np.full(10, np.pi / 2), abs=1e-7)  # arcsin near 1 halves the digits
    # with fewer columns all others still count
    fewer = pylyap.analysis.splitting_angles(network, n_vectors=3, **options)
    assert fewer.angles == pytest.approx(found.angles[:, :3], abs=1e-8)


@pytest.mark.slow  # as above
def test_kuptsov_and_parlitz_on_henon_and_the_cat_map():
    options = dict(n_vectors=2, t_average=2000, sample_interval=1, t_align=100)
    henon = pylyap.analysis.splitting_angles(pylyap.systems.henon(), **options)
    assert henon.smallest[0] < 0.01 and henon.p_values[0] > 0.05
    cat = pylyap.analysis.splitting_angles(pylyap.systems.cat_map(), **options)
    assert cat.smallest[0] == pytest.approx(np.pi / 2, abs=1e-7)  # orthogonal; arcsin near 1 halves the digits
    with pytest.raises(pylyap.errors.OptionError, match="sample_interval = 5000"):
        pylyap.analysis.splitting_angles(pylyap.systems.henon(), **{**options, "sample_interval": 5000})
