"""The scripts in Julia of README.md, of docs/ and of julia/README.md run as they stand, without Python."""

import re
import subprocess
import sys

import pytest
from subprocesses import ROOT

PAGES = [ROOT / "README.md", ROOT / "julia" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```julia\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def scripts():
    """Blocks that load the core; the others show a line or two."""
    return [(page.relative_to(ROOT).as_posix(), code) for page in PAGES for code in BLOCK.findall(page.read_text(encoding="utf-8")) if "LyapunovSpectra" in code]


@pytest.mark.slow
def test_each_script_runs_by_itself(tmp_path):
    assert {"README.md", "julia/README.md", "docs/start-here.md"} <= {page for page, _ in scripts()}
    script = tmp_path / "blocks.jl"  # one start of Julia for all; a module has only the names that its own block brings
    modules = "".join(f"module Block{number}  # {page}\n{code}end\n" for number, (page, code) in enumerate(scripts()))
    script.write_text(modules + 'println("all of them")\n', encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "pylyap", "julia", "run", str(script)], capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0 and done.stdout.endswith("all of them\n"), done.stdout[-2000:] + done.stderr[-4000:]
