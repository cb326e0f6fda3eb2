"""Files that are damaged, or made to do harm, for every reader and the command line."""

import io
import json
import pathlib
import pickle
import struct
import zipfile

import numpy as np
import odd_readers
from hypothesis import strategies as st

import pylyap
from pylyap import _archives
from pylyap.cli import main

GOOD = pathlib.Path(__file__).resolve().parent.parent / "data" / "files"
# of which those files are
NETWORK = pylyap.DiscreteNetwork(pylyap.weights.gaussian(3, 2.0, seed=1))
OPTIONS = dict(n_exponents=2, t_transient=1, t_align=2, t_average=20, qr_interval=1)
VECTORS = dict(n_vectors=2, t_transient=1, t_align=20, t_average=20, t_backward=10, qr_interval=1, sample_interval=2)


class Evil:
    """Unpickling it would leave a trace."""

    def __reduce__(self):
        return (print, ("code from a file was run",))


def seeds(folder):
    """Good files, by what reads them: (reader, bytes)."""
    result, checkpoint, matrix, store = GOOD / "spectrum-1.npz", GOOD / "checkpoint-1.npz", folder / "W.npy", folder / "store"
    np.save(matrix, NETWORK.weights)
    measure = pylyap.sweeps.Measure("m", lambda condition: {"y": np.arange(3.0)})
    pylyap.sweep(measure, [{"x": 1.0}], store=store)
    (value,) = store.glob("*.npz")
    texts = {"W.csv": b"1,2\n3,4\n", "W.txt": b"0 1 0.5\n1 0 2\n", "W.json": b'{"W": [[1, 2], [3, 4]]}', "W.mtx": MTX, "W.graphml": GRAPHML}

    def load(path):
        pylyap.load(path).summary()

    def resume(path):
        pylyap.lyapunov_spectrum(NETWORK, **OPTIONS, checkpoint=path)

    def resume_vectors(path):
        pylyap.covariant_vectors(NETWORK, **VECTORS, checkpoint=path)
        for beyond in path.parent.glob(f"{path.name}.2*"):
            beyond.unlink()

    def history(path):
        pylyap.torch.load_history(path)

    def read(path):
        pylyap.read_weights(path)

    def sweep(path):
        (store / value.name).write_bytes(path.read_bytes())
        pylyap.sweep(measure, [{"x": 1.0}], store=store)

    def command(path):
        if main(["spectrum", "--weights", str(path), "--t-average", "5", "--time-limit", "1"]):
            raise pylyap.errors.PylyapError("exit code")

    past = pylyap.torch.TrainingHistory(np.arange(2), np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(2))
    past.save(folder / "history.npz")
    vectors, unfinished = GOOD / "covariant-vectors-1.npz", GOOD / "covariant-checkpoint-1.npz"
    found = {
        "load covariant vectors": (load, "v.npz", vectors.read_bytes()),
        "resume covariant vectors": (resume_vectors, "u.npz", unfinished.read_bytes()),
        "load_history": (history, "h.npz", (folder / "history.npz").read_bytes()),
        "load": (load, "r.npz", result.read_bytes()), "resume": (resume, "c.npz", checkpoint.read_bytes()),
        "sweep": (sweep, "v.npz", value.read_bytes()), "read_weights npy": (read, "W.npy", matrix.read_bytes()),
        "command": (command, "W.npy", matrix.read_bytes()),
    }
    found.update({f"read_weights {name}": (read, name, text) for name, text in texts.items()})
    return {**found, **odd_readers.more(folder)}


MTX = b"%%MatrixMarket matrix coordinate real general\n2 2 2\n1 2 0.5\n2 1 1.0\n"
GRAPHML = (
    b'<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="w" for="edge" attr.name="weight" '
    b'attr.type="double"/><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" target="b">'
    b'<data key="w">0.5</data></edge></graph></graphml>'
)


def npz(members, compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def npy(header, data=b""):
    text = repr(header).encode() if isinstance(header, dict) else header
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n" + data


def saved(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def header(**entries):
    return saved(np.frombuffer(json.dumps(entries).encode(), np.uint8))


HUGE = npy({"descr": "<f8", "fortran_order": False, "shape": (10**12, 500)})
MADE = {
    "a header that claims 10^12 blocks": npz([("header.npy", header(format="pylyap spectrum", version=1)), ("log_stretch.npy", HUGE)]),
    "a matrix that claims to be huge": HUGE,
    "a negative shape": npy({"descr": "<f8", "fortran_order": False, "shape": (-1, 3)}),
    "a zip bomb": npz([("header.npy", header(format="pylyap spectrum")), ("W.npy", saved(np.zeros(10**7)))], zipfile.ZIP_DEFLATED),
    "pickled": saved(np.array([Evil()], dtype=object), allow_pickle=True),
    "a pickle": pickle.dumps(Evil()),
    "pickled in a zip": npz([("header.npy", header()), ("W.npy", saved(np.array([Evil()], dtype=object), allow_pickle=True))]),
    "a path trick": npz([("../../header.npy", header()), ("/etc/passwd.npy", saved(np.eye(2)))]),
    "twice the same name": npz([("header.npy", header()), ("header.npy", header())]),
    "a huge number": npz([("header.npy", saved(np.frombuffer(b'{"version": ' + b"9" * 10**5 + b"}", np.uint8)))]),
    "deep brackets": npz([("header.npy", saved(np.frombuffer(b"[" * 10**5, np.uint8)))]),
    "deep json": b"[" * 10**5,
    "a long line": b"1," * 10**5,
    "many nodes": b"%%MatrixMarket matrix coordinate real general\n1000000000 1000000000 1\n1 2 0.5\n",
    "a far edge": b"0 1000000000 0.5\n",
    "an entity bomb": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9)) + b"]><graphml>&j;</graphml>",
    "nothing": b"",
    "zeros": bytes(1000),
    "text in another encoding": "1,2\n3,4\n".encode("utf-16"),
}


@st.composite
def changed(draw, data):
    """Bytes of a good file, changed."""
    data = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        place = draw(st.integers(0, len(data) - 1))
        how = draw(st.sampled_from(("flip", "cut", "insert", "copy", "number")))
        if how == "flip":
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif how == "cut":
            del data[place : place + draw(st.integers(1, len(data)))]
        elif how == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=20))
        elif how == "copy":
            data[place:place] = data[: draw(st.integers(1, len(data)))]
        else:
            data[place : place + 8] = draw(st.sampled_from((b"99999999", b"\xff" * 8, b"-1      ", b"1e999   ", bytes(8))))
    return bytes(data)


@st.composite
def resealed(draw, path_of):
    """A file with a good checksum whose header or arrays are odd."""
    header, arrays = _archives.read(path_of)
    name = draw(st.sampled_from(sorted(arrays)))
    array = arrays[name]
    arrays[name] = draw(st.sampled_from((array[:0], array.astype(np.float32), array.astype(np.int64), -array, array * 0 + 10**6, array[..., :1])))
    if draw(st.booleans()):
        key = draw(st.sampled_from(sorted(header)))
        header[key] = draw(st.sampled_from((None, -1, "x", [], {}, 10**30, {"a": 1})))
    return header, arrays
