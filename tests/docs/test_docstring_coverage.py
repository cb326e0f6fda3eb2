"""Every public name, and every public method and property of a public class, has a docstring that says what it is."""

import inspect
import re

import pytest

import pylyap

ROOMS = [name for name in pylyap.__all__ if inspect.ismodule(getattr(pylyap, name))]
LEAST = 15  # characters; less is no sentence


def public_names():
    """(name, object) of everything that the package and its rooms offer."""
    found = {f"pylyap.{name}": getattr(pylyap, name) for name in pylyap.__all__}
    for room in [pylyap.analysis.transitions, *(getattr(pylyap, name) for name in ROOMS)]:
        for name in getattr(room, "__all__", []):
            found[f"{room.__name__}.{name}"] = getattr(room, name)
    for name, error in vars(pylyap.errors).items():
        if inspect.isclass(error):
            found[f"pylyap.errors.{name}"] = error
    return found


def members(owner):
    """(name, text) of the public methods and properties that a class of pylyap defines, those of its bases too.

    Attributes that the docstring of the class lists are described there.
    """
    listed = re.findall(r"^([\w, ]+?)(?: :.*)?$", (inspect.getdoc(owner) or "").partition("Attributes\n---")[2], re.MULTILINE)
    described = {name.strip() for line in listed for name in line.split(",")}
    for name in dir(owner):
        for base in owner.__mro__:
            if name in vars(base) and not name.startswith("_") and base.__module__.startswith("pylyap"):
                value = inspect.unwrap(vars(base)[name]) if callable(vars(base)[name]) else vars(base)[name]
                if callable(value) or isinstance(value, property) or hasattr(value, "__set_name__"):
                    own = inspect.getdoc(getattr(owner, name) if inspect.isfunction(value) else value)
                    yield name, owner.__doc__ if name in described else own
                break


def test_every_public_name_has_a_docstring():
    names = public_names()
    assert len(names) > 150
    without = [
        name for name, value in names.items()
        if (callable(value) or inspect.ismodule(value)) and len((inspect.getdoc(value) or "").strip()) < LEAST
    ]
    assert without == []


def test_every_public_method_and_property_has_a_docstring():
    classes = {value for value in public_names().values() if inspect.isclass(value) and not issubclass(value, BaseException)}
    assert len(classes) >= 15
    found = [(owner.__name__, name, text) for owner in classes for name, text in members(owner)]
    assert len(found) > 80
    assert sorted((owner, name) for owner, name, text in found if len((text or "").strip()) < LEAST) == []


@pytest.mark.parametrize("name", sorted(name for name, value in public_names().items() if inspect.isfunction(value)))
def test_every_public_function_names_its_parameters_and_shows_an_example(name):
    function = public_names()[name]
    text = inspect.getdoc(function) or ""
    parameters = [one for one in inspect.signature(function).parameters.values() if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    assert [one.name for one in parameters if not one.name.startswith("_") and one.name not in text] == []
    assert re.search(r">>> |Examples\n-+\n(?s:.*)::\n", text)  # code that runs, or code that needs another package or machine
