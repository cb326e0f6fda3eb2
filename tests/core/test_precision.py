"""Single precision against double precision, where rounding cannot grow: exponents below 0 under a drive."""

import numpy as np
import pytest
import scipy.sparse

import pylyap
from pylyap import errors
from pylyap.results import verdict

W = pylyap.weights.gaussian(40, 3.0, seed=2)
SPARSE = scipy.sparse.csr_array(W * (np.random.default_rng(1).random(W.shape) < 0.4))
MOVIE = np.random.default_rng(0).standard_normal((4000, 2))
DRIVES = {
    "sinusoid": pylyap.drives.sinusoid(4.0, 0.2, phase="random", seed=1),
    "array": pylyap.drives.array(4 * MOVIE, 0.1, input_weights=np.random.default_rng(2).standard_normal((40, 2))),
    "Ornstein-Uhlenbeck": pylyap.drives.ornstein_uhlenbeck(4.0, 1.0, seed=3),
    "white noise": pylyap.drives.white_noise(4.0, seed=3),
}


@pytest.mark.parametrize("weights, drive", [*((W, drive) for drive in DRIVES), (SPARSE, "array")])
def test_single_precision_of_driven_rate_networks(weights, drive):
    network = pylyap.RateNetwork(weights, bias=np.full(40, 0.1), drive=DRIVES[drive], tau=0.5)
    options = dict(t_average=120, t_transient=20, t_align=20, n_exponents=10)  # longer than a window of random numbers
    double = pylyap.lyapunov_spectrum(network, **options)
    assert double.exponents[0] < -0.05  # the state forgets its rounding errors
    single = pylyap.lyapunov_spectrum(network, **options, precision="float32")
    # 6e-8 a step, as long remembered as 1 / 0.05, amplified by conditions up to 100 in a block
    np.testing.assert_allclose(single.exponents, double.exponents, atol=2e-4)
    assert not np.array_equal(single.exponents, double.exponents)
    assert single.exponents.dtype == np.float64 and single.provenance["options"]["precision"] == "float32"


@pytest.mark.parametrize("weights", [W, SPARSE], ids=["dense", "sparse"])
def test_single_precision_of_discrete_networks(weights):
    network = pylyap.DiscreteNetwork(0.2 * weights, drive=pylyap.drives.white_noise(0.5, seed=1))
    options = dict(t_average=3000, t_transient=100, t_align=200, n_exponents=10)
    double = pylyap.lyapunov_spectrum(network, **options)
    single = pylyap.lyapunov_spectrum(network, **options, precision="float32")
    np.testing.assert_allclose(single.exponents, double.exponents, atol=1e-4)  # 6e-8 a step, not remembered, times 10 at most
    assert not np.array_equal(single.exponents, double.exponents)


def test_the_bounds_of_single_precision_are_its_own():
    spectrum = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=400, qr_interval=40.0, precision="float32")
    assert spectrum.status == "max_time" and "lost in rounding" in spectrum.message
    assert 0 < spectrum.diagnostics["n_beyond_precision"] < 40


@pytest.mark.parametrize(
    "network, options",
    [(pylyap.systems.lorenz63(), {}), (pylyap.RateNetwork(W), dict(solver="tsit5"))],
    ids=["system", "adaptive"],
)
def test_where_there_is_no_single_precision(network, options):
    with pytest.raises(errors.OptionError, match="float32"):
        pylyap.lyapunov_spectrum(network, t_average=10, precision="float32", **options)


def test_a_direction_that_died_is_not_lost_in_rounding():
    from types import SimpleNamespace

    plan = SimpleNamespace(is_map=True, precision="float64")
    stretch = np.array([[1.0, -1.0, -np.inf], [1.0, -50.0, -np.inf]])  # 51 is beyond 16 digits, 36; exact zeros are not
    assert verdict._beyond_precision(SimpleNamespace(log_growth=stretch, steps_per_block=5), plan) == 1
    assert verdict._beyond_precision(SimpleNamespace(log_growth=stretch[:1], steps_per_block=5), plan) == 0
