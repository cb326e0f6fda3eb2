"""Reference systems and users' own, through the public call. Their exponents are in test_analytic_cases.py."""

import inspect
import threading

import numpy as np
import pytest
from scipy.sparse import csr_array

import pylyap
from pylyap import errors, systems

SWING = """
function f!(dx, x, p, t)
    dx[1] = x[2]
    dx[2] = -p.k * sin(x[1]) - x[2]^3 + cos(t)
end"""
SWING_PRODUCT = """
jvp!(dv, v, x, p, t) = (dv[1] = v[2]; dv[2] = -p.k * cos(x[1]) * v[1] - 3x[2]^2 * v[2])"""
SQUARE = "f!(dx, x, p, t) = (dx .= -x .^ 2)"


def swing(x, t):
    return np.array([x[1], -2 * np.sin(x[0]) - x[1] ** 3 + np.cos(t)])


def swing_product(x, t, V):
    return np.array([[0, 1], [-2 * np.cos(x[0]), -3 * x[1] ** 2]]) @ V


def stretches(system, **options):
    """Logarithms of R over a short stretch from a given state, in which rounding has no time to grow."""
    options = {"t_average": 5, "t_transient": 0, "t_align": 0, "qr_interval": 1, **options}
    return pylyap.lyapunov_spectrum(system, initial_frame=np.eye(system.size), **options).log_growth


def run_briefly(system, **options):
    return pylyap.lyapunov_spectrum(system, t_average=2, t_transient=0, t_align=0, **options)


def test_four_ways_to_describe_a_flow_are_one():
    state = dict(initial_state=[0.4, 0.1])
    ways = [
        systems.flow(2, SWING, jvp=SWING_PRODUCT, parameters=dict(k=2.0), **state),
        systems.flow(2, SWING, parameters=dict(k=2), **state),
        systems.flow(2, swing, jvp=swing_product, **state),
        systems.flow(2, swing, **state),
    ]
    assert [way.calls_python for way in ways] == [False, False, True, True]
    first, *others = (stretches(way, dt=0.05) for way in ways)
    assert np.abs(first).max() > 0.1
    for other in others:
        np.testing.assert_allclose(other, first, rtol=0, atol=1e-11)  # rounding of a hundred steps


def test_a_map_in_julia_and_in_python_is_the_built_in_one():
    source = "f!(next, x, p, t) = (next[1] = 1 - p.a * x[1]^2 + x[2]; next[2] = p.b * x[1])"
    julia = systems.map(2, source, parameters=dict(a=1.4, b=0.3), initial_state=[0.1, 0.1])
    python = systems.map(2, lambda x, t: np.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]]), initial_state=[0.1, 0.1])
    expected = stretches(systems.henon(), t_average=20)
    for system in (julia, python):
        assert system.time_unit == "step" and system.dt is None
        # rounding, grown by e^(0.42 * 20)
        np.testing.assert_allclose(stretches(system, t_average=20), expected, rtol=0, atol=1e-9)


def test_maps_know_the_number_of_the_step():
    # the exponent of x -> (t + 1) x over the steps 10 to 19 is the mean of log 11, ..., log 20
    expected = np.log(np.arange(11, 21)).mean()
    for rhs in ("f!(next, x, p, t) = (next[1] = (t + 1) * x[1])", lambda x, t: (t + 1) * x):
        spectrum = pylyap.lyapunov_spectrum(systems.map(1, rhs), t_transient=4, t_align=6, t_average=10)
        assert spectrum.exponents[0] == pytest.approx(expected, abs=1e-14)


def test_parameters_arrive_by_name_and_in_their_shapes():
    source = """f!(next, x, p, t) = (next .= p.stack[:, :, p.which] * x .* p.scale .+ p.shift)"""
    stack = np.random.default_rng(0).standard_normal((3, 3, 2))
    parameters = dict(stack=stack, which=2, scale=0.5, shift=np.array([1, 2, 3]))
    system = systems.map(3, source, parameters=parameters, initial_state=np.ones(3))
    expected = stack[:, :, 1].sum(axis=1) / 2 + [1, 2, 3]
    stack[:] = 0  # the system has its own copy
    spectrum = pylyap.lyapunov_spectrum(system, t_average=1, t_transient=0, t_align=0)
    assert np.allclose(spectrum.final_state, expected, rtol=1e-14)


def test_where_runs_begin():
    halved = "f!(next, x, p, t) = (next .= x ./ 2)"
    run = dict(t_average=1, t_transient=0, t_align=0)
    states = [
        pylyap.lyapunov_spectrum(systems.map(3, halved, **state), seed=seed, **run).final_state
        for state, seed in ((dict(initial_state=[1, 2, 4]), 1), ({}, 1), ({}, 2))
    ]
    assert np.array_equal(states[0], [0.5, 1, 2])
    assert not np.array_equal(states[1], states[2]) and states[1].all()  # random, from the seed of the run


def test_python_functions_run_on_the_main_thread_and_their_errors_come_through():
    seen = set()

    def rhs(x, t):
        seen.add(threading.current_thread())
        if t > 3:
            raise KeyError("my own")
        return -x

    flow = systems.flow(20, rhs)  # wide enough for several tasks, if it were in Julia
    with pytest.raises(KeyError, match="my own"):
        pylyap.lyapunov_spectrum(flow, t_average=10)
    assert seen == {threading.main_thread()}
    assert pylyap.lyapunov_spectrum(systems.cat_map(), t_average=10).n_blocks  # Julia is well


def test_python_functions_may_keep_what_they_are_given():
    kept = []

    def rhs(x, t):
        kept.append(x)
        return 0.5 * x

    state = pylyap.lyapunov_spectrum(systems.map(1, rhs, initial_state=[1.0]), t_transient=0, t_align=0, t_average=3)
    assert [float(x[0]) for x in kept if x.dtype == float][-3:] == [1.0, 0.5, 0.25]
    assert state.final_state[0] == 0.125


def test_python_functions_may_return_the_same_array_each_time():
    buffer = np.zeros(2, dtype=complex)

    def reusing(x, t):
        buffer[:] = swing(x, t)
        return buffer if np.iscomplexobj(x) else buffer.real

    ways = [systems.flow(2, rhs, initial_state=[0.4, 0.1]) for rhs in (reusing, swing)]
    first, second = (stretches(way, dt=0.05) for way in ways)
    np.testing.assert_array_equal(first, second)


BAD = [
    (dict(rhs="f!(dx, x, p, t = 3"), errors.NetworkError, "syntax|ParseError"),
    (dict(rhs="3"), errors.NetworkError, "definition of a function"),
    (dict(rhs=SQUARE, jvp="4"), errors.NetworkError, "definition of a function"),
    (dict(rhs="f!(dx, x, p, t) = (dx[1] = x[1])"), errors.NetworkError, r"does not write the entries \[2\]"),
    (dict(rhs="f!(dx, x, p, t) = (dx[1:3] .= 0)"), errors.NetworkError, "BoundsError"),
    (dict(rhs="f!(dx, x, p, t) = (dx .= misspelt(x))"), errors.NetworkError, "misspelt`? not defined"),
    (dict(rhs="f!(dx, x, p, t) = (dx .= p.b .* x)", parameters={"a": 1}), errors.NetworkError, "has no field `?b"),
    (dict(rhs="f!(dx, x, p, t) = (dx .= 1 ./ x[1]^0 .- Inf)"), errors.NetworkError, "not finite"),
    (dict(rhs="f!(dx, x, p, t) = (y = zeros(2); y .= x; dx .= y)"), errors.NetworkError, "similar"),
    (dict(rhs="f!(dx, x, p, t) = (dx .= nextfloat.(Float64.(x)))"), errors.NetworkError, "given dual numbers"),
    (dict(rhs=SQUARE, jvp="jvp!(dv, v, x, p, t) = (dv .= -x .* v)"), errors.NetworkError, "not the derivative"),
    (dict(rhs=SQUARE, jvp="jvp!(dv, v, x, p, t) = (dv[1] = 0)"), errors.NetworkError, "does not write"),
    (dict(rhs=lambda x, t: x[:1]), errors.NetworkError, r"shape \(1,\)"),
    (dict(rhs=lambda x, t: 1 / 0), errors.NetworkError, "ZeroDivisionError"),
    (dict(rhs=lambda x: x), errors.NetworkError, "positional argument"),
    (dict(rhs=lambda x, t: np.abs(x)), errors.NetworkError, "not analytic"),
    (dict(rhs=lambda x, t: x, jvp=lambda x, t, V: 2 * V), errors.NetworkError, "not the derivative"),
    (dict(rhs=lambda x, t: x, jvp=lambda x, t, V: V[:1]), errors.NetworkError, r"shape \(1, 1\)"),
    (dict(rhs=lambda x, t: -x, jvp=lambda x, t, V: -V[:, [0] * V.shape[1]]), errors.NetworkError, "column 2 of 2"),
    (dict(rhs="f!(dx, x, p, t) = (p.c[1] += 1e-3; dx .= -x)", parameters={"c": [1]}), errors.NetworkError, "parameters"),
    (dict(rhs=lambda x, t: ["a", "b"]), errors.NetworkError, "dtype <U1"),
    (dict(rhs=SQUARE, jvp=lambda x, t, V: V), errors.OptionError, "both"),
    (dict(rhs=3), errors.OptionError, "rhs is a int"),
    (dict(rhs=lambda x, t: x, parameters={}), errors.OptionError, "for Julia source only"),
    (dict(rhs=SQUARE, parameters=[1]), errors.OptionError, "dict"),
    (dict(rhs=SQUARE, parameters={"a b": 1}), errors.OptionError, "name of a parameter"),
    (dict(rhs=SQUARE, parameters={"a": "b"}), errors.NetworkError, "parameter a"),
    (dict(rhs=SQUARE, parameters={"a": np.nan}), errors.NetworkError, "parameter a"),
    (dict(rhs=SQUARE, initial_state=[1]), errors.OptionError, r"\(2,\)"),
    (dict(rhs=SQUARE, dt=0), errors.OptionError, "dt"),
    (dict(rhs=SQUARE, jpv=""), errors.UnknownOptionError, "jvp"),
]


@pytest.mark.parametrize("options, error, says", BAD)
def test_wrong_functions_are_refused_when_described(options, error, says):
    with pytest.raises(error, match=says):
        systems.flow(2, **options)


@pytest.mark.parametrize(
    "make, error, says",
    [
        (lambda: systems.lorenz63(sigma="a"), errors.OptionError, "sigma"),
        (lambda: systems.lorenz96(3), errors.OptionError, ">= 4"),
        (lambda: systems.bernoulli_ring(2), errors.OptionError, ">= 3"),
        (lambda: systems.henon(b=np.inf), errors.OptionError, "finite"),
        (lambda: systems.linear(np.ones((2, 3))), errors.NetworkError, "square"),
        (lambda: systems.linear(csr_array(np.eye(3))), errors.NetworkError, "toarray"),
        (lambda: systems.flow(0, SQUARE), errors.OptionError, ">= 1"),
        (lambda: systems.map(2, SQUARE, dt=0.1), errors.UnknownOptionError, "dt"),
        (lambda: run_briefly(systems.henon(), dt=0.1), errors.OptionError, "no dt"),
        (lambda: run_briefly(systems.lorenz63(), solver="map"), errors.OptionError, "rk4"),
        (lambda: run_briefly(systems.lorenz63(), initial_state=[1.0]), errors.OptionError, "(3,)"),
    ],
)
def test_wrong_parameters_are_refused(make, error, says):
    with pytest.raises(error) as caught:
        make()
    assert says in str(caught.value)


REFERENCES = [name for name in systems.__all__ if name[0].islower() and all(
    parameter.default is not parameter.empty for parameter in inspect.signature(getattr(systems, name)).parameters.values()
)]  # fmt: skip


def test_reference_systems_are_found():
    assert {"lorenz63", "lorenz96", "cat_map"} <= set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_defaults_are_those_of_the_core(name):
    """Users of Python and users of the Julia core get the same system."""
    from pylyap._core.bridge import Bridge

    bridge, system = Bridge(), getattr(systems, name)()
    here, there = system.to_core(bridge, None), getattr(bridge.core, name)()
    assert here.n == there.n == system.size
    assert here.p == there.p  # bit for bit: numbers, tuples of numbers, or nothing


def test_options_of_a_run_win_over_the_system():
    spectrum = run_briefly(systems.lorenz63(), dt=0.005, initial_state=[0, 0, 5])
    assert spectrum.provenance["options"]["dt"] == 0.005
    assert np.allclose(spectrum.final_state, [0, 0, 5 * np.exp(-16 / 3)], rtol=1e-8)  # the z axis is invariant; RK4


def test_results_carry_their_unit_everywhere(tmp_path):
    spectrum = pylyap.lyapunov_spectrum(systems.rossler(), t_average=20)
    assert "per time" in spectrum.summary() and "rossler(a=0.2, b=0.2, c=5.7)" in spectrum.summary()
    assert "1/time" in spectrum.plot().get_ylabel()
    spectrum.save(tmp_path / "it.npz")
    assert pylyap.load(tmp_path / "it.npz").time_unit == "time"


@pytest.mark.parametrize("F", [object(), "8", np.ones((2, 2)), np.nan, None])
def test_a_forcing_that_is_not_a_number_is_refused(F):
    with pytest.raises(errors.OptionError, match="^F = "):
        systems.lorenz96(5, F=F)
