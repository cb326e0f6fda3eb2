"""The tangent in forward order gives Lyapunov exponents; the published transposed order does not for heavy tails."""

import numpy as np
import pytest

import pylyap
from pylyap import errors


def separation(W, x, steps, seed, distance=1e-7):
    """Growth rate of the distance of two trajectories, set back to `distance` after every step; Jacobian-free."""
    away = np.random.default_rng(seed).standard_normal(len(x))
    other = x + distance * away / np.linalg.norm(away)
    total = []
    for _ in range(steps):
        x, other = np.tanh(W @ x), np.tanh(W @ other)
        apart = np.linalg.norm(other - x)
        total.append(np.log(apart / distance))
        other = x + (other - x) * (distance / apart)
    return np.array(total)


def backward_adjoint(W, x, steps, seed):
    """Growth rate of the transposed Jacobians' product, taken in backward time along the stored trajectory."""
    slopes = []
    for _ in range(steps):
        x = np.tanh(W @ x)
        slopes.append(1 - x**2)
    v = np.random.default_rng(seed).standard_normal(len(x))
    total = []
    for slope in slopes[::-1]:
        v = W.T @ (slope * v)
        total.append(np.log(np.linalg.norm(v)))
        v /= np.linalg.norm(v)
    return np.array(total)


def published(W, x, Q, drive=None):
    """log |R_ii| of each step as the published code computed it; one row of `drive` a step."""
    logs = []
    for step_input in np.zeros((1, len(x))) if drive is None else drive:
        x = np.tanh(W @ x + step_input)
        slope = 1 / np.cosh(W @ x + step_input) ** 2
        Q, R = np.linalg.qr((np.diag(slope) @ W).T @ Q)
        logs.append(np.log(np.abs(np.diag(R))))
    return np.array(logs)


def four_estimates(alpha, g, n, steps, align, realisations):
    """(realisations, 4): two trajectories, forward tangent, backward adjoint, published order."""
    found = []
    for seed in range(realisations):
        network = pylyap.DiscreteNetwork(pylyap.weights.levy(n, g, alpha, seed=seed))
        options = dict(n_exponents=1, t_transient=500, t_align=align, t_average=steps, seed=seed)
        forward = pylyap.lyapunov_spectrum(network, **options)
        transposed = pylyap.lyapunov_spectrum(network, tangent_order="published-transposed", **options)
        x = forward.final_state
        found.append([
            separation(network.weights, x, align + steps, seed)[align:].mean(), forward.exponents[0],
            backward_adjoint(network.weights, x, align + steps, seed)[align:].mean(), transposed.exponents[0],
        ])
    return np.array(found)


def check_estimates(found, disagree):
    mean = found.mean(axis=0)
    # of paired differences: the realisations differ more from each other than the methods do
    for method in (0, 2):
        difference = found[:, method] - found[:, 1]
        assert abs(difference.mean()) < 4 * difference.std(ddof=1) / np.sqrt(len(found)) + 2e-3
    assert mean[1] - mean[3] > disagree


def test_heavy_tails_tell_the_orders_apart():
    found = four_estimates(alpha=1.0, g=2.0, n=200, steps=800, align=200, realisations=4)
    check_estimates(found, disagree=0.1)
    assert (found[:, 1] - found[:, 3] > 0.05).all()  # 0.1 to 0.2 in each realisation, with errors of about 0.02


@pytest.mark.slow
@pytest.mark.parametrize("alpha, expected, wrong", [(1.0, 0.2046, 0.0), (1.5, 0.1719, 0.043), (2.0, 0.0568, 0.0584)])
def test_a_thousand_units(alpha, expected, wrong):
    found = four_estimates(alpha=alpha, g=1.04811, n=1000, steps=1000, align=300, realisations=4)
    print(f"alpha = {alpha}: two trajectories, forward, adjoint, published order: {found.mean(axis=0).round(4)}")
    check_estimates(found, disagree=0.1 if alpha < 2 else -0.02)
    # realisations differ by about 0.015 (reference tables, 6 of them), of which here are four
    assert abs(found[:, 1].mean() - expected) < 0.03
    # single realisations differ more in the published order, by 0.02 in its figure
    assert abs(found[:, 3].mean() - wrong) < 0.04


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_published_order_is_the_published_one(noise):
    n, k, steps = 20, 7, 30
    inputs = noise * np.random.default_rng(1).standard_normal((steps, n))
    drive = pylyap.drives.array(inputs, 1.0, interpolation="constant") if noise else None
    W = pylyap.weights.levy(n, 1.5, 1.5, seed=3)
    start = dict(initial_state=np.linspace(-1, 1, n), initial_frame=np.eye(n, k), t_transient=0, t_align=0)
    spectrum = pylyap.lyapunov_spectrum(
        pylyap.DiscreteNetwork(W, drive=drive), t_average=steps, qr_interval=1,
        tangent_order="published-transposed", **start,
    )
    expected = published(W, start["initial_state"], np.eye(n, k), inputs)
    # 30 steps of chaos with an exponent below 0.5 make at most 1e-9 of the rounding
    np.testing.assert_allclose(spectrum.log_growth, expected, rtol=0, atol=1e-8)
    assert spectrum.provenance["options"]["tangent_order"] == "published-transposed"
    assert "not Lyapunov exponents" in spectrum.message and "t_align=0" in spectrum.message


def test_it_exists_for_dense_discrete_networks_only():
    sparse = pylyap.DiscreteNetwork(pylyap.weights.erdos_renyi(20, 1.0, in_degree=5, seed=1))
    for network in (pylyap.RateNetwork(np.eye(2)), pylyap.systems.henon(), sparse):
        with pytest.raises(errors.OptionError, match="dense weights"):
            pylyap.lyapunov_spectrum(network, t_average=10, tangent_order="published-transposed")
    with pytest.raises(errors.OptionError, match="did you mean 'published-transposed'"):
        pylyap.lyapunov_spectrum(sparse, t_average=10, tangent_order="transposed")
