"""Public calls with arguments that fit or do not: a table of them, from which hypothesis draws."""

import numpy as np
import odd_commands
import odd_public
from hypothesis import strategies as st
from odd_values import W, hostile, mostly

import pylyap
from pylyap import activations, analysis, drives, systems, theory, weights

seeds = mostly(0, 1, 12345, lambda: np.random.SeedSequence(3))
sizes = mostly(1, 2, 5, 30)
gains = mostly(0.5, 1.0, 3)
matrices = mostly(W, lambda: W(1), lambda: W(7) / 3, lambda: np.eye(3).tolist())
vectors = mostly(None, lambda: np.full(4, 0.1), lambda: np.zeros(7))
phi = mostly("tanh", "relu", "erf", "linear", lambda: activations.softplus())
inputs = mostly(
    None, lambda: drives.constant(0.1), lambda: drives.white_noise(0.1, seed=1), lambda: drives.ornstein_uhlenbeck(0.1, 1.0, seed=1),
    lambda: drives.array(np.zeros((200, 1)), 1.0), lambda: drives.sinusoid(0.1, 0.2),
)  # fmt: skip
networks = mostly(
    lambda: pylyap.RateNetwork(W()), lambda: pylyap.DiscreteNetwork(W()), lambda: pylyap.DiscreteNetwork(0 * W()),
    lambda: pylyap.DiscreteNetwork(1e3 * np.eye(3), activation="linear"), lambda: systems.lorenz63(), lambda: systems.henon(),
    lambda: pylyap.RateNetwork(W(), drive=drives.white_noise(0.1, seed=1)),
    lambda: pylyap.GRUNetwork(W(3).repeat(3, axis=0), W_in=np.ones((9, 2)), inputs=np.ones((50, 2))),
)  # fmt: skip
short, times = mostly(0, 1, 5), mostly(1, 5, 20, 30.0)
run = dict(
    t_average=times, t_transient=short, t_align=short, n_exponents=mostly(None, 1, 2), seed=seeds, dt=mostly(None, 0.1, 0.05),
    solver=mostly(None, "rk4", "tsit5", "heun", "euler"), qr_interval=mostly("auto", 1, 0.5), initial_state=vectors,
    initial_frame=mostly(None, lambda: np.eye(4)[:, :2]), precision=mostly("float64", "float32"),
    target_stderr=mostly(None, 0.1, lambda: {"entropy_rate": 1.0}), rtol=mostly(None, 1e-6), atol=mostly(None, 1e-6),
    tangent_order=mostly("forward", "published-transposed"), checkpoint_interval=mostly(60, 0), progress=mostly(None, False),
)  # fmt: skip
limit = dict(time_limit=st.just(1.0))  # or a long run would be right
unknown = {"colour": hostile()}


def only(names, options=run):
    return {name: options[name] for name in names.split()}


# name: (function, arguments that are always given, arguments that may be)
CALLS = {
    "RateNetwork": (pylyap.RateNetwork, dict(W=matrices), dict(activation=phi, tau=gains, bias=vectors, drive=inputs)),
    "DiscreteNetwork": (pylyap.DiscreteNetwork, dict(W=matrices), dict(activation=phi, bias=vectors, drive=inputs)),
    "GRUNetwork": (
        pylyap.GRUNetwork, dict(W=mostly(lambda: W(3).repeat(3, axis=0))),
        dict(W_in=mostly(lambda: np.ones((9, 2))), inputs=mostly(lambda: np.ones((9, 2))), bias=vectors, initial_state=vectors),
    ),
    "LSTMNetwork": (pylyap.LSTMNetwork, dict(W=mostly(lambda: W(3).repeat(4, axis=0))), dict(inputs=matrices, hidden_bias=vectors)),
    "LeakyRNN": (pylyap.LeakyRNN, dict(W=matrices), dict(leak=gains, activation=phi, inputs=matrices, W_in=matrices)),
    "lyapunov_spectrum": (pylyap.lyapunov_spectrum, dict(network=networks, **limit), {**run, **unknown}),
    "lyapunov_ensemble": (
        pylyap.lyapunov_ensemble, dict(networks=st.lists(networks, max_size=3) | hostile(), t_average=times, **limit),
        only("t_transient t_align seed n_exponents qr_interval initial_state precision"),
    ),
    "leading_exponents": (
        pylyap.leading_exponents, dict(network=networks, gains=mostly([1.0], [0.5, 2.0]), t_average=times, **limit),
        only("t_transient t_align seed initial_state initial_frame"),
    ),
    "covariant_vectors": (
        pylyap.covariant_vectors, dict(network=networks, n_vectors=mostly(1, 2), t_average=times, **limit),
        {**only("t_transient t_align seed dt solver qr_interval initial_state progress"), "t_backward": mostly(None, 5, 20),
         "sample_interval": mostly(None, 1, 5), "max_memory": mostly("1 MB", 10_000, "1 GB"), "checkpoint": mostly(None, "covariant.npz")},
    ),
    "splitting_angles": (
        analysis.splitting_angles,
        dict(network=networks, n_vectors=mostly(1, 2), t_average=times, sample_interval=mostly(1, 5), **limit),
        dict(t_backward=mostly(None, 5), t_align=short, seed=seeds),
    ),
    "transversal_exponents": (
        pylyap.transversal_exponents,
        dict(system=mostly(lambda: systems.lorenz63(), lambda: systems.henon()), eigenvalues=mostly([0.0, -1.0]), t_average=times, **limit),
        dict(strength=gains, coupling=matrices, n_exponents=mostly(1, 2), seed=seeds, t_align=short),
    ),
    "controls": (pylyap.controls, dict(network=networks, time_budget=mostly(1.0)), dict(seed=seeds, t_average=times, n_exponents=mostly(1))),
    "EchoStateNetwork": (
        pylyap.EchoStateNetwork, dict(W=matrices, W_in=mostly(lambda: np.ones((4, 2)))),
        dict(bias=vectors, leak=gains, activation=phi, readout=matrices, readout_bias=vectors, state=vectors),
    ),
    "sweep": (
        pylyap.sweep, dict(measure=mostly(lambda: pylyap.sweeps.Measure("m", lambda condition: {"y": condition["x"]})),
                           conditions=mostly(lambda: [{"x": 1.0}], lambda: [{"x": 1.0}, {"x": 2.0}])),
        dict(store=mostly(None, "store"), progress=mostly(None, False), time_limit=mostly(None, 1.0), retries=mostly(0, 1),
             engine=mostly(None, "processes")),
    ),
    "sweep of spectra": (
        lambda n, gain, **options: pylyap.sweep(
            pylyap.sweeps.Spectra(pylyap.sweeps.RandomNetworks("gaussian", seed=1), **options), pylyap.sweeps.grid(n=n, gain=gain, trial=0)
        ),
        dict(n=mostly(3, [3, 4]), gain=gains, t_average=times), only("t_transient t_align seed n_exponents"),
    ),
    "train_force": (
        pylyap.train_force, dict(network=networks, target=mostly(lambda: np.sin(np.arange(50) / 5)), **limit),
        dict(dt=run["dt"], solver=run["solver"], feedback=vectors, steps_per_update=sizes, regularization=gains, seed=seeds),
    ),
    "activity": (analysis.activity, dict(network=networks, t_average=times, **limit), only("t_transient seed initial_state dt")),
    "adjoint_spectrum": (analysis.adjoint_spectrum, dict(network=networks, t_average=times, **limit), only("n_exponents t_align seed")),
    "twin_exponent": (analysis.twin_exponent, dict(network=networks, t_average=times, **limit), only("t_transient seed")),
    "jacobian_singular_values": (analysis.jacobian_singular_values, dict(network=networks, times=mostly([1, 5]), **limit), {}),
    "load": (pylyap.load, dict(path=hostile()), {}),
    "read_weights": (pylyap.read_weights, dict(path=hostile()), dict(key=hostile(), direction=mostly("to_from"), layout=mostly("auto"))),
    "weights.gaussian": (weights.gaussian, dict(n=sizes, g=gains, seed=seeds), dict(autapses=mostly(True, False))),
    "weights.levy": (weights.levy, dict(n=sizes, g=gains, alpha=gains, seed=seeds), dict(beta=mostly(0.0), autapses=mostly(True))),
    "weights.orthogonal": (weights.orthogonal, dict(n=sizes, g=gains, seed=seeds), {}),
    "weights.erdos_renyi": (weights.erdos_renyi, dict(n=sizes, g=gains, seed=seeds), dict(probability=mostly(0.3), in_degree=mostly(None, 2))),
    "weights.low_rank": (weights.low_rank, dict(n=mostly(4), g=gains, left=vectors, right=vectors, seed=seeds), {}),
    "weights.prune": (weights.prune, dict(W=matrices, fraction=gains, action=mostly("remove"), which=mostly("weakest")), {}),
    "weights.scaled_to": (weights.scaled_to, dict(W=matrices, spectral_radius=gains), {}),
    "weights.shuffled": (weights.shuffled, dict(W=matrices, seed=seeds), {}),
    "drives.constant": (drives.constant, dict(value=gains), dict(input_weights=matrices)),
    "drives.array": (drives.array, dict(values=matrices, interval=gains), dict(interpolation=mostly("linear"), input_weights=matrices)),
    "drives.white_noise": (drives.white_noise, dict(sigma=gains, seed=seeds), dict(common=mostly(True), input_weights=matrices)),
    "drives.ornstein_uhlenbeck": (drives.ornstein_uhlenbeck, dict(sigma=gains, tau_c=gains, seed=seeds), dict(common=mostly(True))),
    "drives.sinusoid": (drives.sinusoid, dict(amplitude=gains, frequency=gains), dict(phase=mostly("random"), seed=seeds)),
    "activations.custom": (
        activations.custom, dict(value=mostly("u -> sin(u)", "u -> error(1)", "("), slope=mostly("u -> cos(u)", "u -> 0")), {}
    ),
    "systems.linear": (systems.linear, dict(A=matrices), {}),
    "systems.lorenz96": (systems.lorenz96, dict(n=sizes), dict(F=gains)),
    "systems.map": (
        systems.map, dict(n=sizes, rhs=mostly("f!(y, x, p, t) = (y .= x ./ 2)", "nonsense", lambda: (lambda x, t: x / 2))),
        dict(parameters=mostly(None, lambda: {"a": 1.0}), initial_state=vectors),
    ),
    "theory.largest_exponent": (theory.largest_exponent, dict(g=gains), {}),
    "theory.discrete_time_spectrum": (theory.discrete_time_spectrum, dict(g=gains, n=sizes), {}),
    "theory.annealed_transition_gain": (theory.annealed_transition_gain, dict(n=sizes, alpha=mostly(1.5)), {}),
    "theory.quenched_transition_gain": (theory.quenched_transition_gain, dict(W=matrices), {}),
    "theory.mean_field": (theory.mean_field, dict(g=gains), {}),
    "theory.newman_spectrum": (theory.newman_spectrum, dict(n=sizes, g=gains), {}),
    "batch_mean": (pylyap.batch_mean, dict(spectra=hostile()), {}),
    "sweeps.grid": (pylyap.sweeps.grid, {}, dict(g=mostly([1, 2]), n=hostile())),
    "from_torch": (pylyap.from_torch, dict(module=hostile(), inputs=hostile()), {}),
    "from_state_dict": (pylyap.from_state_dict, dict(source=mostly(lambda: {"a": W()}), inputs=matrices), dict(key=hostile())),
    "start_julia": (pylyap.start_julia, {}, dict(threads=st.sampled_from([0, -1, "x", 1.5, None, True]))),
}


CALLS.update(odd_public.torch_rows())


def add_all_others():
    """Rows for all commands, all public functions that have none, and the methods of results; computes results, which starts Julia."""
    CALLS.update({name: odd_public.row(method) for name, method in odd_public.methods(odd_public.results())})
    CALLS.update(odd_commands.rows())
    for name, function in odd_public.public():
        if name not in odd_public.ELSEWHERE and not has_row(name):
            CALLS[name] = odd_public.row(function)


def has_row(name):
    return name in CALLS or name.rpartition(".")[2] in CALLS


@st.composite
def calls(draw):
    """(name, function, arguments)."""
    name = draw(st.sampled_from(sorted(CALLS)))
    function, always, sometimes = CALLS[name]
    given = {key: draw(values) for key, values in always.items()}
    for key in draw(st.lists(st.sampled_from(sorted(sometimes)), unique=True, max_size=4)) if sometimes else ():
        given[key] = draw(sometimes[key])
    return name, function, given
