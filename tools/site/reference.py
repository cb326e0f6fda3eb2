"""The reference of the API: one page per subject, its names read from ``__all__``."""

import functools
import inspect
from dataclasses import dataclass

import pylyap

# Names that pylyap hands out when they are asked for, and where they are written.
LAZY = {
    "pylyap.sweep": "pylyap.sweeps.sweep",
    "pylyap.controls": "pylyap.analysis.controls.controls",
    "pylyap.start_julia": "pylyap._runtime.session.start_julia",
    "pylyap.show_versions": "pylyap.versions.show_versions",
}


@dataclass(frozen=True)
class Subject:
    """One page: `names` of pylyap, and `rooms` of which all public names are shown."""

    file: str
    title: str
    about: str
    names: tuple = ()
    rooms: tuple = ()

    @property
    def uri(self):
        return f"api/{self.file}.md"

    def identifiers(self):
        """Names as a user writes them, each once."""
        found = [f"pylyap.{name}" for name in self.names]
        for room in self.rooms:
            module = found_at(f"pylyap.{room}")
            shown = {LAZY.get(name, name) for name in found}
            found += [f"pylyap.{room}.{name}" for name in public(module) if f"pylyap.{room}.{name}" not in shown]
        return found

    def markdown(self):
        parts = [f"# {self.title}\n\n{self.about}\n"]
        for name in self.identifiers():
            options = f"    options:\n      heading: {name}\n      toc_label: {name.rpartition('.')[2]}\n"
            if inspect.ismodule(found_at(name)):
                options += "      members: false\n"
            parts.append(f"::: {LAZY.get(name, name)}\n{options}")
        return "\n".join(parts)


PAGES = (
    Subject("runs", "Spectra and other runs", "Compute: one network, many networks, many gains, FORCE.",
            ("lyapunov_spectrum", "lyapunov_ensemble", "leading_exponents", "covariant_vectors", "transversal_exponents",
             "train_force")),
    Subject("results", "Results", "What a computation gives back.", ("LyapunovSpectrum", "CovariantVectors", "TransversalExponents", "batch_mean", "load")),
    Subject("networks", "Networks", "What is studied: rate networks, maps, and layers that read a sequence.",
            ("RateNetwork", "DiscreteNetwork", "LeakyRNN", "GRUNetwork", "LSTMNetwork", "EchoStateNetwork", "from_torch", "from_state_dict",
             "from_reservoirpy")),
    Subject("weights", "Weights", "Connectivity; `W[i, j]` is the weight from unit j to unit i.", ("read_weights",), ("weights",)),
    Subject("activations", "Activations", "Static nonlinearities of units.", rooms=("activations",)),
    Subject("drives", "Drives", "Inputs that depend on time.", rooms=("drives",)),
    Subject("systems", "Systems", "Systems with known exponents, and your own.", rooms=("systems",)),
    Subject("controls", "Controls", "Is a spectrum converged, and is it right?", ("controls",)),
    Subject("analysis", "Analysis", "What results mean.", rooms=("analysis", "analysis.transitions")),
    Subject("theory", "Theory", "Numbers to hold results against; no Julia is needed.", rooms=("theory",)),
    Subject("sweeps", "Sweeps", "Many conditions, kept in a store.", ("sweep",), ("sweeps",)),
    Subject("plotting", "Plotting", "Axes in, Axes out; no setting of matplotlib is changed.", rooms=("plotting",)),
    Subject("torch", "torch", "Exponents while a module trains.", rooms=("torch",)),
    Subject("annealed", "Weights drawn anew", "Networks whose weights are drawn anew at each step.", rooms=("annealed",)),
    Subject("papers", "Papers", "Published figures computed anew.", rooms=("papers",)),
    Subject("errors", "Errors", "Every error of pylyap is a `PylyapError`.", rooms=("errors",)),
    Subject("julia", "Julia", "Start the Julia that computes, and say what is installed.", ("start_julia", "show_versions")),
)


def found_at(name):
    """What a name such as ``pylyap.weights.gaussian`` stands for."""
    return functools.reduce(getattr, name.split(".")[1:], pylyap)


def public(module):
    """Names of the functions, classes and modules that a module offers; constants have no docstring to show."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [name for name in own if not name.startswith("_")])
    return [name for name in names if callable(value := getattr(module, name)) or inspect.ismodule(value)]


def index():
    """The first page: every name with the first sentence of its docstring."""
    lines = ["# API reference", "", "Everything that is public, by subject. Each docstring has an example that runs as a test.", ""]
    for page in PAGES:
        lines += [f"## [{page.title}]({page.file}.md)", "", "| name | what it is |", "| --- | --- |"]
        lines += [f"| [`{name}`][{LAZY.get(name, name)}] | {_first_line(name)} |" for name in page.identifiers()]
        lines.append("")
    return "\n".join(lines)


def _first_line(name):
    return (found_at(name).__doc__ or "").strip().partition("\n")[0].replace("|", r"\|")


@functools.cache
def names():
    """From a name as pages and docstrings write it to the identifier of its place in the reference.

    Plain words such as `map` are left out, unless they come with their room.
    """
    found, doubled = {}, set()
    for name in [name for page in PAGES for name in page.identifiers()]:
        identifier, parts = LAZY.get(name, name), name.split(".")
        for short in (".".join(parts[i:]) for i in range(len(parts))):
            is_plain_word = "." not in short and "_" not in short and short == short.lower()
            if is_plain_word:
                continue
            if found.setdefault(short, identifier) != identifier:
                doubled.add(short)
    return {short: identifier for short, identifier in found.items() if short not in doubled}
