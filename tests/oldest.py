"""Print the oldest versions of all packages that pyproject.toml allows, one requirement a line."""

import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text()


def oldest(text):
    """Each `"name>=version"` of the lists of dependencies as `name==version`; torch is left to who wants it."""
    found = dict(re.findall(r'"([A-Za-z0-9_-]+)>=([0-9.]+)"', text))
    found.pop("torch", None)
    return [f"{name}=={version}" for name, version in found.items()]


if __name__ == "__main__":
    print("\n".join(oldest(TEXT)))
