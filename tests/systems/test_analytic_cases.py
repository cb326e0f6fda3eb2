"""Sixteen cases whose exponents are known, T1 to T16, through the public call.

Numbers without a formula beside them are from the literature or were computed by other means than the core.
"""

import numpy as np
import pytest
from scipy.special import digamma, polygamma

import pylyap
from pylyap import systems
from pylyap._random import stream

spectrum_of = pylyap.lyapunov_spectrum
SHIFT = 0.8 * np.roll(np.eye(8), 1, axis=0)  # 0.8 times the cyclic shift, a normal matrix


def fresh_matrices(matrices, qr_interval=1):
    """Exponents of a product of given matrices, stacked along the last axis: a linear map with a new one each step."""
    n, _, steps = matrices.shape
    source = "f!(next, x, p, t) = mul!(next, view(p.stack, :, :, Int(t) + 1), x)"
    product = "jvp!(dv, v, x, p, t) = mul!(dv, view(p.stack, :, :, Int(t) + 1), v)"
    system = systems.map(n, source, jvp=product, parameters=dict(stack=matrices))
    return spectrum_of(system, t_transient=0, t_align=0, t_average=steps, qr_interval=qr_interval).exponents


def rates(J):
    """Real parts of the eigenvalues of J, less the decay, in descending order."""
    return np.sort(np.linalg.eigvals(J).real)[::-1] - 1


# --- T1: linear networks ---


@pytest.mark.parametrize(
    "solver, dt, expected",
    [
        ("rk4", 0.01, [-0.2, -0.434315, -0.434315, -1, -1, -1.565685, -1.565685, -1.8]),
        ("euler", 0.1, [-0.202027, -0.426573, -0.426573, -1.014254, -1.014254, -1.680325, -1.680325, -1.984509]),
        ("euler", 0.5, [-0.210721, -0.366952, -0.366952, -0.891598, -0.891598, -2.062330, -2.062330, -4.605170]),
        ("euler", 1.0, [-0.223144] * 8),
    ],
)
def test_t1_cyclic_shift(solver, dt, expected):
    network = pylyap.RateNetwork(SHIFT, activation="linear")
    # the frame aligns as e^(-0.15 t) or faster: to rounding after 300 tau
    spectrum = spectrum_of(network, solver=solver, dt=dt, t_transient=0, t_align=300, t_average=50, qr_interval=1)
    # half a digit of the table; the matrix is normal, so even the pairs do not oscillate; RK4 errs by (0.018)^5 / dt
    np.testing.assert_allclose(spectrum.exponents, expected, rtol=0, atol=6e-7)


def test_t1_cyclic_shift_as_a_map():
    spectrum = spectrum_of(pylyap.DiscreteNetwork(SHIFT, activation="linear"), t_average=50)
    np.testing.assert_allclose(spectrum.exponents, np.log(0.8), rtol=0, atol=1e-14)  # rounding


def test_t1_any_matrix():
    J = pylyap.weights.gaussian(20, 1.5, seed=1)
    flow = spectrum_of(systems.linear(J - np.eye(20)), dt=0.05, t_align=200, t_average=1000)
    # complex pairs of a matrix that is not normal oscillate by log(condition of the eigenvectors) / t = 3 / 1000
    np.testing.assert_allclose(flow.exponents, rates(J), rtol=0, atol=3e-3)
    moduli = np.sort(np.log(np.abs(np.linalg.eigvals(J))))[::-1]
    map_ = spectrum_of(systems.linear_map(J), t_align=500, t_average=2000, qr_interval=1)
    np.testing.assert_allclose(map_.exponents, moduli, rtol=0, atol=3e-3)


# --- T2, T3: products of fresh matrices ---


@pytest.mark.parametrize("qr_interval", [1, 7])
def test_t2_fresh_orthogonal_matrices(qr_interval):
    gaussian = stream(2, "T2").standard_normal((140, 10, 10))
    Q = np.linalg.qr(gaussian).Q.transpose(1, 2, 0)
    # log 1.5, up to rounding
    np.testing.assert_allclose(fresh_matrices(1.5 * Q, qr_interval), 0.4054651081081644, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    "n, steps, expected",
    [
        (2, 40_000, [-0.288608, -0.981755]),
        (4, 40_000, [-0.135181, -0.328329, -0.635181, -1.328329]),
        (10, 20_000, [-0.051660, -0.110283, -0.176660, -0.253141, -0.343327,
                      -0.453141, -0.593327, -0.786474, -1.093327, -1.786474]),
    ],
)
def test_t3_fresh_gaussian_matrices(n, steps, expected):
    matrices = stream(3, "T3").standard_normal((n, n, steps)) / np.sqrt(n)
    degrees = np.arange(n, 0, -1)
    np.testing.assert_allclose(0.5 * (np.log(2 / n) + digamma(degrees / 2)), expected, atol=6e-7)  # digits of the table
    # R_ii is chi-distributed and independent from step to step: the error of the mean is known, and 4.5 of them are
    # rare
    error = np.sqrt(polygamma(1, degrees / 2) / 4 / steps)
    exponents = fresh_matrices(matrices)
    assert np.abs((exponents - expected) / error).max() < 4.5
    assert np.abs(exponents - expected).max() < 0.03


# --- T4 to T7: maps and flows of the literature ---


def test_t4_henon():
    spectrum = spectrum_of(systems.henon(), t_average=400_000, qr_interval=1)
    assert spectrum.exponents.sum() == pytest.approx(-1.2039728043259361, abs=1e-12)  # log 0.3; rounding of a mean
    # five standard errors of a mean over 4e5 steps
    np.testing.assert_allclose(spectrum.exponents, [0.41922, -1.62319], rtol=0, atol=3e-3)
    assert spectrum.kaplan_yorke_dimension == pytest.approx(1.2583, abs=1.3e-3)  # five standard errors


def test_t5_lorenz():
    spectrum = spectrum_of(systems.lorenz63(), dt=0.005, t_average=8000)
    assert spectrum.exponents.sum() == pytest.approx(-41 / 3, abs=1e-4)  # fourth order: (14.6 * 0.005)^4 / 120 * 14.6
    # four standard errors over 8000 units of time
    np.testing.assert_allclose(spectrum.exponents, [0.9056, 0, -14.5723], rtol=0, atol=8e-3)
    assert abs(spectrum.exponents[1]) < 1e-3  # the growth along the flow is bounded: ln(range of speeds) / t
    assert spectrum.kaplan_yorke_dimension == pytest.approx(2.0622, abs=1e-3)  # 8e-3 / 14.6


def test_t6_cat_map():
    spectrum = spectrum_of(systems.cat_map(), t_average=1000)
    np.testing.assert_allclose(spectrum.exponents, [0.9624236501, -0.9624236501], rtol=0, atol=6e-11)  # digits


def test_t7_bernoulli_ring():
    spectrum = spectrum_of(systems.bernoulli_ring(8, 0.3), t_average=1000)
    digits = [0.693147, 0.601177, 0.601177, 0.336472, 0.336472, -0.024563, -0.024563, -0.223144]
    formula = np.sort(np.log(2 * np.abs(0.7 + 0.3 * np.cos(2 * np.pi * np.arange(8) / 8))))[::-1]
    np.testing.assert_allclose(formula, digits, rtol=0, atol=6e-7)
    # symmetric matrix; the frame aligns as e^(-0.09 t), to 1e-4 after the alignment of 100 steps, to its square in the
    # rates
    np.testing.assert_allclose(spectrum.exponents, formula, rtol=0, atol=1e-7)
    assert spectrum.entropy_rate == pytest.approx(2.568445, abs=1e-6)
    assert spectrum.kaplan_yorke_dimension == 8  # the sum of all exponents is positive


# --- T8: point symmetry ---


def modulated(J, t_average):
    """dx/dt = -x + J D(t) x with positive smooth D: every unit has a frequency and a phase of its own."""
    n = len(J)
    source = """
    gain(p, i, t) = 1 + 0.9sin(p.frequency[i] * t + p.phase[i])
    function f!(dx, x, p, t)
        dx .= .-x
        for j in eachindex(x)
            axpy!(gain(p, j, t) * x[j], view(p.J, :, j), dx)
        end
    end"""
    product = "jvp!(dv, v, x, p, t) = f!(dv, v, p, t)"
    random = stream(8, "T8")
    parameters = dict(J=J, frequency=random.uniform(0.5, 3, n), phase=random.uniform(0, 2 * np.pi, n))
    system = systems.flow(n, source, jvp=product, parameters=parameters)
    return spectrum_of(system, dt=0.05, t_transient=0, t_align=300, t_average=t_average).exponents


def test_t8_antisymmetric_weights():
    gaussian = stream(8, "T8 weights").standard_normal((20, 20)) * 1.5 / np.sqrt(20)
    exponents = modulated((gaussian - gaussian.T) / np.sqrt(2), 1000)
    # exact for t to infinity; the frames of a pair, log(condition of J) / t, are left; RK4 breaks it by less, 1e-5
    np.testing.assert_allclose(exponents + exponents[::-1], -2, rtol=0, atol=5e-3)
    assert exponents[0] > -0.9  # the exponents are not all -1, which would make it trivial
    asymmetric = modulated(gaussian, 500)
    assert np.abs(asymmetric + asymmetric[::-1] + 2).max() > 0.1


# --- T9, T10: mean field ---

# dt = 1, g = 3: exponent at i / N, from the S-transform of the law of the squared slopes
DISCRETE = {0.01: 0.2935, 0.02: 0.2761, 0.05: 0.2213, 0.1: 0.1209, 0.15: 0.0071, 0.2: -0.1227}


def test_t9_discrete_time_leading():
    n = 600
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=9, autapses=True))
    spectrum = spectrum_of(network, n_exponents=int(0.22 * n), t_transient=200, t_align=100, t_average=150)
    found = np.interp(list(DISCRETE), (np.arange(int(0.22 * n)) + 0.5) / n, spectrum.exponents)
    # one matrix fluctuates by 1 / sqrt(n) of the rates' scale 0.3; n = 500 to 1000 give 0.002 to 0.01
    np.testing.assert_allclose(found, list(DISCRETE.values()), rtol=0, atol=0.02)


@pytest.mark.slow
def test_t9_discrete_time_whole_spectrum():
    n = 2000
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=9, autapses=True))
    spectrum = spectrum_of(network, t_transient=300, t_align=60, t_average=60, qr_interval=1)
    # a per cent at n = 2000 and more, two in 60 steps
    assert spectrum.exponents[0] == pytest.approx(0.31025, rel=0.03)
    assert spectrum.n_positive / n == pytest.approx(0.1530, rel=0.02)
    assert spectrum.entropy_rate / n == pytest.approx(0.02521, rel=0.02)
    assert spectrum.kaplan_yorke_dimension / n == pytest.approx(0.2878, rel=0.02)
    assert spectrum.exponents.mean() == pytest.approx(-2.27281, rel=0.01)


@pytest.mark.parametrize(
    "n, t_average, below, above",
    # networks of finite size have a smaller exponent: by 0.03 at 500 and 0.005 at 4096; from one to another it varies
    # by 0.01
    [(500, 200, 0.06, 0.01), pytest.param(2000, 200, 0.03, 0.01, marks=pytest.mark.slow)],
)
def test_t10_continuous_time(n, t_average, below, above):
    network = pylyap.RateNetwork(pylyap.weights.gaussian(n, 3.0, seed=10, autapses=True))
    exponent = spectrum_of(network, n_exponents=1, t_transient=50, t_align=20, t_average=t_average).exponents[0]
    assert 0.23546 - below < exponent < 0.23546 + above


# --- T11: limit cycle and fixed point ---


@pytest.mark.parametrize("mu, omega", [(1.0, 1.0), (0.3, 2.0)])
def test_t11_limit_cycle(mu, omega):
    spectrum = spectrum_of(systems.stuart_landau(mu, omega), dt=0.005, t_average=100)
    # all points of the cycle turn alike, so the exponents are those of any stretch; RK4 errs by (2 mu dt)^4 / 120 or
    # (omega dt)^5 / dt
    np.testing.assert_allclose(spectrum.exponents, [0, -2 * mu], rtol=0, atol=1e-8)


def test_t11_fixed_point():
    J = pylyap.weights.gaussian(30, 0.7, seed=11)
    spectrum = spectrum_of(pylyap.RateNetwork(J), t_align=200, t_average=1000)
    np.testing.assert_allclose(spectrum.exponents, rates(J), rtol=0, atol=3e-3)  # as in T1 for any matrix
    assert spectrum.kaplan_yorke_dimension == 0 and spectrum.entropy_rate == 0


# --- T12: additive input ---


def test_t12_additive_input_changes_nothing():
    A = pylyap.weights.gaussian(8, 1.2, seed=12) - np.eye(8)
    driven = "f!(dx, x, p, t) = (mul!(dx, p.A, x); dx .+= p.strength .* sin.(t .+ (1:8)))"
    product = "jvp!(dv, v, x, p, t) = mul!(dv, p.A, v)"
    flows = [systems.flow(8, driven, jvp=product, parameters=dict(A=A, strength=strength)) for strength in (0.0, 3.0)]
    logs = [spectrum_of(flow, t_average=50, dt=0.05).log_growth for flow in flows]
    assert np.array_equal(*logs)  # the product never sees the state: not even a rounding differs


def test_t12_bias_on_a_linear_network():
    W = pylyap.weights.gaussian(20, 0.9, seed=12)
    logs = [
        spectrum_of(pylyap.RateNetwork(W, activation="linear", bias=bias), t_average=50).log_growth
        for bias in (None, np.linspace(-2, 5, 20))
    ]
    assert np.array_equal(*logs)


# --- T13: Kaplan-Yorke dimension ---


@pytest.mark.parametrize(
    "exponents, size, dimension",
    [((1, 0, -2), 3, 2.5), ((-1, -2), 2, 0), ((2, 1), 2, 2), ((2, 1), 5, np.nan), ((0.4, -0.1, -0.5), 3, 2.6)],
)
def test_t13_dimension(exponents, size, dimension):
    spectrum = pylyap.LyapunovSpectrum(
        log_growth=np.tile(np.array(exponents, dtype=float), (20, 1)), durations=np.ones(20), time_unit="step",
        size=size, status="converged", message="", diagnostics={}, provenance={}, final_state=np.zeros(size),
    )  # fmt: skip
    # rounding of a mean of 20; all positive: N if those are all, else nobody knows
    np.testing.assert_allclose(spectrum.kaplan_yorke_dimension, dimension, rtol=1e-13)
    assert bool(spectrum.reason("kaplan_yorke_dimension")) == bool(np.isnan(dimension))


# --- T14: sum rule ---


@pytest.mark.parametrize("g", [0.5, 1.5, 3.0])
def test_t14_without_autapses_the_mean_is_minus_one(g):
    spectrum = spectrum_of(pylyap.RateNetwork(pylyap.weights.gaussian(60, g, seed=14)), dt=0.05, t_average=50)
    # the trace of the Jacobian is exactly -N; RK4 integrates e^(-t) with a relative error of dt^4 / 120, and g does
    # the rest
    assert spectrum.exponents.mean() == pytest.approx(-1, abs=1e-5)


# --- T15: the semicircle ---


def test_t15_quantiles_of_the_semicircle():
    n = 100
    J = pylyap.weights.gaussian(n, 0.8, seed=15)
    network = pylyap.RateNetwork(J)
    exponents = spectrum_of(network, initial_state=np.zeros(n), t_transient=0, t_align=150, t_average=150).exponents
    # the run is the eigenvalues', log(condition of the eigenvectors) / t apart
    np.testing.assert_allclose(exponents, rates(J), rtol=0, atol=0.02)
    # one matrix: levels are rigid, the edges fluctuate by n^(-1/2) = 0.09
    found = exponents[[0, n // 4, n // 2, 3 * n // 4, n - 1]]
    np.testing.assert_allclose(found, semicircle(0.8, [1, 0.75, 0.5, 0.25, 0]), rtol=0, atol=0.09)


def semicircle(g, fractions):
    """Exponents below which these fractions lie: real parts of points spread evenly over a disk of radius g, less 1."""
    c = np.linspace(-1, 1, 20_001)
    below = 1 - np.arccos(c) / np.pi + c * np.sqrt(1 - c**2) / np.pi
    return g * np.interp(fractions, below, c) - 1


def test_t15_semicircle_itself():
    np.testing.assert_allclose(semicircle(0.8, [1, 0.5, 0]), [-0.2, -1, -1.8], rtol=0, atol=1e-12)


# --- T16: symmetric weights ---


@pytest.mark.parametrize("g", [1.5, 3.0])
def test_t16_symmetric_weights_end_in_a_fixed_point(g):
    n = 40
    gaussian = stream(16, "T16").standard_normal((n, n)) * g / np.sqrt(n)
    J = (gaussian + gaussian.T) / np.sqrt(2)
    spectrum = spectrum_of(pylyap.RateNetwork(J), t_transient=2000, t_align=500, t_average=500)
    assert spectrum.exponents[0] < 0
    # sqrt(D) J sqrt(D) is symmetric: no pairs, and close levels part as e^(-spacing * 500)
    slopes = 1 / np.cosh(spectrum.final_state) ** 2
    np.testing.assert_allclose(spectrum.exponents, rates(J * slopes), rtol=0, atol=2e-3)
