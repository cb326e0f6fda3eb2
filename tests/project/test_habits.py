"""What a package that lives on keeps true: one version, declared imports, stated licences."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys

import pytest
from subprocesses import ROOT

import pylyap

SOURCES = {
    "package": [ROOT / "pylyap", ROOT / "hatch_build.py"],
    "tests": [ROOT / "tests", ROOT / "examples", ROOT / "benchmarks"],
}
# The name by which a package is imported, where it is not that of the project.
PROJECT_OF = {"sklearn": "scikit-learn"}
# Modules of their own that tests and benchmarks import.
OURS = {file.stem for folder in ("tests", "tools", "benchmarks") for file in (ROOT / folder).rglob("*.py")}


def table(path):
    """A TOML file as a dict; Python 3.10 has no reader of its own."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(path.read_text(encoding="utf-8"))


def imported(paths, ours=frozenset()):
    """Packages that are imported anywhere in these files, also inside functions, beside pylyap and `ours`."""
    found = set()
    for path in paths:
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    found.add(node.module.partition(".")[0])
                elif isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
                    found |= {name.value.partition(".")[0] for name in node.args if isinstance(name, ast.Constant)}
    return {PROJECT_OF.get(name, name) for name in found - set(sys.stdlib_module_names) - {"pylyap"} - ours}


def declared(requirements):
    return {re.match(r"[\w.-]+", requirement)[0]: requirement for requirement in requirements}


def requirements(groups):
    project = table(ROOT / "pyproject.toml")["project"]
    return sum((project["optional-dependencies"][group] for group in groups), project["dependencies"])


@pytest.mark.parametrize(
    ("which", "groups"),
    [
        ("package", ("torch", "xarray", "files", "threads", "processes", "dask", "slurm", "tables", "completion", "reservoirs", "toml")),
        ("tests", ("torch", "test", "dask", "slurm", "reservoirs", "docs", "release", "tables", "bench")),
    ],
)
def test_every_imported_package_is_declared(which, groups):
    allowed = declared(requirements(groups)).keys() | declared(table(ROOT / "pyproject.toml")["build-system"]["requires"])
    assert imported(SOURCES[which], OURS if which == "tests" else frozenset()) - allowed == set()


def test_every_declared_package_is_imported_and_has_a_lower_bound():
    needed = declared(requirements(("torch", "xarray")))
    assert needed.keys() - imported(SOURCES["package"]) == set()
    assert [text for text in needed.values() if ">=" not in text] == []


def test_the_search_for_imports_finds_hidden_ones(tmp_path):
    (tmp_path / "one.py").write_text(
        "def f():\n    import numpy.linalg\n    from scipy.x import y\n    from . import z\n"
        "    importlib.import_module('torch.nn')\n"
    )
    assert imported([tmp_path]) == {"numpy", "scipy", "torch"}


def test_one_version():
    assert table(ROOT / "pyproject.toml")["project"]["dynamic"] == ["version"]
    assert table(ROOT / "julia" / "Project.toml")["version"] == pylyap.__version__
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == pylyap.__version__


def test_the_licence_is_stated():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("MIT License")
    assert (ROOT / "julia" / "LICENSE").read_text(encoding="utf-8") == text
    assert table(ROOT / "pyproject.toml")["project"]["license"] == "MIT"


def test_data_say_under_which_licence_they_are():
    data = [file for kind in ("csv", "json", "npz", "npy", "mtx") for file in (ROOT / "pylyap").rglob(f"*.{kind}")]
    assert data
    for file in data:
        told = file.with_name("README.md").read_text(encoding="utf-8")
        assert f"`{file.name}`" in told and "\nLicence: " in told, file


def public_rooms():
    """The rooms of pylyap that people call; those of the future among them. mypy looks into the others, too."""
    return [room.name for room in pkgutil.iter_modules(pylyap.__path__) if room.ispkg and not room.name.startswith("_")]


def public_items(room):
    """What a room lists; of a room that lists nothing, the public functions and classes of all its modules."""
    module = importlib.import_module(f"pylyap.{room}")
    if hasattr(module, "__all__"):
        return [getattr(module, name) for name in module.__all__]
    names = [one.name for one in pkgutil.walk_packages(module.__path__, f"{module.__name__}.")]
    modules = [module, *map(importlib.import_module, names)]
    found = [(own, item) for own in modules for name, item in vars(own).items() if not name.startswith("_")]
    found = [(own, item) for own, item in found if inspect.isclass(item) or inspect.isfunction(item)]
    return [item for own, item in found if item.__module__ == own.__name__]


def functions_of(item):
    """A function, or the functions and properties that a class defines itself."""
    if not inspect.isclass(item):
        return [item] if inspect.isfunction(item) else []
    found = [value for name, value in vars(item).items() if not name.startswith("_") or name in ("__init__", "__call__")]
    found = [getattr(value, "fget", None) or getattr(value, "func", None) or value for value in found]
    return [value for value in found if inspect.isfunction(value) and value.__module__ == item.__module__]


def without_annotation(function):
    """What is not annotated: names of parameters, and "return"."""
    given = [name for name in inspect.signature(function).parameters if name != "self"]
    return [name for name in [*given, "return"] if name not in function.__annotations__]


@pytest.mark.parametrize("room", public_rooms())
def test_public_functions_are_annotated(room):
    functions = [function for item in public_items(room) for function in functions_of(item)]
    assert functions
    assert {f.__qualname__: missing for f in functions if (missing := without_annotation(f))} == {}


def test_annotations_are_announced_and_looked_for():
    assert (ROOT / "pylyap" / "py.typed").is_file()
    rooms = "analysis cli networks papers plotting results runs sweeps systems theory torch"
    assert set(rooms.split()) <= set(public_rooms())
    overrides = table(ROOT / "pyproject.toml")["tool"]["mypy"]["overrides"]
    assert [one for one in overrides if one.get("ignore_errors")] == []  # mypy looks into every module
    assert without_annotation(lambda one: one) == ["one", "return"]
