"""The analysis room on cases with known answers."""

import numpy as np
import pytest

import pylyap
from pylyap import LyapunovSpectrum, analysis, errors, theory


def test_line_through_noisy_points():
    rng = np.random.default_rng(1)
    x = np.arange(2000.0)
    noise = rng.normal(0, 3.0, x.size)
    for given in (None, np.full(x.size, 3.0)):
        line = analysis.fit_line(x, 0.5 * x + 2 + noise, given)
        # textbook: var(slope) = s^2 / sum (x - mean)^2
        expected = 3.0 / np.sqrt(np.sum((x - x.mean()) ** 2))
        assert line.slope_error == pytest.approx(expected, rel=0.05)  # s from 2000 points: 1.6 %
        assert abs(line.slope - 0.5) < 4 * line.slope_error and abs(line.offset - 2) < 4 * line.offset_error
    assert line(4.0) == pytest.approx(line.offset + 4 * line.slope)


def test_weights_of_a_line():
    # the third point is known a thousand times less well, and does not matter
    line = analysis.fit_line([0, 1, 2], [0.0, 1.0, 50.0], errors=[1e-3, 1e-3, 1e3])
    assert line.slope == pytest.approx(1.0, abs=1e-6)


def test_collapse_sees_a_shift_but_no_size():
    spectra = [theory.semicircle_spectrum(0.9, n) for n in (100, 200, 400)]
    assert analysis.collapse(spectra).max() < 2e-3  # linear interpolation at the ends of 100 exponents
    shifted = [spectra[0], spectra[1] + 0.3]
    np.testing.assert_allclose(analysis.collapse(shifted), 0.15, atol=2e-3)  # both 0.15 from their mean
    with pytest.raises(errors.OptionError):
        analysis.collapse(spectra[:1])
    with pytest.raises(errors.OptionError, match="finite"):
        analysis.collapse([spectra[0], np.append(spectra[1][:-1], -np.inf)])


def test_scaling_of_the_theory_near_the_onset():
    gains = np.array([1.001, 1.002, 1.004])
    totals = [theory.semicircle_edge_totals(theory.largest_exponent(g)) for g in gains]
    powers = [analysis.scaling_exponent(gains, values).slope for values in zip(*totals)]
    # n+/N and D/N ~ (g-1)^3, H/N ~ (g-1)^5 as g -> 1; at g - 1 = 0.004 corrections of order g - 1 times the power
    np.testing.assert_allclose(powers, [3, 5, 3], rtol=0.01)
    with pytest.raises(errors.OptionError, match="above 1"):
        analysis.scaling_exponent([0.9, 1.1, 1.2], [1, 2, 3])


def spectrum_of(rates, blocks=400, size=None):
    """A result whose exponents are these, with independent noise of 0.1 in each block."""
    log = np.random.default_rng(3).normal(rates, 0.1, (blocks, len(rates)))
    n = len(rates) if size is None else size
    return LyapunovSpectrum(
        log_growth=log, durations=np.ones(blocks), time_unit="tau", size=n, status="converged", message="",
        diagnostics={}, provenance={}, final_state=np.zeros(n),
    )


def test_symmetry_and_its_error():
    found = analysis.symmetry(spectrum_of([0.5, -0.3, -1.0, -1.7, -2.5]))
    # a pair of independent columns: sqrt(2) 0.1 / sqrt(400); the middle one is counted twice
    np.testing.assert_allclose(found.stderr, [0.00707, 0.00707, 0.01], rtol=0.25)  # the error of errors
    assert (np.abs(found.defects) < 4 * found.stderr).all()
    assert found.rms < 4 * found.expected_rms
    broken = analysis.symmetry(spectrum_of([0.5, -0.3, -1.0, -1.7, -2.0]))
    assert broken.defects[0] == pytest.approx(0.5, abs=0.03)
    centred = analysis.symmetry(spectrum_of([0.5, -0.3, -1.0, -1.7, -2.5]), centre=-1.05)
    np.testing.assert_allclose(centred.defects, found.defects + 0.1)
    with pytest.raises(errors.OptionError, match="whole spectrum"):
        analysis.symmetry(spectrum_of([0.5, -1.0], size=3))


def test_symmetry_of_antisymmetric_weights_is_exact_that_of_gaussian_ones_is_not():
    run = dict(t_average=400, t_transient=100, dt=0.1)
    exact = analysis.symmetry(
        pylyap.lyapunov_spectrum(pylyap.RateNetwork(pylyap.weights.antisymmetric(24, 3.0, seed=2)), **run)
    )
    gaussian = analysis.symmetry(
        pylyap.lyapunov_spectrum(pylyap.RateNetwork(pylyap.weights.gaussian(24, 3.0, seed=2)), **run)
    )
    # the frame's end points leave log(factors of order 1) / 400 tau, and RK4's error is below that
    assert exact.rms < 0.01
    assert gaussian.rms > 5 * exact.rms  # 24 units: a property of the single network


def test_density_counts_everything_once():
    law = theory.semicircle_spectrum(0.8, 100_000)
    found = analysis.density(law, bins=50)
    middle = (found.edges[1:] + found.edges[:-1]) / 2
    exact = 2 / (np.pi * 0.8) * np.sqrt(np.maximum(0, 1 - ((middle + 1) / 0.8) ** 2))
    # counts of 100 000 quantiles, and the curvature of the semicircle within a bin away from its edges
    np.testing.assert_allclose(found.density[5:-5], exact[5:-5], rtol=0.01)
    assert np.sum(found.density * np.diff(found.edges)) == pytest.approx(1.0)
    several = analysis.density([[0.0, 0.2], [0.0, 0.2], [-np.inf, 0.2]], bins=[-0.1, 0.1, 0.3])
    np.testing.assert_allclose(several.density, [5 / 3, 2.5])
    np.testing.assert_allclose(several.stderr, [2.5 / 3, 0.0])  # heights 2.5, 2.5, 0: sd 1.443, over sqrt(3)
    with pytest.raises(errors.OptionError):
        analysis.density([-np.inf])


def test_deviation_of_random_eigenvalues_from_the_disk():
    n, g = 300, 0.9
    W = pylyap.weights.gaussian(n, g, seed=4)
    exponents = np.sort(np.linalg.eigvals(W).real - 1)[::-1]
    found = analysis.deviation(exponents, theory.semicircle_spectrum(g, n), bulk=(0.05, 0.95))
    assert found.rms < found.largest < 0.1 * g  # eigenvalues are spaced by about g / sqrt(N) = 0.05 in the plane
    with pytest.raises(errors.OptionError):
        analysis.deviation(exponents[:-1], theory.semicircle_spectrum(g, n))
