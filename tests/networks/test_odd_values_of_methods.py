"""Every method of a network answers odd values in pylyap's words, never in another library's."""

import inspect

import numpy as np
import pytest

import pylyap
from pylyap.errors import PylyapError

RNG = np.random.default_rng(1)
W, W_IN = 0.2 * RNG.normal(size=(6, 6)), RNG.normal(size=(6, 2))
GIVEN = {
    "leaky": pylyap.LeakyRNN(W, W_in=W_IN),
    "gru": pylyap.GRUNetwork(np.tile(W, (3, 1)), W_in=np.tile(W_IN, (3, 1))),
    "lstm": pylyap.LSTMNetwork(np.tile(W, (4, 1)), W_in=np.tile(W_IN, (4, 1))),
    "reservoir": pylyap.EchoStateNetwork(W, W_IN),
    "trained reservoir": pylyap.EchoStateNetwork(W, W_IN).fit(RNG.normal(size=(200, 2))),
}
ODD = {
    "None": None, "text": "inputs", "number": 3.0, "NaN": np.nan, "empty": [], "ragged": [[1.0, 2.0], [3.0]], "flat": np.ones(2),
    "wide": np.ones((5, 9)), "batch": np.ones((3, 4, 2)), "no rows": np.ones((0, 2)), "not finite": np.full((5, 2), np.nan),
    "complex": np.ones((5, 2)) * 1j, "objects": np.array([[object(), 1.0]]), "dict": {"a": 1}, "function": len,
    "truth values": np.ones((5, 2), bool), "generator": (row for row in [[1.0, 2.0]]), "negative": -1, "bytes": b"ab",
}  # fmt: skip


def methods(network):
    """Public methods, those that are for the core left out."""
    internal = {"to_core", "arrays", "check_run", "adjoint_solver"}
    for name, method in inspect.getmembers(network, inspect.ismethod):
        if not name.startswith("_") and name not in internal and inspect.signature(method).parameters:
            yield method


@pytest.mark.parametrize("kind", GIVEN)
def test_odd_values_end_in_an_error_of_pylyap_or_in_a_result(kind):
    tried = 0
    for method in methods(GIVEN[kind]):
        for position, parameter in enumerate(inspect.signature(method).parameters.values()):
            for name, value in ODD.items():
                given = [np.ones((150, 2))] * position
                try:
                    if parameter.kind is parameter.KEYWORD_ONLY:
                        method(np.ones((150, 2)), **{parameter.name: value})
                    else:
                        method(*given, value)
                except PylyapError as error:
                    assert str(error), (method.__name__, name)
                except BaseException as error:
                    raise AssertionError(f"{method.__qualname__}({parameter.name}={name})") from error
                tried += 1
    assert tried


def test_a_reservoir_without_inputs_says_what_it_reads():
    reservoir = GIVEN["reservoir"]
    for call in (reservoir.states, reservoir.fit, reservoir.driven):
        with pytest.raises(pylyap.errors.NetworkError, match=r"inputs is None: a reservoir reads a sequence of shape \(T, 2\)"):
            call(None)
