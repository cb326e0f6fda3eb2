"""Nothing goes round the contracts: what would otherwise be guessed, spelt out or read from sentences, counted.

`python tests/project/test_contracts_are_used.py` prints every place.
"""

import ast
import functools
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SYSTEMS = {
    "System", "Drive", "RateNetwork", "DiscreteNetwork", "CellNetwork", "LeakyRNN", "GRUNetwork", "LSTMNetwork", "Transversal",
    "PublishedTransposed", "Reference", "Linear", "JuliaSource", "PythonFunctions", "Array", "Sinusoid", "WhiteNoise",
    "OrnsteinUhlenbeck",
}  # fmt: skip
SOLVERS = {"rk4", "tsit5", "heun", "euler", "lab4", "map"}
ENDINGS = {"done", "converged", "max_time", "interrupted", "diverged"}
SENTENCES = {"message", "text", "meaning", "caution", "advice", "reason", "what", "args"}
READING = {"startswith", "endswith", "find", "index", "count", "split", "partition", "search", "match", "fullmatch", "findall"}


@functools.cache
def modules(folder=ROOT / "pylyap"):
    """(path below `folder`, syntax tree with `parent`s) of every module."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.parent = node
        found.append((file.relative_to(folder).as_posix(), tree))
    return found


def calls(tree, name):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def function_around(node):
    while not isinstance(node, (ast.FunctionDef, ast.Module)):
        node = node.parent
    return node.name if isinstance(node, ast.FunctionDef) else ""


def guesses_about_systems(tree):
    """``getattr(network, "maybe", None)`` and ``hasattr(system, "maybe")``."""
    for name in ("getattr", "hasattr"):
        for call in calls(tree, name):
            asked = re.findall(r"[a-z_]+", ast.unparse(call.args[0]).lower())
            if {"network", "system", "drive"} & set(asked) and isinstance(call.args[1], ast.Constant):
                yield call


def questions_of_class(tree):
    """``isinstance(network, RateNetwork)`` where something is not just being made and checked."""
    for call in calls(tree, "isinstance"):
        asked = {name.id for name in ast.walk(call.args[1]) if isinstance(name, ast.Name)}
        asked |= {name.attr for name in ast.walk(call.args[1]) if isinstance(name, ast.Attribute)}
        function = function_around(call)
        if asked & SYSTEMS and function not in ("__init__", "__post_init__") and not function.startswith("checked_"):
            yield call


def words(tree):
    """Texts that are not docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not isinstance(node.parent, ast.Expr):
            yield node


def solver_names(tree):
    return [word for word in words(tree) if word.value in SOLVERS - {"map"}]


def words_for_endings(tree):
    return [word for word in words(tree) if word.value in ENDINGS]


def comparisons_of_units(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Compare) and "time_unit" in ast.unparse(node)]


def is_sentence(node):
    """Whether an expression is a sentence made for people: a field that holds one, or the text of an error."""
    if isinstance(node, ast.Attribute):
        return node.attr in SENTENCES
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "repr") and node.args:
        return ast.unparse(node.args[0]) in ("error", "e", "err", "exception")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("summary", "headline", "lower") and (node.func.attr != "lower" or is_sentence(node.func.value))
    return False


def sentences_read(tree):
    """``"settled" in spectrum.message``, ``error.text.startswith(...)``, ``re.search(..., spectrum.message)``.

    A `split` without arguments only joins lines.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops):
            if any(map(is_sentence, node.comparators)):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READING and node.args:
            if is_sentence(node.func.value) or any(map(is_sentence, node.args)):
                yield node


# What is counted, the most there may be, and files that are meant to have it.
RULES = {
    "guesses about systems": (guesses_about_systems, 0, ()),
    "questions of which class a system is": (questions_of_class, 3, ()),
    "names of solvers outside of their table": (solver_names, 0, ("_solvers.py",)),
    # the helper process also says "done", of a message
    "words for endings outside of their class": (words_for_endings, 0, ("_contracts.py", "_runtime/helper_process.py", "_runtime/serving.py")),
    "comparisons of time_unit": (comparisons_of_units, 5, ()),
    # one package tells an error of its own by nothing else
    "English as data": (sentences_read, 0, ("_runtime/foreign.py",)),
}  # fmt: skip


def places(rule):
    count, _, excepted = RULES[rule]
    return [f"{file}:{node.lineno}: {ast.unparse(node)}" for file, tree in modules() if file not in excepted for node in count(tree)]


def test_no_more_than_there_may_be():
    found = {rule: places(rule) for rule in RULES}
    assert {rule: lines for rule, lines in found.items() if len(lines) > RULES[rule][1]} == {}


def test_the_classes_asked_about_are_all_there_are():
    from every_class import every_class

    from pylyap._contracts import Drive, System

    assert {cls.__name__ for cls in every_class(System) | every_class(Drive)} <= SYSTEMS


def test_the_solvers_asked_about_are_all_there_are():
    from pylyap import _solvers
    from pylyap._contracts import Ending, ResultStatus

    assert {solver.name for solver in _solvers.TABLE} == SOLVERS
    assert {ending.status for ending in Ending} | {ResultStatus.CONVERGED} == ENDINGS


def test_each_count_finds_what_it_looks_for(tmp_path):
    (tmp_path / "bad.py").write_text(
        '"""max_time in a docstring."""\n'
        "def f(network, spectrum, error):\n"
        "    a = getattr(network, 'drive', None)\n"
        "    b = isinstance(network, (int, models.RateNetwork))\n"
        "    c = dict(solver='rk4')\n"
        "    d = spectrum.status == 'max_time'\n"
        "    e = spectrum.time_unit == 'tau'\n"
        "    g = 'settled' in spectrum.message\n"
        "def checked_network(network):\n"
        "    return isinstance(network, RateNetwork) and re.search('dt', str(error)) and spectrum.message.lower().startswith('a')\n"
    )
    ((_, tree),) = modules(tmp_path)
    assert {rule: len(list(count(tree))) for rule, (count, _, _) in RULES.items()} == {
        "guesses about systems": 1, "questions of which class a system is": 1, "names of solvers outside of their table": 1,
        "words for endings outside of their class": 1, "comparisons of time_unit": 1, "English as data": 3,
    }  # fmt: skip


if __name__ == "__main__":
    for rule, (_, most, _) in RULES.items():
        found = places(rule)
        print(f"{rule}: {len(found)} (at most {most})", *found, sep="\n    ")
    sys.exit()
