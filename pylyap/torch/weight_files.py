"""Networks from saved weights, without executing anything a file says."""

from __future__ import annotations

import os
import pathlib
import re
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingPackageError, NetworkError
from .. import _checks as checks
from . import state_dicts
from .modules import FIELDS, KINDS, assemble, import_torch, reading, refuse_variants

if TYPE_CHECKING:
    from ..networks.cells import CellNetwork

FIRST_SAFE_TORCH = (2, 6)  # torch.load(weights_only=True) of older ones could be made to execute code: CVE-2025-32434
_WEIGHT = re.compile(r"(?P<root>.*?)weight_hh(?P<suffix>(_l\d+)?)")


@checks.named_options()
def from_state_dict(
    source: str | os.PathLike[str] | dict[Any, Any],
    inputs: Any,
    *,
    kind: str | None = None,
    prefix: str | None = None,
    key: str | None = None,
    batch_first: bool = False,
    initial_state: Any = None,
) -> CellNetwork | list[CellNetwork]:
    """A recurrent network from saved weights, by the names torch gives them: ``weight_ih_l0``, ``weight_hh_l0``, ...

    Parameters
    ----------
    source : str, path or dict
        A ``.safetensors`` file (needs the package safetensors, not torch); a file written by ``torch.save`` (needs torch;
        read with ``weights_only=True``, so that nothing in it is executed); or a dict of names with NumPy arrays or
        tensors (needs neither), or an ``.npz`` file of them. A state dict may lie up to four levels down in a
        checkpoint, in dicts and lists, such as ``{"epoch": 1, "model_state_dict": ...}``. Weights kept in parts, by weight_norm, spectral_norm or pruning, are
        made as in evaluation.
    inputs : array_like or tensor, or None
        One sequence (T, D), or a batch (T, B, D), or (B, T, D) with ``batch_first=True``. None: zero for ever.
    kind : {"rnn_tanh", "rnn_relu", "gru", "lstm"}, optional
        What the weights belong to. GRU and LSTM are told by the shapes; an RNN's activation is not in the file, and has
        to be given.
    prefix : str, optional
        What the names begin with, such as ``"encoder"``; needed if there are several recurrent modules in `source`.
    key : str, optional
        Where the state dict is in a checkpoint, such as ``"net"`` or ``"models/student"``; needed if it holds several.
    batch_first : bool
        The order of a batch.
    initial_state : array_like or tensor, or a pair of them for an LSTM, optional
        As for `from_torch`.

    Returns
    -------
    LeakyRNN, GRUNetwork or LSTMNetwork, or for a batch a list of them

    Raises
    ------
    MissingPackageError
        If reading the file needs a package that is not installed, or a newer torch.
    NetworkError
        If `source` is none of those, or the file is missing, damaged or wants to execute code; if there is no
        recurrent module in it, or several; if the module is bidirectional or has projections; if weights are missing,
        do not fit each other, have half precision, or are NaN or infinite; if the inputs or initial state do not fit.
    OptionError, UnknownOptionError
        If `kind` is not one of those, or an option does not exist.

    Examples
    --------
    >>> import numpy, pylyap
    >>> rng = numpy.random.default_rng(1)
    >>> weights = {"rnn.weight_ih_l0": rng.normal(size=(30, 3)), "rnn.weight_hh_l0": rng.normal(size=(30, 10))}
    >>> pylyap.from_state_dict(weights, rng.normal(size=(200, 3)))
    GRUNetwork(1 layer of 10 units, 200 steps of 3 inputs)
    """
    if kind is not None:
        checks.one_of("kind", kind, KINDS)
    weights = dict(source) if isinstance(source, Mapping) else _read(_path(source))
    weights = state_dicts.resolved(state_dicts.chosen(weights, key))
    root, suffixes = _module(weights, prefix)
    layers = [{field: weights.get(root + field + suffix) for field in FIELDS} for suffix in suffixes]
    network = assemble(_kind(layers[0], kind), layers, suffixes)
    return reading(network, inputs, initial_state, batch_first)


def _module(weights, prefix):
    """What the names of the module's weights begin with, and what those of each layer end with."""
    found: dict[str, list[str]] = {}
    for name in map(str, weights):
        if match := _WEIGHT.fullmatch(name):
            found.setdefault(match["root"], []).append(match["suffix"])
    roots = ", ".join(map(repr, sorted(found)))
    if not found:
        names = checks.shown(list(weights))
        raise NetworkError(f"there is no recurrent module: no name ends in weight_hh_l0 or weight_hh among {names}{state_dicts.advice(weights)}")
    if prefix is None and len(found) > 1:
        raise NetworkError(f"there are {len(found)} recurrent modules: choose one by its prefix, one of {roots}")
    root = next(iter(found)) if prefix is None else prefix if prefix in found else f"{prefix}."
    if root not in found:
        raise NetworkError(f"prefix = {prefix!r} is not there; prefixes of recurrent modules: {roots}")
    refuse_variants(
        bidirectional=f"{root}weight_hh_l0_reverse" in weights,
        projected=any(str(name).startswith(f"{root}weight_hr") for name in weights),
    )
    suffixes = [""] if found[root] == [""] else [f"_l{number}" for number in range(len(found[root]))]
    needed = [f"{root}{field}{suffix}" for suffix in suffixes for field in FIELDS[:2]]
    missing = [name for name in needed if name not in weights]
    if missing:
        raise NetworkError(f"weights are missing: {', '.join(missing)}")
    return root, suffixes


def _kind(layer, kind):
    shape = tuple(np.shape(layer["weight_hh"]))
    told = {shape[-1]: "rnn", 3 * shape[-1]: "gru", 4 * shape[-1]: "lstm"}.get(shape[0]) if len(shape) == 2 else None
    if told is None:
        raise NetworkError(
            f"weight_hh has shape {shape}: it has to be (H, H) for an RNN, (3 H, H) for a GRU, (4 H, H) for an LSTM"
        )
    if kind is None and told == "rnn":
        raise NetworkError('weights of an RNN do not tell its activation: give kind="rnn_tanh" or "rnn_relu"')
    if kind is not None and not kind.startswith(told):
        raise NetworkError(f"kind = {kind!r} contradicts the weights, whose shapes are those of kind {told!r}")
    return kind or told


def _path(source):
    if isinstance(source, (str, bytes, os.PathLike)):
        return pathlib.Path(os.fsdecode(source))
    is_module = hasattr(source, "state_dict")
    advice = "give it to from_torch, or give its state_dict()" if is_module else "give the name of a file, or a dict"
    raise NetworkError(f"cannot read weights from a {type(source).__name__}: {advice}")


def _read(path):
    if not path.is_file():
        raise NetworkError(f"there is no file {path}")
    suffix = path.suffix.lower()
    if suffix in (".h5", ".hdf5", ".keras", ".onnx", ".tflite"):
        raise NetworkError(
            f"{path} ends in {suffix}, which is not read: load it with the library that wrote it, and give a dict of arrays"
            + state_dicts.advice(["recurrent_kernel"] if suffix != ".onnx" else [])
        )
    if suffix == ".npz":
        return _read_npz(path)
    return _read_safetensors(path) if suffix == ".safetensors" or _is_safetensors(path) else _read_torch(path)


def _is_safetensors(path):
    """Whether a file begins as safetensors writes it, whatever its name: the length of a header in JSON, and the header."""
    with open(path, "rb") as file:
        return file.read(9)[8:] == b"{"


def _read_npz(path):
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except Exception as error:  # a damaged file fails in many ways
        raise NetworkError(f"cannot read {path} as arrays of NumPy: {checks.shown(str(error))}") from error


def _read_safetensors(path):
    try:
        import safetensors
    except ImportError as error:
        raise MissingPackageError(f"{path} needs safetensors: pip install safetensors") from error
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return {name: _tensor(file, name) for name in file.keys()}
    except safetensors.SafetensorError as error:
        raise NetworkError(f"{path} is damaged or no safetensors file: {error}") from error


def _tensor(file, name):
    header = file.get_slice(name)
    too_short = header.get_dtype().startswith(("BF16", "F8_", "F6_", "F4"))  # "F64" is double precision
    return _Half(tuple(header.get_shape())) if too_short else file.get_tensor(name)


class _Half:
    """Stands for an array of numbers too short for NumPy to hold, which is refused only if it is asked for."""

    dtype = "bfloat16"

    def __init__(self, shape):
        self.shape = shape


def _read_torch(path):
    torch = import_torch(f"reading {path}")
    version = tuple(int(part) for part in re.findall(r"\d+", torch.__version__)[:2])
    if version < FIRST_SAFE_TORCH:
        raise MissingPackageError(
            f"torch {torch.__version__} can be made to execute code by a file of weights (CVE-2025-32434): "
            "install torch 2.6 or newer, or give a .safetensors file"
        )
    import pickle

    _refuse_programs(path)
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise NetworkError(
            f"{path} is an untrusted pickle: it holds more than weights, or is damaged, and reading it could execute "
            "code. Where it comes from, save module.state_dict() instead, as safetensors or by torch.save"
            f"{_offender(str(error))}. torch says: {' '.join(str(error).split())}"
        ) from error
    except Exception as error:  # a damaged file fails in many ways: bad zip, end of file, memory
        raise NetworkError(f"cannot read {path} as weights saved by torch: {checks.shown(str(error))}") from error
    if isinstance(weights, (list, tuple)):
        return dict(enumerate(weights))
    if not isinstance(weights, dict):
        raise NetworkError(f"{path} holds a {type(weights).__name__}, not the dict that module.state_dict() gives")
    return weights


def _refuse_programs(path):
    """Raise NetworkError for a program of TorchScript."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            is_program = any("/code/" in name for name in archive.namelist())
    except Exception as error:  # a damaged archive fails in many ways
        raise NetworkError(f"cannot read {path} as weights saved by torch: {checks.shown(str(error))}") from error
    if is_program:
        raise NetworkError(f"{path} is a program of TorchScript: if you trust it, give torch.jit.load(path).state_dict()")


def _offender(said):
    """The name that torch will not load, as it reports it, and the line that allows it."""
    match = re.search(r"GLOBAL ([\w.]+)", said)
    if not match:
        return ""
    package, _, name = match[1].rpartition(".")
    return (
        f". What it would need is {match[1]}; if you trust the file: import {package}; "
        f"torch.serialization.add_safe_globals([{match[1]}])"
    ) if name else ""
