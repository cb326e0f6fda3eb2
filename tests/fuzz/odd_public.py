"""Every public function, class and method that has no row of its own in `odd_calls`: arguments by their names."""

import functools
import inspect

import numpy as np
from hypothesis import strategies as st
from odd_values import W, hostile, mostly

import pylyap
from pylyap import activations, analysis, annealed, drives, papers, plotting, sweeps, systems, theory, weights
from pylyap.analysis import transitions

ROOMS = {
    "": pylyap, "activations": activations, "analysis": analysis, "transitions": transitions, "annealed": annealed, "drives": drives,
    "papers": papers, "plotting": plotting, "sweeps": sweeps, "systems": systems, "theory": theory, "weights": weights,
}  # fmt: skip
# Ways to compute that need something else than this process, or make no sense by themselves.
ELSEWHERE = ("sweeps.here", "sweeps.dask", "sweeps.submitit", "sweeps.checkpoint_of", "sweeps.Engine")
NUMBERS = mostly(0.1, 0.5, 1.0, 2.5)
LISTS = mostly(lambda: [1.0, 2.0, 3.0], lambda: np.linspace(0.5, 2, 8))
TABLES = mostly(lambda: [[1.0, 2.0], [2.0, 3.0]], lambda: np.ones((3, 8)), lambda: np.linspace(0, 1, 24).reshape(3, 8))
SEEDS, SIZES, MATRICES = mostly(0, 12345), mostly(1, 2, 5, 30), mostly(W, lambda: W(7))
RESULTS = (pylyap.LyapunovSpectrum, pylyap.CovariantVectors, sweeps.SweepResult, systems.System)
BY_NAME = {
    **dict.fromkeys("g gains_ gain tau e a b c sigma rho beta F mu omega noise eta threshold separation horizon".split(), NUMBERS),
    **dict.fromkeys("exponent mean_slopes mean_log_slopes slopes t window strength largest_exponent eps level".split(), NUMBERS),
    **dict.fromkeys("fraction in_strength spectral_radius interval euler_step amplitude frequency".split(), NUMBERS),
    **dict.fromkeys("gains x y sizes errors exponents fractions mean_square eigenvalues".split(), LISTS),
    **dict.fromkeys("values covariance states matrices".split(), TABLES),
    **dict.fromkeys("n m k draws bins every jobs workers threads n_bootstrap in_degree n_units n_steps".split(), SIZES),
    **dict.fromkeys(["seed", "shuffle_seed"], SEEDS),
    "W": MATRICES, "alpha": mostly(1.0, 1.5, 2.0), "widths": mostly(lambda: [4, 4, 4]), "ax": st.none() | hostile(),
    "path": hostile(), "index": mostly("fraction"), "activation": mostly("tanh", "relu"), "phi": mostly("tanh"),
    "conditions": mostly(lambda: [{"x": 1.0}], lambda: [{"x": 1.0}, {"x": 2.0}]), "direction": mostly(lambda: np.ones(4)),
    "measure": mostly(lambda: sweeps.Measure("m", lambda condition: {"y": condition["x"]})),
    "condition": mostly(lambda: {"x": 1.0}), "inputs": mostly(lambda: np.ones((20, 2))), "target": mostly(lambda: np.ones((20, 1))),
    "system": mostly(lambda: systems.lorenz63(), lambda: systems.henon()), "law": mostly(lambda: (lambda x: x)),
    "paper": mostly("xie2025"), "figure": hostile(), "effort": mostly(lambda: papers.Effort(quick=True)),
    "name": hostile(), "value": mostly("y", "u -> u"), "by": st.none() | hostile(),
}  # fmt: skip


def is_result(kind):
    """Whether a class is what a call hands back: nobody makes one by hand."""
    return hasattr(kind, "_fields") or hasattr(kind, "__dataclass_fields__") or kind in RESULTS


def public():
    """(name, function) of all public functions and classes that take what users give."""
    for room, module in ROOMS.items():
        for name in getattr(module, "__all__", vars(module)):
            value = getattr(module, name)
            home = getattr(value, "__module__", "")
            is_own = home.startswith("pylyap.") if hasattr(module, "__all__") else home == module.__name__
            if name.startswith("_") or not is_own or not (inspect.isroutine(value) or inspect.isclass(value)):
                continue
            if not (inspect.isclass(value) and is_result(value)):
                yield (f"{room}.{name}" if room else name), value


def methods(results):
    """(name, function) of the public methods and properties of made results."""
    for result in results:
        kind = type(result)
        for name in dir(kind):
            if name.startswith("_") or hasattr(tuple, name):
                continue
            value = inspect.getattr_static(kind, name)
            if isinstance(value, (property, functools.cached_property)):
                yield f"{kind.__name__}.{name}", functools.partial(getattr, result, name)
            elif callable(getattr(result, name)) and "bridge" not in inspect.signature(value).parameters:  # which runs give
                yield f"{kind.__name__}.{name}", getattr(result, name)


def row(function):
    """(function, arguments that are always given, arguments that may be), with strategies by the parameters' names."""
    is_error = inspect.isclass(function) and issubclass(function, BaseException)
    if isinstance(function, functools.partial) or is_error:  # a property; an error has no parameters of ours
        return function, {}, {}
    always, sometimes = {}, {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        options = always if parameter.default is parameter.empty else sometimes
        options[name] = BY_NAME.get(name, hostile())
    return function, always, sometimes


def results():
    """One result of each kind, small."""
    flow, map_ = pylyap.RateNetwork(W()), pylyap.DiscreteNetwork(2 * W())
    spectrum = pylyap.lyapunov_spectrum(map_, t_average=50, t_transient=5, t_align=5)
    vectors = pylyap.covariant_vectors(map_, n_vectors=3, t_average=40, t_transient=5, t_align=20)
    jacobian = analysis.jacobian_singular_values(map_, times=[1, 4])
    measure = sweeps.Measure("m", lambda condition: {"y": condition["x"]})
    sweep = pylyap.sweep(measure, [{"x": 1.0}, {"x": 2.0}])
    networks = sweeps.Spectra(sweeps.RandomNetworks("gaussian"), t_average=100)
    forecast = sweeps.forecast(networks, [{"n": 4, "gain": 2.0, "trial": 0}])
    for network in (pylyap.LSTMNetwork(W(3).repeat(4, axis=0)), pylyap.GRUNetwork(W(3).repeat(3, axis=0))):
        pylyap.lyapunov_spectrum(network, t_average=5)  # whose code Julia compiles here, and not in a case that has 20 s
    found = [
        flow, map_, spectrum, vectors, jacobian, sweep, analysis.activity(flow, t_average=5), analysis.adjoint_spectrum(flow, t_average=5),
        analysis.twin_exponent(flow, t_average=5), analysis.splitting_angles(map_, n_vectors=2, t_average=20, sample_interval=4),
        analysis.symmetry(spectrum), analysis.density(spectrum.exponents), analysis.finite_time_exponents(spectrum, 10),
        analysis.gradient_verdict(spectrum), analysis.localisation(vectors), vectors.hyperbolicity(),
        pylyap.leading_exponents(map_, [0.5, 2.0], t_average=20), pylyap.train_force(flow, np.sin(np.arange(50) / 5)),
        pylyap.transversal_exponents(systems.lorenz63(), [0.0, -1.0], t_average=2, t_transient=1, t_align=1),
        pylyap.EchoStateNetwork(W(), np.ones((4, 2))), theory.mean_field(2.0), forecast, activations.tanh(), systems.lorenz63(),
        drives.white_noise(0.1, seed=1), pylyap.torch.TrainingHistory(np.arange(2), np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(2)),
    ]  # fmt: skip
    BY_NAME.update(
        **dict.fromkeys(["spectrum", "result"], mostly(lambda: spectrum, lambda: vectors, lambda: jacobian)),
        spectra=mostly(lambda: [spectrum.exponents] * 2, lambda: {"a": spectrum}, lambda: [spectrum, spectrum]),
        windows=mostly(lambda: analysis.finite_time_exponents(spectrum, 10)),
        vectors=mostly(lambda: vectors), jacobian=mostly(lambda: jacobian), verdict=mostly(lambda: analysis.gradient_verdict(spectrum)),
    )
    return found


def torch_rows():
    """What needs torch, {} without it."""
    try:
        import torch
    except ImportError:
        return {}
    modules = mostly(lambda: torch.nn.RNN(2, 3), lambda: torch.nn.LSTM(2, 3), lambda: torch.nn.GRUCell(2, 3), lambda: torch.nn.Linear(2, 2))
    inputs = mostly(lambda: torch.ones(20, 2), lambda: np.ones((20, 3, 2)))

    def measured(module, step, **options):
        pylyap.torch.LyapunovCallback(**options).on_step(module, step)

    options = dict(every=mostly(1), n_exponents=mostly(1, 2), recurrent=mostly(None), path=hostile(), seed=SEEDS, t_align=mostly(1, 2))
    return {
        "from_torch, modules": (pylyap.from_torch, dict(module=modules, inputs=inputs), dict(initial_state=mostly(None))),
        "torch.LyapunovCallback": (measured, dict(module=modules, step=mostly(0, 5), inputs=inputs), options),
        "torch.find_recurrent": (pylyap.torch.callback.find_recurrent, dict(module=modules), dict(name=mostly(None))),
        "torch.load_history": (pylyap.torch.load_history, dict(path=hostile()), {}),
    }
