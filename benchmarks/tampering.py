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
from pylyap._files import previous
from pylyap.errors import PylyapError

W = pylyap.weights.gaussian(5, 2.0, seed=1)
SPECTRUM = dict(t_average=60, t_transient=5, t_align=5, n_exponents=3, qr_interval=1)
VECTORS = dict(t_average=40, t_transient=5, t_align=20, t_backward=20, n_vectors=2, sample_interval=2, qr_interval=1)
OTHER = dict(t_transient=6)


def ensemble(network, **options):
    return pylyap.lyapunov_ensemble([network, network], **options)


def force(network, **options):
    return pylyap.train_force(pylyap.RateNetwork(network.weights), np.sin(np.arange(60) / 5), **options)


class Results:
    """A kind of file that `read` reads by itself; a file of one of the kinds in `alike` is one, too."""

    def __init__(self, folder, make, read, alike=()):
        self.path, self.read, self.alike = folder / "result.npz", lambda: read(self.path), alike
        make(self.path)

    def others(self):
        yield from versions(self.path)


class Checkpoints:
    """Checkpoints of a kind of run."""

    alike = ()

    def __init__(self, folder, function, options, other):
        self._function, self._options, self._other = function, options, other
        self.path = folder / "run.npz"
        self._make(self.path)

    def _make(self, path, scale=1.0, **changes):
        self._function(pylyap.DiscreteNetwork(scale * W), **{**self._options, **changes}, checkpoint=path)
        previous(path).unlink(missing_ok=True)

    def read(self):
        self._function(pylyap.DiscreteNetwork(W), **self._options, checkpoint=self.path)

    def others(self):
        yield from versions(self.path)
        for what, changes in {"other weights": dict(scale=1.1), "other options": self._other}.items():
            other = self.path.with_name(f"{what}.npz")
            self._make(other, **changes)
            yield what, other.read_bytes()


class Conditions:
    """The conditions of a sweep: one that is not believed is computed again, and a warning says so."""

    alike = ()

    def __init__(self, folder):
        self._folder = folder
        self.store, self.path = self._made("store")

    def _made(self, name, x=1.0, **settings):
        """A store with one condition, and the file of that."""
        store = self._folder / name
        pylyap.sweep(measure(**settings), [{"x": x}], store=store)
        (path,) = store.glob("*.npz")
        return store, path

    def read(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            result = pylyap.sweep(measure(), [{"x": 1.0}], store=self.store)
        assert result["y"].ravel().tolist() == [1.0, 2.0, 3.0], "a wrong value was believed"
        if any("computed again" in str(one.message) for one in told):
            raise PylyapError("computed again")

    def others(self):
        for what, (_, path) in {
            "other condition": self._made("1", x=1.1), "other options": self._made("2", power=2.0),
        }.items():
            yield what, path.read_bytes()


class Description(Conditions):
    """What a store says of itself."""

    def __init__(self, folder):
        super().__init__(folder)
        self.path = self.store / "sweep.json"

    def others(self):
        told = json.loads(self.path.read_text())
        for what, change in {"older schema": -1, "newer schema": 1}.items():
            yield what, json.dumps({**told, "version": told["version"] + change}).encode()
        yield "other options", (self._made("2", power=2.0)[0] / "sweep.json").read_bytes()


def measure(power=1.0):
    return pylyap.sweeps.Measure("m", lambda condition, power: {"y": np.arange(3.0) + condition["x"] ** power}, power=power)


def damaged(data):
    """(what was done, bytes): cut at every tenth, and one bit flipped at 200 places."""
    for tenth in range(10):
        yield "cut short", data[: len(data) * tenth // 10]
    random = np.random.default_rng(1)
    for place in random.choice(len(data), min(200, len(data)), replace=False):
        changed = bytearray(data)
        changed[place] ^= 1 << random.integers(8)
        yield "one bit", bytes(changed)


def versions(path):
    """The file with the versions before and after its own."""
    header, arrays = _archives.read(path)
    other = path.with_name("other version.npz")
    for change in (-1, 1):
        _archives.write(other, {**header, "version": header["version"] + change}, arrays)
        yield ("older schema" if change < 0 else "newer schema"), other.read_bytes()


def kinds(folder):
    """Every kind of file by its name, made in a folder of its own."""
    def room(name):
        (folder / name).mkdir()
        return folder / name

    network, results = pylyap.DiscreteNetwork(W), ("spectrum", "covariant vectors")
    history = pylyap.torch.TrainingHistory(np.arange(2), np.ones((2, 3)), np.ones((2, 3)), np.ones(2))
    in_ensemble = {**SPECTRUM, "t_average": 40}
    return {
        "spectrum": Results(room("a"), pylyap.lyapunov_spectrum(network, **SPECTRUM).save, pylyap.load, results),
        "covariant vectors": Results(room("b"), pylyap.covariant_vectors(network, **VECTORS).save, pylyap.load, results),
        "training history": Results(room("c"), history.save, pylyap.torch.load_history),
        "checkpoint, spectrum": Checkpoints(room("d"), pylyap.lyapunov_spectrum, SPECTRUM, OTHER),
        "checkpoint, covariant": Checkpoints(room("e"), pylyap.covariant_vectors, VECTORS, OTHER),
        "checkpoint, ensemble": Checkpoints(room("f"), ensemble, in_ensemble, OTHER),
        "checkpoint, force": Checkpoints(room("g"), force, {}, dict(regularization=2.0)),
        "sweep, condition": Conditions(room("h")),
        "sweep, description": Description(room("i")),
    }


def main():
    with tempfile.TemporaryDirectory() as folder:
        tried = kinds(pathlib.Path(folder))
        good = {title: kind.path.read_bytes() for title, kind in tried.items()}
        faults = sum(tell(title, kind, good) for title, kind in tried.items())
    return 1 if faults else 0


def tell(title, kind, good):
    """Try every change of a file of this kind; the number of those that went wrong."""
    swapped = (("swapped", data) for other, data in good.items() if other != title and other not in kind.alike)
    cases, counts = [*kind.others(), *damaged(good[title]), *swapped], {}
    for what, data in cases:
        for left in kind.path.parent.glob(f"{kind.path.name}*"):  # the copy before it, and what belongs to it
            left.unlink()
        kind.path.write_bytes(data)
        counts.setdefault(what, collections.Counter())[outcome(kind)] += 1
    for what, found in counts.items():
        told = ", ".join(f"{number} {result}" for result, number in sorted(found.items()))
        print(f"{title:<22} {what:<16} {told}", flush=True)
    kind.path.write_bytes(good[title])
    assert outcome(kind) == "BELIEVED", f"{title}: the file that was not changed is not read"
    return sum(number for found in counts.values() for result, number in found.items() if result != "named")


def outcome(kind):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kind.read()
    except PylyapError:
        return "named"
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return f"BROKEN ({type(error).__name__})"
    return "BELIEVED"


if __name__ == "__main__":
    sys.exit(main())
