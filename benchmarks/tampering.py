"""Tampering with every kind of file: how many were refused by name, how many were believed, how many broke something.

python benchmarks/tampering.py: a table; exit code 1 if a changed file was believed, or gave an error that is not pylyap's.
"""

import collections
import json
import pathlib
import sys
import tempfile
import warnings

import numpy as np

import pylyap
from pylyap import _archives
from pylyap.errors import PylyapError

W = pylyap.weights.gaussian(5, 2.0, seed=1)
SPECTRUM = dict(t_average=60, t_transient=5, t_align=5, n_exponents=3, qr_interval=1)
VECTORS = dict(t_average=40, t_transient=5, t_align=20, t_backward=20, n_vectors=2, sample_interval=2, qr_interval=1)
MEASURE = pylyap.sweeps.Measure("m", lambda condition: {"y": np.arange(3.0) + condition["x"]})


class Results:
    """A kind of file that `pylyap.load` reads."""

    def __init__(self, folder, function, options):
        self._function, self._options = function, options
        self.path = folder / "result.npz"

    def make(self, path, scale=1.0, **changes):
        self._function(pylyap.DiscreteNetwork(scale * W), **{**self._options, **changes}).save(path)

    def read(self):
        pylyap.load(self.path)


class Checkpoints:
    """Checkpoints of a kind of run."""

    def __init__(self, folder, function, options):
        self._function, self._options = function, options
        self.path = folder / "run.npz"

    def make(self, path, scale=1.0, **changes):
        self._function(pylyap.DiscreteNetwork(scale * W), **{**self._options, **changes}, checkpoint=path)
        path.with_name(path.name + ".previous").unlink(missing_ok=True)

    def read(self):
        self._function(pylyap.DiscreteNetwork(W), **self._options, checkpoint=self.path)


class Stores:
    """The files of a sweep: one that is not believed is computed again, and a warning says so."""

    def __init__(self, folder):
        self._folder = folder / "store"
        pylyap.sweep(MEASURE, [{"x": 1.0}], store=self._folder)
        (self.path,) = self._folder.glob("*.npz")

    def make(self, path, scale=1.0, **changes):
        other = path.parent / "other store"
        pylyap.sweep(MEASURE, [{"x": scale}], store=other)
        (found,) = other.glob("*.npz")
        path.write_bytes(found.read_bytes())

    def read(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            result = pylyap.sweep(MEASURE, [{"x": 1.0}], store=self._folder)
        assert result["y"].ravel().tolist() == [1.0, 2.0, 3.0], "a wrong value was believed"
        if any("computed again" in str(one.message) for one in told):
            raise PylyapError("computed again")


def damaged(data):
    """(what was done, bytes): cut at every tenth, and one bit flipped at 200 places."""
    for tenth in range(10):
        yield "cut short", data[: len(data) * tenth // 10]
    random = np.random.default_rng(1)
    for place in random.choice(len(data), min(200, len(data)), replace=False):
        changed = bytearray(data)
        changed[place] ^= 1 << random.integers(8)
        yield "one bit", bytes(changed)


def versions(path, write, read):
    """The same file with the versions before and after its own."""
    header, arrays = read(path)
    for change in (-1, 1):
        write(path, {**header, "version": header["version"] + change}, arrays)
        yield ("older schema" if change < 0 else "newer schema"), path.read_bytes()


def others(kind, folder):
    """Files of the same kind that belong to something else."""
    other = folder / "other.npz"
    for what, changes in {"other weights": dict(scale=1.1), "other options": dict(t_transient=6)}.items():
        if isinstance(kind, Checkpoints) or (isinstance(kind, Stores) and what == "other weights"):
            kind.make(other, **changes)
            yield what, other.read_bytes()
            other.unlink()


def main():
    faults = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        kinds = {
            "spectrum": Results(folder, pylyap.lyapunov_spectrum, SPECTRUM),
            "covariant vectors": Results(folder, pylyap.covariant_vectors, VECTORS),
            "checkpoint, spectrum": Checkpoints(folder, pylyap.lyapunov_spectrum, SPECTRUM),
            "checkpoint, covariant": Checkpoints(folder, pylyap.covariant_vectors, VECTORS),
            "sweep store": Stores(folder),
        }
        good = {}
        for title, kind in kinds.items():
            kind.make(kind.path)
            good[title] = kind.path.read_bytes()
        for title, kind in kinds.items():
            cases = [*damaged(good[title]), *((f"swapped: {one}", data) for one, data in good.items() if one != title)]
            if not isinstance(kind, Stores):
                kind.path.write_bytes(good[title])
                cases += versions(kind.path, _archives.write, _archives.read)
            cases += others(kind, folder)
            faults += tell(title, kind, good[title], cases)
        faults += tell_formats(kinds["sweep store"])
    return 1 if faults else 0


def tell(title, kind, good, cases):
    """Try the cases of a kind; the number of those that went wrong."""
    counts = collections.defaultdict(collections.Counter)
    for what, data in cases:
        for left in kind.path.parent.glob(f"{kind.path.name}*"):
            left.unlink()
        kind.path.write_bytes(data)
        counts[what.partition(":")[0]][outcome(kind, what, data == good)] += 1
    for what, found in counts.items():
        told = ", ".join(f"{number} {result}" for result, number in sorted(found.items()))
        print(f"{title:<22} {what:<14} {told}", flush=True)
    return sum(number for found in counts.values() for result, number in found.items() if result != "named")


def tell_formats(kind):
    """The same of a store whose description says another format."""
    about, faults = kind.path.parent / "sweep.json", 0
    good = about.read_text()
    for what, change in {"older schema": -1, "newer schema": 1}.items():
        told = json.loads(good)
        about.write_text(json.dumps({**told, "format": told["format"] + change}))
        result = outcome(kind, what, False)
        print(f"{'sweep store':<22} {what:<14} 1 {result}", flush=True)
        faults += result != "named"
    about.write_text(good)
    return faults


def outcome(kind, what, is_good):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kind.read()
    except PylyapError:
        return "named"
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return f"BROKEN ({type(error).__name__})"
    # a result is a result to `load`, of whatever kind
    return "named" if is_good or (isinstance(kind, Results) and what.startswith("swapped: ") and _is_result(what)) else "BELIEVED"


def _is_result(what):
    return what.removeprefix("swapped: ") in ("spectrum", "covariant vectors")


if __name__ == "__main__":
    sys.exit(main())
