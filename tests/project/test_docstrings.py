"""Every example runs: those of all docstrings of pylyap, and those of README.md and docs/.

An example that needs a package which is not installed is skipped; only those in SLOW wait for `make test-all`.
"""

import ast
import doctest
import functools
import importlib
import importlib.util
import inspect
import pkgutil
import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from subprocesses import ROOT

import pylyap

PROGRAMS = {"__main__", "launcher"}  # modules that do their work when they are imported
OPTIONAL = ("distributed", "safetensors", "submitit", "torch", "xarray")
SLOW = {"pylyap.papers.catalogue.reproduce"}  # a whole published figure
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# Blocks of Python in a page; a comment in the line before says why one cannot run as it is.
BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>[^>]+) -->\n)?^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def modules():
    names = [module.name for module in pkgutil.walk_packages(pylyap.__path__, "pylyap.")]
    return ["pylyap", *(name for name in names if name.rpartition(".")[2] not in PROGRAMS)]


def named_in_source(module):
    """Names of all docstrings with examples, whatever they belong to, read from the source of a module."""
    found = []

    def visit(node, name):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ">>> " in (ast.get_docstring(node) or ""):
            found.append(name)
        for child in ast.iter_child_nodes(node):
            visit(child, f"{name}.{child.name}" if isinstance(child, (ast.ClassDef, ast.FunctionDef)) else name)

    visit(ast.parse(Path(importlib.util.find_spec(module).origin).read_text(encoding="utf-8")), module)
    return found


EXAMPLES = [(module, name) for module in modules() for name in named_in_source(module)]


@functools.cache
def found_by_doctest(module):
    return {test.name: test for test in doctest.DocTestFinder().find(importlib.import_module(module))}


def run(test):
    report = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.failed == 0, "".join(report)
    assert result.attempted == len(test.examples) > 0  # one that is marked +SKIP is not attempted


def need_optional_packages(code):
    for package in OPTIONAL:
        if package in code.replace("pylyap.torch", "torch"):
            pytest.importorskip(package, reason=f"the example needs {package}")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """Files that examples write go there, and no window opens."""
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.mark.parametrize(
    ("module", "name"),
    [pytest.param(*one, marks=[pytest.mark.slow] if one[1] in SLOW else [], id=one[1]) for one in EXAMPLES],
)
def test_docstring(module, name):
    test = found_by_doctest(module)[name]
    need_optional_packages(test.docstring)
    run(test)


def test_no_example_is_where_the_runner_does_not_look():
    folder = Path(pylyap.__file__).parent
    in_files = sum(file.read_text(encoding="utf-8").count(">>> ") for file in folder.rglob("*.py"))
    assert in_files == sum(found_by_doctest(module)[name].docstring.count(">>> ") for module, name in EXAMPLES)


@pytest.mark.parametrize("text", [">>> 1 + 1\n3", ">>> 1 + 1  # doctest: +SKIP\n2", ">>> no_such_name"])
def test_the_runner_fails_where_an_example_does(text):
    with pytest.raises(AssertionError):
        run(doctest.DocTestParser().get_doctest(text, {}, "example", None, None))


def blocks(page):
    return [(block["code"], block["reason"]) for block in BLOCK.finditer(page.read_text(encoding="utf-8"))]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_page(page):
    """The blocks of a page run one after the other, in the names of those before."""
    need_optional_packages("".join(code for code, reason in blocks(page) if reason is None))
    names = {}
    for code, reason in blocks(page):
        if reason is None:
            exec(compile(code, page.name, "exec"), names)


def dotted(node):
    """``pylyap.a.b`` of an expression; None if it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return None


def calls_of(page):
    """Calls of names of pylyap in a page, also in blocks that do not run: (dotted name, keywords)."""
    for code, _ in blocks(page):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and (dotted(node.func) or "").startswith("pylyap."):
                yield dotted(node.func), [keyword.arg for keyword in node.keywords if keyword.arg]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_page_calls_what_there_is(page):
    for name, keywords in calls_of(page):
        target = functools.reduce(getattr, name.split(".")[1:], pylyap)
        known = inspect.signature(target).parameters
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values()):
            assert set(keywords) <= set(known), name
