"""Weight matrices from files."""

import pathlib

import numpy as np

from ..errors import NetworkError
from .matrix import is_sparse

SPARSE_BELOW = 0.3  # density from which dense products are faster (benchmarks/sparse_products.py)


def read_weights(path, key=None):
    """Read a weight matrix from a file.

    Parameters
    ----------
    path : str or path
        ``.npy``; ``.npz`` (of arrays, or a sparse matrix of scipy); ``.csv`` (numbers, commas, no header); ``.mtx``
        (Matrix Market, plain or gzipped as ``.mtx.gz``). Element [i, j] is the weight from unit j to unit i.
    key : str, optional
        Name of the array in an ``.npz`` file with more than one.

    Returns
    -------
    (N, N) numpy.ndarray or scipy.sparse.csr_array
        Sparse from ``.mtx`` and ``.npz`` files of sparse matrices, if fewer than 3 in 10 entries are stored.

    Raises
    ------
    NetworkError
        If the file is missing, of another kind or not a table of numbers. Whether the matrix can be a network's is
        checked by the network.

    Examples
    --------
    >>> import numpy, pylyap, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "w.npy"
    >>> numpy.save(path, pylyap.weights.gaussian(10, 3.0, seed=1))
    >>> pylyap.read_weights(path).shape
    (10, 10)
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise NetworkError(f"there is no file {path}")
    kind = ".mtx" if path.name.endswith(".mtx.gz") else path.suffix.lower()
    if kind not in _READERS:
        raise NetworkError(f"{path} ends in {kind!r}: known are {', '.join(_READERS)}")
    if key is not None and kind != ".npz":
        raise NetworkError(f"key = {key!r} names an array of an .npz file, but {path} is a {kind} file")
    try:
        return _READERS[kind](path, key)
    except NetworkError:
        raise
    except Exception as error:  # a damaged file fails in many ways: bad zip, checksum, end of file, memory
        raise NetworkError(f"cannot read {path} as {kind}: {error}") from error


def _read_npy(path, key):
    return np.load(path, allow_pickle=False)


def _read_npz(path, key):
    with np.load(path, allow_pickle=False) as arrays:
        names = arrays.files
        if {"format", "shape", "data"} <= set(names):
            import scipy.sparse

            return _as_dense_as_it_is(scipy.sparse.load_npz(path))
        if key is None and len(names) == 1:
            key = names[0]
        if key not in names:
            raise NetworkError(f"{path} holds the arrays {', '.join(names)}: say which one by its key, got {key!r}")
        return arrays[key]


def _read_csv(path, key):
    return np.loadtxt(path, delimiter=",", ndmin=2)


def _read_mtx(path, key):
    import scipy.io

    return _as_dense_as_it_is(scipy.io.mmread(path))


def _as_dense_as_it_is(matrix):
    """A sparse matrix as a csr_array, or as an ordinary one if its products are faster then."""
    if not is_sparse(matrix):
        return np.asarray(matrix)
    from scipy.sparse import csr_array

    return csr_array(matrix) if matrix.nnz < SPARSE_BELOW * np.prod(matrix.shape) else matrix.toarray()


_READERS = {".npy": _read_npy, ".npz": _read_npz, ".csv": _read_csv, ".mtx": _read_mtx}
