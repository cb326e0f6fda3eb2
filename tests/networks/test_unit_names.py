"""Names of units, from tables, lists of edges and graphs to the network, its results, figures and files."""

import importlib.util

import numpy as np
import pytest
from scipy import sparse

import pylyap
from pylyap.errors import NetworkError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pylyap")


def needs(package):
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{package} is not installed")


TEXTS = {
    ",A,B\nA,0.5,1\nB,2,0\n": ("A", "B"), ",B,A\nA,1,0.5\nB,0,2\n": ("A", "B"), "AVAL,RIA\n0.5,1\n2,0\n": ("AVAL", "RIA"),
    "AVAL,0.5,1\nRIA,2,0\n": ("AVAL", "RIA"), "from,to,w\nA,A,0.5\nB,A,1\nA,B,2\n": ("A", "B"),
    "from,to,w\n101,101,0.5\n102,101,1\n101,102,2\n": ("101", "102"), "from,to,w\n0,0,0.5\n1,0,1\n0,1,2\n": None,
    "0.5,1\n2,0\n": None, "é $,b_2\n0.5,1\n2,0\n": ("é $", "b_2"),
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("direction", [None, "from_to"])
def test_names_of_text(text, direction, tmp_path):
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    W = pylyap.read_weights(tmp_path / "w.csv", direction=direction)
    network = pylyap.RateNetwork(W)
    assert network.labels == TEXTS[text]
    expected = np.array([[0.5, 1], [2, 0]])
    turned = direction is not None and "from" not in text
    np.testing.assert_array_equal(network.weights, expected.T if turned else expected)


@needs("networkx")
def test_names_of_graphs(tmp_path):
    import networkx

    graph = networkx.DiGraph()
    graph.add_weighted_edges_from([("AVAL", "RIA", 2.0), ("RIA", "AVAL", 3.0), ("RIA", "SMD", 1.0)])
    W = pylyap.read_weights(graph)
    assert W.labels == ("AVAL", "RIA", "SMD") and W[2, 1] == 1.0
    networkx.set_node_attributes(graph, {"AVAL": "a", "RIA": "r", "SMD": "s"}, "name")
    for ending, write in ((".graphml", networkx.write_graphml), (".gexf", networkx.write_gexf)):
        write(graph, tmp_path / f"g{ending}")
        names = pylyap.DiscreteNetwork(pylyap.read_weights(tmp_path / f"g{ending}")).labels
        # GEXF writes a label of its own beside the name
        assert names == ("a", "r", "s")
    assert not hasattr(pylyap.read_weights(networkx.path_graph(3)), "labels")


@needs("igraph")
def test_names_of_igraph():
    import igraph

    graph = igraph.Graph(directed=True, edges=[(0, 1), (1, 0)])
    assert not hasattr(pylyap.read_weights(graph), "labels")
    graph.vs["name"] = ["u", "v"]
    assert pylyap.read_weights(graph).labels == ("u", "v")


@needs("pandas")
def test_names_of_tables():
    import pandas

    frame = pandas.DataFrame([[0.5, 1], [2, 0]], index=["x", "y"], columns=["x", "y"])
    assert pylyap.RateNetwork(frame).labels == ("x", "y")
    assert pylyap.RateNetwork(frame, labels=["p", "q"]).labels == ("p", "q")
    assert pylyap.RateNetwork(frame.to_numpy()).labels is None


def test_what_is_computed_has_no_names_but_scaled_weights_do(tmp_path):
    (tmp_path / "w.csv").write_text(",A,B\nA,0.5,1\nB,2,0\n")
    W = pylyap.read_weights(tmp_path / "w.csv")
    for other in (2 * W, W.T, W[::-1, ::-1], W + W, W.copy()):
        assert pylyap.RateNetwork(other).labels is None
    thin = sparse.csr_array(W)
    assert pylyap.RateNetwork(thin).labels is None
    assert pylyap.RateNetwork(2 * W, labels=W.labels).labels == ("A", "B")
    assert pylyap.RateNetwork(pylyap.weights.scaled_to(W, 1.5)).labels == ("A", "B")
    assert [pylyap.RateNetwork(g).labels for g in pylyap.weights.rescaled(W, [1.0, 2.0])] == [("A", "B")] * 2


@pytest.mark.parametrize("labels, told", [(["a"], "1 names"), (["a", "a"], "1 of them different"), ("ab", "is a str"), (3, "is a int")])
def test_names_are_checked(labels, told):
    with pytest.raises(NetworkError, match=told):
        pylyap.RateNetwork(np.eye(2), labels=labels)


def test_results_figures_and_files_have_them(tmp_path):
    W = pylyap.weights.gaussian(6, 2.0, seed=1)
    names = ["AVAL", "RI$A", "c", "d", "e", "f"]
    spectrum = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W, labels=names), t_average=50, n_exponents=2)
    assert spectrum.labels == tuple(names)
    spectrum.save(tmp_path / "s.npz")
    assert pylyap.load(tmp_path / "s.npz").labels == tuple(names)
    from pylyap.plotting import plot_traces

    ax = plot_traces(spectrum, n_units=2)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["AVAL", r"RI\$A"]
    ax.figure.canvas.draw()  # a name is no formula
    if importlib.util.find_spec("xarray"):
        n_units = spectrum.unit_traces.shape[1]
        assert spectrum.to_xarray().unit.values.tolist() == names[:n_units]
    plain = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W), t_average=50, n_exponents=2)
    assert plain.labels is None and "labels" not in plain.provenance
    np.testing.assert_array_equal(plain.exponents, spectrum.exponents)
