"""What pylyap asks of juliapkg, and how it keeps it quiet and of one mind. The tricks are all here.

juliapkg looks for requirements in every folder of ``sys.path``, so that what it finds depends on where Python was
started; it takes a lock and may ask the network even where nothing changed; and it prints on standard output, which
belongs to the user's results.
"""

import contextlib
import os
import shutil
import site
import socket
import ssl
import subprocess
import sys
import tempfile
import types
from pathlib import Path

from ..errors import JuliaUnavailableError
from . import environment

WAIT_SECONDS = 30  # for a server that has gone silent
MINOR_VERSIONS = (10, 11, 12)  # of Julia 1; juliapkg.json says the same
OPENSSL_OF_1_12 = (3, 5)  # Julia 1.12 brings this one, and a process has only one
PYTHONCALL = "6099a3de-0909-46bc-b1f4-468b9a2dfc0d"


def find():
    """Executable and version of a Julia that is installed already; raises Exception if none fits."""
    with environment.output_dropped(), _same_requirements():
        from juliapkg.deps import find_requirements
        from juliapkg.find_julia import find_julia

        compat, _ = find_requirements()
        executable, version = find_julia(compat=compat, prefix=install_folder(), install=False)
    return executable, str(version)


def resolved():
    """What juliapkg has noted of its project if nothing changed since it was made, else None.

    Reads files only: no lock, no network, nothing to be written.
    """
    with environment.output_dropped(), _same_requirements():
        from juliapkg.deps import can_skip_resolve

        return can_skip_resolve() or None


def resolve(verbose=False):
    """Find or download Julia and install PythonCall where needed; returns what `resolved` would.

    Its messages are shown if `verbose`, else dropped.

    Raises
    ------
    JuliaUnavailableError
        It failed. The message is one sentence with the cause.
    """
    if is_offline() and not _project_names_pythoncall():
        raise JuliaUnavailableError(
            f"PYTHON_JULIAPKG_OFFLINE is set, and the project {project()} has no PythonCall"
        )
    with _messages(verbose) as printed, _no_endless_waiting(), _same_requirements():
        import juliapkg
        from juliapkg.deps import can_skip_resolve

        try:
            juliapkg.resolve()
            return can_skip_resolve()
        except Exception as error:  # juliapkg raises bare Exception
            raise JuliaUnavailableError(_cause(error, printed())) from error


def is_offline():
    """Whether the user told juliapkg to leave the network alone."""
    from juliapkg.state import STATE

    return bool(STATE["offline"])


def install_folder():
    """Where juliapkg puts a Julia it downloads itself."""
    from juliapkg.state import STATE

    return STATE["install"]


def project():
    """The Julia project that juliapkg looks after."""
    from juliapkg.state import STATE

    return STATE["project"]


def answers(meta):
    """A module that answers what juliacall asks juliapkg, from what juliapkg has noted. Asks nobody, locks nothing."""
    module = types.ModuleType("juliapkg")
    module.resolve = lambda **options: True
    module.project = project
    for name in ("executable", "libjulia", "bindir"):
        setattr(module, name, lambda name=name: meta[name])
    return module


def possible_versions():
    """Which Julia this Python can be joined with, as text: "1.10 or 1.11"; and why not all of them."""
    with environment.output_dropped(), _same_requirements():
        from juliapkg.deps import find_requirements

        compat, _ = find_requirements()
    return describe_versions(compat, ssl.OPENSSL_VERSION_INFO)


def describe_versions(compat, openssl):
    """`possible_versions` for what juliapkg requires (a Compat or None) and the version of Python's OpenSSL."""
    from juliapkg.compat import Version

    fits = [f"1.{minor}" for minor in MINOR_VERSIONS if compat is None or Version(1, minor, 99) in compat]
    if not fits:
        return f"the Julia that juliapkg requires ({compat})"
    text = " or ".join([", ".join(fits[:-1]), fits[-1]] if len(fits) > 1 else fits)
    if "1.12" not in fits and tuple(openssl[:2]) < OPENSSL_OF_1_12:
        text += f" (not 1.12: it needs a Python with OpenSSL 3.5 or newer, this one has {openssl[0]}.{openssl[1]})"
    return text


def unfit():
    """The Julia on PATH, as "Julia 1.12.5 at /usr/bin/julia"; empty if there is none."""
    from juliapkg.find_julia import julia_version

    program = shutil.which("julia")
    version = program and julia_version(program)
    return f"Julia {version} at {program}" if version else ""


def stable_path():
    """The folders in which this Python finds packages wherever it is started.

    Neither the folder of the script nor the current one; but that of pylyap, if it is not installed.
    """
    folders = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(folder)]
    folders += site.getsitepackages() + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])
    folders += [named for folder in folders for named in _named_in_pth_files(folder)]
    if not any(os.path.isdir(os.path.join(folder, "pylyap")) for folder in folders):
        folders.append(str(Path(__file__).resolve().parent.parent.parent))
    return list(dict.fromkeys(folders))


def _named_in_pth_files(folder):
    for file in sorted(Path(folder).glob("*.pth")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                yield os.path.join(folder, line.strip())


class _SysWithPath(types.ModuleType):
    """The module sys, but for its path."""

    def __init__(self, path):
        super().__init__("sys")
        self.path = path

    def __getattr__(self, name):
        return getattr(sys, name)


@contextlib.contextmanager
def _same_requirements():
    """Within it, juliapkg looks for requirements in `stable_path`; everybody else's sys.path is left alone."""
    import juliapkg.deps

    juliapkg.deps.sys = _SysWithPath(stable_path())
    try:
        yield
    finally:
        juliapkg.deps.sys = sys


def _project_names_pythoncall():
    files = [Path(project()) / name for name in ("JuliaProject.toml", "Project.toml")]
    return any(file.is_file() and PYTHONCALL in file.read_text(encoding="utf-8") for file in files)


@contextlib.contextmanager
def _messages(verbose):
    """Gives a function that returns what was printed so far."""
    if verbose:
        with environment.stdout_to_stderr():
            yield lambda: ""
        return
    with tempfile.TemporaryFile() as kept, environment.output_to(kept.fileno()):

        def printed():
            kept.seek(0)
            return kept.read().decode(errors="replace")

        yield printed


def _cause(error, printed):
    """One sentence: what Julia said last in a line that begins with ERROR, else what juliapkg's error says."""
    if isinstance(error, subprocess.CalledProcessError):
        said = [line for line in f"{printed}\n{error.stderr or ''}".splitlines() if line.startswith("ERROR: ")]
        return said[-1].removeprefix("ERROR: ") if said else f"its Julia ended with exit code {error.returncode}"
    return " ".join(str(error).split()) or type(error).__name__


@contextlib.contextmanager
def _no_endless_waiting():
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(WAIT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
