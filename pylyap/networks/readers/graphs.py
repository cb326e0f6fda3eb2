"""Graphs of networkx and igraph, and their files. An edge goes from its first unit to its second one."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import MissingPackageError, NetworkError
from . import edges, refuse_layout

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, ending: str, *, key: str | None, direction: str | None, layout: str) -> Any:
    """The matrix [to, from] of a file of a graph."""
    refuse_layout(path, ending, layout)
    try:
        import networkx
    except ImportError as error:
        raise MissingPackageError(f"{path} is a file of a graph, which needs networkx: pip install networkx") from error
    if ending == ".gml":  # whose labels need not be there, nor differ: `_names` takes them if they can be names
        return _of_networkx(networkx.read_gml(path, label="id"), key, direction)
    graph = {".graphml": networkx.read_graphml, ".gexf": networkx.read_gexf}[ending](path)
    for _, _, data in graph.edges(data=True):  # GraphML tells once what most edges have
        data.update({name: value for name, value in graph.graph.get("edge_default", {}).items() if name not in data})
    return _of_networkx(graph, key, direction)


FORMATS = dict.fromkeys((".graphml", ".gexf", ".gml"), read)


def matrix_of(graph: Any, key: str | None, direction: str | None) -> Any:
    """The sparse matrix [to, from] of a graph, None if it is none; units are in the order of the graph's."""
    for package, read_graph in (("networkx", _of_networkx), ("igraph", _of_igraph)):
        module = sys.modules.get(package)
        if module is not None and isinstance(graph, module.Graph):
            return read_graph(graph, key, direction)
    return None


def _of_networkx(graph, key, direction):
    place = {node: number for number, node in enumerate(graph)}
    own = list(map(str, graph))  # 1 and "1" are two nodes
    names = _names([graph.nodes[node] for node in graph]) or (own if len(set(own)) == len(own) else range(len(own)))
    found = list(graph.edges(data=True))
    ends = np.array([(place[source], place[target]) for source, target, _ in found], int).reshape(-1, 2)
    return _matrix(names, ends, [data for _, _, data in found], graph.is_directed(), key, direction)


def _of_igraph(graph, key, direction):
    ends = np.array(graph.get_edgelist(), int).reshape(-1, 2)
    names = _names([vertex.attributes() for vertex in graph.vs]) or range(graph.vcount())
    return _matrix(names, ends, [edge.attributes() for edge in graph.es], graph.is_directed(), key, direction)


def _names(attributes):
    """The attribute that names the units, each another, or None."""
    for name in ("name", "label"):
        found = [data.get(name) for data in attributes]
        if all(isinstance(own, str) and own for own in found) and len(set(found)) == len(found):
            return found
    return None


def _matrix(names, ends, attributes, directed, key, direction):
    from scipy.sparse import coo_array, csr_array

    from ..labelled import with_labels

    n = len(names)
    weights, said = _weights(attributes, key)
    source, target = ends.T if direction != "to_from" else ends.T[::-1]
    if not directed:
        both = source != target  # a loop is there once
        source, target = np.r_[source, target[both]], np.r_[target, source[both]]
        weights = np.r_[weights, weights[both]]
        said += "; it is not directed, so each goes both ways"
    warnings.warn(f"a graph of {n} units and {len(ends)} edges{said}", stacklevel=5)  # where read_weights was called
    return with_labels(csr_array(coo_array((weights, (target, source)), shape=(n, n))), names)


def _weights(attributes, key):
    """(weights, what is said of them)."""
    names = sorted({name for data in attributes for name in data if name != "id"}, key=str)
    numeric = [
        name for name in names if all(isinstance(data.get(name), (int, float, np.number)) for data in attributes)
    ]
    if key is None:
        named = [name for name in names if edges.plain(name) in edges.WEIGHTS]
        found = named if len(named) == 1 else numeric
        if len(found) > 1:
            raise NetworkError(f"edges of the graph have several numbers, {', '.join(found)}: name the weights by key=")
        key = found[0] if found else None
        if key is None:
            return np.ones(len(attributes)), ", without weights: each is 1"
    if key not in numeric:
        has = f"its attributes are {', '.join(map(str, names))}" if names else "it has none"
        raise NetworkError(
            f"not every edge of the graph has a number as its attribute {key!r}: {has}. Give each one, as by "
            'd["weight"] = float(d["weight"]) for each d of edges (networkx: graph.edges(data=True), third element)'
        )
    return np.array([data[key] for data in attributes], float), f", weighted by {key!r}"
