"""The pages on Xie, Mihalas & Kusmierz: published curves, single measurements, and pages as a whole."""

import math

import numpy as np
import pytest

import pylyap
from pylyap import papers, theory, weights
from pylyap._random import stream
from pylyap.papers.xie2025 import (
    FIGURES,
    delayed_xor,
    dimension,
    networks,
    order_parameter,
    published,
    published_protocol,
    quenched_gain,
)

from subprocesses import ROOT


def test_published_curves():
    # Numbers that were read off the same figures by eye.
    assert published.curve("Fig2A_N1000", 1.0).at(1.048)[0] == pytest.approx(0.012, abs=0.002)
    assert published.curve("Fig3B_LD_N1000", 2.0).at(2.024) == pytest.approx((260.7, 3.3), abs=0.5)
    assert published.curve("Fig1B_N3000", "annealed").at(0.13)[0] == pytest.approx(0.947, abs=0.002)
    assert published.marked_gain("Fig2A_N1000", 1.0) == pytest.approx(0.7906, abs=1e-4)
    assert published.marked_gain("Fig18C_prune_top3", 1.0) is None
    assert published.theory_line("Fig1C_N100") == pytest.approx(0.2251, abs=1e-4)
    assert np.bincount(published.quenched_statistics("SD")[0])[1000] == 3


def test_a_trial_has_one_matrix():
    condition = dict(alpha=1.5, n=20, trial=1)
    W = networks.network(condition).weights
    assert np.allclose(networks.network(condition | dict(gain=2.0, noise=0.1)).weights, 2 * W, rtol=1e-14)
    pruned = networks.network(condition | dict(gain=2.0, pruning="strongest 3 %")).weights
    assert np.count_nonzero(pruned) == 400 - 12 and np.abs(pruned).max() < 2 * np.abs(W).max()
    assert not np.allclose(networks.network(condition | dict(trial=2)).weights, W)


def test_quiet_fraction_of_all_gains_from_one_run():
    condition = dict(weights="quenched", n=30, trial=0)
    fractions = order_parameter.quiet_fractions(condition)["fraction"]
    # Once more at one gain, step by step.
    seed = order_parameter.seed(condition)
    x = stream(seed, "initial state").standard_normal(30)
    W = weights.levy(30, 0.25, 1.0, seed=seed)
    for _ in range(order_parameter.STEPS):
        x = W @ x
    assert fractions[24] == pytest.approx(np.mean(np.abs(x) < 0.1), abs=1e-12)
    assert fractions[0] >= fractions[-1] and (np.diff(fractions) <= 0).all()


def test_leading_eigenvalue_by_two_methods():
    for seed in range(5):
        W = weights.levy(150, 1.0, 1.0, seed=seed)
        assert quenched_gain.spectral_radius(W) == pytest.approx(1 / theory.quenched_transition_gain(W), rel=1e-5)


@pytest.mark.parametrize("n, trials", [(32, 300), (145, 100), pytest.param(1000, 300, marks=pytest.mark.slow)])
def test_loss_of_quiescence_within_the_published_spread(n, trials):
    gains = [quenched_gain.transition_gain(dict(alpha=1.0, n=n, trial=i))["gain"] for i in range(trials)]
    for name, (statistic, _) in quenched_gain.STATISTICS.items():
        sizes, values = published.quenched_statistics(name)
        there = values[sizes == n]
        # A set of 100 scatters by about 5 % (its mean) to 7 % (its SD): four times that, for both sides together.
        error = 0.07 * math.hypot(1 / math.sqrt(trials / 100), 1 / math.sqrt(3))
        assert statistic(np.array(gains)) == pytest.approx(there.mean(), rel=4 * error)


@pytest.mark.parametrize("figure", ["1A", "1C"])
def test_pages_without_simulation(figure, tmp_path):
    _check(papers.reproduce("xie2025", figure, papers.Effort(progress=False), tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("figure", [name for name in FIGURES if name not in ("1A", "1C")])
def test_all_pages(figure, tmp_path):
    _check(papers.reproduce("xie2025", figure, papers.Effort(progress=False), tmp_path))


def _check(page):
    import matplotlib.pyplot as plt

    plt.close(page.figure)
    compared = [row for row in page.rows if row.agrees is not None and row.expected]
    # Three standard errors: one number in 370 lies outside by chance; one in ten would be a fault.
    assert sum(not row.agrees for row in compared) <= 0.1 * len(compared)
    assert all(np.isfinite(row.there) for row in page.rows)


def test_dimension_takes_as_many_exponents_as_it_needs():
    conditions = [dict(alpha=1.0, n=40, noise=0.0, pruning="none", trial=0, gain=gain) for gain in (0.01, 3.0)]
    conditions.append(dict(alpha=2.0, n=40, noise=0.0, pruning="none", trial=0, gain=8.0))
    options = dict(t_transient=200, t_align=50, t_average=300)
    result = pylyap.sweep(dimension.Dimension(**options), conditions)
    assert result["dimension"][0] == 0.0
    for condition, found in zip(conditions[1:], result["dimension"][1:]):
        whole = pylyap.lyapunov_spectrum(networks.network(condition), seed=networks.seed(condition), **options)
        # The leading columns of a frame do not know how many others there are; chaos enlarges the last bits.
        assert found == pytest.approx(whole.kaplan_yorke_dimension, abs=0.5)
        assert 1 < found < 40


def test_published_protocol_step_by_step():
    condition = dict(alpha=1.5, n=12, trial=0, gain=0.4)  # a gain without chaos: nothing enlarges the rounding
    found = published_protocol.spectrum(condition, steps=20, n_exponents=12)["exponents"]
    seed = pylyap.sweeps.seed_of(condition, networks.ROOT)
    W = weights.levy(12, 0.4, 1.5, seed=seed)
    x = stream(seed, "initial state").standard_normal(12)
    for _ in range(published_protocol.TRANSIENT):
        x = np.tanh(W @ x)
    Q, logs = np.eye(12), np.zeros(12)
    for _ in range(20):
        x = np.tanh(W @ x)
        slope = 1 - np.tanh(W @ x) ** 2  # at the updated state
        Q, R = np.linalg.qr(W.T @ (slope[:, None] * Q))
        logs += np.log(np.abs(np.diag(R)))
    np.testing.assert_allclose(found, np.sort(logs / 20)[::-1], atol=1e-6)


def test_reservoir_readout():
    # A linear readout of states that hold the exclusive or finds it, and guesses on states that do not.
    generator = np.random.default_rng(0)
    x, target = generator.standard_normal((20, 2000)), generator.choice([-1.0, 1.0], 2000)
    assert delayed_xor._readout(x, target, 1000) == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(1000))
    assert delayed_xor._readout(np.vstack([x, target + 0.01 * x[0]]), target, 1000) == 1.0


def test_the_check_of_the_page_runs_and_tells():
    page = (ROOT / "docs/heavy-tails.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    assert len(code.splitlines()) <= 25
    names = {}
    exec(code, names)
    separation, forward, transposed = names["rates"]
    # Two trajectories know nothing of Jacobians. Both follow the same direction: 1000 steps agree to the size of a
    # difference of 1e-7, which is what the distance is, and to that of a start in another direction.
    assert separation == pytest.approx(forward, abs=0.005)
    assert transposed < forward - 0.1  # 0.04 and 0.24
