"""Whatever people bring as weights: text with and without labels, lists of edges, files of arrays, graphs."""

import gzip
import importlib.util

import numpy as np
import pytest
import scipy.io
from scipy import sparse

import pylyap
from pylyap.errors import MissingPackageError, NetworkError, OptionError, UnknownOptionError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pylyap")


def needs(package):
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{package} is not installed")


def read(folder, text, name="w.csv", encoding="utf-8", **options):
    (folder / name).write_bytes(gzip.compress(text.encode(encoding)) if name.endswith("gz") else text.encode(encoding))
    W = pylyap.read_weights(folder / name, **options)
    return (W.toarray() if sparse.issparse(W) else W).tolist()


PLAIN = [[0.5, 1.0], [2.0, 0.0]]
TEXTS = {
    "header and index": (",A,B\nA,0.5,1\nB,2,0\n", {}),
    "columns in another order": ("to,B,A\nA,1,0.5\nB,0,2\n", {}),
    "rows in another order keep it": (",A,B\nA,0.5,1\nB,2,0\n", {}),
    "ids above and beside": (",101,102\n101,0.5,1\n102,2,0\n", {}),
    "ids in another order": (",102,101\n101,1,0.5\n102,0,2\n", {}),
    "ids above": ("101,102\n0.5,1\n2,0\n", {}),
    "ids beside": ("101,0.5,1\n102,2,0\n", {}),
    "names above": ("A,B\n0.5,1\n2,0\n", {}),
    "names beside": ("A,0.5,1\nB,2,0\n", {}),
    "one cell less above, as R writes it": ("A B\nA 0.5 1\nB 2 0\n", {}),
    "quoted names with commas": ('"","a,1","b"\n"a,1",0.5,1\n"b",2,0\n', {}),
    "blank cells": (",A,B\nA,0.5,1\nB,2,\n", {}),
    "blank lines and comments": ("# made by hand\n\n0.5,1\n\n2,0\n", {}),
    "semicolons and decimal commas": ("name;A;B\nA;0,5;1\nB;2;0\n", {}),
    "blanks and decimal commas": ("0,5 1,0\n2,0 0,0\n", {}),
    "a byte order mark": ("\ufeff0.5,1\n2,0\n", {}),
    "tabs": ("0.5\t1\n2\t0\n", {}),
    "delimiters at the ends": ("0.5,1,\n2,0,\n", {}),
    "lines of Windows": ("0.5,1\r\n2,0\r\n", {}),
    "direction": ("0.5,2\n1,0\n", dict(direction="from_to")),
    "edges with header": ("weight,post,pre\n0.5,1,1\n1,1,2\n2,2,1\n", {}),
    "edges to, from": ("1 1 0.5\n1 2 1\n2 1 2\n", dict(direction="to_from", layout="edges")),
    "edges from, to": ("1 1 0.5\n2 1 1\n1 2 2\n", dict(layout="edges")),
    "edges in several columns": ("from,to,length,w\n1,1,9,0.5\n2,1,9,1\n1,2,9,2\n", {}),
    "edges with decimal commas": ("from;to;w\n1;1;0,5\n2;1;1\n1;2;2\n", {}),
    "edges twice add up": ("from,to,w\n1,1,0.25\n1,1,0.25\n2,1,1\n1,2,2\n", {}),
}


@pytest.mark.parametrize("case", TEXTS)
def test_text_is_read(case, tmp_path):
    text, options = TEXTS[case]
    for name in ("w.csv", "w.txt", "w.tsv.gz"):
        assert read(tmp_path, text, name, **options) == PLAIN
    assert read(tmp_path, text, encoding="utf-16", **options) == PLAIN if "\ufeff" not in text else True


REFUSED = {
    "three edges": ("1,2,0.5\n2,3,1.0\n3,1,2.0\n", 'list of edges.*layout="edges".*layout="matrix"'),
    "two edges": ("1,2\n2,1\n", 'layout="edges"'),
    "two edges with weights, or two named rows": ("1,2,5\n2,1,3\n", 'layout="edges".*layout="labelled"'),
    "three edges, or a header of ids": ("101,102\n1,2\n3,4\n", 'layout="edges".*layout="labelled"'),
    "ids in the first row and column": (
        "0,101,102\n101,0.5,1\n102,2,0\n",
        'ids in its first row and column.*"labelled"',
    ),
    "a name twice": (",A,A\nA,1,2\nB,3,4\n", "several columns, A"),
    "names that overlap in part": (",A,C\nA,1,2\nB,3,4\n", "only among the rows: B; only among the columns: C"),
    "text among the numbers": (",A,B\nA,1,2\nB,many,4\n", "could not convert string to float: 'many'"),
    "rows of several lengths": ("1,2,3,4\n5,6\n1,2,3,4\n1,2,3,4\n", "rows have 2 to 4 cells"),
    "two columns of weights": ("from,to,a,b\n1,2,3,4\n", "several columns that may be weights, a, b.*key="),
    "an unknown key": ("from,to,a\n1,2,3\n", "no column 'z'"),
    "nothing": ("# nothing\n", "it is empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_text_that_may_be_two_things_or_none_is_refused_with_what_to_do(case, tmp_path):
    text, message = REFUSED[case]
    with pytest.raises(NetworkError, match=message):
        read(tmp_path, text, key="z" if "key" in case else None)


def test_the_layout_settles_what_may_be_two_things(tmp_path):
    text = "1,2,0.5\n2,3,1.0\n3,1,2.0\n"
    assert read(tmp_path, text, layout="matrix") == [[1, 2, 0.5], [2, 3, 1], [3, 1, 2]]
    assert read(tmp_path, text, layout="edges") == [[0, 0, 2], [0.5, 0, 0], [0, 1, 0]]
    assert read(tmp_path, "0,101,102\n101,0.5,1\n102,2,0\n", layout="labelled") == PLAIN
    ring = "0,1,0\n0,0,1\n1,0,0\n"  # no list of edges: weights of 0
    assert read(tmp_path, ring) == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_ids_of_any_size_stay_apart_and_names_are_units(tmp_path):
    big = 720575940628857210  # two such ids are one number in double precision
    text = f"pre,post,w\n{big},{big + 1},2\n{big + 1},{big + 2},3\n"
    assert read(tmp_path, text) == [[0, 0, 0], [2, 0, 0], [0, 3, 0]]
    assert read(tmp_path, "AVA AVB 2\nAVB PVC 3\nPVC PVC 1\nAVA PVC 1\n") == [[0, 0, 0], [2, 0, 0], [1, 3, 1]]
    assert read(tmp_path, "a,b,2\nb,c,3\nc,a,1\n") == [[0, 0, 1], [2, 0, 0], [0, 3, 0]]
    assert read(tmp_path, "from,to\n5,9\n9,7\n") == [[0, 0, 0], [0, 0, 1], [1, 0, 0]]


def test_what_was_assumed_is_said_in_one_line(tmp_path):
    with pytest.warns(UserWarning, match=r"4 edges among 3 units; without weights, each is 1; .*\"from_to\""):
        read(tmp_path, "1 2\n2 3\n3 1\n1 3\n")
    with pytest.warns(UserWarning, match="1 blank cells are taken as 0"):
        read(tmp_path, ",A,B\nA,1,\nB,2,3\n")
    with pytest.raises(NetworkError, match="names its columns from and to, direction = 'to_from' contradicts"):
        read(tmp_path, "from,to\n1,2\n", direction="to_from")


def test_options_and_other_endings(tmp_path):
    with pytest.raises(OptionError, match="did you mean 'from_to'"):
        read(tmp_path, "1", direction="from_too")
    with pytest.raises(UnknownOptionError, match="did you mean 'layout'"):
        read(tmp_path, "1", layuot="edges")
    for name, message in (
        ("w.xlsx", r"pandas.read_excel"),
        ("w.pkl", "read_pickle"),
        ("w.pt", "torch.load"),
        ("w", "known are"),
    ):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(NetworkError, match=message):
            pylyap.read_weights(tmp_path / name)
    with pytest.raises(NetworkError, match="not a regular file"):
        pylyap.read_weights(tmp_path)
    with open(tmp_path / "w.pt", "rb") as file, pytest.raises(NetworkError, match="BufferedReader: give the name"):
        pylyap.read_weights(file)


W = np.array([[0.0, 1.5, 0.0, 0.0], [0.0, 0.0, 2.5, 0.0], [0.0, 0.0, 0.0, -1.0], [3.0, 0.0, 0.0, 0.0]])


def same(found):
    np.testing.assert_array_equal(found.toarray() if sparse.issparse(found) else found, W)
    return True


def test_files_of_matlab(tmp_path):
    scipy.io.savemat(tmp_path / "w.mat", {"W": W, "t": np.arange(3.0)})
    scipy.io.savemat(tmp_path / "s.mat", {"W": sparse.csc_matrix(W)})
    scipy.io.savemat(tmp_path / "two.mat", {"W": W, "V": W + 1})
    assert same(pylyap.read_weights(tmp_path / "w.mat")) and same(pylyap.read_weights(tmp_path / "s.mat"))
    assert sparse.issparse(pylyap.read_weights(tmp_path / "s.mat"))
    with pytest.raises(NetworkError, match="holds the arrays W, V: say which"):
        pylyap.read_weights(tmp_path / "two.mat")
    assert same(pylyap.read_weights(tmp_path / "two.mat", key="W"))
    assert same(pylyap.read_weights(tmp_path / "two.mat", key="W", direction="from_to").T)


@needs("h5py")
def test_hdf5_and_new_files_of_matlab(tmp_path):
    import h5py

    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["net/W"], file["net/bias"], file["t"] = W, np.ones(4), np.ones((4, 3))
    assert same(pylyap.read_weights(tmp_path / "w.h5"))
    assert same(pylyap.read_weights(os_bytes(tmp_path / "w.h5"), key="/net/W"))
    columns = sparse.csc_array(W)
    with h5py.File(tmp_path / "v73.mat", "w", userblock_size=512) as file:
        file["W"] = W.T
        file["W"].attrs["MATLAB_class"] = np.bytes_("double")
        group = file.create_group("S")
        group.attrs["MATLAB_sparse"], group.attrs["MATLAB_class"] = 4, np.bytes_("double")
        group["data"], group["ir"], group["jc"] = columns.data, columns.indices, columns.indptr
    with open(tmp_path / "v73.mat", "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file")
    for key in ("W", "S"):
        assert same(pylyap.read_weights(tmp_path / "v73.mat", key=key))


def os_bytes(path):
    return bytes(path)


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    import sys

    for package, name in (("h5py", "w.h5"), ("networkx", "w.graphml")):
        (tmp_path / name).write_bytes(b"")
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingPackageError, match=f"pip install {package}"):
            pylyap.read_weights(tmp_path / name)


def edges_of_W():
    return [(j, i, W[i, j]) for j in range(4) for i in range(4) if W[i, j]]


@needs("networkx")
def test_graphs_of_networkx_and_their_files(tmp_path):
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(4))
    graph.add_weighted_edges_from(edges_of_W())
    assert same(pylyap.read_weights(graph)) and same(pylyap.read_weights(graph, direction="to_from").T)
    np.testing.assert_array_equal(networkx.to_numpy_array(graph).T, W)
    for name in ("graphml", "gexf"):
        getattr(networkx, f"write_{name}")(graph, tmp_path / f"w.{name}")
        assert same(pylyap.read_weights(tmp_path / f"w.{name}"))
    with pytest.raises(NetworkError, match=r"W is a graph .DiGraph.: give pylyap.read_weights"):
        pylyap.RateNetwork(graph)
    undirected = networkx.Graph()
    undirected.add_edge("a", "b", strength=2.0)
    undirected.add_edge("b", "b", strength=3.0)
    with pytest.warns(UserWarning, match="not directed"):
        found = pylyap.read_weights(undirected)
    np.testing.assert_array_equal(found, [[0, 2], [2, 3]])
    with pytest.raises(NetworkError, match="attribute 'weight': its attributes are strength"):
        pylyap.read_weights(undirected, key="weight")
    many = networkx.MultiDiGraph()
    many.add_weighted_edges_from([(0, 1, 2.0), (0, 1, 3.0)])
    np.testing.assert_array_equal(sparse.csr_array(pylyap.read_weights(many)).toarray(), [[0, 0], [5, 0]])


@needs("igraph")
def test_graphs_of_igraph():
    import igraph

    graph = igraph.Graph(4, [edge[:2] for edge in edges_of_W()], directed=True)
    graph.es["weight"] = [edge[2] for edge in edges_of_W()]
    assert same(pylyap.read_weights(graph))
    with pytest.raises(NetworkError, match="is a graph"):
        pylyap.DiscreteNetwork(graph)


@pytest.mark.filterwarnings("default::UserWarning:pylyap")
def test_the_direction_of_a_matrix_is_said_once_where_it_matters(tmp_path, recwarn):
    W = np.array([[0.5, 1.0], [2.0, 0.0]])
    np.savetxt(tmp_path / "w.csv", W, delimiter=",")
    np.save(tmp_path / "w.npy", W)
    np.savetxt(tmp_path / "same.txt", W + W.T)
    scipy.io.savemat(tmp_path / "w.mat", {"W": sparse.csc_array(W)})
    scipy.io.mmwrite(tmp_path / "w.mtx", W)
    for name, said in (("w.csv", 1), ("w.mat", 1), ("w.mtx", 1), ("w.npy", 0), ("same.txt", 0)):
        for direction in (None, "to_from", "from_to"):
            recwarn.clear()
            pylyap.read_weights(tmp_path / name, direction=direction)
            texts = [str(warning.message) for warning in recwarn]
            assert len(texts) == (said if direction is None else 0), (name, direction, texts)
            assert all('[i, j] is taken as the weight from unit j to unit i (direction="to_from")' in text for text in texts)
            assert all(warning.filename == __file__ for warning in recwarn)  # the line that read
