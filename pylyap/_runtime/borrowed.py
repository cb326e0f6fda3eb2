"""A portable runtime that this user may read but not write: of an image, of another user, on a read-only file system.

What Julia compiles then goes to a folder that can be written, and a launcher that cannot be used (it names a Python
that this user may not see) is replaced there. The runtime itself is left as it is. The same for one of this user's whose
compiled code names sources that he may not see, as after it was moved from another user's place.
"""

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from ..errors import JuliaUnavailableError
from . import portable


class Borrowed(portable.Portable):
    """A runtime at `root` together with a folder `scratch` of this user's, or None where nothing can be written."""

    def __init__(self, root, scratch, is_closed):
        super().__init__(root)
        self.scratch, self._is_closed = scratch, is_closed  # the latter: its compiled code cannot be used

    def variables(self):
        values = super().variables()
        depots = [] if self.scratch is None else [self.scratch / "depot"]
        depots += [] if self._is_closed else [self.depot]
        values["JULIA_DEPOT_PATH"] = ":".join(map(str, [*depots, self.prefix / "share" / "julia"]))
        if self.scratch is None and not (depots and self._is_compiled()):
            values["PYTHON_JULIACALL_COMPILED_MODULES"] = "no"
        return values

    def _is_compiled(self):
        return all(any(self.depot.glob(f"compiled/*/{name}/*.ji")) for name in ("PythonCall", "LyapunovSpectra"))


def _names_closed_sources(depot):
    """Whether code in `depot` cannot be read, or was compiled from sources in a folder that this user may not look into.

    Julia 1.6 asks of each whether they are the sources at hand, and dies of the refusal.
    """
    try:
        files = _entries(_entries(_entries([depot / "compiled"])))
        return any(portable.is_closed(source) for file in files if file.suffix == ".ji" for source in _sources(file))
    except PermissionError:
        return True


def _entries(folders):
    """What is in some folders; unlike those of `Path.glob`, ones that this user may not read raise PermissionError."""
    found = []
    for folder in folders:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            found += folder.iterdir()
    return found


def _sources(file):
    """The main file that compiled code was made from, at most one: its path stands in the header."""
    try:
        with open(file, "rb") as stream:
            header = stream.read(2**16)
    except FileNotFoundError:  # removed at this moment by another process
        return []
    name = re.escape(file.parent.name.encode())
    found = re.search(rb"/[^\x00-\x1f]*/src/%s\.jl" % name, header)
    return [os.fsdecode(found[0])] if found else []


def usable(runtime):
    """`runtime` as this process can use it: itself if it may write in it and read all it names, else a `Borrowed` one.

    Raises
    ------
    JuliaUnavailableError
        Its launcher cannot be used, and there is nowhere to put another one.
    """
    runs = portable.launcher_works(runtime)
    is_closed = _names_closed_sources(runtime.depot)
    if runs and os.access(runtime.depot, os.W_OK) and not is_closed:
        return runtime
    borrowed = Borrowed(runtime.root, _scratch(), is_closed)
    if not runs:
        _replace_launcher(borrowed)
    return borrowed


def _replace_launcher(borrowed):
    """A prefix of links to the runtime's, with a launcher that runs under this Python."""
    if borrowed.scratch is None:
        raise JuliaUnavailableError(
            f"{borrowed.executable} names a Python that this user cannot run, and there is no folder for another "
            "launcher: set TMPDIR to a folder that can be written."
        )
    there, here = borrowed.prefix, borrowed.scratch / "julia"
    (here / "bin").mkdir(parents=True, exist_ok=True)
    for name in ("lib", "share"):
        if not (here / name).exists():
            link = here / f"{name}.{os.getpid()}"
            link.symlink_to(there / name)
            os.replace(link, here / name)  # in one step: other processes of this user may be doing the same
    borrowed.executable = here / "bin" / "julia"
    if not (borrowed.executable.exists() and portable.launcher_works(borrowed)):
        portable.write_launcher(borrowed)
    if not portable.launcher_works(borrowed):
        raise JuliaUnavailableError(
            f"Julia needs to run a Python by its name, and this user may not run {portable.named_python(borrowed)}: "
            "start pylyap with a Python that this user may run."
        )


def _scratch():
    """A folder for what Julia compiles: in this user's cache, else until this process ends; None if there is none."""
    kept = portable.cache_folder() / f"{portable.FOLDER_NAME}.scratch"
    try:
        kept.mkdir(parents=True, exist_ok=True)
        if os.access(kept, os.W_OK):
            return kept
    except OSError:
        pass
    try:
        return _temporary()
    except OSError:
        return None


def _temporary():
    folder, owner = Path(tempfile.mkdtemp(prefix="pylyap-julia-")), os.getpid()

    def delete():
        if os.getpid() == owner:  # not at the end of a forked child
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(delete)
    return folder
