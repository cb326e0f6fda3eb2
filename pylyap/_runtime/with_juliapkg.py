"""What pylyap asks of juliapkg, and how it keeps it quiet and of one mind. How, inside juliapkg, is in `foreign`.

juliapkg looks for requirements in every folder of ``sys.path``, so that what it finds depends on where Python was
started; it takes a lock and may ask the network even where nothing changed; and it prints on standard output, which
belongs to the user's results.
"""

import contextlib
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

from ..errors import JuliaUnavailableError
from . import environment, foreign
from .source import SEE_ALL, Choice, Launch, Program

MINOR_VERSIONS = (10, 11, 12)  # of Julia 1; juliapkg.json says the same
OPENSSL_OF_1_12 = (3, 5)  # Julia 1.12 brings this one, and a process has only one
PYTHONCALL = "6099a3de-0909-46bc-b1f4-468b9a2dfc0d"


def find():
    """Executable and version of a Julia that is installed already; raises Exception if none fits."""
    with environment.output_dropped(), foreign.same_requirements():
        executable, version = foreign.installed_julia(foreign.required_of_julia())
    return executable, str(version)


def resolved():
    """What juliapkg has noted of its project if nothing changed since it was made, else None.

    Reads files only: no lock, no network, nothing to be written.
    """
    with environment.output_dropped(), foreign.same_requirements():
        return foreign.noted_by_juliapkg()


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
    with _messages(verbose) as printed, foreign.no_endless_waiting(), foreign.same_requirements():
        import juliapkg

        try:
            juliapkg.resolve()
            return foreign.noted_by_juliapkg()
        except Exception as error:  # juliapkg raises bare Exception
            raise JuliaUnavailableError(_cause(error, printed())) from error


def launch(choice: Choice) -> Launch:
    """What is needed to start the Julia of juliapkg's project, which is set up if something changed.

    Raises
    ------
    JuliaUnavailableError
        It cannot be set up.
    """
    try:
        # here, because juliacall would let juliapkg look elsewhere, take a lock and print on standard output
        made = resolved() or resolve()
    except Exception as error:
        text = f"juliapkg could not set up Julia ({choice.origin}): {error} ({SEE_ALL})"
        raise JuliaUnavailableError(text) from error
    answers = {name: made[name] for name in ("executable", "libjulia", "bindir")}
    return Launch(made["executable"], juliapkg=foreign.juliapkg_that_says(project=project(), **answers))


def program(choice: Choice) -> Program:
    """What is needed to run the Julia of `choice`, or else that of juliapkg's project, as a program of its own."""
    return Program(choice.executable or (resolved() or resolve())["executable"])


def is_offline():
    """Whether the user told juliapkg to leave the network alone."""
    return bool(foreign.juliapkg_state("offline"))


def install_folder():
    """Where juliapkg puts a Julia it downloads itself."""
    return foreign.juliapkg_state("install")


def project():
    """The Julia project that juliapkg looks after."""
    return foreign.juliapkg_state("project")


def versions_to_install():
    """`possible_versions`, or a guess where the requirements contradict each other, which has been told by then."""
    try:
        return possible_versions()
    except Exception:  # noqa: BLE001  juliapkg raises bare Exception
        return "1.10, 1.11 or 1.12"


def possible_versions():
    """Which Julia this Python can be joined with, as text: "1.10 or 1.11"; and why not all of them."""
    with environment.output_dropped(), foreign.same_requirements():
        return describe_versions(foreign.required_of_julia(), ssl.OPENSSL_VERSION_INFO)


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
    on_path = shutil.which("julia")
    version = on_path and foreign.version_of_julia(on_path)
    return f"Julia {version} at {on_path}" if version else ""


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
