"""Results on disk: one npz file whose array "header" is JSON; nothing in it can run code."""

import json

import numpy as np

from .. import _files
from ..errors import FileFormatError

FORMAT = "pylyap spectrum"
VERSION = 1
ARRAYS = dict(log_growth=2, durations=1, final_state=1, final_frame=2, unit_traces=2)  # name and dimensions
PLAIN = ("time_unit", "size", "status", "message", "start_time", "provenance")
DIAGNOSTIC = "diagnostics."  # before the names of diagnostics that are arrays
IN_FILES = {"log_growth": "log_stretch"}  # names that differ in files, which had them first


def save(spectrum, path):
    """Write a LyapunovSpectrum to `path`, see `LyapunovSpectrum.save`."""
    write_file(path, *pack(spectrum))


def pack(spectrum):
    """(header, arrays) of a LyapunovSpectrum."""
    arrays = {IN_FILES.get(name, name): getattr(spectrum, name) for name in ARRAYS if getattr(spectrum, name) is not None}
    plain, diagnostics = split_diagnostics(spectrum.diagnostics)
    arrays.update(diagnostics)
    header = dict(format=FORMAT, version=VERSION, diagnostics=plain)
    header.update({name: getattr(spectrum, name) for name in PLAIN})
    header["arrays"] = signatures(arrays)
    return header, arrays


def unpack(header, arrays):
    """The LyapunovSpectrum of a header and its arrays, which are checked."""
    from .spectrum import LyapunovSpectrum

    check(header, arrays)
    diagnostics = join_diagnostics(header["diagnostics"], arrays)
    for own, name in IN_FILES.items():
        arrays[own] = arrays.pop(name)
    return LyapunovSpectrum(diagnostics=diagnostics, **{name: header[name] for name in PLAIN}, **arrays)


def split_diagnostics(diagnostics):
    """Diagnostics as plain values, and those that are arrays under the names that they have in files."""
    arrays = {DIAGNOSTIC + name: value for name, value in diagnostics.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in diagnostics.items() if DIAGNOSTIC + name not in arrays}, arrays


def join_diagnostics(plain, arrays):
    """The diagnostics again; those that are arrays are taken out of `arrays`."""
    names = [name for name in arrays if name.startswith(DIAGNOSTIC)]
    return {**plain, **{name[len(DIAGNOSTIC) :]: arrays.pop(name) for name in names}}


def read_file(path):
    """Return (header, arrays) of a file that `write_file` wrote, or raise FileFormatError if it is damaged."""
    with _files.reading(path) as file:
        try:
            with np.load(file, allow_pickle=False) as npz:
                arrays = {name: npz[name] for name in npz.files}
            header = json.loads(arrays.pop("header").tobytes())
        except Exception as error:  # a damaged file fails in many ways: bad zip, checksum, header, memory
            raise FileFormatError(
                f"{path} is damaged or not a file of pylyap ({type(error).__name__}: {error})"
            ) from error
    if not isinstance(header, dict):
        raise FileFormatError(f"{path} is damaged: its header is not a JSON object")
    return header, arrays


def check(header, arrays):
    """Every array is there, has the type and shape the header promises, and they fit each other."""
    check_signatures(header, arrays)
    for own, dimensions in ARRAYS.items():
        name = IN_FILES.get(own, own)
        if name in arrays and arrays[name].ndim != dimensions:
            raise FileFormatError(f"{name} has {arrays[name].ndim} dimensions, not {dimensions}")
        if name in arrays and arrays[name].dtype.kind != "f":
            raise FileFormatError(f"{name} has dtype {arrays[name].dtype}, not one of real numbers")
    blocks, k = arrays[IN_FILES["log_growth"]].shape
    shapes = {"durations": (blocks,), "final_state": (header["size"],), "final_frame": (header["size"], k)}
    for name, shape in shapes.items():
        if name in arrays and arrays[name].shape != shape:
            raise FileFormatError(f"{name} has shape {arrays[name].shape}, not {shape}")
    if len(arrays["unit_traces"]) != blocks:
        raise FileFormatError(f"unit_traces has {len(arrays['unit_traces'])} rows for {blocks} blocks")


def signatures(arrays):
    """Type and shape of every array, as the header has them."""
    return {name: [array.dtype.name, list(array.shape)] for name, array in arrays.items()}


def check_signatures(header, arrays):
    """Every array is there, and has the type and shape that the header promises."""
    if (found := signatures(arrays)) != header["arrays"]:
        raise FileFormatError(f"arrays are {found}, the header says {header['arrays']}")


def _plain(value):
    """NumPy numbers and arrays as Python ones, anything else as text: no long run is lost to an odd provenance."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)


def write_file(path, header, arrays):
    """Write a header, a dict for JSON, and named arrays as one npz file, which is there whole or not at all."""
    text = json.dumps(header, default=_plain)
    with _files.writing(path) as file:
        np.savez(file, header=np.frombuffer(text.encode(), np.uint8), **arrays)
