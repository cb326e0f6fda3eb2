"""The sections of a description: which functions they name, and which options those have."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .. import _checks as checks
from .. import systems
from ..errors import OptionError
from ..networks import drives, weights
from ..networks.cells import GRUNetwork, LeakyRNN, LSTMNetwork
from ..networks.files import read_weights
from ..networks.models import DiscreteNetwork, RateNetwork
from ..torch.weight_files import from_state_dict


def _takes_no_weights(function):
    """Whether a function of `pylyap.weights` makes a matrix, and does not change one."""
    return "W" not in inspect.signature(function).parameters and function is not weights.connectome_neurons


OWN = ("type", "fresh")  # keys that are no options of a function
SYSTEMS = ("bernoulli_ring", "cat_map", "henon", "lorenz63", "lorenz96", "rossler", "stuart_landau")


def trained(source: str, inputs: str, **options: Any) -> Any:
    """A trained network from a weight file and a file with its inputs, an array of NumPy."""
    import numpy as np

    try:
        sequence = np.load(inputs, allow_pickle=False)
    except OSError:  # no such file, and so on: said as it is
        raise
    except Exception as error:  # a damaged file fails in many ways
        raise OptionError(f"inputs = {checks.shown(inputs)} cannot be read as an array of NumPy: {error}") from error
    return from_state_dict(source, sequence, **options)


Functions = dict[str, Callable[..., Any]]
WEIGHTS: Functions = {name: function for name in weights.__all__ if _takes_no_weights(function := getattr(weights, name))}
NETWORKS: Functions = {
    "RateNetwork": RateNetwork, "DiscreteNetwork": DiscreteNetwork, "LeakyRNN": LeakyRNN, "LSTMNetwork": LSTMNetwork,
    "GRUNetwork": GRUNetwork, "trained": trained, **{name: getattr(systems, name) for name in SYSTEMS},
}  # fmt: skip
TABLES: dict[str, Functions] = {
    "network": NETWORKS, "weights": {**WEIGHTS, "file": read_weights},
    "drive": {name: getattr(drives, name) for name in drives.__all__},
}  # fmt: skip
FILES = {"network": ("source", "inputs"), "weights": ("path",), "drive": ()}  # options that name files


def types_of(name: str, options: dict[str, Any], axis: list[Any] | None) -> list[str]:
    """The types that a section may have: that of its own, or those of an axis."""
    if axis is None:
        axis = [options.get("type", {"network": "RateNetwork", "weights": "gaussian"}.get(name))]
    if axis == [None]:
        raise OptionError(f"[{name}] needs a type, one of {', '.join(TABLES[name])}")
    return [checks.one_of(f"{name}.type", value, tuple(TABLES[name])) for value in axis]


def options_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments; those of `trained` are also those of the function behind it."""
    return tuple(inspect.signature(from_state_dict if function is trained else function).parameters)


def allowed_in(name: str, types: list[str]) -> tuple[str, ...]:
    """The options of all types together that a description may give; W, drive and seed come from elsewhere."""
    options = dict.fromkeys(option for kind in types for option in options_of(TABLES[name][kind]))
    return tuple(option for option in options if option not in ("W", "drive", "seed"))


def made(name: str, options: dict[str, Any], **more: Any) -> Any:
    """Call the function of a section's type with its options, and with those of `more` that it has.

    Raises
    ------
    UnknownOptionError
        If the type has no such option; the message names the nearest one.
    OptionError
        If it needs one that is not there.
    """
    options = dict(options)
    kind = options.pop("type")
    function = TABLES[name][kind]
    checks.refuse_unknown(options, options_of(function), f"{name}.type = {kind!r}")
    given = {option: value for option, value in more.items() if option in options_of(function)} | options
    for option, parameter in inspect.signature(function).parameters.items():
        is_needed = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
        if is_needed and option not in given:
            raise OptionError(f"{name}.type = {kind!r} needs {option}: give it in [{name}] or in [grid]")
    return function(**given)
