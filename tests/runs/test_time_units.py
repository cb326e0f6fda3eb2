"""A flow in seconds, milliseconds or years: no time scale is assumed to be of size one."""

import numpy as np
import pytest

import pylyap
from pylyap import systems

LORENZ = """f!(d, x, p, t) = (d[1] = 10 * (x[2] - x[1]); d[2] = x[1] * (28 - x[3]) - x[2];
    d[3] = x[1] * x[2] - 8 / 3 * x[3]; d ./= p.unit; nothing)"""


def lorenz(unit, dt=None):
    """Lorenz 1963, whose time of 1 takes `unit` units of time."""
    return systems.flow(3, LORENZ, parameters=dict(unit=unit), initial_state=np.ones(3), dt=dt or 0.01 * unit)


def exponents_are_right(found, unit):
    return abs(found.exponents[0] * unit - 0.9056) < 5 * found.stderr[0] * unit  # one run of many platforms


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("solver", ["rk4", "tsit5"])
def test_another_unit_of_time_changes_nothing_else(solver, k):
    options = dict(n_exponents=k, solver=solver)
    usual = pylyap.lyapunov_spectrum(lorenz(1.0), t_average=100, **options)
    for unit in (2.0**-10, 2.0**25):  # about milliseconds and years in seconds; powers of two are exact
        found = pylyap.lyapunov_spectrum(lorenz(unit), t_average=100 * unit, **options)
        np.testing.assert_array_equal(found.log_growth, usual.log_growth)  # every operation is scaled exactly
        np.testing.assert_array_equal(found.durations, usual.durations * unit)
        assert found.status == usual.status and found.start_time == usual.start_time * unit
        for name in ("step_error", "step_error_allowed"):  # rates; logarithms and sums may round otherwise
            np.testing.assert_allclose(found.diagnostics[name] * unit, usual.diagnostics[name], rtol=1e-6)


@pytest.mark.parametrize("dt", [None, 1e-5])
def test_two_seconds_of_a_fast_flow_have_blocks_enough(dt):
    flow = lorenz(1e-3) if dt is None else lorenz(1e-3, dt=0.01)  # the step known to the flow, or to the run alone
    found = pylyap.lyapunov_spectrum(flow, t_average=2, n_exponents=1, dt=dt)
    assert found.n_blocks >= 100 and np.isfinite(found.stderr).all()
    assert found.status == "converged" and exponents_are_right(found, 1e-3), found.message
    # a scale is a hundredth of the average at most: 2 s of transient and 0.4 s of alignment, no hundred seconds
    assert found.start_time < 2.5


@pytest.mark.parametrize("unit", [1e3, 1 / 3.15e7])
def test_a_step_given_to_the_run_alone(unit):
    """In milliseconds a flow that does not say its step has a scale of 100 steps of the run; in years too."""
    found = pylyap.lyapunov_spectrum(lorenz(unit, dt=0.01), t_average=200 * unit, n_exponents=1, dt=0.01 * unit)
    assert found.n_blocks >= 100 and found.start_time >= 100 * unit  # 100 scales of transient
    assert found.status == "converged" and exponents_are_right(found, unit), found.message
