"""Wheel and sdist hold the package, the core, the licence and the data, and nothing else; files of the release name what there is."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest
from subprocesses import ROOT

import pylyap

LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def files_below(folder):
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts)}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """Built from a copy, so that nothing is left in the real one."""
    folder = tmp_path_factory.mktemp("distributions")
    clone = folder / "clone"
    names = (
        "pylyap", "julia", "tests", "docs", "examples", "paper", "packaging", "juliapkg.json", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE",
        "CITATION.cff", "CHANGELOG.md", ".gitignore",
    )  # fmt: skip
    clone.mkdir()
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(ROOT / name, clone / name)
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder / "dist")]
    subprocess.run(command, cwd=clone, check=True, capture_output=True, timeout=200)
    return folder / "dist"


def only(folder, pattern):
    (path,) = folder.glob(pattern)
    return path


def test_the_wheel_holds_package_core_licence_and_nothing_else(distributions):
    wheel = only(distributions, "*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert wheel.name == f"pylyap-{pylyap.__version__}-py3-none-any.whl"
    information = {name for name in names if ".dist-info/" in name}
    assert {name.rpartition("/")[2] for name in information} == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE"}
    assert names - information == files_below("pylyap") | {f"pylyap/{name}" for name in files_below("julia")} | {"pylyap/juliapkg.json"}
    assert wheel.stat().st_size < 2_000_000  # 0.6 MB now; more means that something got in


def test_the_sdist_holds_what_a_wheel_and_the_tests_need(distributions):
    with tarfile.open(only(distributions, "*.tar.gz")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    singles = {"juliapkg.json", "hatch_build.py", "README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "pyproject.toml"}
    expected = files_below("pylyap") | files_below("julia") | files_below("tests") | singles
    assert expected <= names
    assert names - expected <= {"PKG-INFO", ".gitignore"}


def test_twine_finds_no_fault(distributions):
    pytest.importorskip("twine", reason="pip install '.[release]' brings twine")
    files = [str(path) for path in distributions.iterdir()]
    done = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stdout.count("PASSED") == 2, done.stdout + done.stderr


def test_the_recipe_of_conda_forge_asks_for_what_the_package_asks_for():
    recipe = (ROOT / "packaging" / "conda-forge" / "meta.yaml").read_text(encoding="utf-8")
    assert f'{{% set version = "{pylyap.__version__}" %}}' in recipe
    names = {"juliacall": "pyjuliacall", "juliapkg": "pyjuliapkg", "matplotlib": "matplotlib-base"}  # theirs
    block = re.search(r"^dependencies = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    needed = re.findall(r'"([\w-]+)>=([\d.]+)"', block)
    assert len(needed) >= 8
    for name, version in needed:
        assert f"- {names.get(name, name)} >={version}\n" in recipe, name


def test_the_draft_of_the_paper_has_its_sections_and_length():
    text = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8").split("---", 2)[2]
    assert 750 <= len(text.split()) <= 1750  # what the journal asks for
    sections = re.findall(r"^# (.+)$", text, re.MULTILINE)
    assert {"Summary", "Statement of need", "State of the field", "Software design", "Research impact statement",
            "AI usage disclosure", "Acknowledgements", "References"} == set(sections)  # fmt: skip
    cited = set(re.findall(r"@(\w+)", text))
    known = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "paper" / "paper.bib").read_text(encoding="utf-8"), re.MULTILINE))
    assert cited == known


@pytest.mark.parametrize("name", ["tests", "release"])
def test_workflows_say_that_they_never_ran_and_call_what_there_is(name):
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    assert text.startswith("# Never run")
    actions = re.findall(r"uses: (.+)", text)
    assert len(actions) >= 4
    for action in actions:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v\d+(\.\d+)*", action), action
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"run: make ([\w-]+)", text)) <= targets
    for path in re.findall(r"--project=(\S+)|(\S+\.jl)", text):
        assert (ROOT / "".join(path)).exists()
