"""Weight matrices from files."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingPackageError, NetworkError
from .. import _checks as checks
from .matrix import is_sparse
from . import claims
from .readers import by_ending, graphs, text

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SPARSE_BELOW = 0.3  # density from which dense products are faster (benchmarks/sparse_products.py)
DIRECTIONS = ("to_from", "from_to")
# what is not read, and the line of Python that makes an array of it
_LINES = {
    ".xlsx": "pandas.read_excel(path, index_col=0)", ".xls": "pandas.read_excel(path, index_col=0)",
    ".parquet": "pandas.read_parquet(path)", ".feather": "pandas.read_feather(path)",
    ".pkl": "pandas.read_pickle(path), if you trust the file", ".pickle": "pandas.read_pickle(path), if you trust the file",
    ".json": "numpy.array(json.load(open(path))), or of a graph by networkx.node_link_graph(json.load(open(path)))",
    ".net": "networkx.read_pajek(path), which read_weights takes", ".pajek": "networkx.read_pajek(path), which read_weights takes",
    ".adjlist": "networkx.read_adjlist(path, create_using=networkx.DiGraph), which read_weights takes",
    ".dot": "networkx.nx_pydot.read_dot(path), which read_weights takes",
    ".nc": 'xarray.open_dataset(path)["name"].values', ".zarr": 'xarray.open_zarr(path)["name"].values',
    ".h5ad": 'anndata.read_h5ad(path).obsp["name"]', ".rdata": 'pyreadr.read_r(path)["name"].to_numpy()',
    ".rds": "pyreadr.read_r(path)[None].to_numpy()", ".keras": "keras.saving.load_model(path).get_weights()",
    ".ckpt": 'torch.load(path, weights_only=True)["name"].numpy(), or give pylyap.from_state_dict(path, inputs)',
    ".nii": "nibabel.load(path).get_fdata()", ".arrow": "pandas.read_feather(path).to_numpy()",
    ".bz2": "pandas.read_csv(path, header=None).to_numpy()", ".xz": "pandas.read_csv(path, header=None).to_numpy()",
    ".zip": "pandas.read_csv(path, header=None).to_numpy()", ".zst": "pandas.read_csv(path, header=None).to_numpy()",
    ".pt": 'torch.load(path, weights_only=True)["name"].numpy(), or give pylyap.from_state_dict(path, inputs)',
    ".pth": 'torch.load(path, weights_only=True)["name"].numpy(), or give pylyap.from_state_dict(path, inputs)',
    ".safetensors": 'safetensors.numpy.load_file(path)["name"], or give pylyap.from_state_dict(path, inputs)',
}  # fmt: skip


@checks.named_options()
def read_weights(
    path: Any,
    *,
    key: str | None = None,
    direction: str | None = None,
    layout: str = "auto",
) -> NDArray[np.float64] | csr_array:
    """Read a weight matrix from a file, or from a graph.

    Parameters
    ----------
    path : str, bytes or os.PathLike, or a graph of networkx or igraph
        Arrays: ``.npy``; ``.npz`` (of arrays, or a sparse matrix of scipy); ``.mtx`` (Matrix Market, or ``.mtx.gz``);
        ``.mat`` (sparse ones too; version 7.3 needs h5py); ``.h5``, ``.hdf5`` (need h5py).
        Text: ``.csv``, ``.tsv``, ``.txt``, plain or gzipped (``.csv.gz``): a matrix, with names in its first row, its
        first column or both, which are brought into one order; or a list of edges, with or without header. Commas,
        semicolons, tabs or blanks; decimal commas; a byte order mark.
        Graphs: ``.graphml``, ``.gexf``, ``.gml`` (need networkx).
    key : str, optional
        Name of the array in a file with several; of the column or attribute of weights in a list of edges or a graph.
    direction : {"to_from", "from_to"}, optional
        The order in the file. A matrix is taken as [to, from], as pylyap's own, where element [i, j] is the weight from
        unit j to unit i; a list of edges as from, to, unless its header says otherwise, and so are the edges of a graph.
    layout : {"auto", "matrix", "labelled", "edges"}
        What a file of text holds; needed where it may be two things, such as a table of three rows and three columns
        that may be three edges.

    Returns
    -------
    (N, N) numpy.ndarray or scipy.sparse.csr_array
        Element [i, j] is the weight from unit j to unit i. Sparse from lists of edges, graphs and files of sparse
        matrices, if fewer than 3 in 10 entries are stored. Where the units have names, the matrix has them as its `labels`,
        and a network made of it keeps them; what is computed from the matrix has none:
        ``pylyap.RateNetwork(2 * W, labels=W.labels)``.

    Warns
    -----
    UserWarning
        In one line what was assumed of a list of edges, of a graph, and of blank cells; and which way a matrix was taken,
        if `direction` was not given, it is not symmetric, and the file is none of NumPy's.

    Raises
    ------
    NetworkError
        If the file is missing, of another kind, not a table of numbers, or may be two things. Whether the matrix can be
        a network's is checked by the network.
    MissingPackageError
        If the format needs a package that is not installed.
    OptionError, UnknownOptionError
        If an option is not allowed.

    Examples
    --------
    >>> import numpy, pylyap, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "w.npy"
    >>> numpy.save(path, pylyap.weights.gaussian(10, 3.0, seed=1))
    >>> pylyap.read_weights(path).shape
    (10, 10)
    """
    checks.one_of("layout", layout, text.LAYOUTS)
    if direction is not None:
        checks.one_of("direction", direction, DIRECTIONS)
    if (graph := graphs.matrix_of(path, key, direction)) is not None:
        return _as_dense_as_it_is(graph)
    path = _path(path)
    kind = next((end for end in reversed(path.suffixes) if end.lower() != ".gz"), "").lower()
    try:
        claims.require_room(path)
        return _as_dense_as_it_is(_read(path, kind, key, direction, layout))
    except (NetworkError, MissingPackageError):
        raise
    except Exception as error:  # a damaged file fails in many ways: bad zip, checksum, end of file, memory
        raise NetworkError(f"cannot read {path} as {kind}: {error}") from error


def _path(path):
    if not isinstance(path, (str, bytes, os.PathLike)):
        is_matrix = hasattr(path, "shape") or isinstance(path, list)
        advice = "give it to the network, as pylyap.RateNetwork(W) does" if is_matrix else (
            "give the name of a file, or a graph of networkx or igraph; "
            "networkx.DiGraph makes one of edges and of dicts"
        )  # fmt: skip
        raise NetworkError(f"cannot read weights from a {type(path).__name__}: {advice}")
    name = os.fsdecode(path)
    if "://" in name:
        raise NetworkError(f"{name} is an address: fetch it first, by urllib.request.urlretrieve(address, name)")
    path = pathlib.Path(name)
    if not path.is_file():
        what = "is a folder or not a regular file, from which no matrix is read" if path.exists() else "does not exist"
        raise NetworkError(f"{name!r} {what}: give the name of a file")
    return path


def _read(path, kind, key, direction, layout):
    readers = by_ending()
    _refuse_in_place_of_it(path)
    if kind in readers:
        return readers[kind](path, kind, key=key, direction=direction, layout=layout)
    if kind in _LINES:
        raise NetworkError(f"{path} ends in {kind!r}, which is not read: make an array by {_LINES[kind]}")
    raise NetworkError(
        f"{path} ends in {kind!r}: known are {', '.join(readers)}. If it is text, make an array by numpy.loadtxt(path), or "
        "give it one of these endings"
    )


def _refuse_in_place_of_it(path):
    """Raise NetworkError for what a download leaves where the file should be."""
    with open(path, "rb") as file:
        start = file.read(64).lstrip().lower()
    if start.startswith(b"version https://git-lfs"):
        raise NetworkError(f"{path} is not there yet, only a pointer of Git LFS: run git lfs pull in its repository")
    if start.startswith((b"<!doctype html", b"<html")):
        raise NetworkError(f"{path} is a web page, not a file of weights: download the file itself")


def _as_dense_as_it_is(matrix):
    """A sparse matrix as a csr_array, or as an ordinary one if its products are faster then."""
    if not is_sparse(matrix):
        return np.asanyarray(matrix)
    from scipy.sparse import csr_array

    from .labelled import LabelledRows, with_labels

    names = matrix.labels if isinstance(matrix, LabelledRows) else None
    if matrix.nnz < SPARSE_BELOW * np.prod(matrix.shape):
        return csr_array(matrix) if names is None else matrix
    return matrix.toarray() if names is None else with_labels(matrix.toarray(), names)
