"""Print the oldest versions of all packages that pyproject.toml allows, one requirement a line."""

import ast
import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8")
NOT_TESTED = {"requires", "docs", "bench", "release", "lint"}  # what makes the site, measures, releases, and looks


def oldest(text):
    """For each `"name>=version"` that pylyap or its tests need, `name==version`; torch is left to who wants it.

    A package named twice gets the higher of its bounds: both have to hold.
    """
    found = {}
    for group, requirements in lists(text).items():
        for requirement in requirements if group not in NOT_TESTED else ():
            name, bound = re.fullmatch(r"([\w-]+)>=([\d.]+).*", requirement).groups()
            found[name] = max(found.get(name, bound), bound, key=numbers)
    found.pop("torch", None)
    return [f"{name}=={version}" for name, version in found.items()]


def lists(text):
    """The lists of requirements by name. Python 3.10 reads no TOML, but TOML's lists of texts are Python's."""
    found = re.findall(r"^([\w-]+) = (\[.*?\])(?: *#[^\n]*)?$", text, re.MULTILINE | re.DOTALL)
    values = {name: ast.literal_eval(value) for name, value in found}
    return {name: value for name, value in values.items() if any(">=" in text for text in value)}


def numbers(version):
    return [int(part) for part in version.split(".")]


if __name__ == "__main__":
    print("\n".join(oldest(TEXT)))
