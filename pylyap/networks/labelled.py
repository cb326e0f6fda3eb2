"""Matrices that know the names of their units, as readers hand them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
import numpy as np
from scipy.sparse import csr_array

from .matrix import is_sparse


class LabelledArray(np.ndarray):
    """An array (N, N) whose row and column i belong to the unit `labels[i]`.

    Whatever is made of it, a slice, a product, its transposed, is an array without labels.
    """

    labels = None


class LabelledRows(csr_array):
    """The same, as a sparse matrix in compressed rows."""

    labels = None


def with_labels(W: Any, names: Iterable[Any]) -> Any:
    """`W` on the same memory, with the names of its units; as it is if they are only its numbers from 0."""
    names = tuple(map(str, names))
    if names == tuple(map(str, range(len(names)))):
        return W
    labelled: Any = LabelledRows(W) if is_sparse(W) else np.asarray(W).view(LabelledArray)
    labelled.labels = names
    return labelled
