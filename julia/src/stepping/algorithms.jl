# Integration methods as data: the trajectory and the tangent read the same coefficients, so that the tangent is the
# exact derivative of the state's step.

abstract type Algorithm end

"""
    ExplicitRungeKutta(stages, weights, nodes)

Explicit Runge-Kutta method. `stages[j]` lists the pairs `(i, a)` of earlier stages that enter stage j, `weights` the
pairs `(i, b)` of the step itself, `nodes[j]` the time of stage j in units of the step.
"""
struct ExplicitRungeKutta{S<:Tuple,W<:Tuple,C<:Tuple} <: Algorithm
    stages::S
    weights::W
    nodes::C
end

"""
    Euler()

Forward Euler, order 1: `x + dt f(x)` with the tangent `I + dt Df(x)`.
"""
Euler() = ExplicitRungeKutta(((),), ((1, 1.0),), (0.0,))

"""
    RK4()

The classical Runge-Kutta method, order 4, with its exact tangent.
"""
function RK4()
    return ExplicitRungeKutta(
        ((), ((1, 0.5),), ((2, 0.5),), ((3, 1.0),)),
        ((1, 1 / 6), (2, 1 / 3), (3, 1 / 3), (4, 1 / 6)),
        (0.0, 0.5, 0.5, 1.0),
    )
end

"""
    Heun()

Heun's method, order 2. With noise it is the stochastic Heun method for additive noise.
"""
Heun() = ExplicitRungeKutta(((), ((1, 1.0),)), ((1, 0.5), (2, 0.5)), (0.0, 1.0))

"""
    AdaptiveRungeKutta(method, error_weights, rtol, atol)

Explicit Runge-Kutta method with an error estimate, which is made of one more right-hand side, at the new state. The size
of its steps is controlled by the error of the state alone; the tangent is carried by the same stages and never looked at.
The integrator's `dt` is then the interval at whose end a step has to arrive.
"""
struct AdaptiveRungeKutta{M<:ExplicitRungeKutta,E<:Tuple} <: Algorithm
    method::M
    error_weights::E
    rtol::Float64
    atol::Float64
end

"""
    Tsit5(; rtol=1e-8, atol=1e-8)

Adaptive method of order 5 of Tsitouras, Comput. Math. Appl. 62, 770 (2011). The error of a step, root mean square over the
units, is kept below `atol + rtol * abs(x)`.
"""
function Tsit5(; rtol=1e-8, atol=1e-8)
    a3 = (-0.008480655492356989, 0.335480655492357)
    a4 = (2.8971530571054935, -6.359448489975075, 4.3622954328695815)
    a5 = (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525)
    a6 = (5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383)
    b = (0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774)
    error = (-0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
        0.5823571654525552, -0.45808210592918697, 1 / 66)
    numbered(a) = ntuple(i -> (i, a[i]), length(a))
    method = ExplicitRungeKutta(((), ((1, 0.161),), map(numbered, (a3, a4, a5, a6))...), numbered(b),
        (0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0))
    return AdaptiveRungeKutta(method, numbered(error), Float64(rtol), Float64(atol))
end

"""
    MapStep()

One application of a [`DiscreteMap`](@ref) per step; the step is the unit of time.
"""
struct MapStep <: Algorithm end

# Stages that enter the step, hence the tangent, and right-hand sides that a step of the state evaluates.
n_stages(algorithm::ExplicitRungeKutta) = length(algorithm.stages)
n_stages(::MapStep) = 1
n_stages(algorithm::AdaptiveRungeKutta) = n_stages(algorithm.method)
n_slopes(algorithm::Algorithm) = n_stages(algorithm)
n_slopes(algorithm::AdaptiveRungeKutta) = n_stages(algorithm) + 1
