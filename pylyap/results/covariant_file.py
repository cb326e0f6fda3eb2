"""Covariant vectors on disk: a file of the kind of a spectrum's, whose own arrays stand beside those of the
spectrum."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import FileFormatError
from . import storage

if TYPE_CHECKING:
    from .covariant import CovariantVectors

FORMAT = "pylyap covariant vectors"
VERSION = 1
ARRAYS = dict(frames=3, frame_participation=2, sample_blocks=1, log_growth=2)  # name and dimensions
PLAIN = ("status", "message", "first_block")
OF_SPECTRUM = "spectrum."  # before the names of its arrays


def save(vectors: CovariantVectors, path: str | PathLike[str]) -> None:
    """Write CovariantVectors to `path`, see `CovariantVectors.save`."""
    spectrum_header, spectrum_arrays = storage.pack(vectors.spectrum)
    arrays = {name: getattr(vectors, name) for name in ARRAYS}
    plain, diagnostics = storage.split_diagnostics(vectors.diagnostics)
    arrays.update(diagnostics)
    header = dict(format=FORMAT, version=VERSION, spectrum=spectrum_header, diagnostics=plain)
    header.update({name: getattr(vectors, name) for name in PLAIN})
    header["arrays"] = storage.signatures(arrays)
    storage.refuse_what_cannot_be_read(_check, header, arrays, vectors.spectrum)
    arrays.update({OF_SPECTRUM + name: array for name, array in spectrum_arrays.items()})
    storage.write_file(path, header, arrays)


def unpack(header: dict[str, Any], arrays: dict[str, Any]) -> CovariantVectors:
    """The CovariantVectors of a file; raises as `pylyap.load` expects it."""
    from .covariant import CovariantVectors

    of_spectrum = {name[len(OF_SPECTRUM) :]: arrays.pop(name) for name in list(arrays) if name.startswith(OF_SPECTRUM)}
    spectrum = storage.unpack(header["spectrum"], of_spectrum)
    storage.check_signatures(header, arrays)
    _check(header, arrays, spectrum)
    diagnostics = storage.join_diagnostics(header["diagnostics"], arrays)
    return CovariantVectors(
        spectrum=spectrum, diagnostics=diagnostics, **{name: header[name] for name in PLAIN}, **arrays
    )


def _check(header, arrays, spectrum):
    storage.check_plain(header)
    for name, dimensions in ARRAYS.items():
        kind = "i" if name == "sample_blocks" else "f"
        if arrays[name].ndim != dimensions or arrays[name].dtype.kind != kind:
            raise FileFormatError(
                f"{name} is {arrays[name].dtype} with {arrays[name].ndim} dimensions, not {dimensions}"
            )
    n, k, samples = arrays["frames"].shape
    blocks, first = len(arrays["log_growth"]), header["first_block"]
    if type(first) is not int:
        raise FileFormatError(f"first_block = {first!r:.80} is not a whole number")
    expected = dict(frame_participation=(samples, k), sample_blocks=(samples,), log_growth=(blocks, k))
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            raise FileFormatError(f"{name} has shape {arrays[name].shape}, not {shape}")
    if (n, k) != (spectrum.size, spectrum.n_exponents):
        raise FileFormatError(
            f"frames are {n} by {k}, the spectrum has {spectrum.n_exponents} exponents of {spectrum.size}"
        )
    within = arrays["sample_blocks"]
    if not 0 <= first <= first + blocks <= spectrum.n_blocks or not np.all(
        (first < within) & (within <= first + blocks)
    ):
        raise FileFormatError(
            f"blocks {first} to {first + blocks} or their samples are not among the {spectrum.n_blocks} of the spectrum"
        )
