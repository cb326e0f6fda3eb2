"""Run the scripts whose figures the pages of docs/ show; a page finds the figure of NAME.py as figures/NAME.svg.

A figure is made anew only if its script, NAME.json beside it, or a source of pylyap has changed: ``python tools/site/figures.py [NAME ...]``.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import gallery

ROOT = gallery.ROOT.resolve()
FIGURES = ROOT / "build" / "figures"
SCRIPTS = {
    script.stem: script
    for folder in (ROOT / "examples" / "figures", ROOT / "examples")
    for script in sorted(folder.glob("*.py"))
}


def main(names):
    """Make the figures of the scripts with these names, or of all; a script that fails ends it with its traceback."""
    shutil.rmtree(FIGURES, ignore_errors=True)
    for folder in (FIGURES, gallery.CACHE):
        folder.mkdir(parents=True, exist_ok=True)
    sources, seconds = gallery.digest_of_sources(), 0.0
    sys.argv[1:] = []  # the scripts are called without options
    for name in names or SCRIPTS:
        kept = figure_of(SCRIPTS[name], sources)
        shutil.copyfile(kept["figure"], FIGURES / f"{name}.svg")
        seconds += kept["seconds"]
        print(f"{kept['seconds']:6.1f} s  {'kept' if kept['was_kept'] else 'made'}  figure {name}", flush=True)
    print(f"{seconds:6.1f} s  {len(names or SCRIPTS)} figures")


def figure_of(script, sources):
    """The figure of a script, which may have measurements beside it: the one that was kept, or a new one."""
    measured = script.with_suffix(".json")
    more = measured.read_text(encoding="utf-8") if measured.is_file() else ""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where a script may write what it likes
        try:
            return gallery.result_of(gallery.Example(script), sources + more)
        finally:
            os.chdir(here)


if __name__ == "__main__":
    main(sys.argv[1:])
