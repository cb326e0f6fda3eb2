"""State dicts as people keep them: within a checkpoint, or with weights still to be made from their parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..errors import NetworkError
from .. import _checks as checks
from ..networks.tensors import on_host, refuse_half

DEPTH = 4  # levels down that state dicts are looked for
_MADE = re.compile(r"(?P<name>.*weight_(?:ih|hh)(?:_l\d+)?)_(?P<part>orig|g|v|u|mask)")
_PARAMETRIZED = re.compile(r"(?P<root>.*?)parametrizations\.(?P<name>\w+)\.(?P<part>original\d?|\d+\..*)")
_WEIGHTS = re.compile(r"(.*\.)?weight_hh(_l\d+)?(_g|_v|_orig)?|(.*\.)?parametrizations\.weight_hh.*")


def chosen(source: dict[Any, Any], key: str | None = None) -> dict[Any, Any]:
    """The state dict in a dict: the dict itself, or one within, by its key or the only one with recurrent weights."""
    if key is not None:
        found: Any = source
        for part in str(key).split("/"):
            there = {str(name): value for name, value in _items(found)}
            if part not in there:
                raise NetworkError(f"key = {key!r} is not there: there is {checks.shown(list(there)) if there else f'a {type(found).__name__}'}")
            found = there[part]
        if not isinstance(found, dict):
            raise NetworkError(f"key = {key!r} holds a {type(found).__name__}, not a state dict")
        return found
    if _is_recurrent(source):
        return source
    inner = dict(_dicts(source))
    found = [name for name, one in inner.items() if _is_recurrent(one)]
    if len(found) > 1:
        raise NetworkError(f"there are several state dicts: choose one by key, one of {', '.join(map(repr, found))}")
    return inner[found[0]] if found else source


def _is_recurrent(weights):
    return any(_WEIGHTS.fullmatch(str(name)) for name in weights)


def _dicts(source, prefix=""):
    """(path, dict) of the dicts in dicts and lists, up to `DEPTH` levels down."""
    for name, value in _items(source):
        if isinstance(value, dict):
            yield f"{prefix}{name}", value
        if prefix.count("/") < DEPTH - 1:
            yield from _dicts(value, f"{prefix}{name}/")


def _items(value):
    """Names and entries of a dict or a list; none of anything else."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, (list, tuple)) else ()


def resolved(weights: Mapping[Any, Any]) -> dict[str, Any]:
    """The weights by their plain names, those of weight_norm, spectral_norm and pruning made from their parts.

    As in evaluation: spectral_norm divides by the norm that it last estimated.
    """
    made: dict[str, dict[str, Any]] = {}
    plain: dict[str, Any] = {}
    for name, value in weights.items():
        if match := _PARAMETRIZED.fullmatch(str(name)):
            made.setdefault(match["root"] + match["name"], {})[match["part"]] = value
        elif match := _MADE.fullmatch(str(name)):
            made.setdefault(match["name"], {})[match["part"]] = value
        else:
            plain[str(name)] = value
    for name, parts in made.items():
        if name in plain:
            raise NetworkError(f"{name} is there twice, as it is and as {', '.join(sorted(parts))}: remove one of them")
        plain[name] = _made(name, parts)
    return plain


def _made(name, parts):
    for part, value in parts.items():
        refuse_half(f"{name} ({part})", value)
    arrays = {part: np.asarray(on_host(f"{name} ({part})", value), float) for part, value in parts.items()}
    kinds = set(parts)
    if kinds == {"g", "v"}:
        return _normed(arrays["g"], arrays["v"])
    if kinds == {"original0", "original1"}:
        return _normed(arrays["original0"], arrays["original1"])
    if kinds == {"orig", "mask"}:
        return arrays["orig"] * arrays["mask"]
    if kinds in ({"orig", "u"}, {"orig", "u", "v"}) and "v" in kinds:
        return arrays["orig"] / (arrays["u"] @ arrays["orig"] @ arrays["v"])
    if kinds == {"original", "0._u", "0._v"}:
        return arrays["original"] / (arrays["0._u"] @ arrays["original"] @ arrays["0._v"])
    raise NetworkError(
        f"{name} is made from {', '.join(sorted(kinds))} in a way that its names do not tell: load the state dict into "
        "the module, and give the module to from_torch"
    )


def _normed(g, v):
    """weight_norm: the norm is over all axes along which g has length 1."""
    axes = tuple(axis for axis in range(v.ndim) if g.ndim == 0 or g.shape[axis] == 1)
    return v * (g / np.sqrt((v**2).sum(axis=axes, keepdims=True)))


_OTHERS = (
    ("recurrent_kernel", "Keras: weight_hh is recurrent_kernel.T, weight_ih is kernel.T, bias_ih is bias (the gates of a GRU "
     "are z, r, n there and r, z, n here, those of an LSTM i, f, g, o in both)"),
    ("h2h", "a hand-written network: weight_hh is h2h.weight and weight_ih is input2h.weight; if it is leaky, give "
     "pylyap.LeakyRNN(W, W_in=..., bias=..., leak=dt/tau)"),
    ("w_rec", "a hand-written network: W is w_rec and W_in is w_in; give pylyap.LeakyRNN(W, W_in=..., leak=dt/tau) or "
     "pylyap.RateNetwork(W)"),
    ("wrec", "a hand-written network: W is wrec and W_in is win; give pylyap.LeakyRNN(W, W_in=..., leak=dt/tau) or "
     "pylyap.RateNetwork(W)"),
    ("basic_lstm_cell", "TensorFlow 1: of kernel, the first rows, as many as inputs, are weight_ih.T, the others weight_hh.T; its "
     "gates are i, g, f, o there and i, f, g, o here, and 1 was added to the bias of f"),
    ("i2h", "a hand-written network: of i2h.weight, the first columns, as many as inputs, are W_in, the others W; give "
     "pylyap.LeakyRNN(W, W_in=...)"),
    ("lora_", "weights with additions (LoRA): merge them first, by merge_and_unload() in peft"),
    ("recurrent", "a hand-written network: give its square recurrent weights as W of pylyap.LeakyRNN or RateNetwork"),
)  # fmt: skip


def advice(names: Iterable[Any]) -> str:
    """What to map to what, told by the names of another library's weights if they are known."""
    told = next((text for sign, text in _OTHERS if any(sign in str(name).lower() for name in names)), None)
    if told:
        return f". These look like those of {told}"
    return (
        '. If they are there under other names, give a dict with these: {"weight_ih_l0": ..., "weight_hh_l0": ...}, gates of a GRU '
        "stacked as r, z, n and those of an LSTM as i, f, g, o; a plain recurrent network may also be "
        "pylyap.LeakyRNN(W, W_in=...)"
    )
