"""Every system keeps the contract of `pylyap._contracts.System`: one test over all that there are."""

import numpy as np
import pytest
from every_class import every_class

import pylyap
from pylyap._contracts import Drive, System, fingerprints
from pylyap.systems.transversal import Transversal

RNG = np.random.default_rng(1)
W = RNG.normal(size=(6, 6)) / 3
SYSTEMS = {
    "rate network": lambda: pylyap.RateNetwork(W, tau=2.0, bias=np.arange(6) / 10),
    "driven rate network": lambda: pylyap.RateNetwork(W, drive=pylyap.drives.sinusoid(0.3, 0.1)),
    "discrete network": lambda: pylyap.DiscreteNetwork(W, activation="softplus"),
    "sparse network": lambda: pylyap.RateNetwork(pylyap.weights.erdos_renyi(6, 1.0, in_degree=2, seed=1)),
    "leaky RNN": lambda: pylyap.LeakyRNN(W, W_in=W[:, :2], inputs=RNG.normal(size=(40, 2)), leak=0.5),
    "GRU": lambda: pylyap.GRUNetwork(RNG.normal(size=(9, 3)), bias=np.zeros(9), hidden_bias=np.zeros(9)),
    "LSTM": lambda: pylyap.LSTMNetwork(RNG.normal(size=(12, 3)), bias=np.zeros(12)),
    "reference flow": pylyap.systems.lorenz63,
    "reference map": pylyap.systems.henon,
    "linear flow": lambda: pylyap.systems.linear(-np.eye(3)),
    "linear map": lambda: pylyap.systems.linear_map(np.diag([2.0, 0.5])),
    "flow in Julia": lambda: pylyap.systems.flow(2, "f!(dx, x, p, t) = (dx[1] = -p.a * x[1]; dx[2] = -x[2])", parameters={"a": 2}),
    "map in Python": lambda: pylyap.systems.map(1, lambda x, t: 3.9 * x * (1 - x), initial_state=[0.3]),
    "time constants": lambda: pylyap.RateNetwork(W, tau=1 + np.arange(6) / 5, input_gain=2.0),
    "sparse leaky RNN": lambda: pylyap.LeakyRNN(
        pylyap.weights.erdos_renyi(6, 1.0, in_degree=2, seed=1), leak=np.linspace(0.2, 1, 6)),
    "transversal mode": lambda: Transversal(pylyap.systems.lorenz63(), np.diag([1.0, 0, 0]), 0.5),
    "published tangent": lambda: _published(),
}


def _published():
    from pylyap.papers.xie2025.transposed import PublishedTransposed

    return PublishedTransposed(pylyap.DiscreteNetwork(W))


@pytest.fixture(params=SYSTEMS, scope="module")
def system(request):
    return SYSTEMS[request.param]()


def test_every_class_of_system_is_tried_here():
    tried = {type(make()) for make in SYSTEMS.values()}
    assert every_class(System) <= tried | {sub for cls in tried for sub in cls.__mro__}, "add the new system to SYSTEMS"


def test_a_system_that_forgets_a_method_cannot_be_made():
    class Forgetful(System):
        time_unit = "step"
        size = 1

    with pytest.raises(TypeError, match="arrays.*to_core"):
        Forgetful()


def test_its_facts_have_the_types_of_the_contract(system):
    assert isinstance(system, System)
    assert isinstance(system.size, int) and system.size >= 1
    assert system.time_unit in ("tau", "time", "step") and system.is_map == (system.time_unit == "step")
    assert system.drive is None or isinstance(system.drive, Drive)
    assert system.initial_state is None or system.initial_state.shape == (system.size,)
    assert system.sequence_length is None or system.sequence_length >= 1
    assert system.core_time > 0 and (system.dt is None or system.dt > 0)
    assert isinstance(system.calls_python, bool) and isinstance(system.is_autonomous, bool)
    assert "float64" in system.precisions and system.rates in (None, "activation", "state")
    assert len(repr(system)) < 300 and "object at" not in repr(system)


def test_its_arrays_tell_it_apart_and_do_not_change(system):
    first = fingerprints(system.arrays())
    assert first and first == fingerprints(system.arrays())
    assert all(len(digits) == 16 for digits in first.values())


def test_the_core_makes_it_with_its_size(system):
    from pylyap._core.bridge import Bridge
    from pylyap._runtime import julia

    bridge = Bridge()
    feed = bridge.feed_of(system, 0.1)
    made = system.to_core(bridge, feed.inputs)
    assert int(julia().LyapunovSpectra.dimension(made)) == system.size
    is_map = bool(julia().seval("s -> s isa LyapunovSpectra.DiscreteMap")(made))
    assert is_map == system.is_map


def test_it_runs_and_says_what_it_was(system):
    steps = 20 if system.is_map else 2
    spectrum = pylyap.lyapunov_spectrum(system, t_average=steps, t_transient=0, t_align=0)
    assert spectrum.size == system.size and spectrum.time_unit == system.time_unit
    assert spectrum.provenance["network"] == repr(system)
    assert set(fingerprints(system.arrays())) < set(spectrum.provenance["sha256"])
    assert spectrum.message.startswith(system.caution)


@pytest.mark.parametrize("make", [
    lambda x: pylyap.systems.linear([[-x, 0.0], [0.0, -2.0]]),
    lambda x: pylyap.systems.linear_map([[x, 0.0], [0.0, 2.0]]),
    lambda x: pylyap.systems.lorenz63(rho=28 + x),
    lambda x: pylyap.systems.flow(1, f"f!(dx, x, p, t) = (dx[1] = -{x} * x[1])"),
    lambda x: pylyap.systems.flow(1, "f!(dx, x, p, t) = (dx[1] = -p.a * x[1])", parameters={"a": x}),
    lambda x: pylyap.systems.map(1, lambda state, t: x * state, jvp=lambda state, t, V: x * V),
    lambda x: pylyap.RateNetwork(np.eye(2), drive=pylyap.drives.array([[x], [2.0]], 1.0)),
    lambda x: pylyap.RateNetwork(np.eye(2), drive=pylyap.drives.constant([x, 1.0])),
    lambda x: pylyap.RateNetwork(np.eye(2), drive=pylyap.drives.sinusoid(1.0, x)),
    lambda x: pylyap.RateNetwork(np.eye(2), drive=pylyap.drives.white_noise(x, seed=1)),
    lambda x: pylyap.RateNetwork(np.eye(2), drive=pylyap.drives.ornstein_uhlenbeck(1.0, x, seed=1)),
    lambda x: pylyap.DiscreteNetwork(np.eye(2), activation=pylyap.activations.threshold_linear(x)),
    lambda x: pylyap.LeakyRNN(np.eye(2), leak=x),
    lambda x: pylyap.RateNetwork(np.eye(2), tau=x),
])  # fmt: skip
def test_systems_that_differ_in_one_number_have_other_fingerprints_and_reprs(make):
    # 1e-7 is below what a repr with six digits shows
    one, same, other = make(0.5), make(0.5), make(0.5 + 1e-7)
    assert fingerprints(one.arrays()) == fingerprints(same.arrays()) != fingerprints(other.arrays())
    assert repr(one) == repr(same)


@pytest.mark.parametrize("make", [
    lambda x: pylyap.systems.linear([[-x, 0.0], [0.0, -2.0]]),
    lambda x: pylyap.systems.flow(1, f"f!(dx, x, p, t) = (dx[1] = -{x} * x[1])"),
    lambda x: pylyap.systems.map(1, lambda state, t: x * state, jvp=lambda state, t, V: x * V),
    lambda x: pylyap.drives.array([[x], [2.0]], 1.0),
    lambda x: pylyap.drives.constant([x, 1.0]),
])  # fmt: skip
def test_what_has_no_short_description_is_told_apart_by_its_mark(make):
    assert repr(make(0.5)) == repr(make(0.5)) != repr(make(0.25))
