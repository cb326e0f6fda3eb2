"""Sparse weights: kept as they are, checked, and with the same exponents as dense ones."""

import numpy as np
import pytest
from scipy import io, sparse

import pylyap
from pylyap.cli import main
from pylyap.errors import NetworkError, OptionError
from pylyap.networks.files import SPARSE_BELOW

FORMATS = ("csr", "csc", "coo", "lil", "dok", "bsr", "dia")
both = pytest.mark.parametrize("Network", [pylyap.RateNetwork, pylyap.DiscreteNetwork])


@pytest.fixture
def W():
    return pylyap.weights.fixed_in_degree(60, 2.0, 10, seed=1, autapses=True)


def broken(data=(1.0, 2.0), indices=(0, 1), indptr=(0, 1, 2)):
    """A CSR matrix whose arrays were changed after it was made."""
    matrix = sparse.csr_array(np.eye(2))
    matrix.data, matrix.indices, matrix.indptr = np.array(data), np.array(indices, "i4"), np.array(indptr, "i4")
    return matrix


# --- The network's weights ---

@both
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("make", [sparse.csr_array, sparse.csr_matrix])
@pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning")  # of the conversion to diagonals
def test_every_format_becomes_csr(Network, W, kind, make):
    given = make(W).asformat(kind)
    network = Network(given)
    assert isinstance(network.weights, sparse.csr_array) and network.weights.dtype == np.float64
    np.testing.assert_array_equal(network.weights.toarray(), W.toarray())
    assert (network.size, network.has_autapses) == (60, True)
    np.testing.assert_array_equal(given.toarray(), W.toarray())  # the caller's own is left as it was


@both
def test_float64_csr_is_not_copied_and_cannot_be_changed(Network, W):
    network = Network(W)
    before = W.toarray()
    for name in ("data", "indices", "indptr"):
        assert np.shares_memory(getattr(network.weights, name), getattr(W, name))
        assert not getattr(network.weights, name).flags.writeable and getattr(W, name).flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        network.weights[0, W.indices[0]] = 1.0
    network.weights.setdiag(7.0)  # SciPy does it by new arrays, on an object of its own
    np.testing.assert_array_equal(network.weights.toarray(), before)


def test_duplicates_are_added_and_zeros_dropped_in_a_copy():
    twice = sparse.csr_array((np.array([1.0, 2.0, 4.0, 0.0]), np.array([1, 1, 0, 1]), np.array([0, 2, 4])), shape=(2, 2))
    network = pylyap.DiscreteNetwork(twice)
    assert network.weights.nnz == 2
    assert network.weights.toarray().tolist() == [[0, 3], [4, 0]]
    assert twice.nnz == 4


def test_unused_room_behind_the_entries_is_not_looked_at():
    roomy = broken(data=(1.0, 2.0, np.nan), indices=(0, 1, 9))
    assert pylyap.DiscreteNetwork(roomy).weights.toarray().tolist() == [[1, 0], [0, 2]]


def test_what_the_representation_says(W):
    W.setdiag(0.0)  # 10 of 600 entries
    network = pylyap.RateNetwork(W.astype(np.float32))
    assert repr(network) == "RateNetwork(60 units, density 0.164, tanh, tau=1.0, no bias, no autapses)"


@both
@pytest.mark.parametrize(
    "weights, message",
    [
        (sparse.csr_array((2, 3)), r"shape \(2, 3\).*square"),
        (sparse.coo_array(np.ones(3)), r"shape \(3,\).*square"),
        (sparse.csr_array(np.array([[0, np.nan], [np.inf, 1]])), "2 entries that are NaN or infinite, of 3"),
        (sparse.csr_array(np.eye(2) * 1j), "complex128"),
        (sparse.csr_array(np.eye(2, dtype=bool)), "dtype bool"),
        (broken(indices=(0, 5)), "not a valid sparse matrix.*indices"),
        (broken(indices=(0, -1)), "not a valid sparse matrix.*indices"),
        (broken(indptr=(0, 3, 2)), "not a valid sparse matrix"),
    ],
)
def test_bad_weights(Network, weights, message):
    with pytest.raises(NetworkError, match=f"^W .*{message}"):
        Network(weights)


def test_only_weights_can_be_sparse(W):
    with pytest.raises(NetworkError, match="^bias is sparse.*toarray"):
        pylyap.DiscreteNetwork(W, bias=sparse.coo_array(np.ones(60)))


# --- Runs ---

@pytest.mark.parametrize("index", ["i4", "i8"])
@pytest.mark.parametrize("k", [60, 20, 3])
@both
def test_sparse_and_dense_runs_agree(Network, W, k, index):
    W = W / 2 + sparse.csr_array(sparse.eye(60)) * 1.5  # chaotic, and no direction of the map shrinks too fast
    W.indices, W.indptr = W.indices.astype(index), W.indptr.astype(index)
    run = dict(n_exponents=k, t_transient=0, t_align=0, t_average=10, qr_interval=1, seed=2)
    sparse_run, dense_run = (pylyap.lyapunov_spectrum(Network(w), **run) for w in (W, W.toarray()))
    # Ten steps or tau amplify rounding (1e-15) a hundredfold at most, the range within a block by as much as it is.
    assert dense_run.exponents[0] > 0
    assert dense_run.diagnostics["worst_condition_number"] < 1e4
    np.testing.assert_allclose(sparse_run.local_exponents, dense_run.local_exponents, rtol=0, atol=1e-10)
    np.testing.assert_allclose(sparse_run.final_state, dense_run.final_state, rtol=0, atol=1e-10)
    if k == 60:
        assert abs(sparse_run.diagnostics["sum_rule_residual"] - dense_run.diagnostics["sum_rule_residual"]) < 1e-10
        assert abs(sparse_run.diagnostics["sum_rule_residual"]) < 1e-3  # for RK4 the size of its error
    assert "density" in sparse_run.provenance["network"]


def test_shared_rows_and_columns_change_nothing():
    """Enough entries for Julia to share rows (3 columns) and columns (20) among its threads."""
    W = pylyap.weights.fixed_in_degree(1000, 2.0, 300, seed=3)
    for k in (3, 20):
        run = dict(n_exponents=k, t_transient=2, t_align=0, t_average=3, qr_interval=1, seed=2)
        logs = [pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(w), **run).local_exponents for w in (W, W.toarray())]
        np.testing.assert_allclose(*logs, rtol=0, atol=1e-10)  # as above


def test_weights_of_zero():
    spectrum = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(sparse.csr_array((4, 4))), t_average=50)
    assert (spectrum.exponents == -np.inf).all() and spectrum.diagnostics["n_collapsed"] == 4
    leak = pylyap.lyapunov_spectrum(pylyap.RateNetwork(sparse.csr_array((4, 4))), t_average=50)
    np.testing.assert_allclose(leak.exponents, -1.0, atol=1e-6)  # RK4's error of exp(-0.1) per step


# --- Files, scaling, command line ---

@pytest.mark.parametrize("name", ["w.mtx", "w.npz"])
def test_files_of_sparse_matrices_stay_sparse(W, name, tmp_path):
    write = io.mmwrite if name.endswith("mtx") else sparse.save_npz
    full = sparse.csr_array(np.random.default_rng(1).random((10, 10)) < SPARSE_BELOW + 0.3).astype(float)
    for matrix, kind in ((W, sparse.csr_array), (full, np.ndarray)):
        write(tmp_path / name, sparse.coo_matrix(matrix))
        read = pylyap.read_weights(tmp_path / name)
        assert isinstance(read, kind)
        np.testing.assert_allclose(sparse.csr_array(read).toarray(), matrix.toarray(), rtol=1e-14)  # decimals of mtx


@pytest.mark.parametrize("n", [60, 1000])  # by eigvals, by ARPACK
def test_scaled_to(n):
    W = pylyap.weights.fixed_in_degree(n, 3.0, 20, seed=4)
    scaled = pylyap.weights.scaled_to(W, 0.9)
    assert isinstance(scaled, sparse.csr_array)
    radius = np.abs(np.linalg.eigvals(scaled.toarray())).max()
    assert radius == pytest.approx(0.9, rel=1e-7)  # ARPACK is asked for 8 digits
    with pytest.raises(NetworkError, match="spectral radius 0"):
        pylyap.weights.scaled_to(sparse.triu(W, 1), 0.9)
    with pytest.raises(OptionError, match="spectral_radius"):
        pylyap.weights.scaled_to(W, -1.0)


def test_command_line(W, tmp_path, capsys):
    io.mmwrite(tmp_path / "w.mtx", sparse.coo_matrix(W))
    arguments = ["--model", "discrete", "--spectral-radius", "2", "--n-exponents", "4", "--t-average", "30"]
    assert main(["spectrum", "--weights", str(tmp_path / "w.mtx"), *arguments]) == 0
    assert "density 0.167" in capsys.readouterr().out
