"""Names of units: tables whose rows and columns carry them are brought into one order, or refused."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import NetworkError
from .readers import edges


def _instance(value, package, *classes):
    """Whether a value is of a class of an optional package; if that was not imported, it is not."""
    module = sys.modules.get(package)
    return module is not None and isinstance(value, tuple(getattr(module, name) for name in classes))


def unlabelled(name: str, value: Any) -> tuple[Any, Any]:
    """(numbers, names): weights with rows and columns in one order, and the names of their units, None if there are none.

    Raises
    ------
    NetworkError
        If labels do not tell which column belongs to which row.
    """
    if _instance(value, "pandas", "DataFrame"):
        return _frame(name, value)
    if _instance(value, "xarray", "DataArray"):
        return _data_array(name, value)
    if _instance(value, f"{__package__}.labelled", "LabelledArray", "LabelledRows"):
        return value, value.labels
    _refuse_others(name, value)
    return value, None


def checked(labels: Iterable[Any] | None, own: Iterable[Any] | None, size: int) -> tuple[str, ...] | None:
    """Names of a network's units as a tuple of texts: those given, or `own`, those of its weights; None for none."""
    if labels is None:
        return None if own is None else tuple(map(str, own))
    if isinstance(labels, str) or not hasattr(labels, "__iter__"):
        raise NetworkError(f"labels is a {type(labels).__name__}: give a list of {size} names")
    names = tuple(map(str, labels))
    if len(names) != size or len(set(names)) != size:
        raise NetworkError(f"labels has {len(names)} names, {len(set(names))} of them different: give one for each of {size} units")
    return names


def in_order(name: str, values: Any, labels: Sequence[str] | None) -> Any:
    """A Series of pandas whose index has names, in the order of a network's names; anything else as it is.

    Raises
    ------
    NetworkError
        If it has other names than the network.
    """
    if labels is None or not _instance(values, "pandas", "Series"):
        return values
    own = [str(label) for label in values.index]
    if own == list(map(str, range(len(own)))):
        return values
    if len(set(own)) < len(own) or set(own) != set(labels):
        raise NetworkError(
            f"{name} has the index {_some(own)}, and the units are called {_some(labels)}: give each unit its number, or "
            f"{name}.to_numpy() if it is in the order of the units"
        )
    return values.to_numpy()[order(name, labels, own, f"{name}.to_numpy()")]


def _refuse_others(name, value):
    if _instance(value, "networkx", "Graph") or _instance(value, "igraph", "Graph"):
        raise NetworkError(f"{name} is a graph ({type(value).__name__}): give pylyap.read_weights(graph)")
    if _instance(value, "xarray", "Dataset") or _instance(value, "pandas", "Series"):
        raise NetworkError(f"{name} is a {type(value).__name__}: give a table with a row and a column for each unit")
    if isinstance(value, np.ndarray) and value.dtype.names:
        raise NetworkError(
            f"{name} is a structured array with the fields {', '.join(value.dtype.names)}: if each is a column of the "
            f"matrix, give numpy.lib.recfunctions.structured_to_unstructured({name}); {_EDGES_ADVICE}"
        )
    if isinstance(value, (str, bytes, os.PathLike)):
        raise NetworkError(f"{name} is the name of a file: give pylyap.read_weights({value!r})")
    if _is_list_of_edges(value):
        raise NetworkError(
            f"{name} is a list of {len(value)} tuples that may be edges: {_EDGES_ADVICE}; if it is a matrix, give "
            f"numpy.array({name})"
        )


_EDGES_ADVICE = "if the rows are edges, give scipy.sparse.csr_array((weights, (to, from_)), shape=(N, N))"


def _is_list_of_edges(value):
    """Tuples of two ids, or of two ids and a weight, which happen to be a square."""
    if not isinstance(value, (list, tuple)) or len(value) not in (2, 3):
        return False
    if not all(isinstance(row, tuple) and len(row) == len(value) for row in value):
        return False
    whole = all(isinstance(entry, (int, np.integer, str)) for row in value for entry in row[:2])
    return whole and len({row[:2] for row in value}) == len(value)


# --- pandas ---


def _frame(name, frame):
    import pandas

    if isinstance(frame.index, pandas.RangeIndex) and edges.ends(list(frame.columns)) is not None:
        raise NetworkError(
            f"{name} is a table of edges, with the columns {_some(frame.columns)}: write it with to_csv(index=False), and "
            "give pylyap.read_weights(path)"
        )
    is_numeric = pandas.api.types.is_numeric_dtype
    other = [label for label, kind in frame.dtypes.items() if not is_numeric(kind)]
    if other:
        raise NetworkError(
            f"{name} has columns that are not numbers, {_some(other)}: if one holds the names of the units, give "
            f"{name}.set_index(it); otherwise drop them"
        )
    bare = [isinstance(axis, pandas.RangeIndex) and axis.equals(pandas.RangeIndex(len(axis)))
            for axis in (frame.index, frame.columns)]  # fmt: skip
    if all(bare):
        _refuse_bare_edges(name, frame)
        return frame.to_numpy(), None
    rows, columns = list(frame.index), list(frame.columns)
    if rows != columns and set(map(type, rows)) != set(map(type, columns)):
        rows, columns = [str(label) for label in rows], [str(label) for label in columns]  # 101 and "101", as of a CSV
    places = order(name, rows, columns, f"{name}.to_numpy()")
    turned = _turned(frame.index.name, frame.columns.name)
    values = frame.to_numpy()[:, places]
    return (values.T if turned else values), rows


def _refuse_bare_edges(name, frame):
    """Three columns without labels, the first two integers and the third not: three edges, not three units."""
    kinds = "".join(np.dtype(kind).kind if isinstance(kind, np.dtype) else "O" for kind in frame.dtypes)
    if frame.shape == (3, 3) and kinds in ("iif", "uuf"):
        raise NetworkError(
            f"{name} is a table of 3 rows with two columns of integers and one of numbers, which may be edges: "
            f"{_EDGES_ADVICE}; if it is a matrix, give {name}.to_numpy()"
        )


# --- xarray ---


def _data_array(name, array):
    if array.ndim != 2:
        raise NetworkError(f"{name} has the dimensions {array.dims}: give one of two dimensions, [to, from]")
    turned = _turned(*array.dims)
    labels = [list(array.indexes[dim]) if dim in array.indexes else None for dim in array.dims]
    values = array.values
    if labels[0] is None and labels[1] is None:
        return (values.T if turned else values), None
    if labels[0] is None or labels[1] is None:
        there, lacking = array.dims if labels[1] is None else array.dims[::-1]
        raise NetworkError(
            f"{name} has labels along {there!r} and none along {lacking!r}: if both have one order, give {name}.values"
        )
    places = order(name, labels[0], labels[1], f"{name}.values")
    return (values[:, places].T if turned else values[:, places]), labels[0]


# --- both ---


def _turned(rows, columns):
    """Whether the names of two axes say that rows are where weights come from."""
    return rows is not None and columns is not None and edges.ends([rows, columns]) == (0, 1)


def order(name: str, rows: Sequence[Any], columns: Sequence[Any], bare: str) -> list[int]:
    """The place among the columns of each row's label."""
    for axis, labels in (("rows", rows), ("columns", columns)):
        if len(set(labels)) < len(labels):
            twice = sorted(str(label) for label, count in Counter(labels).items() if count > 1)
            raise NetworkError(
                f"{name} has labels that stand for several {axis}, {_some(twice)}: each unit needs its own"
            )
    places = {label: place for place, label in enumerate(columns)}
    if places.keys() != set(rows):
        alone = [label for label in rows if label not in places]
        without = [label for label in columns if label not in set(rows)]
        parts = [f"only among the rows: {_some(alone)}"] if alone else []
        parts += [f"only among the columns: {_some(without)}"] if without else []
        raise NetworkError(
            f"the rows and columns of {name} have different labels ({'; '.join(parts)}): give both the same ones, or "
            f"{bare} if it is a square whose rows and columns have one order"
        )
    return [places[label] for label in rows]


def _some(labels):
    labels = [str(label) for label in labels]
    return ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
