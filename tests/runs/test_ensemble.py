"""Many networks at once: the same numbers as one at a time, and nothing lost."""

import numpy as np
import pytest

import pylyap
from pylyap import errors


def networks(count, n=30):
    return [pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=seed)) for seed in range(count)]


def test_results_are_those_of_single_runs():
    nets = [*networks(3), *networks(2, n=12)]
    spectra = pylyap.lyapunov_ensemble(nets, t_average=60, t_transient=10, t_align=10, seed=4)
    assert [spectrum.size for spectrum in spectra] == [30, 30, 30, 12, 12]
    for i, (network, spectrum) in enumerate(zip(nets, spectra)):
        seed = np.random.SeedSequence(4, spawn_key=(i,))
        alone = pylyap.lyapunov_spectrum(network, t_average=60, t_transient=10, t_align=10, seed=seed)
        np.testing.assert_array_equal(spectrum.final_state, alone.final_state)  # one thread for the state, both times
        # rows and columns of at most 30 numbers are multiplied and factorised on one thread, both times
        np.testing.assert_array_equal(spectrum.log_growth, alone.log_growth)
        assert spectrum.status == alone.status


def test_driven_networks_keep_their_realisations():
    drive = pylyap.drives.white_noise(0.5, seed=3)
    nets = [pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=n), drive=drive) for n in (10, 20, 30)]
    spectra = pylyap.lyapunov_ensemble(nets, t_average=1500, t_transient=300, t_align=300)
    for i, (network, spectrum) in enumerate(zip(nets, spectra)):
        seed = np.random.SeedSequence(0, spawn_key=(i,))
        alone = pylyap.lyapunov_spectrum(network, t_average=1500, t_transient=300, t_align=300, seed=seed)
        np.testing.assert_array_equal(spectrum.final_state, alone.final_state)


def test_one_that_diverges_does_not_stop_the_others():
    spectra = pylyap.lyapunov_ensemble(
        [pylyap.DiscreteNetwork(np.full((2, 2), 1e200), activation="linear"), pylyap.DiscreteNetwork(np.eye(2) / 2)],
        t_average=30, t_transient=0, t_align=0,
    )
    assert [spectrum.status for spectrum in spectra] == ["diverged", "max_time"]
    assert spectra[1].n_blocks == 30


def test_a_generator_is_read_as_needed_and_a_time_limit_keeps_results():
    made = []

    def endless():
        while True:
            made.append(len(made))
            yield pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=len(made)))

    # the first step counts, and is made before anybody looks at the clock
    counting = dict(t_transient=0, t_align=0, qr_interval=1)
    spectra = pylyap.lyapunov_ensemble(endless(), t_average=2000, time_limit=1.0, **counting)
    assert len(spectra) >= 1 and len(made) <= len(spectra) + 1
    assert spectra[0].n_blocks > 0


@pytest.mark.parametrize(
    "options, error",
    [
        (dict(t_average=-1), errors.OptionError),
        (dict(t_average=10, target_stderr=0.1), errors.OptionError),
        (dict(t_average=10, t_aling=3), errors.UnknownOptionError),
    ],
)
def test_bad_options(options, error):
    with pytest.raises(error):
        pylyap.lyapunov_ensemble(networks(2), **options)


def test_bad_networks():
    assert pylyap.lyapunov_ensemble([], t_average=10) == []
    with pytest.raises(errors.NetworkError):
        pylyap.lyapunov_ensemble([np.eye(3)], t_average=10)
    with pytest.raises(errors.NetworkError, match="list"):
        pylyap.lyapunov_ensemble(networks(1)[0], t_average=10)
    with pytest.raises(errors.OptionError, match="time_limit"):
        pylyap.lyapunov_ensemble(networks(1), t_average=10, time_limit="soon")


def test_systems_with_different_clocks():
    systems = [pylyap.systems.lorenz63(), pylyap.systems.rossler(), pylyap.systems.rossler(), pylyap.systems.henon()]
    assert systems[0].dt != systems[1].dt
    spectra = pylyap.lyapunov_ensemble(systems, t_average=40, t_transient=10, t_align=5)
    for i, (system, spectrum) in enumerate(zip(systems, spectra)):
        assert spectrum.durations.sum() == pytest.approx(40)
        seed = np.random.SeedSequence(0, spawn_key=(i,))
        alone = pylyap.lyapunov_spectrum(system, t_average=40, t_transient=10, t_align=5, seed=seed)
        np.testing.assert_array_equal(spectrum.log_growth, alone.log_growth)


def test_the_same_system_twice():
    lorenz = pylyap.systems.lorenz63()
    spectra = pylyap.lyapunov_ensemble([lorenz, lorenz], t_average=5, t_transient=1)
    assert len(spectra) == 2
