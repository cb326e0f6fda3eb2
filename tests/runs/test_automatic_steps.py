"""solver="auto": the step that suits a network, found in the run itself."""

import numpy as np
import pytest

import pylyap
from pylyap import drives, systems
from pylyap.errors import OptionError
from pylyap.runs import automatic

N = 40
TIMES = dict(t_transient=30, t_align=10, t_average=50, seed=3)


def network(gain, **options):
    return pylyap.RateNetwork(pylyap.weights.gaussian(N, gain, seed=1), **options)


@pytest.mark.parametrize("gain", [1.5, 6.0])
def test_the_step_follows_the_couplings_and_the_spectrum_is_that_of_rk4(gain):
    found = pylyap.lyapunov_spectrum(network(gain), solver="auto", **TIMES)
    options = found.provenance["options"]
    assert options["solver"] == "lab4" and options["accuracy"] == 0.005
    assert options["dt"] * options["coupling_radius"] <= 0.25 * (1 + 1e-9)
    assert 1 / options["dt"] == pytest.approx(round(1 / options["dt"]))  # whole times stay whole
    same = dict(dt=options["dt"], qr_interval=found.diagnostics["qr_interval"])
    rk4 = pylyap.lyapunov_spectrum(network(gain), solver="rk4", **same, **TIMES)
    np.testing.assert_array_equal(found.final_state, rk4.final_state)  # one trajectory
    # stated: half a percent of the rates, which are of size 1; twice that for single ones
    np.testing.assert_allclose(found.exponents, rk4.exponents, rtol=0, atol=0.01)
    assert "chosen for accuracy 0.005" in found.message
    assert abs(found.diagnostics["sum_rule_residual"]) < 1e-3


def test_stronger_couplings_and_more_digits_take_shorter_steps():
    cases = ((1.2, 5e-3), (3.0, 5e-3), (3.0, 5e-5))
    steps = [automatic.step(radius, accuracy, False, "auto") for radius, accuracy in cases]
    assert steps[0] > steps[1] > steps[2]
    assert steps[2] == pytest.approx(steps[1] / 100**0.25, rel=0.1)  # order four, and a whole number of them in a tau
    assert automatic.step(0.0, 5e-3, False, "auto") == pytest.approx(1 / 7)
    assert automatic.step(np.nan, 5e-3, True, "auto") == 0.1


def test_a_given_interval_is_kept():
    found = pylyap.lyapunov_spectrum(network(3.0), solver="auto", qr_interval=0.7, **TIMES)
    assert found.diagnostics["qr_interval"] == pytest.approx(0.7)
    assert found.provenance["options"]["dt"] <= 0.15


def test_other_systems_keep_their_solver():
    lorenz = pylyap.lyapunov_spectrum(systems.lorenz63(), solver="auto", t_average=10)
    assert lorenz.provenance["options"]["solver"] == "rk4"
    noisy = network(3.0, drive=drives.white_noise(0.1, seed=1))
    assert pylyap.lyapunov_spectrum(noisy, solver="auto", **TIMES).provenance["options"]["solver"] == "heun"


def test_options_that_contradict_it_are_refused():
    net = network(3.0)
    for options in (dict(dt=0.1), dict(rtol=1e-6), dict(accuracy=0.0), dict(accuracy=0.5), dict(accuracy="high")):
        with pytest.raises(OptionError, match=next(iter(options))):
            pylyap.lyapunov_spectrum(net, solver="auto", t_average=10, **options)
    for options in (dict(), dict(solver="rk4"), dict(solver="lab4")):
        with pytest.raises(OptionError, match='accuracy = 0.01 .*"auto"'):
            pylyap.lyapunov_spectrum(net, accuracy=0.01, t_average=10, **options)
    with pytest.raises(OptionError, match="accuracy = 0.01 is not possible"):
        pylyap.lyapunov_spectrum(systems.lorenz63(), solver="auto", accuracy=0.01, t_average=10)
    with pytest.raises(OptionError, match="solver"):
        pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(np.eye(3)), solver="auto", dt=0.1, t_average=10)


def test_runs_of_other_kinds_refuse_it():
    net = network(3.0)
    calls = (
        lambda: pylyap.lyapunov_ensemble([net], solver="auto", t_average=10),
        lambda: pylyap.analysis.twin_exponent(net, solver="auto", t_average=10),
        lambda: pylyap.analysis.adjoint_spectrum(net, solver="auto", t_average=10),
        lambda: pylyap.train_force(net, np.zeros(50), solver="auto"),
    )
    for call in calls:
        with pytest.raises(OptionError, match="auto"):
            call()
