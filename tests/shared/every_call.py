"""What every public call that needs Julia gives for small systems, as arrays, to compare places where Julia can be."""

import numpy as np

import pylyap
from pylyap import analysis, sweeps


def swing(x, t):
    """A flow in Python that can be imported by name."""
    return np.array([x[1], -2 * np.sin(x[0]) - 0.5 * x[1] + np.cos(t)])


def of_spectrum(spectrum):
    return spectrum.exponents, spectrum.local_exponents, spectrum.final_state, spectrum.final_frame


def spectrum():
    network = pylyap.RateNetwork(
        pylyap.weights.gaussian(60, 3.0, seed=1), drive=pylyap.drives.white_noise(0.1, seed=2), bias=np.full(60, 0.1)
    )
    return of_spectrum(pylyap.lyapunov_spectrum(network, t_average=20))


def sparse_spectrum():
    W = pylyap.weights.gaussian(40, 3.0, seed=1) * (np.random.default_rng(1).random((40, 40)) < 0.3)
    from scipy.sparse import csr_array

    return of_spectrum(pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(csr_array(W)), t_average=100, n_exponents=7))


def ensemble():
    networks = (pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=i)) for i in range(3))  # not a list
    return [of_spectrum(found) for found in pylyap.lyapunov_ensemble(networks, t_average=100)]


def gains():
    network = pylyap.DiscreteNetwork(pylyap.weights.levy(30, 1.0, 1.5, seed=1))
    return tuple(pylyap.leading_exponents(network, [0.2, 1.0, 5.0], t_average=100))[:4]


def layers():
    rng = np.random.default_rng(1)
    W, W_in, inputs = rng.normal(size=(40, 10)), rng.normal(size=(40, 3)), rng.normal(size=(60, 3))
    return of_spectrum(pylyap.lyapunov_spectrum(pylyap.LSTMNetwork(W, W_in=W_in, inputs=inputs)))


def system_in_julia():
    source = "f!(next, x, p, t) = (next[1] = p.r * x[1] * (1 - x[1]))"
    logistic = pylyap.systems.map(1, source, parameters=dict(r=3.9), initial_state=[0.3])
    return of_spectrum(pylyap.lyapunov_spectrum(logistic, t_average=100))


def system_in_python():
    return of_spectrum(pylyap.lyapunov_spectrum(pylyap.systems.flow(2, swing, dt=0.1), t_average=20))


def custom_activation():
    phi = pylyap.activations.custom(value="u -> atan(u)", slope="u -> 1 / (1 + u^2)")
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 3.0, seed=1), activation=phi)
    return of_spectrum(pylyap.lyapunov_spectrum(network, t_average=50, n_exponents=3))


def force():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(30, 1.5, seed=1))
    trained = pylyap.train_force(network, np.sin(np.arange(200) / 20))
    return trained.network.weights, trained.readout, trained.outputs, trained.final_state, trained.generate(5)


def activity():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(20, 3.0, seed=1))
    found = analysis.activity(network, t_average=50)
    return found.state.mean, found.state.covariance, found.rates.covariance


def adjoint():
    return (analysis.adjoint_spectrum(pylyap.systems.henon(), t_average=200).local_exponents,)


def twin():
    found = analysis.twin_exponent(pylyap.systems.henon(), t_average=200)
    return found.local_exponents, found.tangent_local_exponents


def covariant():
    found = pylyap.covariant_vectors(pylyap.systems.henon(), n_vectors=2, t_average=200)
    return found.vectors, found.local_exponents, found.spectrum.exponents, found.frame_participation


def splitting():
    found = analysis.splitting_angles(pylyap.systems.henon(), n_vectors=2, t_average=200, sample_interval=2)
    return found.angles, found.times, found.exponents


def singular_values():
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(10, 0.5, seed=1))
    return (analysis.jacobian_singular_values(network, [1, 10]).log_singular_values,)


def sweep():
    measure = sweeps.Spectra(sweeps.RandomNetworks("levy", seed=1), t_average=100)
    result = pylyap.sweep(measure, sweeps.grid(n=20, alpha=1.5, gain=[0.2, 3.0], trial=0))
    return (result["exponents"],)


def sweep_of_gains():
    measure = sweeps.GainFamily(sweeps.RandomNetworks("levy", seed=1), t_average=100)
    result = pylyap.sweep(measure, sweeps.grid(n=20, alpha=1.5, gain=[0.2, 3.0], trial=0))
    return (result["largest_exponent"], result["mean_square"])


def controls():
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(10, 3.0, seed=1))
    return (pylyap.controls(network, time_budget=600, t_average=300).spectrum.exponents,)


CALLS = (
    spectrum, sparse_spectrum, ensemble, gains, layers, system_in_julia, system_in_python, custom_activation, force,
    activity, adjoint, twin, covariant, splitting, singular_values, sweep, sweep_of_gains,
)


def everything(calls=CALLS):
    """By name, what the calls give."""
    return {call.__name__: call() for call in calls}


def bits(found):
    """The same with each array as its bytes, which two equal ones share."""
    if isinstance(found, np.ndarray):
        return str(found.dtype), found.shape, found.tobytes()
    if isinstance(found, dict):
        return {name: bits(value) for name, value in found.items()}
    return [bits(value) for value in found]
