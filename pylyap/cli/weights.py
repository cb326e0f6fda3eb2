"""``pylyap weights``: make or change a weight matrix and write it to a file."""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

from .. import _files
from .spectrum import check_targets

ENSEMBLES = (
    "gaussian", "levy", "erdos_renyi", "fixed_in_degree", "dale", "orthogonal", "partially_symmetric", "antisymmetric",
    "connectome",
)  # fmt: skip
CHANGES = ("prune", "scaled_to", "shuffled")  # of a matrix in a file
EXAMPLES = """examples:
  pylyap weights gaussian --n 200 --g 3 --seed 1 --output W.npy
  pylyap weights levy --n 500 --g 2 --alpha 1.5 --seed 1 --output W.npy
  pylyap weights fixed_in_degree --n 20000 --g 2 --in-degree 200 --seed 1 --output W.npz
  pylyap weights connectome --spectral-radius 2 --output worm.csv
  pylyap weights prune --weights W.npy --fraction 0.03 --action remove --which largest --output pruned.npy
"""


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "weights", help="make or change a weight matrix and write it to a file", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter, fill=_fill,
    )
    parser.set_defaults(run=_run)


def _fill(parser):
    from ..networks import weights
    from ._calls import add_calls

    add_calls(parser, [getattr(weights, name) for name in (*ENSEMBLES, *CHANGES)], _add_output)


def _add_output(parser):
    told = "ends with .npy or .csv (dense), .npz or .mtx (sparse)"
    parser.add_argument("--output", required=True, metavar="FILE", help=told)


def _run(options):
    from ._calls import result_of

    check_targets(result=options.output)
    writer = _writer(options.output)
    W = result_of(options)
    with _files.writing(options.output) as file:
        writer(file, W)
    kind = f"{W.nnz} weights" if _is_sparse(W) else "dense"
    print(f"{options.output}: {W.shape[0]} units, {kind}; W[i, j] is from j to i")


def _writer(path):
    """The function that writes a matrix into an open file, by the ending of its name."""
    from ..errors import OptionError

    writers = {".npy": _npy, ".csv": _csv, ".npz": _npz, ".mtx": _mtx}
    ending = pathlib.Path(path).suffix.lower()
    if ending not in writers:
        raise OptionError(f"--output {path} is not allowed: known endings are {', '.join(writers)}")
    return writers[ending]


def _is_sparse(W):
    import scipy.sparse

    return scipy.sparse.issparse(W)


def _dense(W):
    return W.toarray() if _is_sparse(W) else W


def _npy(file, W):
    import numpy as np

    np.save(file, _dense(W))


def _csv(file, W):
    import numpy as np

    np.savetxt(file, _dense(W), delimiter=",", fmt="%.17g")


def _npz(file, W):
    import scipy.sparse

    scipy.sparse.save_npz(file, scipy.sparse.csr_array(W))


def _mtx(file, W):
    import scipy.io
    import scipy.sparse

    scipy.io.mmwrite(file, scipy.sparse.coo_array(W), precision=17)
