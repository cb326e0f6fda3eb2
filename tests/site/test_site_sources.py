"""What the site is made of: the reference names everything that is public, the gallery's scripts are whole and small."""

import ast
import hashlib
import importlib.util
import re
import sys
from pathlib import Path

import pytest
from subprocesses import ROOT

import pylyap

TOOLS = ROOT / "tools" / "site"
SCRIPTS = sorted((ROOT / "examples" / "gallery").glob("*.py"))


def tool(name):
    """A module of tools/site, which is not on the path."""
    spec = importlib.util.spec_from_file_location(f"site_{name}", TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference():
    return tool("reference")


@pytest.fixture(scope="module")
def gallery():
    pytest.importorskip("nbformat", reason="notebooks are made with nbformat")
    return tool("gallery")


@pytest.fixture(scope="module")
def figures(gallery):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "gallery", gallery)
        return tool("figures")


def test_the_reference_names_everything_that_is_public(reference):
    shown = {reference.found_at(name) for page in reference.PAGES for name in page.identifiers() if name != "pylyap.papers.PAPERS"}
    rooms = {name for page in reference.PAGES for name in page.rooms}
    for name in pylyap.__all__:
        if name not in rooms | {"errors"}:
            assert getattr(pylyap, name) in shown, name
    for room in rooms:
        module = reference.found_at(f"pylyap.{room}")
        assert {getattr(module, name) for name in reference.public(module)} <= shown, room


def test_no_name_is_on_two_pages(reference):
    names = [name for page in reference.PAGES for name in page.identifiers()]
    assert len(names) == len(set(names))


def test_short_names_lead_to_one_place_and_plain_words_nowhere(reference):
    names = reference.names()
    assert names["lyapunov_spectrum"] == names["pylyap.lyapunov_spectrum"] == "pylyap.lyapunov_spectrum"
    assert names["weights.gaussian"] == "pylyap.weights.gaussian"
    assert not {"map", "flow", "linear", "activity", "sweep"} & set(names)


def test_every_name_has_a_first_sentence(reference):
    lines = [line for line in reference.index().splitlines() if line.startswith("| [`")]
    assert lines and [line for line in lines if line.endswith("|  |")] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_short_uses_public_names_and_makes_one_figure(script):
    source = script.read_text(encoding="utf-8")
    assert 15 <= len(source.splitlines()) <= 45  # 20 to 40 without counting the title, or blank lines
    tree = ast.parse(source)
    title, _, text = ast.get_docstring(tree).partition("\n")
    assert title.endswith((".", "?")) and len(text.strip()) > 60
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"matplotlib.pyplot", "numpy", "pylyap", "pylyap.analysis", "tempfile"}
    assert source.rstrip().endswith("plt.show()")
    for name in re.findall(r"\bpylyap((?:\.\w+)+)", source.replace("pylyap.analysis import", "")):
        target = pylyap
        for part in name.split(".")[1:]:
            assert not part.startswith("_")
            target = getattr(target, part)


def test_the_page_of_thumbnails_has_every_example_once(gallery):
    listed = [name for names in gallery.SECTIONS.values() for name in names]
    assert sorted(listed) == [path.stem for path in SCRIPTS] and len(listed) >= 18


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_notebook_is_the_script(gallery, script):
    example = gallery.Example(script)
    cells = gallery.notebook(example).cells
    assert cells[0].source.startswith(f"# {example.title}")
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(example.code))
    assert len(cells) > 2
    for cell in cells[1:]:
        ast.parse(cell.source)  # each can be run by itself


def test_a_figure_is_kept_until_its_code_changes(gallery, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "CACHE", tmp_path)
    made = []

    def run(example, figure):
        made.append(example.name)
        figure.write_text("figure")
        return 0.5, "text"

    monkeypatch.setattr(gallery, "run", run)
    (tmp_path / "one.py").write_text('"""One."""\n')
    example = gallery.Example(tmp_path / "one.py")
    assert not gallery.result_of(example, "sources")["was_kept"]
    assert gallery.result_of(example, "sources")["was_kept"]
    assert not gallery.result_of(example, "other sources")["was_kept"]
    (tmp_path / "one.py").write_text('"""Another."""\n')
    found = gallery.result_of(example, "other sources")
    assert not found["was_kept"] and found["printed"] == "text" and len(made) == 3
    assert len(list(tmp_path.glob("one-*.svg"))) == 1  # older ones are deleted


def test_a_script_starts_in_a_folder_of_its_own_and_measurements_beside_it_count(gallery, figures, tmp_path, monkeypatch):
    script = tmp_path / "drawn.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom matplotlib.figure import Figure\nassert not list(Path.cwd().iterdir())\n"
        "Path('mine').write_text(str(sys.argv[1:]))\nfigure = Figure()\n"
    )
    for module, name in ((figures, "FIGURES"), (gallery, "CACHE")):
        monkeypatch.setattr(module, name, tmp_path / name)
    monkeypatch.setattr(figures, "SCRIPTS", {"drawn": script})
    monkeypatch.setattr(pylyap, "start_julia", lambda: None)
    monkeypatch.setattr(sys, "argv", ["figures.py", "drawn"])
    before = Path.cwd()

    def kept_after_a_run():
        figures.main(["drawn"])
        (kept,) = (tmp_path / "CACHE").glob("drawn-*.svg")
        assert (tmp_path / "FIGURES" / "drawn.svg").read_bytes() == kept.read_bytes()
        return kept.name

    first = kept_after_a_run()
    assert f"drawn.py, sha256 {hashlib.sha256(script.read_bytes()).hexdigest()}" in (tmp_path / "CACHE" / first).read_text()
    assert kept_after_a_run() == first
    script.with_suffix(".json").write_text("[]")
    assert kept_after_a_run() != first
    assert Path.cwd() == before and not (tmp_path / "mine").exists()


def test_words_are_not_what_a_figure_depends_on(gallery):
    code = '"""Words."""\ndef f(x):\n    """More."""\n    return x + 1  # why\n'
    same = 'def f(x):\n    return x + 1\n'
    assert gallery.without_docstrings(code) == gallery.without_docstrings(same)
    assert gallery.without_docstrings(code) != gallery.without_docstrings(code.replace("1", "2"))


def test_every_row_of_the_readme_has_an_example_that_there_is():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = re.search(r"^\| to study .*?\n\n", text, re.MULTILINE | re.DOTALL)[0]
    rows = table.strip().splitlines()[2:]
    assert len(rows) >= 15
    for row in rows:
        shown = re.findall(r"examples/gallery/(\w+)\.py", row.split("|")[4])
        assert shown and set(shown) <= {path.stem for path in SCRIPTS}, row
    assert f"Each of the {len(SCRIPTS)} examples" in text


BOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("book", BOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_holds_no_outputs(book):
    nbformat = pytest.importorskip("nbformat", reason="notebooks are read with nbformat")
    read = nbformat.read(book, as_version=4)
    nbformat.validate(read)
    cells = [cell for cell in read.cells if cell.cell_type == "code"]
    assert len(BOOKS) == 3 and len(cells) >= 5
    for cell in cells:
        assert cell.outputs == [] and cell.execution_count is None
        if not cell.source.startswith(("%%", "!")):
            for name in re.findall(r"\bpylyap((?:\.\w+)+)", cell.source):
                target = pylyap
                for part in name.split(".")[1:]:
                    assert not part.startswith("_")
                    target = getattr(target, part)


README_FIGURE = ROOT / "docs" / "figures" / "first-spectrum.svg"
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]+src=[\"']([^\"']+)")


def images(page):
    """The addresses of all images of a page."""
    return {markdown or tag for markdown, tag in IMAGE.findall(page.read_text(encoding="utf-8"))}


def test_every_figure_of_a_page_is_made_by_the_build(figures):
    """And each that is made is shown; `make docs` fails if one of them cannot be made."""
    made = {f"figures/{name}.svg" for name in figures.SCRIPTS}
    shown = {image for page in (ROOT / "docs").rglob("*.md") for image in images(page)}
    assert len(made) >= 9 and made <= shown
    assert shown - made - {f"gallery/{script.stem}.svg" for script in SCRIPTS} == set()


def test_no_figure_is_a_file_except_that_of_the_readme():
    """The hosts of a repository show its README without a build."""
    kinds = {".apng", ".avif", ".eps", ".gif", ".jpeg", ".jpg", ".pdf", ".png", ".svg", ".webp"}
    kept = {path for path in (ROOT / "docs").rglob("*") if path.suffix.lower() in kinds}
    assert kept == {README_FIGURE, ROOT / "docs" / "assets" / "favicon.svg"}
    assert images(ROOT / "README.md") == {"docs/figures/first-spectrum.svg"}


def test_the_figure_of_the_readme_was_made_by_the_script_that_there_is(gallery):
    """If not: `make docs`, then copy build/gallery/first_spectrum.svg. test_site_built.py compares the curves."""
    assert gallery.Example(ROOT / "examples" / "gallery" / "first_spectrum.py").told() in README_FIGURE.read_text(encoding="utf-8")
