"""Places in which Julia cannot run are refused by name: subinterpreters, zip archives, folders that cannot be made."""

import sys
import zipfile

import pytest
from subprocesses import ROOT, run_python

from pylyap._runtime import download, portable
from pylyap._runtime.location import core_path
from pylyap._runtime.source import NotFound, Wish
from pylyap._runtime.sources import BY_KIND
from pylyap.errors import JuliaStartError

SUBINTERPRETER = """
import {module} as interpreters
interpreters.{run}(interpreters.create(), '''
import pylyap
try:
    pylyap.start_julia()
except pylyap.errors.WrongThreadError as error:
    print(error)
''')
"""


def test_a_subinterpreter_is_told_where_julia_can_be_used():
    if sys.version_info >= (3, 13):
        names = {"module": "_interpreters", "run": "exec"}
    else:
        names = {"module": "_xxsubinterpreters", "run": "run_string"}
    run = run_python(SUBINTERPRETER.format(**names), PYTHONPATH=ROOT)
    assert "from Python's main interpreter only" in run.stdout, run.stderr


def test_a_zip_archive_is_told_to_be_unpacked(tmp_path):
    archive = tmp_path / "pylyap.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in (ROOT / "pylyap").rglob("*.py"):
            packed.write(file, file.relative_to(ROOT))
    code = f"import sys; sys.path.insert(0, {str(archive)!r}); import pylyap; print(pylyap.__file__); pylyap.start_julia()"
    run = run_python(code)
    assert str(archive) in run.stdout and "JuliaStartError" in run.stderr and "Unpack the archive" in run.stderr
    with pytest.raises(JuliaStartError, match="Unpack the archive"):
        core_path(archive / "pylyap")


@pytest.mark.parametrize("below", ["", "below"])
@pytest.mark.parametrize("is_prefix", [False, True])
def test_a_folder_that_cannot_be_made_is_told_with_the_remedy(tmp_path, monkeypatch, below, is_prefix):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / below
    monkeypatch.setattr(portable, "cache_folder", lambda: folder)
    monkeypatch.setattr(portable, "why_not_here", lambda: None)
    monkeypatch.setattr(download, "index_answers", lambda: None)
    remedy = "give --prefix" if is_prefix else "set XDG_CACHE_HOME to"
    with pytest.raises(NotFound, match=f"{tmp_path / 'file'}.*: {remedy} a folder that can be written"):
        BY_KIND["portable"].find(Wish(None, folder if is_prefix else None, False))
