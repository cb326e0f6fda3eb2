"""Results on disk: one file of arrays, see `_archives` and docs/files.md."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _archives, _files
from .._archives import read as read_file
from .._archives import write as write_file
from ..errors import FileFormatError, OptionError

if TYPE_CHECKING:
    from .spectrum import LyapunovSpectrum

__all__ = ["FORMAT", "VERSION", "check", "read_file", "save", "write_file"]

FORMAT = "pylyap spectrum"
VERSION = 1
ARRAYS = dict(log_growth=2, durations=1, final_state=1, final_frame=2, unit_traces=2)  # name and dimensions
PLAIN = ("time_unit", "size", "status", "message", "start_time", "provenance")
DIAGNOSTIC = "diagnostics."  # before the names of diagnostics that are arrays
WORDS = ("time_unit", "status", "message")  # of what is plain, text
TEXTS = ("step_look",)  # diagnostics that are text; all others are numbers or arrays
IN_FILES = {"log_growth": "log_stretch"}  # names that differ in files, which had them first


def save(spectrum: LyapunovSpectrum, path: str | PathLike[str]) -> None:
    """Write a LyapunovSpectrum to `path`, see `LyapunovSpectrum.save`."""
    write_file(path, *pack(spectrum))


def pack(spectrum: LyapunovSpectrum) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """(header, arrays) of a LyapunovSpectrum, which `unpack` takes back; OptionError for one that it would not take."""
    arrays = {IN_FILES.get(name, name): getattr(spectrum, name) for name in ARRAYS if getattr(spectrum, name) is not None}
    plain, diagnostics = split_diagnostics(spectrum.diagnostics)
    arrays.update(diagnostics)
    header = dict(format=FORMAT, version=VERSION, diagnostics=plain)
    header.update({name: getattr(spectrum, name) for name in PLAIN})
    header["arrays"] = signatures(arrays)
    refuse_what_cannot_be_read(check, header, arrays)
    return header, arrays


def refuse_what_cannot_be_read(check: Callable[..., None], header: dict[str, Any], *others: Any) -> None:
    """Raise OptionError if `check` refuses what is to be saved; others than pylyap's runs make results, too."""
    try:
        check(_files.from_json(json.dumps(header, default=_archives.plain).encode()), *others)
    except (FileFormatError, TypeError, ValueError, RecursionError) as error:
        raise OptionError(f"the result cannot be saved, since its file could not be read: {error}") from error


def unpack(header: dict[str, Any], arrays: dict[str, Any]) -> LyapunovSpectrum:
    """The LyapunovSpectrum of a header and its arrays, which are checked."""
    from .spectrum import LyapunovSpectrum

    check(header, arrays)
    diagnostics = join_diagnostics(header["diagnostics"], arrays)
    for own, name in IN_FILES.items():
        arrays[own] = arrays.pop(name)
    return LyapunovSpectrum(diagnostics=diagnostics, **{name: header[name] for name in PLAIN}, **arrays)


def split_diagnostics(diagnostics: dict[str, Any]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Diagnostics as plain values, and those that are arrays under the names that they have in files."""
    arrays = {DIAGNOSTIC + name: value for name, value in diagnostics.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in diagnostics.items() if DIAGNOSTIC + name not in arrays}, arrays


def join_diagnostics(plain: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The diagnostics again; those that are arrays are taken out of `arrays`."""
    names = [name for name in arrays if name.startswith(DIAGNOSTIC)]
    return {**plain, **{name[len(DIAGNOSTIC) :]: arrays.pop(name) for name in names}}


def check(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Every array is there, has the type and shape the header promises, and they fit each other."""
    check_signatures(header, arrays)
    check_plain(header)
    if type(header["size"]) is not int:
        raise FileFormatError(f"size = {header['size']!r:.80} is not a whole number")
    if not (_files.is_number(header["start_time"]) and math.isfinite(header["start_time"])):
        raise FileFormatError(f"start_time = {header['start_time']!r:.80} is not a finite number")
    _check_provenance(header["provenance"], header["size"])
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
    if not 1 <= k <= header["size"]:
        raise FileFormatError(f"{k} exponents of {header['size']} units")
    if not (np.isfinite(arrays["durations"]).all() and (arrays["durations"] > 0).all()):
        raise FileFormatError("durations are not all finite and > 0")
    if len(arrays["unit_traces"]) != blocks:
        raise FileFormatError(f"unit_traces has {len(arrays['unit_traces'])} rows for {blocks} blocks")


def check_plain(header: dict[str, Any]) -> None:
    """Texts are texts and diagnostics are numbers: who reads them relies on it."""
    for name in WORDS:
        if not isinstance(header.get(name, ""), str):
            raise FileFormatError(f"{name} = {header[name]!r:.80} is not text")
    for name, value in header["diagnostics"].items():
        if not (isinstance(value, str) if name in TEXTS else _files.is_number(value)):
            raise FileFormatError(f"the diagnostic {name} = {value!r:.80} is not {'text' if name in TEXTS else 'a number'}")


def _check_provenance(provenance, size):
    """Of all that it holds, these are relied on."""
    if not isinstance(provenance, dict) or not isinstance(provenance.get("options", {}), dict):
        raise FileFormatError("the provenance or its options are not a dict")
    if not _files.is_number(provenance.get("wall_time", 0)):
        raise FileFormatError(f"wall_time = {provenance['wall_time']!r:.80} is not a number")
    labels = provenance.get("labels")
    if labels is not None and not (
        isinstance(labels, list) and len(labels) == size and all(isinstance(label, str) for label in labels)
    ):
        raise FileFormatError(f"labels = {labels!r:.80} are not {size} texts")


def signatures(arrays: Mapping[str, np.ndarray]) -> dict[str, list[Any]]:
    """Type and shape of every array, as the header has them."""
    return {name: [array.dtype.name, list(array.shape)] for name, array in arrays.items()}


def check_signatures(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Every array is there, and has the type and shape that the header promises."""
    if (found := signatures(arrays)) != header["arrays"]:
        raise FileFormatError(f"arrays are {found}, the header says {header['arrays']}")
