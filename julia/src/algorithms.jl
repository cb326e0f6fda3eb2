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
    MapStep()

One application of a [`DiscreteMap`](@ref) a step; the step is the unit of time.
"""
struct MapStep <: Algorithm end

n_stages(algorithm::ExplicitRungeKutta) = length(algorithm.stages)
n_stages(::MapStep) = 1

# out = base + dt * sum(a * K[i] for (i, a) in terms), in one pass over memory
function combine!(out, base, terms::Tuple, K, dt)
    arrays = map(term -> K[first(term)], terms)
    factors = map(term -> oftype(dt, dt * last(term)), terms)
    @inbounds @simd ivdep for e in eachindex(out, base)
        out[e] = base[e] + weighted_sum(factors, arrays, e)
    end
    return out
end

@inline weighted_sum(::Tuple{}, ::Tuple{}, e) = false
Base.@propagate_inbounds function weighted_sum(factors::Tuple, arrays::Tuple, e)
    return first(factors) * first(arrays)[e] + weighted_sum(Base.tail(factors), Base.tail(arrays), e)
end
