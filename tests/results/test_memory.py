"""Error bars need a memory that is short against the run: intermittency and Hamiltonian chaos are noticed."""

import numpy as np
import pytest

import pylyap
from pylyap import systems
from pylyap.results import memory

HENON_HEILES = """f!(d, x, p, t) = (d[1] = x[3]; d[2] = x[4]; d[3] = -x[1] - 2x[1] * x[2];
    d[4] = -x[2] - x[1]^2 + x[2]^2; nothing)"""
POMEAU_MANNEVILLE = "f!(n, x, p, t) = (y = x[1] + x[1]^p.z; n[1] = y > 1 ? y - 1 : y; nothing)"
POMEAU_MANNEVILLE_PRODUCT = "j!(d, v, x, p, t) = (d[1] = v[1] * (1 + p.z * x[1]^(p.z - 1)); nothing)"
STANDARD = "f!(n, x, p, t) = (n[2] = mod(x[2] + p.K * sin(x[1]), 2pi); n[1] = mod(x[1] + n[2], 2pi); nothing)"
STANDARD_PRODUCT = "j!(d, v, x, p, t) = (d[2] = v[2] + p.K * cos(x[1]) * v[1]; d[1] = v[1] + d[2]; nothing)"


def henon_heiles(y=-0.1, energy=1 / 8):
    return systems.flow(4, HENON_HEILES, initial_state=[0, y, np.sqrt(2 * energy - y**2 + 2 / 3 * y**3), 0], dt=0.05)


def intermittent(z, x0=0.3):
    return systems.map(1, POMEAU_MANNEVILLE, jvp=POMEAU_MANNEVILLE_PRODUCT, parameters=dict(z=z), initial_state=[x0])


def standard(K, state=(1.0, 2.0)):
    return systems.map(2, STANDARD, jvp=STANDARD_PRODUCT, parameters=dict(K=K), initial_state=state)


@pytest.mark.parametrize("k", [1, 4])
def test_hamiltonian_chaos_in_a_short_run(k):
    spectrum = pylyap.lyapunov_spectrum(henon_heiles(), t_average=2000, n_exponents=k)
    assert spectrum.status == "max_time" and "preserves volume" in spectrum.message
    assert spectrum.diagnostics["preserves_volume"] == 1 and spectrum.diagnostics["lyapunov_times"] < 1000


def test_regular_motion_is_not_chaos():
    spectrum = pylyap.lyapunov_spectrum(standard(1.5, (np.pi, 0.1)), t_average=20_000, n_exponents=1)
    assert spectrum.status == "max_time" and "preserves volume" in spectrum.message  # an island: 0, as log(t) / t


def test_sticky_islands_in_a_long_run():
    spectrum = pylyap.lyapunov_spectrum(standard(2.0, (0.1, 0.2)), t_average=40_000)
    assert spectrum.diagnostics["lyapunov_times"] > 1000
    assert spectrum.status == "max_time" and "sticks" in spectrum.message


def test_well_mixed_hamiltonian_chaos_converges():
    # nearly log(K / 2) = 1.609; 0.2 of 8000 runs have islands in reach, seen or not: three starts, two have to pass
    found = [pylyap.lyapunov_spectrum(standard(10.0, (1.0, y)), t_average=5000, n_exponents=1) for y in (1.0, 2.0, 3.0)]
    assert sum(spectrum.status == "converged" for spectrum in found) >= 2, [spectrum.message for spectrum in found]
    assert all(spectrum.diagnostics["preserves_volume"] == 1 for spectrum in found)
    assert pylyap.lyapunov_spectrum(systems.cat_map(), t_average=2000).status == "converged"  # exact


@pytest.mark.parametrize("z", [1.6, 1.8])
def test_laminar_phases(z):
    # 97 % of runs are found (measured, 200 starts): of three at least two
    found = [pylyap.lyapunov_spectrum(intermittent(z, x0), t_average=20_000) for x0 in (0.2, 0.3, 0.4)]
    refused = [s for s in found if s.status == "max_time" and ("intermittency" in s.message or "settled" in s.message)]
    assert len(refused) >= 2, [spectrum.message for spectrum in found]


def test_dissipative_chaos_converges():
    W = pylyap.weights.gaussian(20, 4.0, seed=3)
    for system in (systems.lorenz63(), pylyap.DiscreteNetwork(W), systems.henon()):
        spectrum = pylyap.lyapunov_spectrum(system, t_average=1000, n_exponents=1)
        assert spectrum.status == "converged", spectrum.message
        assert spectrum.diagnostics["preserves_volume"] != 1


def test_share_of_one_stretch_by_chance():
    # white noise and short memory: refused in at most 4 % of runs (measured: 4 and 3 %); 8 % of 300 is 3 errors more
    generator = np.random.default_rng(1)
    white = generator.standard_normal((300, 400))
    smooth = white[:, 1:] + 0.7 * white[:, :-1]
    for series in (white, smooth):
        shares = np.array([memory.largest_share(run - run.mean()) for run in series])
        assert (shares > memory.LARGEST_SHARE).mean() < 0.08


def test_share_of_one_stretch_among_long_ones():
    """Laminar phases whose lengths have no variance, P(length > l) = l^-1.5: nearly all runs are noticed."""
    generator = np.random.default_rng(2)
    found = []
    for _ in range(100):
        lengths = np.ceil(generator.pareto(1.5, 1000) + 1).astype(int)
        rates = np.concatenate([np.r_[np.zeros(length), 1.0, 1.0] for length in lengths])[:2000]
        found.append(memory.largest_share(rates - rates.mean()) > memory.LARGEST_SHARE)
    assert np.mean(found) > 0.85  # a run without a long phase cannot know


def test_slowest_window():
    durations = np.full(400, 0.5)
    rates = np.where((np.arange(400) >= 200) & (np.arange(400) < 240), 0.0, 1.0)  # 200 time units, 20 of them at rest
    # Lyapunov time 1 / 0.9; the windows of 40 of them, 50 units here as they have to fit, hold 20 at rest at most
    slowest = memory.slowest_window(rates, durations, 0.9)
    assert slowest == pytest.approx((1 - 20 / 50) / 0.9, rel=1e-9)
    assert np.isnan(memory.slowest_window(-rates, durations, -0.9))


def test_one_stretch_that_lasts_for_a_large_part_of_the_run():
    generator = np.random.default_rng(3)
    white = 1 + generator.standard_normal((200, 500))
    parts = np.array([memory.longest_stretch(run, run.mean()) for run in white])
    assert (parts > memory.LONGEST_PART).mean() < 0.02  # one in a thousand is meant
    laminar = np.where((np.arange(500) >= 100) & (np.arange(500) < 300), 0.1, white[0])
    assert memory.longest_stretch(laminar, laminar.mean()) == pytest.approx(0.4, abs=0.05)
    slow = np.sin(2 * np.pi * np.arange(500) / 250)  # two periods are a run that is too short
    assert memory.longest_stretch(slow, 0.0) == pytest.approx(0.25, abs=0.01)
    assert memory.longest_stretch(1 + 1e-6 * slow, 1.0) == 0.0  # a transient that is over, but for its last digits


@pytest.mark.parametrize("z", [2.0, 3.0])
def test_laminar_phases_of_any_length(z):
    """The exponent is 0, and every finite run finds another positive number."""
    found = [pylyap.lyapunov_spectrum(intermittent(z, x0), t_average=20_000) for x0 in (0.2, 0.3, 0.4, 0.6, 0.7)]
    assert all(s.status == "max_time" for s in found), [(s.exponents, s.stderr, s.message) for s in found]


def test_one_long_climb():
    generator = np.random.default_rng(5)
    white = generator.standard_normal((300, 1000))
    assert np.mean([memory.longest_climb(run) > memory.LONGEST_CLIMB for run in white]) < 0.02  # one in a hundred goes beyond 1
    smooth = [np.convolve(run, np.exp(-np.arange(30) / 5), "valid") for run in white]
    assert np.mean([memory.longest_climb(run) > memory.LONGEST_CLIMB for run in smooth]) < 0.05
    climbing = white[0].copy()
    climbing[200:230] = np.linspace(-1, 1, 30)
    assert memory.longest_climb(climbing) > 2
    bursts = np.tile(np.r_[np.linspace(1, 0, 60), np.tile([1.0, 0.2, 0.9, 0.1], 6)], 20)
    assert memory.longest_climb(bursts) == 0.0  # as long a one comes again and again
    assert memory.longest_climb(1 + 1e-5 * climbing) == 0.0


def test_a_state_that_comes_to_rest_has_no_laminar_phases():
    """Its rates fall for all of the run, from a start far from rest."""
    spectrum = pylyap.lyapunov_spectrum(
        pylyap.RateNetwork(pylyap.weights.gaussian(20, 0.5, seed=1)), t_transient=0, t_align=0, t_average=30, n_exponents=1)
    assert np.isnan(spectrum.diagnostics["longest_climb"]) and np.isnan(spectrum.diagnostics["longest_stretch"])
    assert "neutral point" not in spectrum.message
