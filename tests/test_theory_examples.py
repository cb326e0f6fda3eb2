"""The room as a whole: the examples in the docstrings run, and it needs neither Julia nor plotting."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

from pylyap import theory

MODULES = sorted(module.name for module in pkgutil.iter_modules(theory.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"pylyap.theory.{name}")
    results = doctest.testmod(module)
    assert results.failed == 0


def test_every_public_function_has_an_example():
    for name in theory.__all__:
        item = getattr(theory, name)
        if callable(item) and not isinstance(item, type):
            assert ">>> " in item.__doc__ and "References\n" in item.__doc__, name


def test_imports_little():
    forbidden = "'juliacall', 'matplotlib', 'torch', 'scipy.stats'"
    code = f"import sys, pylyap.theory; print([name for name in ({forbidden}) if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
