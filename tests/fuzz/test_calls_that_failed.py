"""Odd calls that the fuzzer has found to raise other errors than pylyap's, or none that says what to do."""

import numpy as np
import pytest
from subprocesses import ROOT

import pylyap
from pylyap import errors, papers, sweeps

MEASURE = sweeps.Measure("m", lambda condition: {"y": condition["x"]})
SPECTRA = sweeps.Spectra(sweeps.RandomNetworks("gaussian"), t_average=100)
NO_NAME = {"an object": object(), "nothing": None, "a number": 3, "an empty name": "", "a zero byte": "a\0b"}


def spectrum():
    return pylyap.load(ROOT / "tests" / "data" / "files" / "spectrum-1.npz")


CALLS = {
    "a forecast of a measure that has none": lambda: sweeps.forecast(MEASURE, [{"x": 1.0}]),
    "a forecast of nothing": lambda: sweeps.forecast(SPECTRA, []),
    "a forecast of no conditions": lambda: sweeps.forecast(SPECTRA, 3),
    "tables that are none": lambda: sweeps.Description(None),
    "tables that are a set": lambda: sweeps.Description({"grid"}),
    "gains that are one number": lambda: pylyap.weights.rescaled(np.eye(3), 2.0),
    "a measure that is none": lambda: pylyap.sweep(True, [{"x": 1.0}]),
    "a measure that is a function": lambda: pylyap.sweep(lambda condition: {"y": 1}, [{"x": 1.0}]),
    "the seed of nothing": lambda: sweeps.seed_of(None),
    "an activation that is an array": lambda: pylyap.DiscreteNetwork(np.eye(3), activation=np.eye(3)),
    "bins of several lengths": lambda: pylyap.analysis.density([1.0, 2.0], bins=[[1, 2], [3]]),
    "rows of several lengths": lambda: pylyap.GRUNetwork([[1, 2], [3]], inputs=np.ones((9, 2))),
    "a name that is an array": lambda: spectrum().stderr_of(np.eye(3)),
}


@pytest.mark.parametrize("name", CALLS)
def test_they_give_a_named_error(name):
    with pytest.raises((errors.OptionError, errors.NetworkError)):
        CALLS[name]()


def test_what_is_no_module_of_torch_is_refused():
    torch = pytest.importorskip("torch")
    callback = pylyap.torch.LyapunovCallback(torch.zeros(20, 2), every=1)
    for odd in (None, 3, "rnn", [torch.nn.RNN(2, 3)]):
        with pytest.raises(errors.NetworkError, match="give a torch.nn.Module"):
            callback.on_step(odd, 0)


PLACES = {
    "a store": lambda name: pylyap.sweep(MEASURE, [{"x": 1.0}], store=name),
    "the status of a store": sweeps.status,
    "what a store holds": sweeps.read_store,
    "a description of a sweep": sweeps.Description.read,
    "the folder of a description": lambda name: sweeps.Description({"grid": {"trial": 1}}, folder=name),
    "the folder of figures": lambda name: papers.reproduce("xie2025", "1A", papers.Effort(quick=True), name),
}


@pytest.mark.parametrize("what", NO_NAME)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_name_of_a_file_is_refused(place, what):
    if (place, what) == ("a store", "nothing"):
        return  # that is a sweep without one
    with pytest.raises(errors.OptionError, match="is not the name of a file"):
        PLACES[place](NO_NAME[what])
