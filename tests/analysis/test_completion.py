"""Half a spectrum and its mirror image, against the whole one on the same trajectory."""

import numpy as np
import pytest

import pylyap
from pylyap.errors import OptionError

N, K = 30, 18
TIMES = dict(t_transient=100, t_average=600, seed=2)


def whole_and_half(weights):
    network = pylyap.RateNetwork(weights)
    return [pylyap.lyapunov_spectrum(network, n_exponents=k, qr_interval=1.0, **TIMES) for k in (N, K)]


def test_antisymmetric_weights_give_the_whole_spectrum():
    whole, half = whole_and_half(pylyap.weights.antisymmetric(N, 3.0, seed=1))
    found = pylyap.analysis.complete_by_symmetry(half)
    assert found.n_computed == K and found.exponents.shape == (N,)
    np.testing.assert_array_equal(found.exponents[:K], half.exponents)
    # exact but for transients, of size 1 over 600 tau, and statistics
    assert np.abs(found.exponents - whole.exponents).max() < 0.02
    assert found.seen_defect < 0.02 and abs(found.sum_rule_residual) < 0.01
    assert "18 of 30 exponents computed, 12 by point symmetry" in repr(found)


def test_what_gaussian_weights_miss_is_said():
    W = pylyap.weights.gaussian(N, 3.0, seed=3)
    whole, half = whole_and_half(W)
    found = pylyap.analysis.complete_by_symmetry(half)
    completed = np.sqrt(np.mean((found.exponents - whole.exponents)[K:] ** 2))
    # the symmetry is not exact, and the outer pairs of a small network are off by more than the inner ones, which were seen
    assert completed > found.seen_defect > 3 * found.statistical_defect
    assert "pairs further out were not seen and can be off by more" in repr(found)
    # while the mean is that of the trace up to what the middle says
    assert abs(found.exponents.mean() - whole.exponents.mean()) < 0.01
    # what the computed half adds to its mirror image, over all units
    seen = np.where(np.arange(N - K, (N + 1) // 2) * 2 == N - 1, 0.5, 1.0)
    assert found.sum_rule_residual == pytest.approx(np.sum(seen * found.defects) / N)


def test_what_cannot_be_completed_is_refused():
    network = pylyap.RateNetwork(pylyap.weights.antisymmetric(N, 3.0, seed=1))
    for k in (10, N // 2, N):
        spectrum = pylyap.lyapunov_spectrum(network, n_exponents=k, t_average=10)
        with pytest.raises(OptionError, match=f"{k} of 30 .* n_exponents = 16"):
            pylyap.analysis.complete_by_symmetry(spectrum)
