"""Directions that die, and feed-forward wiring: exponents that are -inf, and averages that settle as ln(t) / t."""

import numpy as np
import pytest

import pylyap
from pylyap.networks import matrix
from pylyap.results import collapse, loops, trend


def spectrum_of(W, **options):
    return pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W), **{"t_average": 300, "t_transient": 200, **options})


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def permuted(W, seed=1):
    p = np.random.default_rng(seed).permutation(len(W))
    return W[np.ix_(p, p)]


CHAOTIC = 2 * drawn(30, 30, seed=9) / np.sqrt(30)
LAYERS = np.kron(np.eye(4, k=1), np.ones((5, 5))) * drawn(20, 20, seed=2)  # four layers of five units


@pytest.mark.parametrize(
    "W",
    [
        np.triu(drawn(20, 20), 1), permuted(np.triu(drawn(20, 20), 1)), permuted(LAYERS), 2 * np.eye(12, k=1),
        np.outer([1.0, 2, 2, 0], [2.0, -1, 0, 3]),  # nilpotent without being acyclic: u is orthogonal to v
        np.zeros((3, 3)), np.triu(drawn(40, 40, seed=14), 1), np.tril(0.1 * drawn(15, 15, seed=15), -3),
    ],
    ids=[
        "triangular", "renumbered", "layers", "delay line", "outer product", "zero", "triangular of 40", "skipping",
    ],
)  # fmt: skip
def test_nilpotent_maps_have_no_finite_exponent(W):
    spectrum = spectrum_of(W)
    assert np.isneginf(spectrum.exponents).all() and spectrum.status == "converged"
    assert spectrum.diagnostics["n_collapsed"] == len(W) and f"{len(W)} of {len(W)} directions collapsed" in spectrum.message
    assert "directions part" not in spectrum.message and spectrum.diagnostics["n_beyond_precision"] == 0
    assert not spectrum.final_frame.any() and np.isneginf(spectrum.log_growth[-1]).all()


@pytest.mark.parametrize("qr_interval", [3, 7])
@pytest.mark.parametrize("make", [np.asarray, pytest.importorskip("scipy.sparse").csr_array], ids=["dense", "sparse"])
def test_blocks_of_several_steps_do_not_part_infinitely_after_a_collapse(qr_interval, make):
    W = make(np.triu(drawn(20, 20), 1))
    spectrum = spectrum_of(W, qr_interval=qr_interval)
    assert np.isneginf(spectrum.exponents).all() and "inf within" not in spectrum.message
    half = np.kron(np.diag([1.0, 0]), CHAOTIC[:10, :10] * 3)  # ten units live, ten receive nothing
    spectrum = spectrum_of(make(half), qr_interval=qr_interval, t_average=2100)
    assert spectrum.diagnostics["n_collapsed"] == 10 and "inf within" not in spectrum.message
    assert np.isfinite(spectrum.diagnostics["worst_condition_number"])


def test_an_outer_product_that_is_nilpotent_up_to_rounding():
    u, v = drawn(2, 30, seed=16)
    v -= u * (u @ v) / (u @ u)  # orthogonal up to 1e-16: the product of the weights as they are stored is not quite zero
    spectrum = spectrum_of(np.outer(u, v))
    # eigenvalues of a defective zero move by the square root of rounding, to log(1e-8) = -18: below that nothing is known
    assert np.isneginf(spectrum.exponents[2:]).all() and spectrum.exponents[0] < -15


def test_pairs_of_units_whose_sums_cancel_are_not_believed_before_they_are_right():
    spectrum = spectrum_of(np.kron(np.eye(6), np.array([[1.0, -1], [1, -1]])))  # six pairs, each with square zero, with loops
    assert np.isneginf(spectrum.exponents).all() or "lost in rounding" in spectrum.message


def test_graded_weights_with_graded_rows_and_columns_are_not_collapsed():
    """D A D: columns of the frame become as small as rounding of others, and keep their digits all the same."""
    D = np.diag(10.0 ** -np.arange(0, 40, 5))
    spectrum = spectrum_of(D @ (drawn(8, 8, seed=17) + 4 * np.eye(8)) @ D, initial_state=np.zeros(8))
    assert spectrum.diagnostics["n_collapsed"] == 0
    assert abs(spectrum.diagnostics["sum_rule_residual"]) < 1e-10 or spectrum.status != "converged"


def test_weights_of_rank_two_have_two_exponents():
    U, V = drawn(30, 2, seed=3), 0.1 * drawn(2, 30, seed=4)
    spectrum = spectrum_of(U @ V, initial_state=np.zeros(30), t_average=2000)
    # the state stays at 0: the exponents are those of the 2 x 2 matrix V U, whose eigenvalues NumPy gives to 1e-14
    expected = np.log(np.sort(np.abs(np.linalg.eigvals(V @ U)))[::-1])
    assert spectrum.diagnostics["n_collapsed"] == 28 and np.isneginf(spectrum.exponents[2:]).all()
    assert expected[0] > expected[1] + 0.1  # real and apart: the frame's beginning is forgotten in the alignment
    assert np.allclose(spectrum.exponents[:2], expected, atol=1e-10)  # rounding of 2000 steps, each 1e-15 or so
    assert spectrum.status == "converged"


def test_a_chaotic_map_of_rank_two_agrees_with_the_map_of_its_two_numbers():
    U, V = 2 * drawn(30, 2, seed=5), drawn(2, 30, seed=6) / 30
    x = drawn(30, seed=7)
    run = dict(t_transient=0, t_align=0, qr_interval=1, t_average=40, initial_state=x)
    frame = np.linalg.qr(drawn(30, 30, seed=8))[0]
    spectrum = spectrum_of(U @ V, initial_frame=frame, **run)
    mp = pytest.importorskip("mpmath")
    with mp.workdps(60):  # J_40 ... J_1 Q, on the first two columns: Gram determinants give the sums
        mU, mV, s, Y = mp.matrix(U.tolist()), mp.matrix(V.tolist()), mp.matrix(x.tolist()), mp.matrix(frame[:, :2].tolist())
        for _ in range(40):
            u = mU * (mV * s)
            s = u.apply(mp.tanh)
            Y = mU * (mV * Y)
            for i in range(30):
                slope = 1 - s[i] ** 2
                Y[i, 0], Y[i, 1] = slope * Y[i, 0], slope * Y[i, 1]
        gram = Y.T * Y
        first = mp.log(gram[0, 0]) / 2
        second = mp.log(mp.det(gram)) / 2 - first
        expected = np.array([float(first), float(second)]) / 40
    found = spectrum.log_growth[:, :2].sum(axis=0) / 40
    assert np.allclose(found, expected, atol=1e-8)  # U V rounded to doubles, 1e-16, amplified by conditions up to 1e6
    assert spectrum.diagnostics["n_collapsed"] == 28


def dead_unit(W, unit):
    W = W.copy()
    W[:, unit] = 0
    return W


def equal_columns(W):
    W = W.copy()
    W[:, 3] = W[:, 7]
    return W



@pytest.mark.parametrize("W", [dead_unit(CHAOTIC, 4), equal_columns(CHAOTIC)], ids=["sends nothing", "equal columns"])
@pytest.mark.parametrize("make", [np.asarray, pytest.importorskip("scipy.sparse").csr_array], ids=["dense", "sparse"])
def test_one_lost_rank_is_one_collapsed_direction(W, make):
    spectrum = spectrum_of(make(W))
    assert spectrum.diagnostics["n_collapsed"] == 1 and np.isneginf(spectrum.exponents[-1])
    assert np.isfinite(spectrum.exponents[:-1]).all() and spectrum.exponents[-2] > -20
    assert "lost in rounding" not in spectrum.message


def test_trained_cells_with_dead_units_lose_as_many_directions():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    for kind in (torch.nn.RNN, torch.nn.LSTM):
        module = kind(2, 12).double()
        with torch.no_grad():
            module.weight_hh_l0[:, :3] = 0  # three units of which h is never read
        spectrum = pylyap.lyapunov_spectrum(pylyap.from_torch(module, torch.randn(150, 2).double()))
        assert spectrum.diagnostics["n_collapsed"] == 3, kind
        assert "lost in rounding" not in spectrum.message


def test_slopes_that_vanish_in_all_units_at_once_end_every_direction():
    network = pylyap.DiscreteNetwork(CHAOTIC, activation="relu", bias=np.full(30, -100.0))
    spectrum = pylyap.lyapunov_spectrum(network, t_average=300)
    assert spectrum.diagnostics["n_collapsed"] == 30


def test_columns_of_very_different_size_are_lost_and_not_collapsed():
    """The exponents are finite, log |det| = -138 in all, but a frame of double precision cannot carry them."""
    spectrum = spectrum_of(drawn(3, 3, seed=10) @ np.diag([1, 1e-20, 1e-40]))
    assert spectrum.status == "max_time" and "2 exponents are lost in rounding" in spectrum.message
    assert spectrum.diagnostics["n_beyond_precision"] == 2


def test_rows_of_very_different_size_lose_nothing():
    W = np.diag(10.0 ** -np.arange(0, 80, 4)) @ drawn(20, 20, seed=11)
    spectrum = spectrum_of(W, initial_state=np.zeros(20))
    assert spectrum.diagnostics["n_collapsed"] == 0 and "lost" not in spectrum.message
    # rounding of the LU factors and of QR, each relative to a row's size: condition of the factor without its scale, 1e3
    assert spectrum.exponents.sum() == pytest.approx(np.linalg.slogdet(W)[1], abs=1e-9)


# --- Columns of a given frame that die ---

def test_a_column_that_dies_leaves_its_direction_to_those_behind():
    spectrum = spectrum_of(np.diag([0, 0.5]), initial_frame=np.eye(2), t_align=0, initial_state=np.zeros(2))
    assert spectrum.exponents[0] == pytest.approx(np.log(0.5), abs=1e-14) and np.isneginf(spectrum.exponents[1])
    assert spectrum.diagnostics["n_collapsed"] == 1


@pytest.mark.parametrize("k", [30, 5, 1])
def test_the_list_begins_with_the_first_exponent_where_the_first_column_dies(k):
    W = dead_unit(CHAOTIC, 0)
    same = dict(t_average=3000, t_align=0, qr_interval=1)
    given = spectrum_of(W, initial_frame=np.eye(30)[:, :k], **same)
    drawn_frame = spectrum_of(W, n_exponents=k, **same)
    # the same trajectory, frames that differ in the beginning: log(overlap) / t, a few times 1e-3
    m = min(k, 5)
    assert np.allclose(given.exponents[:m], drawn_frame.exponents[:m], atol=0.01)
    late = given.averaging_times < 3000
    assert late.sum() == (k < 30) and (given.averaging_times[late] == 2999).all()
    assert ("new directions took their places" in given.message) == (k < 30)
    assert np.isfinite(given.stderr[:m]).all()


def test_births():
    log = np.array([[1.0, -np.inf, 2, -np.inf], [1, 3, -np.inf, -np.inf], [1, 5, -np.inf, 7]])
    assert collapse.births(log).tolist() == [0, 1, 0, 2]
    total, time = collapse.sums(log, np.array([1.0, 2, 3]))
    assert total.tolist() == [3, 8, -np.inf, 7] and time.tolist() == [6, 5, 6, 3]
    assert len(collapse.since_births(log)) == 1


# --- Growth as a power of time ---

@pytest.mark.parametrize("W", [np.triu(0.2 * drawn(40, 40, seed=12), 1), permuted(np.eye(10, k=1)), permuted(LAYERS)])
@pytest.mark.parametrize("k", [None, 3])
def test_chains_of_rate_units_are_not_called_converged_before_they_are_right(W, k):
    spectrum = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=300, n_exponents=k)
    wrong = np.abs(spectrum.exponents + 1) > np.maximum(2 * spectrum.stderr, 2e-4)
    assert spectrum.status != "converged" or not wrong.any()


def test_jordan_blocks_drift_steadily():
    t = np.arange(1.0, 2001)
    noise = 1e-3 * drawn(2000, seed=13)
    assert trend.drifting({"it": -1 + 9 / t})[0] == "it"
    assert trend.drifting({"it": -1 + 9 / (100 + t) + noise})[0] == "it"
    assert trend.drifting({"it": -1 + noise}) is None
    assert trend.drifting({"it": -1 + 1e-12 / t}) is None  # rounding


@pytest.mark.parametrize("A", [[[-1.0, 1], [0, -1]], [[-1, 1, 0], [0, -1, 1], [0, 0, -1]]])
def test_defective_flows_are_not_converged(A):
    spectrum = pylyap.lyapunov_spectrum(pylyap.systems.linear(A), t_average=5000)
    assert spectrum.status == "max_time" or np.all(np.abs(spectrum.exponents + 1) < 2 * spectrum.stderr)


@pytest.mark.parametrize("length", [300, 1000])
@pytest.mark.parametrize("seed", range(6))
def test_weakly_coupled_units_of_one_rate_are_not_converged_before_they_are_right(seed, length):
    # every exponent is log 0.5; blocks fluctuate so much that a single exponent does not show how it drifts
    random = np.random.default_rng(seed)
    n = int(random.integers(4, 24))
    W = np.triu(0.5 / np.sqrt(n) * random.standard_normal((n, n)), 1) + 0.5 * np.eye(n)
    spectrum = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W), t_average=length, progress=False)
    off = np.abs(spectrum.exponents - np.log(0.5))
    # 5, because it is the largest of up to 23 deviations; where it was believed before, they were 6 to 12 standard errors
    assert spectrum.status != "converged" or (off <= 5 * spectrum.stderr).all()


def test_units_in_no_loop():
    W = np.zeros((6, 6))
    W[1, 0] = W[2, 1] = W[0, 2] = 1.0  # a ring
    W[3, 2] = W[4, 3] = 1.0  # and two units behind it
    W[5, 5] = 1.0  # an autapse
    assert matrix.loop_free(W).sum() == 2
    rates = np.tile([0.5, -1.0, -1.0, -2.0], (50, 1))
    assert loops.missed(rates, 2, 4, -1.0) == 0
    assert loops.missed(rates + [0, 0.01, -0.01, 0], 2, 4, -1.0) == pytest.approx(0.01)
    assert loops.missed(rates[:, :1], 2, 4, -1.0) == 0  # they come later than the one that was asked for
    assert loops.missed(rates - 1, 2, 4, -1.0) == pytest.approx(1.0)
