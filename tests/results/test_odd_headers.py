"""Results whose header is odd and whose checksum is right: refused by name, or all that is told of them can be told."""

import copy
import math

import pytest
from subprocesses import ROOT

import pylyap
from pylyap import _archives
from pylyap.errors import FileFormatError

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
    told = refused = 0
    for place in places(header):
        for value in ODD:
            monkeypatch.setattr("pylyap.results.storage.read_file", lambda path: (changed(header, place, value), dict(arrays)))
            try:
                result = pylyap.load("a file")
            except FileFormatError:
                refused += 1
            else:
                assert result.summary() and repr(result)
                told += 1
    assert told > 20 and refused > 50


@pytest.mark.parametrize("durations", [0.0, -1.0, math.nan, math.inf])
def test_blocks_have_a_length(durations, monkeypatch):
    header, arrays = _archives.read(FILES / "spectrum-1.npz")
    arrays["durations"][3] = durations
    monkeypatch.setattr("pylyap.results.storage.read_file", lambda path: (header, arrays))
    with pytest.raises(FileFormatError, match="durations"):
        pylyap.load("a file")
