"""Tables in memory whose rows and columns carry names: aligned or refused, never taken as if they had one order."""

import numpy as np
import pytest

import pylyap
from pylyap.errors import NetworkError


def weights(table):
    return pylyap.DiscreteNetwork(table).weights.tolist()


def test_rows_and_columns_of_data_frames_are_brought_into_one_order():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame([[0, 1], [2, 0]], index=["A", "B"], columns=["B", "A"])
    assert weights(frame) == [[1, 0], [0, 2]]
    assert weights(pandas.DataFrame([[0, 1], [2, 0]], index=[101, 102], columns=["102", "101"])) == [[1, 0], [0, 2]]
    assert weights(pandas.DataFrame([[0.0, 1], [2, 0]])) == [[0, 1], [2, 0]]
    both = pandas.MultiIndex.from_tuples([("L", 1), ("R", 1)])
    assert weights(pandas.DataFrame([[0, 1], [2, 0]], index=both, columns=both[::-1])) == [[1, 0], [0, 2]]
    # rows are where weights come from, as the names of the axes say
    edges = pandas.DataFrame(
        {"source": ["A", "A", "B", "B"], "target": ["A", "B", "A", "B"], "w": [1.0, 2.0, 3.0, 4.0]}
    )
    assert weights(edges.pivot(index="source", columns="target", values="w")) == [[1, 3], [2, 4]]
    assert pylyap.LeakyRNN(frame).layers[0].weights.tolist() == [[1, 0], [0, 2]]


def test_data_frames_that_do_not_tell_are_refused():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    make = pandas.DataFrame
    square = [[0, 1], [2, 0]]
    for frame, message in [
        (make(square, index=["A", "A"], columns=["A", "B"]), "several rows, A: each unit needs its own"),
        (make(square, index=["A", "B"], columns=["B", "B"]), "several columns, B"),
        (make(square, index=["A", "B"], columns=["B", "C"]), "only among the rows: A; only among the columns: C"),
        (make(square, columns=["A", "B"]), r"different labels.*W.to_numpy\(\)"),
        (make({"name": ["A", "B"], "A": [0, 1], "B": [2, 0]}), r"not numbers, name.*set_index"),
        (make({"source": [1, 2, 3], "target": [2, 3, 1], "weight": [0.5, 1, 2]}), "a table of edges"),
        (make({0: [1, 2, 3], 1: [2, 3, 1], 2: [0.5, 1.0, 2.0]}), "may be edges"),
        (make([[0, 1.0], [None, 0]], index=["A", "B"], columns=["A", "B"]), "NaN"),
    ]:
        with pytest.raises(NetworkError, match=message):
            pylyap.RateNetwork(frame)


def test_data_arrays():
    xarray = pytest.importorskip("xarray", reason="xarray is not installed")
    make = xarray.DataArray
    assert weights(make([[0, 1], [2, 0]], coords={"to": ["A", "B"], "from": ["B", "A"]})) == [[1, 0], [0, 2]]
    assert weights(make([[0, 1], [2, 0]], dims=("pre", "post"))) == [[0, 2], [1, 0]]
    assert weights(make([[0, 1], [2, 0]], coords={"from": ["A", "B"], "to": ["B", "A"]})) == [[1, 0], [0, 2]]
    assert weights(make([[0, 1], [3, 4]], coords={"from": ["A", "B"], "to": ["A", "B"]})) == [[0, 3], [1, 4]]
    with pytest.raises(NetworkError, match="only among the rows"):
        pylyap.RateNetwork(make([[0, 1], [2, 0]], coords={"to": ["A", "B"], "from": ["B", "C"]}))
    with pytest.raises(NetworkError, match="labels along 'to' and none along 'from'"):
        pylyap.RateNetwork(make([[0, 1], [2, 0]], dims=("to", "from"), coords={"to": ["A", "B"]}))


def test_structured_and_masked_arrays_and_tuples_of_edges():
    fields = np.array([(0.0, 1.0), (2.0, 0.0)], dtype=[("A", float), ("B", float)])
    for table, message in [
        (fields, "structured array with the fields A, B.*structured_to_unstructured"),
        (np.ma.masked_equal([[0.0, 1], [2, 0]], 0), "masked entries"),
        ([(1, 2, 0.5), (2, 3, 1.0), (3, 1, 2.0)], "3 tuples that may be edges"),
        ([("A", "B"), ("B", "A")], "2 tuples that may be edges"),
    ]:
        with pytest.raises(NetworkError, match=message):
            pylyap.RateNetwork(table)
    assert weights(((0.5, 1.0), (2.0, 0.0))) == [[0.5, 1], [2, 0]]
    assert weights(np.ma.array([[0.5, 1.0], [2.0, 0.0]])) == [[0.5, 1], [2, 0]]
