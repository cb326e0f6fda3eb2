"""Results whose header is odd and whose checksum is right: refused by name, or all that is told of them can be told."""

import copy
import dataclasses
import math

import numpy as np
import pytest
from subprocesses import ROOT

import pylyap
from pylyap import _archives
from pylyap.errors import FileFormatError, OptionError
from pylyap.plotting.style import unit_names

FILES = ROOT / "tests" / "data" / "files"
ODD = (None, "x", [], 10**400, math.nan)


def places(value, before=()):
    """Every key of a dict, and of the dicts in it, but for the options and fingerprints in the provenance, which nobody reads."""
    for name, inner in value.items():
        yield (*before, name)
        if isinstance(inner, dict) and name not in ("options", "sha256"):
            yield from places(inner, (*before, name))


def changed(header, place, value):
    header = inner = copy.deepcopy(header)
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return header


@pytest.mark.parametrize("name", ["spectrum-1.npz", "covariant-vectors-1.npz"])
def test_whatever_stands_in_a_header_it_is_refused_or_told(name, monkeypatch):
    header, arrays = _archives.read(FILES / name)
    of_spectrum = header.get("spectrum", header)
    of_spectrum["provenance"]["labels"] = [f"unit {i}" for i in range(of_spectrum["size"])]
    told = refused = 0
    for place in places(header):
        for value in ODD:
            monkeypatch.setattr("pylyap.results.storage.read_file", lambda path: (changed(header, place, value), dict(arrays)))
            try:
                result = pylyap.load("a file")
            except FileFormatError:
                refused += 1
            else:
                spectrum = getattr(result, "spectrum", result)
                assert result.summary() and repr(result) and unit_names(spectrum, range(spectrum.size))
                told += 1
    assert told > 20 and refused > 50


@pytest.mark.parametrize("durations", [0.0, -1.0, math.nan, math.inf])
def test_blocks_have_a_length(durations, monkeypatch):
    header, arrays = _archives.read(FILES / "spectrum-1.npz")
    arrays["durations"][3] = durations
    monkeypatch.setattr("pylyap.results.storage.read_file", lambda path: (header, arrays))
    with pytest.raises(FileFormatError, match="durations"):
        pylyap.load("a file")


@pytest.mark.parametrize("labels", [3, "abc", ["a", "b"], ["a", "b", 3], {"a": 1, "b": 2, "c": 3}])
def test_labels_are_a_text_for_each_unit(labels, monkeypatch):
    header, arrays = _archives.read(FILES / "spectrum-1.npz")
    header["provenance"]["labels"] = labels
    monkeypatch.setattr("pylyap.results.storage.read_file", lambda path: (header, arrays))
    with pytest.raises(FileFormatError, match="labels"):
        pylyap.load("a file")


@pytest.mark.parametrize("changes", [
    dict(diagnostics={"method": "qr"}), dict(diagnostics={"x": None}), dict(durations=np.zeros(20)), dict(size=1), dict(message=3),
    dict(provenance={"labels": ("a",)}),
])  # fmt: skip
def test_what_could_not_be_read_is_not_saved(changes, tmp_path):
    fields = dict(
        log_growth=np.tile([0.5, -1.0], (20, 1)), durations=np.ones(20), time_unit="step", size=2, status="converged", message="",
        diagnostics={"x": np.int64(3), "y": np.True_}, provenance={"labels": ("a", "b")}, final_state=np.zeros(2),
    )  # fmt: skip
    pylyap.LyapunovSpectrum(**fields).save(tmp_path / "good.npz")
    assert pylyap.load(tmp_path / "good.npz").labels == ("a", "b")
    with np.errstate(all="ignore"), pytest.raises(OptionError, match="cannot be saved"):
        pylyap.LyapunovSpectrum(**{**fields, **changes}).save(tmp_path / "bad.npz")
    assert not (tmp_path / "bad.npz").exists()


def test_vectors_that_could_not_be_read_are_not_saved(tmp_path):
    vectors = pylyap.load(FILES / "covariant-vectors-1.npz")
    with pytest.raises(OptionError, match="cannot be saved.*'qr'"):
        dataclasses.replace(vectors, diagnostics={"method": "qr"}).save(tmp_path / "bad.npz")
