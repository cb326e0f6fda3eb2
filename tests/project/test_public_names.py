"""The public names of pylyap: there when they are asked for, and known to type checkers."""

import ast
import sys
from pathlib import Path

import pytest
from subprocesses import run_python

import pylyap


def told_to_type_checkers():
    """(name, home) of all that `pylyap/__init__.py` imports for type checkers."""
    tree = ast.parse(Path(pylyap.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    return {(alias.asname or alias.name, node.module or "") for node in block.body for alias in node.names}


def test_type_checkers_look_where_the_names_are():
    assert told_to_type_checkers() == {(name, home) for home, names in pylyap.HOMES.items() for name in names.split()}


def test_every_public_name_has_a_home_and_is_fetched():
    assert sorted(pylyap.__all__) == sorted(name for names in pylyap.HOMES.values() for name in names.split())
    assert {name for name in pylyap.__all__ if getattr(pylyap, name).__doc__ is None} == set()
    assert set(dir(pylyap)) == set(pylyap.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'lyapunov_spectre'"):
        pylyap.lyapunov_spectre  # noqa: B018


@pytest.mark.parametrize("statement", ["import pylyap", "from pylyap import errors"])
def test_importing_opens_no_room(statement):
    code = f"import sys; {statement}; print(sorted(name for name in sys.modules if name.startswith('pylyap.')))"
    assert set(ast.literal_eval(run_python(code).stdout)) <= {"pylyap.errors"}


def test_any_name_can_be_the_first_one_that_is_asked_for():
    """No room has to be open before another one: the order of imports does not matter."""
    code = (
        "import os, numpy, scipy.sparse, pylyap\n"
        "for name in pylyap.__all__:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        getattr(pylyap, name)\n"
        "        os._exit(0)\n"
        "    if os.waitpid(child, 0)[1]:\n"
        "        print(name)\n"
    )
    found = run_python(code)
    assert (found.returncode, found.stdout) == (0, ""), found.stderr


def test_rooms_that_are_not_public_are_there_too():
    code = "import pylyap; print(pylyap.results.statistics.standard_error([1.0] * 20), pylyap.cli.main.__name__)"
    assert run_python(code).stdout.split() == ["0.0", "main"]


def test_modules_are_modules():
    assert pylyap.weights is sys.modules["pylyap.networks.weights"]
    assert pylyap.torch is sys.modules["pylyap.torch"]
