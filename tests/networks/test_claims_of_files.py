"""Small files of weights that claim to be huge, or unpack to it, are refused before they take memory."""

import gzip

import numpy as np
import pytest

import pylyap
from pylyap import _memory
from pylyap.errors import NetworkError

FREE = 10**6  # bytes, as far as these tests are concerned
HEAD = "%%MatrixMarket matrix {} real general\n"


def matlab(path):
    import scipy.io

    scipy.io.savemat(path, {"W": np.zeros((1000, 1000))}, do_compression=True)


def hdf5(path):
    with pytest.importorskip("h5py").File(path, "w") as file:
        file.create_dataset("W", (10**6, 10**6), "f8", chunks=(100, 100))  # of which nothing is written


def packed(content):
    def make(path):
        with gzip.open(path, "wb") as file:
            file.write(content)

    return make


MADE = {
    "W.npz": lambda path: np.savez_compressed(path, W=np.zeros((1000, 1000))),
    "W.npy": lambda path: np.save(path, np.zeros((1000, 1000))),
    "W.mat": matlab,
    "W.h5": hdf5,
    "W.csv.gz": packed(b"1," * FREE),
    "W.mtx": lambda path: path.write_text(HEAD.format("array") + "1000000 1000000\n1.0\n"),
    "W.mtx.gz": packed((HEAD.format("coordinate") + "2 2 1000000000000\n1 1 1.0\n").encode()),
}


@pytest.mark.parametrize("name", MADE)
def test_a_matrix_larger_than_the_memory_is_refused(name, tmp_path, monkeypatch):
    MADE[name](tmp_path / name)
    monkeypatch.setattr(_memory, "free", lambda: FREE)
    with pytest.raises(NetworkError, match="needs .* of memory, and 1 MB are free"):
        pylyap.read_weights(tmp_path / name)


def test_units_numbered_with_huge_gaps_are_refused(tmp_path):
    path = tmp_path / "W.mtx"
    path.write_text(HEAD.format("coordinate") + "1000000000 1000000000 1\n1 2 0.5\n")
    with pytest.raises(NetworkError, match="1000000000 rows and 1 entries.*numbered without such gaps"):
        pylyap.read_weights(path)
    path.write_text(HEAD.format("coordinate") + "900 900 1\n1 2 0.5\n")  # few connections are no fault
    assert pylyap.read_weights(path).shape == (900, 900)
