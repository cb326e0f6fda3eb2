"""Wheel and editable install, run inside and outside the repository: one core, and juliapkg content."""

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from subprocesses import ROOT, environment

from pylyap._runtime import location
from pylyap.errors import JuliaStartError

PARTS = ("pylyap", "julia", "juliapkg.json", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE")

PROBE = """
def test_one_core():
    from juliapkg.deps import find_requirements
    from pylyap._runtime.location import core_path

    find_requirements()  # raises if two juliapkg.json contradict each other
    print("\\nCORE", core_path())
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the repository, so that building leaves nothing in the real one."""
    folder = tmp_path_factory.mktemp("packaging") / "clone"
    folder.mkdir()
    for name in PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "tests").mkdir()
    (folder / "tests" / "test_probe.py").write_text(PROBE)
    return folder


@pytest.fixture(scope="module")
def wheel(clone):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(clone.parent / "dist")],
        cwd=clone, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (file,) = (clone.parent / "dist").glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(clone, wheel):
    """Two virtual environments that borrow this one's packages, except pylyap itself."""
    pythons = {}
    for kind, what in {"wheel": [str(wheel)], "editable": ["--no-build-isolation", "--editable", str(clone)]}.items():
        folder = clone.parent / f"environment-{kind}"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
        python = folder / "bin" / "python"
        # A folder named in a .pth file is searched, but its own .pth files (an editable pylyap) are not read.
        (_site(python) / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", *what],
            env=environment(PYTHONPATH=None), check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        # What the console script does; sys.path starts with its own folder, not with the current one.
        (folder / "bin" / "run_pytest.py").write_text("import pytest; raise SystemExit(pytest.console_main())")
        pythons[kind] = python
    return pythons


def _site(python):
    """The site-packages folder of a Python."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    run = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True, timeout=60)
    return Path(run.stdout.strip())


@pytest.mark.parametrize("command", ["pytest", "python -m pytest"])
@pytest.mark.parametrize("where", ["inside", "outside"])
@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_exactly_one_core(clone, installed, kind, where, command, tmp_path):
    folder = clone if where == "inside" else tmp_path
    if where == "outside":
        (folder / "test_probe.py").write_text(PROBE)
    python = installed[kind]
    runner = ["-m", "pytest"] if command == "python -m pytest" else [str(python.with_name("run_pytest.py"))]
    probe = "tests/test_probe.py" if where == "inside" else "test_probe.py"
    run = subprocess.run(
        [str(python), *runner, "-q", "-s", "-p", "no:cacheprovider", probe],
        cwd=folder, env=environment(PYTHONPATH=None), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    (core,) = [line[5:] for line in run.stdout.splitlines() if line.startswith("CORE ")]
    # "python -m pytest" puts the current folder first, so inside the clone the clone's own core is the right one.
    from_clone = kind == "editable" or (where == "inside" and command == "python -m pytest")
    expected = clone / "julia" if from_clone else _site(python) / "pylyap" / "julia"
    assert Path(core).samefile(expected)


def test_the_wheel_holds_what_julia_needs(clone, wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("julia", "pylyap/_runtime/stand_in_packages"):
        for file in (clone / folder).rglob("*"):
            inside = str(file.relative_to(clone))
            if file.is_file():
                assert (f"pylyap/{inside}" if folder == "julia" else inside) in names
    assert {"pylyap/juliapkg.json", "pylyap/_runtime/speed.jl", "pylyap/_runtime/run_tests.jl"} <= names
    assert not any(name.startswith(("julia", "tests", "hatch_build")) for name in names)


def test_an_editable_install_copies_nothing(clone, installed):
    assert not (clone / "pylyap" / "julia").exists()
    assert not (_site(installed["editable"]) / "pylyap").exists()


@pytest.mark.parametrize(
    ("version", "allowed"), [("1.9.4", False), ("1.10.0", True), ("1.12.6", True), ("1.13.0", False), ("2.0.0", False)]
)
def test_julia_versions_that_juliapkg_may_choose(version, allowed):
    from juliapkg.compat import Compat, Version

    compat = Compat.parse(json.loads((ROOT / "juliapkg.json").read_text())["julia"])
    assert (Version.parse(version) in compat) == allowed


@pytest.mark.parametrize("cores", [0, 2])
def test_no_core_and_two_cores_are_errors(tmp_path, cores):
    package = tmp_path / "pylyap"
    for folder in (package / "julia", tmp_path / "julia"):
        folder.mkdir(parents=True)
        # Another package's folder called julia is not a core.
        name = location.CORE_NAME if cores else "SomethingElse"
        (folder / "Project.toml").write_text(f'name = "{name}"\n')
    with pytest.raises(JuliaStartError, match=f"exactly one.*found {cores}"):
        location.core_path(package)
