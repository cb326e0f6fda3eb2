"""What a result says of its inputs is enough to recognise them."""

import hashlib

import numpy as np
import pytest
from scipy.sparse import csr_array

import pylyap
from pylyap._contracts import fingerprint, text_array

W = np.arange(9.0).reshape(3, 3)  # C order: a network keeps a copy in Fortran order


def test_a_fingerprint_is_the_one_anybody_can_compute():
    expected = hashlib.sha256(W.tobytes(order="F")).hexdigest()[:16]
    assert fingerprint(W) == fingerprint(np.asfortranarray(W)) == expected
    assert fingerprint(W.T) != expected and fingerprint(W + 1e-12) != expected


def test_sparse_fingerprints_tell_values_and_places_apart():
    sparse = csr_array(W)
    expected = fingerprint(sparse)
    wide = csr_array((sparse.data, sparse.indices.astype(np.int64), sparse.indptr.astype(np.int64)), W.shape)
    assert fingerprint(wide) == expected  # how wide the indices are depends on the SciPy
    for other in (csr_array(W.T), csr_array(2 * W), csr_array(W[::-1])):
        assert fingerprint(other) != expected


def run(network, **options):
    return pylyap.lyapunov_spectrum(network, t_transient=0, t_align=0, t_average=10, progress=False, **options)


def test_a_result_can_be_matched_with_its_inputs(tmp_path):
    state, frame = np.array([0.1, 0.2, 0.3]), np.eye(3, 2)
    bias = np.array([0.5, 0.0, -0.5])
    spectrum = run(pylyap.DiscreteNetwork(W, bias=bias), initial_state=state, initial_frame=frame)
    spectrum.save(tmp_path / "a.npz")
    assert pylyap.load(tmp_path / "a.npz").provenance["sha256"] == {
        "weights": fingerprint(W), "bias": fingerprint(bias),
        "activation": fingerprint(text_array("Activation(kind='tanh', parameters=())")),
        "initial_state": fingerprint(state), "initial_frame": fingerprint(frame),
    }  # fmt: skip


def test_random_inputs_are_those_of_their_seed():
    network = pylyap.DiscreteNetwork(W)
    first, again, other = (run(network, seed=seed).provenance["sha256"] for seed in (1, 1, 2))
    assert first == again and first["weights"] == other["weights"]
    assert first["initial_state"] != other["initial_state"] and first["initial_frame"] != other["initial_frame"]


def test_a_system_without_weights_has_what_it_has():
    assert set(run(pylyap.systems.henon()).provenance["sha256"]) == {"name", "parameters", "initial_state", "initial_frame"}


@pytest.mark.parametrize("options", [{}, {"initial_state": np.array([0.1, 0.2, 0.3])}], ids=["random", "given"])
def test_the_initial_state_is_meant_and_not_the_final_one(options):
    spectrum = run(pylyap.DiscreteNetwork(W), **options)
    assert spectrum.provenance["sha256"]["initial_state"] != fingerprint(spectrum.final_state)
