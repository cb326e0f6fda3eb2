"""Edge lists: a line for each connection, with the unit it comes from, the unit it goes to, and mostly a weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import NetworkError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FORMATS: dict = {}  # what files of text and graphs share

# names of columns and axes, without case and signs
SOURCES = {"source", "src", "from", "pre", "presynaptic", "preid", "prerootid", "sender", "bodyidpre", "sourceid",
           "fromid", "preptrootid", "presyn", "presynid", "fromnode", "fromnodeid", "sourcenode"}  # fmt: skip
TARGETS = {"target", "tgt", "dst", "to", "post", "postsynaptic", "postid", "postrootid", "receiver", "bodyidpost", "targetid",
           "toid", "postptrootid", "postsyn", "postsynid", "tonode", "tonodeid", "targetnode"}  # fmt: skip
WEIGHTS = {"weight", "weights", "w", "value", "strength", "count", "syncount", "synapses", "val",
           "nbr", "nsyn"}
PAIRS = {("u", "v"), ("a", "b"), ("i", "j"), ("row", "col"), ("rows", "cols"), ("row", "column")}
MATRIX_PAIRS = {("i", "j"), ("row", "col"), ("rows", "cols"), ("row", "column")}  # places in a matrix, of either direction


def plain(name: Any) -> str:
    """A name of a column as the sets above have them."""
    return "".join(sign for sign in str(name).lower() if sign.isalnum())


def ends(names: Sequence[Any]) -> tuple[int, int] | None:
    """(source, target) as places among the names of columns, or None if they do not tell both once."""
    sources = [place for place, name in enumerate(names) if plain(name) in SOURCES]
    targets = [place for place, name in enumerate(names) if plain(name) in TARGETS]
    return (sources[0], targets[0]) if len(sources) == len(targets) == 1 else None


def pair(names: Sequence[Any]) -> tuple[int, int] | None:
    """The places of the first two columns if they name two units of one kind, such as node1 and node2, and more follow."""
    first, second = (plain(name) for name in (*names[:2], "", "")[:2])
    alike = first[:-1] == second[:-1] != "" and (first[-1:], second[-1:]) in {("1", "2"), ("a", "b")}
    return (0, 1) if len(names) > 2 and (alike or (first, second) in PAIRS) and _has_weights(names) else None


def _has_weights(names):
    return any(plain(name) in WEIGHTS for name in names[2:])


def says_no_direction(names: Sequence[Any]) -> bool:
    """Whether two columns are named as the places in a matrix, whose direction their names do not tell."""
    return tuple(map(plain, names)) in MATRIX_PAIRS


def weight_column(names: list[Any], used: Sequence[int], key: str | None, where: Any) -> int | None:
    """The place of the column of weights, or None if there is none."""
    if key is not None:
        if key not in names:
            raise NetworkError(f"{where} has no column {key!r}: its columns are {', '.join(map(str, names))}")
        return names.index(key)
    others = [place for place in range(len(names)) if place not in used]
    named = [place for place in others if plain(names[place]) in WEIGHTS]
    found = named if len(named) == 1 else others
    if len(found) > 1:
        raise NetworkError(
            f"{where} has several columns that may be weights, {', '.join(str(names[place]) for place in found)}: "
            "name one by key="
        )
    return found[0] if found else None


def matrix_of(sources: NDArray[Any], targets: NDArray[Any], weights: ArrayLike) -> tuple[csr_array, NDArray[Any]]:
    """A csr_array [to, from] and the names of its units, from three arrays of one length.

    Numbers as names are sorted, other names are in the order in which they first appear. Several edges between the same
    two units add up.
    """
    from scipy.sparse import coo_array, csr_array

    names, (columns, rows) = _numbered(sources, targets)
    entries = coo_array((np.asarray(weights, float), (rows, columns)), shape=(len(names), len(names)))
    return csr_array(entries), names


def _numbered(*lists):
    """(distinct ids, number of each in each list) in numerical order, or in order of appearance if they are no integers."""
    if all(ids.dtype.kind in "iu" for ids in lists):
        low, high = min(int(ids.min()) for ids in lists), max(int(ids.max()) for ids in lists)
        if high - low < 4 * sum(map(len, lists)):  # counting is faster than sorting
            there = np.zeros(high - low + 1, bool)
            for ids in lists:
                there[ids - low] = True
            number = np.cumsum(there, dtype=np.int32) - 1
            return np.flatnonzero(there) + low, [number[ids - low] for ids in lists]
        names, index = np.unique(np.concatenate(lists), return_inverse=True)
        return names, np.split(index.ravel(), np.cumsum([len(ids) for ids in lists])[:-1])
    numbers: dict[Any, int] = {}
    found = [
        np.fromiter((numbers.setdefault(name, len(numbers)) for name in ids.tolist()), np.int64, len(ids)) for ids in lists
    ]
    return np.array(list(numbers)), found
