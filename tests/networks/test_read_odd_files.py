"""Odd files, graphs and arrays: read as they are meant, or refused with the line that makes an array of them."""

import gzip
import importlib.util

import numpy as np
import pytest
import scipy.io
from scipy import sparse

import pylyap
from pylyap.errors import NetworkError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pylyap", "ignore::UserWarning:test_read_odd_files")
PLAIN = [[0.5, 1.0], [2.0, 0.0]]
W = np.array([[0.0, 1.5, 0.0], [0.0, 0.0, 2.5], [-1.0, 0.0, 0.0]])


def dense(found):
    return found.toarray() if sparse.issparse(found) else np.asarray(found)


def read(folder, text, name="w.csv", **options):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return dense(pylyap.read_weights(folder / name, **options)).tolist()


TEXTS = {
    "exponents of Fortran": "0.5D+00 1.0D+00\n2.0d0 0.0D0\n",
    "a minus as of a text processor": "0.5,1\n\u22122,0\n".replace("\u2212", ""),
    "the separator told to a spreadsheet": "sep=;\n0.5;1\n2;0\n",
    "comments behind numbers": "0.5 1 # first\n2 0 # second\n",
    "blank rows at the end": "0.5,1\n2,0\n,\n,\n",
    "bars": "0.5|1\n2|0\n",
    "ids with decimals, as numpy.savetxt writes them": "0. 0. 0.5\n1. 0. 1.0\n0. 1. 2.0\n",
    "two units of one kind": "neuron1,neuron2,syn_count\n1,1,0.5\n2,1,1\n1,2,2\n",
    "a known weight beside unknown ends": "x,y,weight\n1,1,0.5\n2,1,1\n1,2,2\n2,2,0\n",
}


@pytest.mark.parametrize("case", TEXTS)
def test_odd_text_is_read(case, tmp_path):
    assert read(tmp_path, TEXTS[case], "w.txt", layout="edges" if "decimals" in case else "auto") == PLAIN


def test_minus_signs_and_many_edges_with_decimals(tmp_path):
    assert read(tmp_path, "0.5,\u22121\n2,0\n") == [[0.5, -1], [2, 0]]
    np.savetxt(tmp_path / "w.txt", [(0, 1, 2.5), (1, 2, 1.0), (2, 0, 1.0), (0, 2, 1.0)])
    np.testing.assert_array_equal(dense(pylyap.read_weights(tmp_path / "w.txt")), [[0, 0, 1], [2.5, 0, 0], [1, 1, 0]])


REFUSED = {
    "per cent": ("50%,100%\n200%,0%\n", "cell '50%', a number in a way that is not read"),
    "complex": ("1+2j,0\n0,1\n", r"cell '1\+2j'"),
    "thousands": ('"1,000.5","2,000.0"\n"3,000.0","0"\n', "cell '1,000.5'"),
    "missing": (",A,B\nA,NA,1\nB,2,0\n", "'NA'; or make an array yourself, such as by pandas.read_csv"),
    "a printed array": ("[[0.5 1. ]\n [2.  0. ]]\n", "printed array"),
    "attributes of networkx": ("1 2 {'weight': 0.5}\n2 1 {}\n", "networkx.read_edgelist"),
    "places in a matrix": ("row,col,val\n1,2,0.5\n2,3,1.5\n3,1,2\n", "does not tell the direction.*from_to"),
    "no end": ("from,to,w\n1,,0.5\n2,1,1\n", "1 edges without a unit at one end"),
    "no separator": ("0.5:1\n2:0\n", "lines of one cell"),
    "a pointer of Git LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
    "a web page": ("<!DOCTYPE html>\n<html></html>\n", "is a web page"),
    "three edges or three units": ("x,y,w\n1,2,0.5\n2,3,1\n3,1,2\n", 'layout="edges".*layout="labelled"'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_odd_text_is_refused_with_what_to_do(case, tmp_path):
    text, told = REFUSED[case]
    with pytest.raises(NetworkError, match=told):
        read(tmp_path, text)


def test_the_direction_of_places_can_be_given(tmp_path):
    text = "row,col,val\n1,2,0.5\n2,3,1.5\n3,1,2\n"
    assert read(tmp_path, text, direction="to_from") == [[0, 0.5, 0], [0, 0, 1.5], [2, 0, 0]]
    assert read(tmp_path, text, direction="from_to") == [[0, 0, 2], [0.5, 0, 0], [0, 1.5, 0]]


@pytest.mark.parametrize("name, told", [
    ("w.net", "networkx.read_pajek"), ("w.nc", "xarray.open_dataset"), ("w.csv.bz2", "pandas.read_csv"), ("w.rds", "pyreadr"),
    ("w.asc", "numpy.loadtxt"), ("weights", "numpy.loadtxt"), ("w.npy.gz", "compressed by gzip"), ("w.mat.gz", "compressed by gzip"),
])  # fmt: skip
def test_other_endings_lead_on(name, told, tmp_path):
    (tmp_path / name).write_bytes(gzip.compress(b"1") if name.endswith("gz") else b"1")
    with pytest.raises(NetworkError, match=told):
        pylyap.read_weights(tmp_path / name)


@pytest.mark.parametrize("given, told", [
    (np.eye(2), "give it to the network"), ({0: {1: 1.0}}, "networkx.DiGraph makes one"), ("https://a.org/w.csv", "fetch it first"),
    ("", "give the name of a file"), (np.zeros((4, 3)), "give it to the network"),
])  # fmt: skip
def test_what_is_no_file_leads_on(given, told):
    with pytest.raises(NetworkError, match=told):
        pylyap.read_weights(given)


def test_structs_and_cells_of_matlab(tmp_path):
    cells = np.empty((1, 2), object)
    cells[0, 0], cells[0, 1] = W, W + 1
    scipy.io.savemat(tmp_path / "w.mat", {"params": {"W": W, "tau": 1.0, "name": "a"}, "note": "text"})
    np.testing.assert_array_equal(pylyap.read_weights(tmp_path / "w.mat"), W)
    np.testing.assert_array_equal(pylyap.read_weights(tmp_path / "w.mat", key="params.W"), W)
    scipy.io.savemat(tmp_path / "w.mat", {"layers": cells})
    np.testing.assert_array_equal(pylyap.read_weights(tmp_path / "w.mat", key="layers/1"), W + 1)
    with pytest.raises(NetworkError, match="holds the arrays layers/0, layers/1"):
        pylyap.read_weights(tmp_path / "w.mat")
    scipy.io.savemat(tmp_path / "w.mat", {"name": "text"})
    with pytest.raises(NetworkError, match="holds no matrix of numbers"):
        pylyap.read_weights(tmp_path / "w.mat")


@pytest.mark.skipif(importlib.util.find_spec("h5py") is None, reason="h5py is not installed")
@pytest.mark.parametrize("kind", ["csr", "csc"])
def test_sparse_matrices_in_hdf5(kind, tmp_path):
    import h5py

    made = getattr(sparse, f"{kind}_array")(W)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        for name in ("data", "indices", "indptr"):
            file[f"X/{name}"] = getattr(made, name)
        file["X"].attrs.update({"encoding-type": f"{kind}_matrix", "shape": W.shape})
    np.testing.assert_array_equal(dense(pylyap.read_weights(tmp_path / "w.h5")), W)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["W"] = W.ravel()
    with pytest.raises(NetworkError, match=r"only W \(9,\).*reshape"):
        pylyap.read_weights(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.create_group("frame").attrs["pandas_type"] = "frame"
    with pytest.raises(NetworkError, match=r'pandas.read_hdf\(path, "frame"\)'):
        pylyap.read_weights(tmp_path / "w.h5")


def test_archives_of_numpy(tmp_path):
    np.savez(tmp_path / "w.npz", W=W, bias=np.ones(3), about=np.array({"g": 1}, dtype=object))
    np.testing.assert_array_equal(pylyap.read_weights(tmp_path / "w.npz"), W)  # the only square
    with pytest.raises(NetworkError, match="holds Python objects.*allow_pickle=True"):
        pylyap.read_weights(tmp_path / "w.npz", key="about")
    rows = sparse.csr_array(W)
    np.savez(tmp_path / "w.npz", data=rows.data, indices=rows.indices, indptr=rows.indptr)
    with pytest.raises(NetworkError, match="do not tell whether they are rows or columns.*csr_array"):
        pylyap.read_weights(tmp_path / "w.npz")
    np.save(tmp_path / "w.npy", {"W": W})
    with pytest.raises(NetworkError, match=r"holds Python objects.*\.item\(\)"):
        pylyap.read_weights(tmp_path / "w.npy")
    (tmp_path / "w.npy").write_bytes(b"something else")
    with pytest.raises(NetworkError, match="does not begin like one"):
        pylyap.read_weights(tmp_path / "w.npy")


GML = 'graph [ directed 1 node [ id 0 {} ] node [ id 1 {} ] edge [ source 0 target 1 value 2 ] ]'
GRAPHML = (
    '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="w" for="edge" attr.name="weight" '
    'attr.type="double"><default>1.5</default></key><graph edgedefault="directed"><node id="a"/><node id="b"/>'
    '<edge source="a" target="b"/><edge source="b" target="a"><data key="w">2.5</data></edge></graph></graphml>'
)


@pytest.mark.skipif(importlib.util.find_spec("networkx") is None, reason="networkx is not installed")
def test_odd_graphs(tmp_path):
    import networkx

    for labels, names in ((("", ""), None), (('label "a"', 'label "a"'), None), (('label "a"', 'label "b"'), ("a", "b"))):
        (tmp_path / "w.gml").write_text(GML.format(*labels))
        found = pylyap.read_weights(tmp_path / "w.gml")
        assert dense(found).tolist() == [[0, 0], [2, 0]] and getattr(found, "labels", None) == names
    assert read(tmp_path, GRAPHML, "w.graphml") == [[0, 2.5], [1.5, 0]]
    graph = networkx.DiGraph()
    graph.add_edge(1, "1", weight=2.0)
    assert getattr(pylyap.read_weights(graph), "labels", None) is None  # two units with one name
    graph.add_edge("1", 2, weight="3")
    with pytest.raises(NetworkError, match="not every edge.*float"):
        pylyap.read_weights(graph)


@pytest.mark.parametrize("bad, told", [
    (W != 0, r"W.astype\(float\)"), (W.astype(str), r"W.astype\(float\)"), (W + 0j, "W.real"), (sparse.csr_array(W != 0), "astype"),
    (W.ravel(), r"W.reshape\(3, 3\)"), (W.reshape(-1, 1), r"W.reshape\(3, 3\)"), (np.stack([W, W]), r"2 matrices.*W\[0\]"),
    (np.ones((5, 3)), r"csr_array\(\(W\[:, 2\], "), (np.ones((5, 2)), r"csr_array\(\(numpy.ones"),
])  # fmt: skip
def test_arrays_that_are_no_matrix_are_told_the_line(bad, told):
    with pytest.raises(NetworkError, match=told):
        pylyap.RateNetwork(bad)


def test_numbers_of_units_come_in_the_order_of_their_names():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(W, index=list("abc"), columns=list("abc"))
    turned = pandas.Series([3.0, 2.0, 1.0], index=list("cba"))
    network = pylyap.RateNetwork(frame, tau=turned, bias=turned, input_gain=turned)
    for values in (network.tau, network.bias, network.input_gain):
        assert values.tolist() == [1, 2, 3]
    assert pylyap.RateNetwork(frame, bias=pandas.Series([3.0, 2.0, 1.0])).bias.tolist() == [3, 2, 1]
    assert pylyap.RateNetwork(W, bias=turned).bias.tolist() == [3, 2, 1]
    with pytest.raises(NetworkError, match="bias has the index a, b, d, and the units are called a, b, c"):
        pylyap.RateNetwork(frame, bias=pandas.Series([1.0, 2, 3], index=list("abd")))
