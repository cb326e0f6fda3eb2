"""Data flows one way: describe, run, read. Which room may use which, read from the imports."""

import ast
from pathlib import Path

ROOM = Path(__file__).parents[2] / "pylyap"
#: Rooms that nothing uses, but those named behind them.
ENDS = {"cli": (), "sweeps": ("papers", "cli", "analysis"), "papers": ("cli",)}
#: One file opens the room of its paper when it is asked for, one knows the result that it draws.
ALLOWED = {("runs/spectrum.py", "papers"), ("plotting/sweeps.py", "sweeps")}
#: Rooms that read results, and know no Julia.
READ = ("results", "theory", "plotting")


def imports():
    """(file, room that it imports) of everything in pylyap, imports for type checkers left out."""
    for file in sorted(ROOM.rglob("*.py")):
        name, tree = file.relative_to(ROOM), ast.parse(file.read_text(encoding="utf-8"))
        for_types = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
        hidden = {id(node) for block in for_types for node in ast.walk(block)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level and id(node) not in hidden:
                package = name.parent.parts[: len(name.parent.parts) - node.level + 1]
                for part in [node.module.split(".")] if node.module else [[alias.name] for alias in node.names]:
                    yield name.as_posix(), (*package, *part)[0]


def room_of(file):
    return file.partition("/")[0]


def test_nothing_uses_the_rooms_at_the_end():
    wrong = [
        (file, used) for file, used in imports()
        if used in ENDS and room_of(file) not in (used, *ENDS[used]) and file not in ("__init__.py", "__main__.py")
    ]  # fmt: skip
    assert set(wrong) <= ALLOWED


def test_what_reads_results_knows_no_julia():
    assert [(file, used) for file, used in imports() if room_of(file) in READ and used in ("_core", "_runtime")] == []


def test_the_imports_are_seen():
    found = set(imports())
    assert ("runs/spectrum.py", "papers") in found and ("cli/sweep/random.py", "sweeps") in found
    assert ("results/verdict.py", "_contracts") in found and ("results/verdict.py", "runs") not in found
