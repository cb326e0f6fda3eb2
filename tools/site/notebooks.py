"""Execute the notebooks of examples/notebooks/; write a page of each, with its figures, and the executed notebook.

A notebook is executed anew only if it, or a source of pylyap, has changed: ``python tools/site/notebooks.py [NAME ...]``.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor

ROOT = Path(__file__).parents[2]
BOOKS = ROOT / "examples" / "notebooks"
PAGES = ROOT / "build" / "notebooks"
CACHE = ROOT / "build" / "notebooks-cache"
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from gallery import digest_of_sources  # noqa: E402

# Title in the navigation, in the order of the readers.
TITLES = {
    "neuroscience": "I have a weight matrix",
    "machine_learning": "I have a trained network",
    "julia": "I work in Julia",
}
PATIENCE = 600  # seconds for one cell on a busy machine
WIDGET = "application/vnd.jupyter.widget-view+json"


def main(names):
    """Make the pages of the notebooks with these names, or of all; a cell that fails ends it with its traceback."""
    found = {path.stem for path in BOOKS.glob("*.ipynb")}
    if set(TITLES) != found:
        raise SystemExit(f"notebooks: TITLES and {BOOKS} differ: {sorted(set(TITLES) ^ found)}")
    shutil.rmtree(PAGES, ignore_errors=True)
    for folder in (PAGES, CACHE):
        folder.mkdir(parents=True, exist_ok=True)
    sources = digest_of_sources()
    for name in names or TITLES:
        began = time.perf_counter()
        path, was_kept = executed(BOOKS / f"{name}.ipynb", sources)
        write(name, path)
        print(f"{time.perf_counter() - began:6.1f} s  {'kept' if was_kept else 'made'}  notebook {name}", flush=True)


def executed(path, sources):
    """The notebook with its outputs: the one that was kept, or a new one."""
    digest = hashlib.sha256(sources.encode() + path.read_bytes()).hexdigest()[:16]
    kept = CACHE / f"{path.stem}-{digest}.ipynb"
    if kept.is_file():
        return kept, True
    for old in CACHE.glob(f"{path.stem}-*"):
        old.unlink()
    nbformat.write(execute(path), kept)
    return kept, False


def execute(path):
    """Run all cells in a folder that is deleted afterwards."""
    book = nbformat.read(path, as_version=4)
    variables = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([str(ROOT), *filter(None, variables)]))  # the kernel's pylyap is this one
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(book, timeout=PATIENCE, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    return book


def write(name, path):
    """Write page, figures and the notebook without outputs, for download."""
    book = as_on_a_page(nbformat.read(path, as_version=4))
    text, resources = MarkdownExporter().from_notebook_node(book, resources={"unique_key": name, "output_files_dir": "."})
    for file, data in resources["outputs"].items():
        (PAGES / Path(file).name).write_bytes(data)
    title, _, rest = text.lstrip().partition("\n")
    download = f"Download: [notebook]({name}.ipynb). All outputs below were made by its code."
    (PAGES / f"{name}.md").write_text(f"{title}\n\n{download}\n{rest}", encoding="utf-8")
    shutil.copyfile(BOOKS / f"{name}.ipynb", PAGES / f"{name}.ipynb")


def as_on_a_page(book):
    """The notebook without what only a watcher wants; a line that was printed in pieces, as on a busy machine, is whole."""
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if belongs_on_a_page(output)]
    return CoalesceStreamsPreprocessor().preprocess(book, {})[0]


def belongs_on_a_page(output):
    """Progress bars, and what is said on standard error, are for those who watch a run."""
    return output.get("name") != "stderr" and WIDGET not in output.get("data", {})


if __name__ == "__main__":
    main(sys.argv[1:])
