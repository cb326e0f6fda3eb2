"""Put the Julia core into the wheel."""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class JuliaCore(BuildHookInterface):
    """Copies ``julia/`` and ``juliapkg.json`` into a wheel, and into nothing else.

    An editable install (version "editable") uses the ones in the clone: a second core, or a second
    juliapkg.json that disagrees, would be found there too.
    """

    def initialize(self, version, build_data):
        if version == "standard":
            root = Path(self.root)
            build_data["force_include"][str(root / "julia")] = "pylyap/julia"
            build_data["force_include"][str(root / "juliapkg.json")] = "pylyap/juliapkg.json"
