"""Where the Julia core lies: inside the installed package, or beside it in a clone."""

from pathlib import Path

from ..errors import JuliaStartError

CORE_NAME = "LyapunovSpectra"
PACKAGE = Path(__file__).resolve().parent.parent


def core_path(package=PACKAGE):
    """The folder of the Julia package ``LyapunovSpectra``, of which there must be exactly one.

    A wheel carries it as ``pylyap/julia``; in a clone it is the ``julia`` folder beside ``pylyap``.
    """
    if not package.is_dir():
        raise JuliaStartError(f"{package} is not a folder: Julia reads the core's files from one. Unpack the archive that holds pylyap")
    candidates = [package / "julia", package.parent / "julia"]
    found = [folder for folder in candidates if _is_core(folder)]
    if len(found) != 1:
        raise JuliaStartError(
            f"expected exactly one folder with the Julia package {CORE_NAME} among "
            f"{', '.join(map(str, candidates))}, found {len(found)}. Reinstall pylyap."
        )
    return found[0]


def _is_core(folder):
    # Any package may own a folder called julia; only the project file says whose it is.
    project = folder / "Project.toml"
    return project.is_file() and f'name = "{CORE_NAME}"' in project.read_text(encoding="utf-8")
