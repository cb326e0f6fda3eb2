"""Transversal exponents of synchronised systems against formulas and against the coupled systems themselves."""

import numpy as np
import pytest

import pylyap
from pylyap import systems
from pylyap.errors import NetworkError, OptionError, UnknownOptionError

GAMMAS = np.array([0.0, 0.5, 1.5, 3.0])
LOGISTIC = "f!(next, x, p, t) = (next[1] = 4 * x[1] * (1 - x[1]))"


def test_maps_coupled_through_their_only_variable():
    """lambda + ln|1 - sigma gamma|, over the same stretch to rounding."""
    logistic = systems.map(1, LOGISTIC, initial_state=[0.3])
    found = pylyap.transversal_exponents(logistic, GAMMAS, strength=0.4, t_average=2000)
    alone = pylyap.lyapunov_spectrum(logistic, t_average=2000)
    # one trajectory, whose logarithms differ by a constant: sums of 2000 rounded numbers
    np.testing.assert_allclose(found.exponents[:, 0], alone.exponents[0] + np.log(np.abs(1 - 0.4 * GAMMAS)), atol=1e-10)
    assert found.strengths.tolist() == (0.4 * GAMMAS).tolist() and not found.is_stable
    assert found.time_unit == "step" and "4 modes" in repr(found)


def test_flows_coupled_through_all_variables():
    """lambda_i - sigma gamma: RK4's own error is (sigma gamma dt)^4 / 120 of the rate."""
    options = dict(t_average=50, t_transient=20, t_align=20, qr_interval=0.1)
    lorenz = systems.lorenz63()
    found = pylyap.transversal_exponents(lorenz, GAMMAS, strength=0.5, n_exponents=3, **options)
    alone = pylyap.lyapunov_spectrum(lorenz, **options)
    np.testing.assert_allclose(found.exponents, alone.exponents - 0.5 * GAMMAS[:, np.newaxis], atol=1e-4)


def test_rate_networks_with_tau_are_coupled_per_tau():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(8, 0.5, seed=1), tau=20.0)
    found = pylyap.transversal_exponents(network, [0.0, 1.0], strength=0.3, t_average=500, n_exponents=8)
    # each mode begins with a frame of its own; its angle in the plane of a pair is a number of order 1 over 500 tau
    np.testing.assert_allclose(found.exponents[1], found.exponents[0] - 0.3, atol=2e-2)
    # volumes: RK4's own error of a leak is 0.13^4 / 120
    assert all(abs(spectrum.diagnostics["sum_rule_residual"]) < 1e-5 for spectrum in found.spectra)


def test_modes_are_those_of_the_coupled_maps():
    """Three Henon maps in a directed ring: the exponents of all six variables on the synchronous orbit are those of the
    modes. Perturbations stay exactly transversal, so the large system is run with the frame of one mode."""
    a, b, sigma, H = 1.4, 0.3, 0.2, np.array([[1.0, 0.0], [0.3, 0.0]])
    L = np.eye(3) - np.roll(np.eye(3), 1, axis=0)
    gammas = np.linalg.eigvals(L)  # 0 and a complex pair
    henon = systems.henon(a, b)
    found = pylyap.transversal_exponents(
        henon, gammas, strength=sigma, coupling=H, n_exponents=2, t_average=400, t_transient=100, t_align=100,
        initial_state=[0.1, 0.1])
    x, logs, Q = np.array([0.1, 0.1]), [], np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    for step in range(600):
        J = np.array([[-2 * a * x[0], 1.0], [b, 0.0]])
        x = np.array([1 - a * x[0] ** 2 + x[1], b * x[0]])
        Q, R = np.linalg.qr((np.eye(6) - sigma * np.kron(L, H)) @ np.kron(np.eye(3), J) @ Q)
        if step >= 200:
            logs.append(np.log(np.abs(np.diag(R))))
    # the same 400 steps; frames that are not yet aligned alike are off by a logarithm over the time
    np.testing.assert_allclose(np.sort(found.exponents.ravel()), np.sort(np.mean(logs, axis=0)), atol=0.02)
    assert found.exponents[1] == pytest.approx(found.exponents[2], abs=0.02)  # a conjugate pair


def test_the_classic_threshold_of_roessler_systems():
    """Coupled through x, Roessler systems synchronise between two strengths (Pecora, Carroll 1998, figure 2)."""
    found = pylyap.transversal_exponents(
        systems.rossler(), [0.0, 0.05, 1.0, 8.0], coupling=np.diag([1.0, 0, 0]), t_average=1000, t_align=100)
    first = found.exponents[:, 0]
    assert first[0] > 0.03 and first[2] < -0.05 and first[3] > 0


def test_networks_and_drives():
    drive = pylyap.drives.sinusoid(0.5, 0.1)
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(10, 2.0, seed=1), drive=drive)
    found = pylyap.transversal_exponents(network, [0.0, 0.5], t_average=300, seed=3)
    alone = pylyap.lyapunov_spectrum(network, t_average=300, seed=3, n_exponents=1)
    assert found.exponents[1, 0] - found.exponents[0, 0] == pytest.approx(np.log(0.5), abs=1e-2)
    np.testing.assert_allclose(found.spectra[0].final_state, alone.final_state, atol=1e-9)


@pytest.mark.parametrize("given, error, told", [
    (dict(eigenvalues=[]), NetworkError, "shape"), (dict(eigenvalues=[np.nan]), NetworkError, "NaN"),
    (dict(eigenvalues=["a"]), NetworkError, "dtype"), (dict(eigenvalues=[[1.0]]), NetworkError, r"shape \(1, 1\)"),
    (dict(coupling=np.eye(2)), NetworkError, "3 by 3"), (dict(n_exponents=4), OptionError, "from 1 to 3"),
    (dict(strength="1"), OptionError, "strength"), (dict(initial_state=[1.0]), OptionError, r"needs \(3,\)"),
    (dict(initial_frame=np.eye(3)), OptionError, "random frame"), (dict(lenght=1), UnknownOptionError, "lenght"),
    (dict(target_stderr=0.1), UnknownOptionError, "target_stderr"),
])
def test_what_does_not_fit_is_refused(given, error, told):
    with pytest.raises(error, match=told):
        pylyap.transversal_exponents(systems.lorenz63(), **{"eigenvalues": [0.0], "t_average": 10, **given})
