"""Every drive keeps the contract of `pylyap._contracts.Drive`."""

import numpy as np
import pytest
from every_class import every_class

import pylyap
from pylyap import _solvers
from pylyap._contracts import Drive, fingerprints

DRIVES = {
    "constant": lambda: pylyap.drives.constant(0.5),
    "array": lambda: pylyap.drives.array(np.linspace(0, 1, 60)[:, None], 1.0),
    "steps": lambda: pylyap.drives.array(np.linspace(0, 1, 60)[:, None], 1.0, interpolation="constant"),
    "sinusoid": lambda: pylyap.drives.sinusoid(0.3, 0.1, phase="random", seed=1),
    "white noise": lambda: pylyap.drives.white_noise(0.1, seed=1),
    "Ornstein-Uhlenbeck": lambda: pylyap.drives.ornstein_uhlenbeck(0.1, 2.0, common=True, seed=1),
}


@pytest.fixture(params=DRIVES, scope="module")
def drive(request):
    return DRIVES[request.param]()


def test_every_class_of_drive_is_tried_here():
    assert every_class(Drive) == {type(make()) for make in DRIVES.values()}, "add the new drive to DRIVES"


def test_a_drive_that_forgets_a_method_cannot_be_made():
    class Forgetful(Drive):
        pass

    with pytest.raises(TypeError, match="arrays.*feed.*n_channels"):
        Forgetful()


def test_its_facts_have_the_types_of_the_contract(drive):
    assert 1 <= drive.n_channels(4) <= 4
    assert isinstance(drive.needs_noise_solver, bool) and isinstance(drive.needs_fixed_steps, bool)
    assert bool(drive.reason) or not (drive.needs_noise_solver or drive.needs_fixed_steps)
    first = fingerprints(drive.arrays())
    assert first and first == fingerprints(drive.arrays())
    assert len(repr(drive)) < 200 and "object at" not in repr(drive)


@pytest.mark.parametrize("make", [pylyap.RateNetwork, pylyap.DiscreteNetwork])
def test_there_is_a_solver_for_it_and_it_drives(drive, make):
    network = make(np.eye(4) / 2, drive=drive)
    solver = _solvers.choose(None, network)
    assert _solvers.suits(solver, drive)
    steps = 20 if network.is_map else 2
    start = dict(t_average=steps, t_transient=0, t_align=0, initial_state=np.zeros(4))
    driven, alone = (pylyap.lyapunov_spectrum(n, **start).final_state for n in (network, make(np.eye(4) / 2)))
    assert not np.array_equal(driven, alone) and np.array_equal(alone, np.zeros(4))
    again = pylyap.lyapunov_spectrum(make(np.eye(4) / 2, drive=drive), **start).final_state
    assert np.array_equal(driven, again)  # frozen
