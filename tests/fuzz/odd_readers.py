"""Good files of all the other kinds that pylyap reads, and what reads them: see `odd_files.seeds`."""

import gzip
import importlib.util
import io

import numpy as np
import scipy.io
import scipy.sparse

import pylyap
from pylyap import sweeps
from pylyap.cli import main

MATRIX = np.array([[0.0, 1.5, -0.5], [2.0, 0.0, 0.25], [-1.0, 0.5, 0.0]])
TEXTS = {
    "W.tsv": b"\ta\tb\na\t0\t1\nb\t2\t0\n", "edges.csv": b"from,to,weight\na,b,0.5\nb,a,2\n",
    "W.gml": b'graph [ directed 1 node [ id 0 label "a" ] node [ id 1 label "b" ] edge [ source 0 target 1 weight 0.5 ] ]\n',
}  # fmt: skip
SWEEP = b"""[network]
type = "DiscreteNetwork"
[weights]
type = "gaussian"
n = 3
[run]
t_average = 5
[grid]
g = { from = 0.5, to = 2, count = 3 }
trial = 2
"""


def more(folder):
    """{name: (reader, name of the file, bytes)}."""
    np.save(folder / "good.npy", MATRIX)
    return {**_weights(), **_modules(), **_of_stores(folder), **_commands(folder), **_checkpoints(folder)}


def _bytes(write):
    stream = io.BytesIO()
    write(stream)
    return stream.getvalue()


def _weights():
    files = {
        **TEXTS, "W.npz": _bytes(lambda stream: np.savez(stream, W=MATRIX)),
        "sparse.npz": _bytes(lambda stream: scipy.sparse.save_npz(stream, scipy.sparse.csr_array(MATRIX))),
        "W.mat": _bytes(lambda stream: scipy.io.savemat(stream, {"W": MATRIX})), "W.csv.gz": gzip.compress(b"1,2,3,4\n" * 4),
    }  # fmt: skip
    if importlib.util.find_spec("h5py"):
        import h5py

        def write(stream):
            with h5py.File(stream, "w") as file:
                file["W"] = MATRIX

        files["W.h5"] = _bytes(write)
    return {f"read_weights {name}": (lambda path: pylyap.read_weights(path), name, content) for name, content in files.items()}


def _modules():
    layer = {"weight_ih_l0": np.ones((9, 2)), "weight_hh_l0": np.ones((9, 3)), "bias_ih_l0": np.ones(9), "bias_hh_l0": np.ones(9)}

    def read(path):
        pylyap.from_state_dict(path, np.ones((9, 2)))

    found = {"W.npz of a layer": (read, "layer.npz", _bytes(lambda stream: np.savez(stream, **layer)))}
    if importlib.util.find_spec("safetensors"):
        import safetensors.numpy

        found["safetensors"] = (read, "layer.safetensors", safetensors.numpy.save(layer))
    if importlib.util.find_spec("torch"):
        import torch

        tensors = {name: torch.tensor(array) for name, array in layer.items()}
        found["torch"] = (read, "layer.pt", _bytes(lambda stream: torch.save(tensors, stream)))
    return found


def _of_stores(folder):
    """The files of JSON and TOML that sweeps read; what is tried takes their place in a store."""
    store, measure = folder / "another store", sweeps.Measure("m", lambda condition: {"y": condition["x"]})
    conditions = [{"x": 1.0}, {"x": 2.0}]
    pylyap.sweep(measure, conditions, store=store)
    (asked,) = (store / "work" / "asked").glob("*.json")
    key = next(store.glob("*.npz")).stem
    failure = b'{"condition": {"x": 1.0}, "kind": "raised", "reason": "r", "attempts": 1, "driver": "d"}'
    driver = b'{"name": "d", "host": "h", "machine": "m", "pid": 1, "started": null, "began": 1.0}'

    def of(target):
        def read(path):
            target.parent.mkdir(exist_ok=True)
            before = target.read_bytes() if target.exists() else None
            target.write_bytes(path.read_bytes())
            try:
                str(sweeps.status(store)), sweeps.read_store(store), pylyap.sweep(measure, conditions, store=store)
            finally:
                target.unlink(missing_ok=True) if before is None else target.write_bytes(before)

        return read

    work = store / "work"
    return {
        "sweep.json": (of(store / "sweep.json"), "sweep.json", (store / "sweep.json").read_bytes()),
        "asked": (of(asked), "asked.json", asked.read_bytes()),
        "failed": (of(work / "failed" / f"{key}.json"), "failed.json", failure),
        "driver": (of(work / "drivers" / "d.json"), "d.json", driver),
        "description": (lambda path: sweeps.Description.read(path), "grid.toml", SWEEP),
    }


def _commands(folder):
    weights = ["--weights", str(folder / "good.npy")]
    short = ["--model", "discrete", "--t-transient", "1", "--t-align", "1", "--t-average", "5", "--time-limit", "1"]

    def of(*arguments):
        def read(path):
            if code := main([*arguments, str(path)]):
                raise pylyap.errors.PylyapError(f"exit code {code}")

        return read

    numbers = _bytes(lambda stream: np.save(stream, np.ones(3)))
    rows = _bytes(lambda stream: np.save(stream, np.ones((50, 3))))
    run = folder / "command.npz"
    main(["spectrum", *weights, *short, "--checkpoint", str(run)])
    result = folder / "result.npz"
    pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(MATRIX), t_average=20).save(result)
    return {
        "pylyap show": (of("show"), "result.npz", result.read_bytes()),
        "pylyap resume, of a command": (of("resume"), "command.npz", run.read_bytes()),
        "--bias": (of("spectrum", *weights, *short, "--bias"), "bias.npy", numbers),
        "--bias, text": (of("spectrum", *weights, *short, "--bias"), "bias.txt", b"1 2 3\n"),
        "--input": (of("spectrum", *weights, *short, "--input"), "input.npy", rows),
        "--input, text": (of("spectrum", *weights, *short, "--input"), "input.csv", b"1,2,3\n" * 20),
    }


def _checkpoints(folder):
    networks, options = [pylyap.DiscreteNetwork(gain * MATRIX) for gain in (0.5, 1.0)], dict(t_transient=1, t_align=2, t_average=20)
    flow, target = pylyap.RateNetwork(MATRIX), np.sin(np.arange(50) / 5)

    def ensemble(path):
        pylyap.lyapunov_ensemble(networks, **options, checkpoint=path)

    def force(path):
        pylyap.train_force(flow, target, checkpoint=path)

    ensemble(folder / "ensemble.npz"), force(folder / "force.npz")
    return {
        "resume an ensemble": (ensemble, "ensemble.npz", (folder / "ensemble.npz").read_bytes()),
        "resume FORCE": (force, "force.npz", (folder / "force.npz").read_bytes()),
    }
