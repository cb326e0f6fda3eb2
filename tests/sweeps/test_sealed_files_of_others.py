"""Files of a store whose checksum is good and whose header is odd: they count as damaged, and take no memory."""

import numpy as np
import pytest

import pylyap
from pylyap import _archives

MEASURE = pylyap.sweeps.Measure("m", lambda condition: {"y": np.arange(3.0), "n": 7, "word": "abc"})
CHANGES = {
    "no names": dict(names=None),
    "other names": dict(names=["z"]),
    "names that are a number": dict(names=3),
    "parts that are none": dict(packed=None),
    "a shape that is too large": dict(packed={"y": [10**12]}),
    "a shape of words": dict(packed={"y": ["a"]}),
    "a plain value without a type": dict(plain={"n": 7, "word": ["<U3", "abc"]}),
    "a word of 40 GB": dict(plain={"n": ["<i8", 7], "word": ["<U10000000000", "abc"]}),
    "an object": dict(plain={"n": ["|O", 7], "word": ["<U3", "abc"]}),
    "a number that does not fit": dict(plain={"n": ["<i8", 10**30], "word": ["<U3", "abc"]}),
    "no condition": dict(condition=None),
    "a condition that is a list": dict(condition=[1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_they_are_computed_again(change, tmp_path):
    pylyap.sweep(MEASURE, [{"x": 1.0}], store=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    header, arrays = _archives.read(path)
    _archives.write(path, {**header, **CHANGES[change]}, arrays)
    with pytest.warns(UserWarning, match="computed again"):
        result = pylyap.sweep(MEASURE, [{"x": 1.0}], store=tmp_path)
    assert result["y"].tolist() == [[0.0, 1.0, 2.0]] and result["n"] == [7] and result["word"] == ["abc"]
