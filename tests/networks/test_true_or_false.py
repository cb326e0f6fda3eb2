"""Options that are True or False: arrays and texts are refused by name, before anything is drawn."""

import numpy as np
import pytest

import pylyap
from pylyap import weights
from pylyap.errors import OptionError
from pylyap.networks import dale, independent, random_sparse

CALLS = {
    "autapses of gaussian": lambda flag: weights.gaussian(5, 1.0, seed=1, autapses=flag),
    "autapses of levy": lambda flag: weights.levy(5, 1.0, 1.5, seed=1, autapses=flag),
    "autapses of partially_symmetric": lambda flag: weights.partially_symmetric(5, 1.0, 0.5, seed=1, autapses=flag),
    "autapses of low_rank": lambda flag: weights.low_rank(5, 1.0, np.ones(5), np.ones(5), seed=1, autapses=flag),
    "autapses of fixed_in_degree": lambda flag: weights.fixed_in_degree(5, 1.0, 2, seed=1, autapses=flag),
    "autapses of dale": lambda flag: weights.dale(10, 1.0, seed=1, autapses=flag),
    "balanced of dale": lambda flag: weights.dale(10, 1.0, seed=1, balanced=flag),
    "signs of connectome": lambda flag: weights.connectome("celegans", signs=flag),
    "common of white_noise": lambda flag: pylyap.drives.white_noise(1.0, seed=1, common=flag),
    "fresh of RandomNetworks": lambda flag: pylyap.sweeps.RandomNetworks(fresh=flag),
    "quick of Effort": lambda flag: pylyap.papers.Effort(quick=flag),
    "published_protocol of Effort": lambda flag: pylyap.papers.Effort(published_protocol=flag),
    "process of start_julia": lambda flag: None if isinstance(flag, (bool, np.bool_)) else pylyap.start_julia(process=flag),
    "batch_first of from_state_dict": lambda flag: pylyap.from_state_dict(
        {"weight_ih_l0": np.ones((30, 3)), "weight_hh_l0": np.ones((30, 10))}, np.ones((20, 3)), batch_first=flag),
}  # fmt: skip


@pytest.mark.parametrize("flag", [np.array([None, 1]), np.ones((2, 2)), "no", None, 1, 2])
@pytest.mark.parametrize("name", CALLS)
def test_what_is_neither_true_nor_false_is_refused(name, flag, monkeypatch):
    for module in (dale, independent, random_sparse):  # which draw
        monkeypatch.setattr(module, "stream", None)
    with pytest.raises(OptionError, match=f"^{name.split()[0]} = "):
        CALLS[name](flag)


@pytest.mark.parametrize("flag", [True, False, np.True_, np.False_])
@pytest.mark.parametrize("name", CALLS)
def test_true_and_false_of_numpy_are_taken(name, flag):
    CALLS[name](flag)
