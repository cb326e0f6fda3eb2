"""Run the examples of examples/gallery/ in this one process; write a page, a figure, a script and a notebook of each.

A figure is made anew only if its script, or a source of pylyap, has changed: ``python tools/site/gallery.py [NAME ...]``.
"""

import ast
import contextlib
import hashlib
import io
import json
import re
import shutil
import sys
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import nbformat
from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "gallery"
PAGES = ROOT / "build" / "gallery"
CACHE = ROOT / "build" / "gallery-cache"
sys.path.insert(0, str(ROOT))

# The sections of the page of thumbnails; an example that is in none of them is an error.
SECTIONS = {
    "First steps": ("first_spectrum", "convergence", "controls", "two_trajectories", "checkpoint"),
    "Rate networks": (
        "onset_of_chaos", "extensivity", "density", "solver_steps", "solver_cost", "activity_dimension", "large_sparse",
    ),
    "Maps and heavy tails": (
        "closed_form", "heavy_tails", "many_gains", "phase_diagram", "annealed_transition", "without_the_strongest",
        "published_figure",
    ),
    "Connectivity and units": ("connectome", "dale", "symmetry", "activations"),
    "Inputs": ("noise_ends_chaos", "sinusoid"),
    "Directions": ("covariant",),
    "Trained networks and gradients": ("gru_gain", "sequence", "singular_values", "gradient_verdict", "force", "reservoir"),
    "Other systems": ("lorenz", "logistic_map", "coupled_oscillators", "synchrony"),
}


@dataclass(frozen=True)
class Example:
    """One script, taken apart: the first line of its docstring is the title, the rest the text."""

    path: Path

    @property
    def name(self):
        return self.path.stem

    @property
    def source(self):
        return self.path.read_text(encoding="utf-8")

    @property
    def docstring(self):
        return ast.get_docstring(ast.parse(self.source))

    @property
    def title(self):
        return self.docstring.partition("\n")[0].rstrip(".")

    @property
    def text(self):
        return self.docstring.partition("\n")[2].strip()

    @property
    def code(self):
        """The source below the docstring."""
        lines = self.source.splitlines()
        return "\n".join(lines[ast.parse(self.source).body[0].end_lineno :]).strip() + "\n"

    def told(self):
        """What a figure says it was made by."""
        return f"{self.path.name}, sha256 {hashlib.sha256(self.source.encode()).hexdigest()}"

    def uses(self):
        """Names of pylyap in the code, in the order of their appearance."""
        return list(dict.fromkeys(re.findall(r"\bpylyap(?:\.\w+)+", self.code)))


def main(names):
    """Make the pages of the examples with these names, or of all; return an exit code."""
    examples = {path.stem: Example(path) for path in sorted(EXAMPLES.glob("*.py"))}
    if set(examples) != (listed := {name for section in SECTIONS.values() for name in section}):
        raise SystemExit(f"gallery: SECTIONS and {EXAMPLES} differ: {sorted(set(examples) ^ listed)}")
    shutil.rmtree(PAGES, ignore_errors=True)
    for folder in (PAGES, CACHE):
        folder.mkdir(parents=True, exist_ok=True)
    sources = digest_of_sources()
    seconds, failed = {}, []
    for name in names or list(examples):
        example = examples[name]
        try:
            kept = result_of(example, sources)
        except Exception:  # noqa: BLE001 - an example may fail in any way, and the others are worth keeping
            traceback.print_exc()
            failed.append(name)
            continue
        seconds[name] = kept["seconds"]
        write(example, kept, PAGES)
        print(f"{kept['seconds']:6.1f} s  {'kept' if kept['was_kept'] else 'made'}  {name}", flush=True)
    if not names:
        (PAGES / "index.md").write_text(thumbnails(examples), encoding="utf-8")
    told = f"; failed: {', '.join(failed)}" if failed else ""
    print(f"{sum(seconds.values()):6.1f} s  {len(seconds)} examples{told}")
    return 1 if failed else 0


def digest_of_sources():
    """One digest for everything that a figure may depend on, beside its script; comments and docstrings of Python are left out."""
    files = [*(ROOT / "pylyap").rglob("*.py"), *(ROOT / "julia" / "src").rglob("*.jl"), *(ROOT / "pylyap").rglob("*.jl")]
    whole = hashlib.sha256()
    for file in sorted(file for file in files if "cli" not in file.relative_to(ROOT).parts):  # no example uses the command line
        source = file.read_text(encoding="utf-8")
        told = without_docstrings(source) if file.suffix == ".py" else source
        whole.update(f"{file.relative_to(ROOT)}\0{told}".encode())
    return whole.hexdigest()


def without_docstrings(source):
    """What Python makes of a module, without its docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)


def result_of(example, sources):
    """Figure, printed text and running time of an example: those that were kept, or new ones."""
    digest = hashlib.sha256((sources + example.source).encode()).hexdigest()[:16]
    record, figure = CACHE / f"{example.name}-{digest}.json", CACHE / f"{example.name}-{digest}.svg"
    was_kept = record.is_file() and figure.is_file()
    if not was_kept:
        for old in CACHE.glob(f"{example.name}-*"):
            old.unlink()
        seconds, printed = run(example, figure)
        record.write_text(json.dumps(dict(seconds=seconds, printed=printed)), encoding="utf-8")
    return dict(json.loads(record.read_text(encoding="utf-8")), figure=figure, was_kept=was_kept)


def run(example, figure):
    """Execute a script, save the one figure it makes, and return its seconds and what it printed."""
    import pylyap
    from pylyap.runs.loop import whole_or_not_at_all

    pylyap.start_julia()
    plt.close("all")
    printed, began = io.StringIO(), time.perf_counter()
    style = matplotlib.rc_context({"svg.hashsalt": "pylyap"})  # the same figure has the same bytes
    # whoever ends the build by Ctrl-C or SIGTERM ends it: a figure of a run that was cut short would be kept
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(), style, whole_or_not_at_all():
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        names = {"__name__": "__main__", "__file__": str(example.path)}
        exec(compile(example.source, str(example.path), "exec"), names)
        seconds = time.perf_counter() - began
        # those of pyplot; a report makes one that pyplot does not know
        made = [plt.figure(number) for number in plt.get_fignums()] or [it for it in names.values() if isinstance(it, Figure)]
        if len(made) != 1:
            raise ValueError(f"{example.name} makes {len(made)} figures instead of one")
        made[0].savefig(figure, format="svg", metadata={"Date": None, "Source": example.told()})
    plt.close("all")
    return seconds, printed.getvalue()


def write(example, kept, folder):
    """Write page, figure, script and notebook of an example."""
    name = example.name
    shutil.copyfile(kept["figure"], folder / f"{name}.svg")
    shutil.copyfile(example.path, folder / f"{name}.py")
    nbformat.write(notebook(example), folder / f"{name}.ipynb")
    printed = f"It prints\n\n```text\n{kept['printed'].rstrip()}\n```\n\n" if kept["printed"].strip() else ""
    uses = ", ".join(f"`{used}`" for used in example.uses())
    (folder / f"{name}.md").write_text(
        f"# {example.title}\n\n{example.text}\n\n![{example.title}]({name}.svg)\n\n```python\n{example.code}```\n\n{printed}"
        f"Running time: {kept['seconds']:.1f} s where this page was made, after Julia has started. "
        f"Download: [script]({name}.py), [notebook]({name}.ipynb). Uses {uses}. [All examples](index.md)\n",
        encoding="utf-8",
    )


def notebook(example):
    """The script as a notebook: the docstring, then one cell for each paragraph of code at the left margin."""
    cells = [nbformat.v4.new_markdown_cell(f"# {example.title}\n\n{example.text}")]
    cells += [nbformat.v4.new_code_cell(part) for part in paragraphs(example.code)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same script gives the same notebook
    language = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    made = nbformat.v4.new_notebook(cells=cells, metadata=language)
    nbformat.validate(made)
    return made


def paragraphs(code):
    """Cut code at blank lines that are followed by a line at the left margin."""
    return [part.strip("\n") for part in re.split(r"\n\n+(?=\S)", code.strip("\n"))]


def thumbnails(examples):
    """The page of all examples."""
    told = "Each example is a short script that makes one figure. All figures were made by the code beside them."
    lines = ["# Gallery", "", told, ""]
    for section, names in SECTIONS.items():
        lines += [f"## {section}", "", '<div class="gallery">']
        for name in names:
            title = examples[name].title
            lines.append(f'<a href="{name}.html"><img src="{name}.svg" alt="{title}" loading="lazy"><span>{title}</span></a>')
        lines += ["</div>", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
