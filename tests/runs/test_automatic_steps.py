"""solver="auto", the default: the method and step that suit a network, found in the run itself."""

import numpy as np
import pytest

import pylyap
from pylyap import drives, systems
from pylyap.errors import OptionError
from pylyap.runs import automatic

N = 40
TIMES = dict(t_transient=30, t_align=10, t_average=50, seed=3)


def network(gain, size=N, **options):
    return pylyap.RateNetwork(pylyap.weights.gaussian(size, gain, seed=1), **options)


@pytest.mark.parametrize("gain, size", [(9.0, N), (5.0, 100)])
def test_the_step_follows_the_couplings_and_the_spectrum_is_that_of_rk4(gain, size):
    found = pylyap.lyapunov_spectrum(network(gain, size), **TIMES)
    options = found.provenance["options"]
    assert options["solver"] == "lab4" and options["accuracy"] == 0.005
    assert options["dt"] * options["coupling_radius"] <= 0.25 * (1 + 1e-9)
    assert 1 / options["dt"] == pytest.approx(round(1 / options["dt"]))  # whole times stay whole
    same = dict(dt=options["dt"], qr_interval=found.diagnostics["qr_interval"])
    rk4 = pylyap.lyapunov_spectrum(network(gain, size), solver="rk4", **same, **TIMES)
    np.testing.assert_array_equal(found.final_state, rk4.final_state)  # one trajectory
    # stated: half a percent of the rates, which are of size 1; twice that for single ones
    np.testing.assert_allclose(found.exponents, rk4.exponents, rtol=0, atol=0.01)
    assert "chosen for accuracy 0.005" in found.message
    assert abs(found.diagnostics["sum_rule_residual"]) < 1e-3


@pytest.mark.parametrize("gain", [0.8, 1.3])  # a fixed point and a slow limit cycle or the like
def test_where_digits_can_be_had_rk4_keeps_them(gain):
    found = pylyap.lyapunov_spectrum(network(gain), **TIMES)
    named = pylyap.lyapunov_spectrum(network(gain), solver="rk4", **TIMES)
    assert found.provenance["options"]["solver"] == "rk4" and found.provenance["options"]["dt"] == 0.1
    np.testing.assert_array_equal(found.exponents, named.exponents)
    assert '0.1 tau of "rk4" were chosen' in found.message and "chosen" not in named.message


def test_who_gives_steps_gets_those_of_rk4():
    for options in (dict(dt=0.05), dict(dt=0.1, qr_interval=1.0)):
        found = pylyap.lyapunov_spectrum(network(4.0), **options, **TIMES).provenance["options"]
        assert found["solver"] == "rk4" and found["dt"] == options["dt"] and "accuracy" not in found


def test_stronger_couplings_and_more_digits_take_shorter_steps():
    chaos, rest = automatic.Look(3.0, 5.0), automatic.Look(1.0, -3.0)
    weak, strong = (automatic.longest_step(automatic.Look(r, 5.0), 5e-3, False) for r in (1.2, 3.0))
    assert weak == 0.15 and strong == pytest.approx(0.25 / 3)
    # order four
    assert automatic.longest_step(chaos, 5e-5, False) == pytest.approx(strong / 100**0.25)
    assert automatic.longest_step(rest, 5e-3, False) == 0.1 > automatic.longest_step(rest, 1e-6, False)
    assert automatic.longest_step(automatic.Look(np.nan, np.nan), 5e-3, True) == 0.1
    assert automatic.longest_step(automatic.Look(0.06, 5.0), 5e-3, True, tau=20.0) == 2.0
    assert automatic.whole_part(0.15, "auto") == pytest.approx(1 / 7)
    assert automatic.whole_part(0.15, 0.7) == pytest.approx(0.14) and automatic.whole_part(3.0, "auto", 20.0) == pytest.approx(20 / 7)


def test_one_tau_for_each_unit():
    """A network with two time constants, and the same in a ten times smaller unit of time."""
    tau = np.repeat([1.0, 1.5], 50)
    times = {name: value for name, value in TIMES.items() if name != "seed"}
    first, second = (
        pylyap.lyapunov_spectrum(
            network(6.0, 100, tau=unit * tau), n_exponents=3, seed=3, **{name: unit * value for name, value in times.items()})
        for unit in (1.0, 10.0)
    )
    assert first.provenance["options"]["solver"] == "lab4"
    assert second.provenance["options"]["dt"] == pytest.approx(10 * first.provenance["options"]["dt"])
    # rounding differs and grows along a chaotic trajectory: two averages of 50 tau, within five of their errors
    error = np.hypot(first.stderr, 10 * second.stderr)
    assert (np.abs(first.exponents - 10 * second.exponents) < 5 * error).all()


@pytest.mark.parametrize("activation", ["relu", "hard_tanh"])
def test_kinks_keep_rk4(activation):
    found = pylyap.lyapunov_spectrum(network(4.0, activation=activation, bias=np.ones(N)), t_average=2, t_transient=2, t_align=1)
    assert found.provenance["options"]["solver"] == "rk4" and "accuracy" not in found.provenance["options"]


def test_a_given_interval_is_kept():
    found = pylyap.lyapunov_spectrum(network(9.0), solver="auto", qr_interval=0.7, **TIMES)
    assert found.diagnostics["qr_interval"] == pytest.approx(0.7)
    assert found.provenance["options"]["solver"] == "lab4" and found.provenance["options"]["dt"] <= 0.15


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
    for options in (dict(dt=0.1), dict(solver="rk4"), dict(solver="lab4")):
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
