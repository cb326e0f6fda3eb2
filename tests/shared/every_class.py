"""All classes that keep a contract, wherever they are written: pylyap opens its rooms only when they are asked for."""

import importlib
import inspect
import pkgutil

import pylyap

PROGRAMS = {"__main__", "launcher"}  # modules that do their work when they are imported


def every_class(contract):
    """The public classes of pylyap that are made from `contract` and miss none of its methods."""
    for module in pkgutil.walk_packages(pylyap.__path__, "pylyap."):
        if module.name.rpartition(".")[2] not in PROGRAMS:
            importlib.import_module(module.name)
    found = {cls for cls in _below(contract) if cls.__module__.startswith("pylyap.")}
    return {cls for cls in found if not inspect.isabstract(cls) and not cls.__name__.startswith("_")}


def _below(cls):
    direct = set(cls.__subclasses__())
    return direct.union(*map(_below, direct))
