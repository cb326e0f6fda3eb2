"""Versions and the machine, for bug reports."""

import platform
from importlib import metadata


def show_versions():
    """Print the versions a bug report needs. Starts no Julia.

    Examples
    --------
    >>> import pylyap
    >>> pylyap.show_versions()  # doctest: +ELLIPSIS
    pylyap      ...
    python      ...
    """
    for name, text in versions().items():
        print(f"{name:<12}{text}")


def versions():
    """Versions and the machine, by name."""
    from . import __version__
    from ._runtime import choice, environment

    found = {"pylyap": __version__, "python": platform.python_version()}
    for package in ("numpy", "scipy", "matplotlib", "juliacall", "juliapkg"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "missing"
    kept = choice.recorded()
    found["julia"] = kept.in_one_line() if kept else "not chosen yet"
    found["system"] = platform.platform()
    found["cores"] = str(environment.usable_cores())
    return found
