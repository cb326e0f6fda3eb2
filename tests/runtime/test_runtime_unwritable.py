"""A portable Julia in a cache that this user cannot write: of another user, and on a read-only file system."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from subprocesses import ROOT, environment

from pylyap._runtime import borrowed, portable
from pylyap.errors import JuliaUnavailableError

NOBODY = 65534
TIMEOUT = 600  # a guard against hanging only: on a busy machine, without compiled code, it takes minutes
SPECTRUM = """
import sys
sys.prefix = sys.base_prefix = "/nowhere"  # a Python for which nothing is recorded
import pylyap
from pylyap._runtime import choice
network = pylyap.RateNetwork(pylyap.weights.gaussian(10, 2.0, seed=1))
spectrum = pylyap.lyapunov_spectrum(network, t_average=20)
print(len(spectrum.exponents), choice.choose().executable)
"""


def packages():
    return [folder for folder in sys.path if "site-packages" in folder or "dist-packages" in folder]


def modes(folder):
    """Mode, owner and size of everything in `folder`."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        seen = path.lstat()
        found[str(path)] = (seen.st_mode, seen.st_uid, seen.st_size * (not path.is_dir()))
    return found


@pytest.fixture
def place():
    """A folder that every user may enter (those of pytest are for their owner alone)."""
    folder = Path(tempfile.mkdtemp(prefix="pylyap-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def runtime():
    found = portable.located()
    if not found.is_there():
        pytest.skip("there is no portable Julia in the cache")
    return found


def for_another_user(become, runtime, place):
    """The cache itself if the other user can read it, else hard links to its files in a folder that he can read.

    There, Julia has to compile anew, which takes a minute: compiled code remembers the paths of its sources.
    """
    if subprocess.run([*become, "test", "-r", str(runtime.environment / "Project.toml")]).returncode == 0:
        return runtime.root.parent.parent
    there = place / "cache" / "pylyap" / runtime.root.name
    try:
        shutil.copytree(runtime.root, there, symlinks=True, copy_function=os.link)
    except OSError as error:
        pytest.skip(f"the portable Julia cannot be linked into the folder for temporary files: {error}")
    for folder in (place / "cache", place / "cache" / "pylyap", there):
        folder.chmod(0o755)
    return place / "cache"


def variables(cache, home):
    return environment(
        XDG_CACHE_HOME=cache, XDG_CONFIG_HOME=home, HOME=home, PYLYAP_JULIA="portable", PYTHONDONTWRITEBYTECODE="1",
        PYTHONPATH=os.pathsep.join([str(ROOT), *packages()]), JULIA_NUM_THREADS=None, PYTHON_JULIACALL_THREADS="1",
    )  # fmt: skip


def python_of_everybody(become):
    """A Python that the other user can run with the packages of this one, or None."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    imports = f"import sys; sys.path += {packages()!r}; import numpy, scipy, platformdirs, tqdm"
    for python in (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin")):
        # through a shell: setpriv itself still starts what only root can see
        command = [*become, "sh", "-c", 'exec "$0" -c "$1"', str(python), imports]
        if python and subprocess.run(command, capture_output=True, cwd="/").returncode == 0:
            return python
    return None


@pytest.mark.slow
def test_another_user_starts_it_and_changes_nothing(place, runtime):
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if not shutil.which("setpriv") or os.geteuid() != 0:
        pytest.skip("only root can become another user, with setpriv")
    python = python_of_everybody(become)
    if python is None or subprocess.run([*become, "test", "-r", str(ROOT / "pylyap")]).returncode != 0:
        pytest.skip("another user can run no Python of this version with these packages, or not see the sources")
    home = place / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    cache = for_another_user(become, runtime, place)
    before = modes(cache / "pylyap" / runtime.root.name)
    run = subprocess.run(
        [*become, python, "-c", SPECTRUM],
        env=variables(cache, home), cwd="/", capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("10 ") and str(cache) in run.stdout
    assert modes(cache / "pylyap" / runtime.root.name) == before


# In a mount namespace of its own, the runtime can only be read, by root too.
READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
shift
exec "$@"
"""


@pytest.mark.slow
def test_a_read_only_file_system_is_enough(place, runtime):
    inside = ["unshare", "--mount"] + ["--user", "--map-root-user"] * (os.geteuid() != 0)
    inside += ["sh", "-c", READ_ONLY, "sh", str(runtime.root.parent)]
    if not shutil.which("unshare") or subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
        pytest.skip("this system lets nobody make a read-only mount of his own")
    home = place / "home"
    home.mkdir()
    before = modes(runtime.root)
    run = subprocess.run(
        [*inside, sys.executable, "-c", SPECTRUM],
        env=variables(runtime.root.parent.parent, home), cwd="/", capture_output=True, text=True, timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("10 ") and modes(runtime.root) == before


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A complete runtime of stand-ins, and a cache folder of this user's beside it."""
    monkeypatch.setattr(portable, "cache_folder", lambda: tmp_path / "cache")
    runtime = portable.Portable(tmp_path / "there")
    for folder in (runtime.executable.parent, runtime.python_path, runtime.environment, runtime.depot):
        folder.mkdir(parents=True)
    for name in ("lib", "share"):
        (runtime.prefix / name).mkdir()
    portable.write_launcher(runtime)
    return runtime


def closed_to_me(monkeypatch, *closed):
    """Let os.access answer as for a user who may neither write in nor run the `closed`."""
    real, closed = os.access, {str(path) for path in closed}
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) not in closed and real(path, mode))


def test_a_runtime_of_ones_own_is_used_as_it_is(made):
    assert borrowed.usable(made) is made


def test_compiled_code_goes_where_it_can_be_written(made, monkeypatch, tmp_path):
    closed_to_me(monkeypatch, made.depot)
    used = borrowed.usable(made)
    scratch = tmp_path / "cache" / f"{portable.FOLDER_NAME}.scratch"
    first, second, _ = used.variables()["JULIA_DEPOT_PATH"].split(":")
    assert (first, second) == (str(scratch / "depot"), str(made.depot)) and used.executable == made.executable


def test_an_unwritable_cache_leaves_a_folder_for_temporary_files(made, monkeypatch, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("")  # a file in its place: not even root can make a folder there
    monkeypatch.setattr(portable, "cache_folder", lambda: blocked / "pylyap")
    closed_to_me(monkeypatch, made.depot)
    used = borrowed.usable(made)
    assert used.scratch.is_dir() and used.scratch.parent == Path(tempfile.gettempdir())


@pytest.mark.parametrize("compiled", [True, False])
def test_nowhere_to_write_means_no_compiled_code_of_ones_own(made, monkeypatch, compiled):
    for name in ("PythonCall", "LyapunovSpectra") if compiled else ():
        file = made.depot / "compiled" / "v1.6" / name / "a.ji"
        file.parent.mkdir(parents=True)
        file.write_text("")
    closed_to_me(monkeypatch, made.depot)
    monkeypatch.setattr(borrowed, "_scratch", lambda: None)
    values = borrowed.usable(made).variables()
    assert values.get("PYTHON_JULIACALL_COMPILED_MODULES") == (None if compiled else "no")
    assert values["JULIA_DEPOT_PATH"].startswith(f"{made.depot}:")


def test_a_launcher_with_an_invisible_python_is_replaced_for_the_process_only(made, monkeypatch, tmp_path):
    invisible = tmp_path / "python of another user"
    invisible.write_text("")
    text = made.executable.read_text().replace(portable.named_python(made), str(invisible))
    made.executable.write_text(text)
    closed_to_me(monkeypatch, invisible)
    used = borrowed.usable(made)
    assert made.executable.read_text() == text and used.executable != made.executable
    assert portable.launcher_works(used)
    assert (used.executable.parent.parent / "lib").samefile(made.prefix / "lib")
    used.executable.with_name("launcher.py").write_text("import sys; print(sys.argv[1:])")
    run = subprocess.run([used.executable, "-e", "a b"], capture_output=True, text=True)
    assert run.stdout.strip() == "['-e', 'a b']"
    again = borrowed.usable(made)  # the next process finds it
    assert again.executable == used.executable and "argv" in again.executable.with_name("launcher.py").read_text()
    monkeypatch.setattr(borrowed, "_scratch", lambda: None)
    with pytest.raises(JuliaUnavailableError, match="names a Python that this user cannot run.*TMPDIR"):
        borrowed.usable(made)


def compiled_from(runtime, source):
    """Compiled code as Julia writes it: the path of its main file stands in the header, behind its length."""
    for name in ("PythonCall", "LyapunovSpectra"):
        file = runtime.depot / "compiled" / "v1.6" / name / "a.ji"
        file.parent.mkdir(parents=True)
        path = f"{source}/{name}/src/{name}.jl".encode()
        file.write_bytes(b"\xfbjli\r\n" + bytes(100) + bytes([len(path), 0, 0, 0]) + path + bytes(100))


@pytest.mark.parametrize(("error", "is_used"), [(PermissionError, False), (FileNotFoundError, True)])
def test_compiled_code_that_cannot_be_read_is_left_out(made, monkeypatch, tmp_path, error, is_used):
    compiled_from(made, tmp_path)

    def refuse(file, mode):
        raise error(file)

    monkeypatch.setattr(borrowed, "open", refuse, raising=False)
    used = borrowed.usable(made)
    assert (used is made) == is_used
    assert (str(made.depot) in used.variables()["JULIA_DEPOT_PATH"].split(":")) == is_used


@pytest.mark.parametrize("scratch", [True, False])
@pytest.mark.parametrize("closed", [True, False])
def test_code_compiled_in_a_closed_place_is_left_out(made, monkeypatch, tmp_path, closed, scratch):
    compiled_from(made, "/closed/packages" if closed else tmp_path)
    real = os.stat

    def stat(path, **options):
        if str(path).startswith("/closed"):
            raise PermissionError(path)
        return real(path, **options)

    monkeypatch.setattr(os, "stat", stat)
    if not scratch:
        monkeypatch.setattr(borrowed, "_scratch", lambda: None)
    used = borrowed.usable(made)
    values = used.variables()
    own = [str(tmp_path / "cache" / f"{portable.FOLDER_NAME}.scratch" / "depot")] if scratch and closed else []
    shared = [] if closed else [str(made.depot)]
    assert values["JULIA_DEPOT_PATH"].split(":") == [*own, *shared, str(made.prefix / "share" / "julia")]
    assert values.get("PYTHON_JULIACALL_COMPILED_MODULES") == ("no" if closed and not scratch else None)


def test_folders_closed_to_this_user_are_not_searched_for_programs(monkeypatch):
    def stat(path):
        raise PermissionError(path) if str(path).startswith("/closed") else FileNotFoundError(path)

    monkeypatch.setattr(os, "stat", stat)
    assert portable._searchable("/usr/bin:/closed/bin:/absent") == "/usr/bin:/absent"
