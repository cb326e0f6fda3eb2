"""The weights that the next forward pass of a torch module will use, whoever makes them.

Weights need not be there before a pass begins: weight_norm, spectral_norm, pruning, parametrizations, hooks and
functional calls make them within it. So a pass is begun, and stopped where torch is about to compute with the weights.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Sequence
from typing import Any

from ..errors import NetworkError
from .. import _checks as checks

FIELDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_COMPUTING = ("rnn_tanh", "rnn_relu", "gru", "lstm")
_COMPUTING_CELLS = tuple(f"{name}_cell" for name in _COMPUTING)


class _Stop(Exception):
    """Ends a forward pass before it computes."""


def of_next_pass(torch: Any, module: Any, suffixes: Sequence[str]) -> list[dict[str, Any]]:
    """The weights of each layer, a dict of FIELDS with None where there are none.

    Where nothing makes weights they are the module's own parameters, on the same memory. Otherwise they are copies,
    and parameters, buffers, other attributes and random numbers are as they were before.

    Raises
    ------
    NetworkError
        If the pass fails, or if hooks change more than weights.
    """
    first = next(iter(module.state_dict().values()), None)  # of whatever makes them, all have one type and place
    dtype, device = (None, None) if first is None else (first.dtype, first.device)
    step = torch.zeros(1, module.input_size, dtype=dtype, device=device)
    makes_weights = _makes_weights(torch, module)
    kept = [(tensor, tensor.detach().clone()) for tensor in _owned(module)] if makes_weights else []
    attributes = _attributes(module) if makes_weights else []
    try:
        with torch.random.fork_rng(devices=[]):
            flat, inputs, states = _begun(torch, module, step)
        weights = [tensor.detach().clone() if kept and tensor is not None else tensor for tensor in flat]
    finally:
        with torch.no_grad():
            for tensor, before in kept:
                if not torch.equal(tensor, before):
                    tensor.copy_(before)
        _put_back(attributes)
    has_numbers = step.device.type != "meta"  # what has none is refused later, by name
    changed = has_numbers and (bool(inputs.any()) or any(bool(state.any()) for state in states))
    if inputs.shape[-1] != step.shape[-1] or changed:
        raise NetworkError(
            "a forward pre-hook of the module changes its inputs or its state: remove it (handle.remove()), and give "
            "the inputs as it would change them"
        )
    return _by_layer(module, weights, suffixes)


def _owned(module):
    return [tensor for tensor in (*module.parameters(), *module.buffers()) if tensor.device.type != "meta"]


def _attributes(module):
    """(part, its attributes, what its dicts and lists hold): hooks keep what they make where the next pass may read it."""
    found = []
    for part in module.modules():
        own = dict(vars(part))
        found.append((part, own, [(held, copy.copy(held)) for held in own.values() if isinstance(held, (dict, list))]))
    return found


def _put_back(attributes):
    for part, own, held in attributes:
        vars(part).clear()
        vars(part).update(own)
        for container, before in held:
            container.clear()
            container.extend(before) if isinstance(container, list) else container.update(before)


def _makes_weights(torch, module):
    """Whether a forward pass might do more than read the parameters."""
    own = list(dict(module.named_parameters(recurse=False)))
    extra = any(not name.startswith(FIELDS) or name.endswith(("_g", "_v", "_orig")) for name in own)
    hooked = bool(module._forward_pre_hooks) or bool(torch.nn.modules.module._global_forward_pre_hooks)
    return extra or hooked or torch.nn.utils.parametrize.is_parametrized(module) or any(True for _ in module.children())


def _begun(torch, module, step):
    """(flat weights, inputs, states) with which a forward pass is about to compute."""
    seen: list[Any] = []
    Mode: Any = torch.overrides.TorchFunctionMode

    class Watch(Mode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            name = function.__name__
            if name in _COMPUTING or name in _COMPUTING_CELLS:
                states = args[1] if isinstance(args[1], (tuple, list)) else (args[1],)
                seen.extend([args[2:6] if name in _COMPUTING_CELLS else args[2], args[0], states])
                raise _Stop
            return function(*args, **(kwargs or {}))

    try:
        with Watch(), contextlib.suppress(_Stop):
            module(step)
    except Exception as error:  # whatever a hook or a parametrization raises
        raise NetworkError(
            f"the module's own forward pass fails ({type(error).__name__}: {checks.shown(str(error))}): try "
            f"module(torch.zeros(1, {step.shape[-1]}))"
        ) from error
    if not seen:
        raise NetworkError("the module's forward pass computes nothing that pylyap knows: give a plain nn.GRU or alike")
    return seen


def _by_layer(module, flat, suffixes):
    with_bias = module.bias
    count = 4 if with_bias else 2
    rows = [list(flat[count * number : count * (number + 1)]) for number in range(len(suffixes))]
    return [dict(zip(FIELDS, row + [None] * (4 - len(row)))) for row in rows]
