"""Products of users' functions without a jvp, descriptions that compile once, and what they are told."""

import math

import numpy as np
import pytest

import pylyap
from pylyap import errors, systems
from pylyap.systems import definitions

CHEBYSHEV = "f!(next, x, p, t) = (next[1] = cos(p.k * acos(x[1])))"


def in_numpy(k):
    return lambda x, t: np.cos(k * np.arccos(x))


@pytest.mark.parametrize("k, options", [(6, {}), (5, {}), (5, dict(qr_interval=27)), (3, dict(qr_interval=200))])
def test_a_vector_that_has_grown(k, options):
    # the exponent of the map is ln k; 5000 steps leave a fluctuation of a few 1e-3
    run = dict(t_average=5400, progress=False, **options)
    julia = systems.map(1, CHEBYSHEV, parameters=dict(k=k), initial_state=[0.3])
    assert pylyap.lyapunov_spectrum(julia, **run).exponents[0] == pytest.approx(math.log(k), abs=0.02)
    run["t_average"] = 1080 if "qr_interval" not in options else 10 * options["qr_interval"]
    python = systems.map(1, in_numpy(k), initial_state=[0.3])
    found = pylyap.lyapunov_spectrum(python, t_transient=10, t_align=20, **run)
    assert found.exponents[0] == pytest.approx(math.log(k), abs=0.1)  # fewer steps


def test_complex_steps_fit_the_vector_and_the_state():
    def bent(x, t):
        return np.array([np.sin(x[0]) * x[1] ** 3, x[1] / (1 + x[0] ** 2), x[2] ** 2 + x[0]])

    def slopes(x):
        a, b, c = x
        return np.array([
            [np.cos(a) * b**3, 3 * np.sin(a) * b**2, 0],
            [-2 * a * b / (1 + a**2) ** 2, 1 / (1 + a**2), 0],
            [1, 0, 2 * c],
        ])

    functions = definitions.PythonFunctions(bent, None)
    for x in ([0.7, -0.4, 2.0], [1e-30, 1e-25, 1e40], [0.0, 1.0, 0.0], [1e50, 3.0, -1e-60]):
        x = np.array(x)
        V = np.array([[1.0, 0.0, 1e-40], [2.0, 0.0, 1.0], [-1.0, 0.0, 1e30]]).T
        for scale in (1e-290, 1e-20, 1.0, 1e20, 1e200):
            product, expected = functions.multiply(x, 0.0, scale * V), slopes(x) @ (scale * V)
            # rounding of a sum of three terms, of their size
            bound = 1e-14 * np.abs(slopes(x)) @ np.abs(scale * V)
            assert (np.abs(product - expected) <= bound + 1e-300).all(), (x, scale)
    assert functions.multiply(np.zeros(3), 0.0, np.ones((3, 1)))[0, 0] == 0.0  # a cube at zero


TENT = "f!(next, x, p, t) = (next[1] = p.a * (1 - abs(2x[1] - 1)) / 2)"
SHIFT = "f!(next, x, p, t) = (next[1] = mod(3x[1] + p.a * sin(x[2]), 1); next[2] = max(x[2] / 2, x[2]^2 / 9))"


def test_kinks_and_jumps_in_julia_need_no_product():
    tent = systems.map(1, TENT, parameters=dict(a=1.9), initial_state=[0.3])
    assert pylyap.lyapunov_spectrum(tent, t_average=300).exponents[0] == pytest.approx(math.log(1.9), abs=1e-12)
    shift = systems.map(2, SHIFT, parameters=dict(a=0.2), initial_state=[0.3, 1.0])
    found = pylyap.lyapunov_spectrum(shift, t_average=300).exponents
    np.testing.assert_allclose(found, [math.log(3), -math.log(2)], atol=1e-10)  # triangular, constant


@pytest.mark.parametrize(
    "rhs", [lambda x, t: np.abs(x) - 0.5, lambda x, t: np.mod(2 * x, 1), lambda x, t: np.floor(x) + x, lambda x, t: x.real]
)
def test_kinks_and_jumps_in_python_are_refused(rhs):
    with pytest.raises(errors.NetworkError, match="complex|not analytic|give"):
        systems.map(2, rhs, initial_state=[0.3, -0.6])


def test_types_of_arguments_are_named_as_the_cause():
    for source in (
        "f!(d::Vector{Float64}, x::Vector{Float64}, p, t) = (d .= -x)",
        "g(a::Float64) = -a\nf!(d, x, p, t) = (d .= g.(x))",
    ):
        with pytest.raises(errors.NetworkError, match="write x::AbstractVector and a::Real"):
            systems.flow(2, source)


def logistic(r):
    return systems.map(1, f"f!(next, x, p, t) = (next[1] = {r!r} * x[1] * (1 - x[1]))", initial_state=[0.3])


def exponent(system):
    return pylyap.lyapunov_spectrum(system, t_average=300, progress=False).exponents[0]


def test_numbers_in_a_source_are_compiled_once():
    from pylyap._core import user_systems

    functions = [user_systems._compiled(f"f!(y, x, p, t) = (y .= {r} .* x .+ {r + 1})", None)[0] for r in (2.5, 3.25)]
    typeof = user_systems.session.julia().seval("typeof")
    assert str(typeof(functions[0])) == str(typeof(functions[1]))
    family = systems.map(
        1, "f!(next, x, p, t) = (next[1] = p.r * x[1] * (1 - x[1]))", parameters=dict(r=3.5), initial_state=[0.3]
    )
    for r in (3.6, 3.9):
        assert exponent(logistic(r)) == pytest.approx(exponent(family.with_parameters(r=r)), abs=1e-12)


@pytest.mark.parametrize(
    "source",
    [
        "const a = 1.5\nf!(next, x, p, t) = (next .= a .* x)",
        "g(x) = 1.5x\nf!(next, x, p, t) = (next .= g.(x))",
        "a = 7.5\nf!(next, x, p, t) = (a = 1.5; next .= a .* x)",  # another name within the function
        "f!(next, x, p, t) = (next .= g.(x))\ng(x) = 1.5x\nf!",  # used before it is defined
        "struct A end\nf!(next, x, p, t) = (next .= 1.5 .* x)",
        "(next, x, p, t) -> next .= 1.5 .* x",
        "function f!(next, x, p, t)\n @inbounds for i in eachindex(x)\n next[i] = 1.5 * x[i]\n end\nend",
    ],
)
def test_sources_mean_what_they_say(source):
    system = systems.map(2, source, initial_state=[1e-100, 1e-100])
    assert pylyap.lyapunov_spectrum(system, t_average=20, t_transient=0, t_align=0).exponents == pytest.approx(math.log(1.5))


def test_with_parameters():
    system = systems.map(2, "f!(y, x, p, t) = (y .= p.a .* x .* p.b)", parameters=dict(a=2.0, b=[1, 1]))
    assert system.with_parameters() is system
    other = system.with_parameters(a=1, b=[0.5, 0.25])
    run = dict(t_average=10, t_transient=0, t_align=0, initial_frame=np.eye(2))  # a random one needs time to turn
    np.testing.assert_allclose(pylyap.lyapunov_spectrum(other, **run).exponents, np.log([0.5, 0.25]))
    np.testing.assert_allclose(pylyap.lyapunov_spectrum(system, **run).exponents, np.log([2, 2]))  # as it was
    with pytest.raises(errors.UnknownOptionError, match="'a'"):
        system.with_parameters(aa=1)
    with pytest.raises(errors.OptionError, match="shape"):
        system.with_parameters(b=[1, 2, 3])
    with pytest.raises(errors.NetworkError):
        system.with_parameters(a=np.inf)
    with pytest.raises(errors.UnknownOptionError):
        systems.henon().with_parameters(a=1.3)


def test_a_map_that_diverges_is_not_told_of_dt():
    spectrum = pylyap.lyapunov_spectrum(systems.henon(a=3.0), t_average=1000)
    assert spectrum.status == "diverged" and "dt" not in spectrum.message
    flow = systems.flow(1, "f!(dx, x, p, t) = (dx[1] = x[1]^2)", initial_state=[1.0])
    assert "make dt smaller" in pylyap.lyapunov_spectrum(flow, t_average=10).message
