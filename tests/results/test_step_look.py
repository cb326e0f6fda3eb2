"""Steps that are too long for the system: every run of a flow looks, and says so."""

import numpy as np
import pytest

import pylyap
from pylyap import systems

HINDMARSH_ROSE = """f!(d, x, p, t) = (d[1] = x[2] - x[1]^3 + 3x[1]^2 - x[3] + 3.25; d[2] = 1 - 5x[1]^2 - x[2];
    d[3] = 0.006 * (4 * (x[1] + 1.6) - x[3]); nothing)"""
STIFF = "f!(d, x, p, t) = (d[1] = -50 * (x[1] - 1); d[2] = -x[2]; nothing)"


def hindmarsh_rose(dt):
    return systems.flow(3, HINDMARSH_ROSE, initial_state=[0.0, 0.0, 3.0], dt=dt)


def spectrum(system, **options):
    return pylyap.lyapunov_spectrum(system, **options)


@pytest.mark.parametrize("k", [1, 3])
def test_a_burster_with_long_steps_is_not_called_converged(k):
    long = spectrum(hindmarsh_rose(0.1), t_average=5000, n_exponents=k)
    assert long.status == "max_time" and "steps of dt = 0.1 are too long" in long.message
    # the right value is 0.0145, so that the error is about 0.01
    assert long.diagnostics["step_error"] > max(0.002, long.diagnostics["step_error_allowed"])
    short = spectrum(hindmarsh_rose(0.05), t_average=5000, n_exponents=k)
    assert short.status == "converged", short.message
    assert abs(short.exponents[0] - 0.0145) < 4 * short.stderr[0]  # one run of many platforms
    assert short.diagnostics["step_look"] == "looked at" and short.diagnostics["n_step_looks"] > 100


def test_stiffness_keeps_the_adaptive_solver_at_the_edge_of_stability():
    stiff = systems.flow(2, STIFF)
    edge = spectrum(stiff, t_average=100, solver="tsit5")
    # at rest the tolerance lets the steps grow until the solver is nearly unstable, where -50 becomes -49.86
    assert edge.status == "max_time" and "stiff" in edge.message
    # the look knows the size of the error: within a factor of two of it
    assert 0.5 < edge.diagnostics["step_error"] / abs(edge.exponents[1] + 50) < 2
    fine = spectrum(stiff, t_average=100, dt=0.002)
    assert fine.status == "converged", fine.message
    np.testing.assert_allclose(fine.exponents, [-1, -50], rtol=1e-6)  # RK4: (50 dt)^4 / 120 = 8e-7


def test_a_linear_flow_with_long_steps():
    A = np.diag([-50.0, -1.0])
    # RK4 is off by (50 dt)^4 / 120 of 50: 0.04, which the solver's order lets it know
    long = spectrum(systems.linear(A), t_average=50, dt=0.01)
    assert long.status == "max_time" and "too long" in long.message
    assert long.diagnostics["step_error"] == pytest.approx(abs(long.exponents[1] + 50), rel=0.5)
    assert spectrum(systems.linear(A), t_average=50).status == "converged"


@pytest.mark.parametrize("scale, unit", [(1e-3, "ms"), (3e7, "years")])
def test_lorenz_in_other_units_of_time(scale, unit):
    """The same system with its times multiplied by `scale`: the look has no unit of its own."""
    source = f"""f!(d, x, p, t) = (d[1] = 10 * (x[2] - x[1]); d[2] = x[1] * (28 - x[3]) - x[2];
        d[3] = x[1] * x[2] - 8 / 3 * x[3]; d ./= {scale}; nothing)"""
    flow = systems.flow(3, source, initial_state=np.ones(3), dt=0.01 * scale)
    good = spectrum(flow, t_average=300 * scale)
    assert good.status == "converged", good.message
    assert abs(good.exponents[0] * scale - 0.9056) < 5 * good.stderr[0] * scale
    bad = spectrum(flow, t_average=300 * scale, dt=0.06 * scale)  # the last exponent is off by 0.3
    assert bad.status == "max_time" and "too long" in bad.message


def test_customary_steps_are_not_called_too_long():
    for network in (
        pylyap.RateNetwork(pylyap.weights.gaussian(30, 10.0, seed=1)),
        pylyap.RateNetwork(pylyap.weights.gaussian(30, 10.0, seed=31)),  # a limit cycle, whose statistical error is small
        pylyap.RateNetwork(0.1 * np.eye(4)),
        systems.stuart_landau(),
        systems.lorenz96(8),
    ):
        assert "too long" not in spectrum(network, t_average=200).message


def test_euler_is_told_apart_from_the_flow():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(20, 0.5, seed=1))
    # the slowest two directions part by 0.08 per tau only: aligned to exp(-24)
    euler = spectrum(network, t_average=300, t_align=300, solver="euler")
    assert euler.status == "converged" and "another system than the flow" in euler.message
    # at rest exponents are log|1 + dt mu| / dt, off by about dt / 2 = 0.05 per tau; two columns of four are looked at
    assert 0.02 < euler.diagnostics["step_error"] < 0.2


def test_what_is_not_looked_at_is_said():
    W = pylyap.weights.gaussian(10, 2.0, seed=1)
    noisy = pylyap.RateNetwork(W, drive=pylyap.drives.white_noise(0.5, seed=1))
    found = spectrum(noisy, t_average=20).diagnostics
    assert found["step_look"].startswith("not looked at: noise") and found["n_step_looks"] == 0
    assert np.isnan(found["step_error"])
    assert spectrum(pylyap.DiscreteNetwork(W), t_average=200).diagnostics["step_look"] == "not looked at: a map has no shorter step"


@pytest.mark.parametrize("drive", [
    pylyap.drives.ornstein_uhlenbeck(0.3, 2.0, seed=1),
    pylyap.drives.sinusoid(1.0, 0.2),
    pylyap.drives.array(np.random.default_rng(0).standard_normal(2000), 0.5, interpolation="constant"),
])
def test_drives_are_looked_at(drive):
    network = pylyap.RateNetwork(pylyap.weights.gaussian(10, 2.0, seed=1), drive=drive)
    found = spectrum(network, t_average=150, t_transient=50)  # 2200 steps: more than one window of random numbers
    assert found.diagnostics["n_step_looks"] >= 4 and "too long" not in found.message, found.message


@pytest.mark.parametrize("solver, make", [
    ("rk4", lambda: pylyap.RateNetwork(pylyap.weights.gaussian(20, 3.0, seed=1))),
    ("tsit5", lambda: pylyap.RateNetwork(pylyap.weights.gaussian(20, 3.0, seed=1))),
    ("rk4", lambda: pylyap.RateNetwork(
        pylyap.weights.gaussian(20, 3.0, seed=1),
        drive=pylyap.drives.array(np.random.default_rng(0).standard_normal(900), 0.5, interpolation="constant"))),
    ("rk4", lambda: systems.flow(2, lambda x, t: np.array([x[1], -np.sin(x[0]) - 0.1 * x[1]]), initial_state=[1.0, 0.0])),
])
def test_the_run_itself_is_not_touched(solver, make, monkeypatch):
    options = dict(t_average=10, t_transient=5, t_align=5, solver=solver)
    with_looks = spectrum(make(), **options)
    assert with_looks.diagnostics["n_step_looks"] > 0
    monkeypatch.setattr("pylyap.results.step_look.interval", lambda time_unit, n_steps: 0)
    without = spectrum(make(), **options)
    assert without.diagnostics["n_step_looks"] == 0
    np.testing.assert_array_equal(with_looks.log_growth, without.log_growth)  # the same bits
    np.testing.assert_array_equal(with_looks.final_state, without.final_state)


def test_ensembles_look_too():
    networks = [hindmarsh_rose(0.1) for _ in range(2)]
    for found in pylyap.lyapunov_ensemble(networks, t_average=3000):
        assert "too long" in found.message and found.diagnostics["n_step_looks"] > 50
