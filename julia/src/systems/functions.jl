# Systems given by functions: users' own, and most of the reference systems.

"""
    FunctionFlow(f!, jvp!, n; parameters=nothing, x0=zeros(n))
    FunctionFlow(f!, n; parameters=nothing, x0=zeros(n))

The flow `dx/dt = f(x, t)` in `n` variables. `f!(dx, x, p, t)` writes all of `dx`; `jvp!(dv, v, x, p, t)` writes the
Jacobian at `(x, t)` times the vector `v` into all of `dv`; `p` is `parameters`, handed on as it is. Neither may change
anything else: several tasks call them at once.

Without `jvp!` the product is a complex step (Squire & Trapp, SIAM Rev. 40, 110 (1998)), exact to rounding: `f!` is
called with complex `dx` and `x`, so it has to be analytic. `abs`, `max`, comparisons and `x'` are not, and need a
`jvp!`.

Both functions are tried near `x0`, see [`check_system`](@ref).

# Examples
```julia
f!(dx, x, p, t) = (dx[1] = x[2]; dx[2] = -p.k * sin(x[1]) - x[2] + cos(t); nothing)
pendulum = FunctionFlow(f!, 2; parameters=(k=2.0,))
integrator = LS.init(pendulum, LS.RK4(), [0.1, 0.0], [1.0 0.0; 0.0 1.0]; dt=0.01, steps_per_block=100)
LS.solve!(integrator, 100).exponents                # their sum is -1, the divergence
```
"""
struct FunctionFlow{T,F,J,P} <: Flow{T}
    f!::F
    jvp!::J
    n::Int
    p::P
end

"""
    FunctionMap(f!, jvp!, n; parameters=nothing, x0=zeros(n))
    FunctionMap(f!, n; parameters=nothing, x0=zeros(n))

The map `x(t+1) = f(x(t), t)`: `f!(next, x, p, t)` writes the next state, with `t = 0.0, 1.0, ...` the number of the
step. Everything else is as for a [`FunctionFlow`](@ref).

# Examples
```julia
logistic = FunctionMap((next, x, p, t) -> (next[1] = 4x[1] * (1 - x[1])), 1; x0=[0.3])
LS.solve!(LS.init(logistic, LS.MapStep(), [0.3], ones(1, 1)), 10_000).exponents   # log(2)
```
"""
struct FunctionMap{T,F,J,P} <: DiscreteMap{T}
    f!::F
    jvp!::J
    n::Int
    p::P
end

const FunctionSystem{T} = Union{FunctionFlow{T},FunctionMap{T}}

"Stands for a `jvp!` that was not given."
struct ComplexStep end

for Kind in (:FunctionFlow, :FunctionMap)
    @eval begin
        # As it is, without a check.
        function $Kind{T}(f!, jvp!, n, p) where {T}
            return $Kind{T,typeof(f!),typeof(jvp!),typeof(p)}(f!, jvp!, n, p)
        end
        function $Kind(f!, jvp!, n::Integer; parameters=nothing, x0=zeros(n))
            system = $Kind{float(eltype(x0))}(f!, jvp!, n, parameters)
            check_system(system, x0)
            return system
        end
        $Kind(f!, n::Integer; options...) = $Kind(f!, ComplexStep(), n; options...)
    end
end

dimension(system::FunctionSystem) = system.n
point_length(system::FunctionSystem) = system.n + 1   # the state, and behind it the time

function evaluate!(out, point, system::FunctionSystem, x, t)
    copyto!(point, x)
    point[end] = t
    system.f!(out, x, system.p, t)
    return out
end

function tangent!(out, system::FunctionSystem, point, Y, scratch)
    x, t = view(point, 1:system.n), point[end]
    for c in axes(Y, 2)
        product!(view(out, :, c), system.jvp!, system, view(Y, :, c), x, t, view(scratch, :, c))
    end
    return out
end

product!(out, jvp!, system, v, x, t, scratch) = (jvp!(out, v, x, system.p, t); nothing)

# f(x + i h v) = f(x) + i h Df(x) v up to h^2, which is far below rounding
function product!(out, ::ComplexStep, system, v, x, t, scratch)
    system.f!(ComplexPair(scratch, out), ComplexPair(x, v), system.p, t)
    return nothing
end

"""
    ComplexPair(value, tangent)

The two vectors seen as the complex vector `value + i h tangent`, `h` tiny. No memory of its own, so that tasks do not
share any.
"""
struct ComplexPair{T,A<:AbstractVector{T},B<:AbstractVector{T}} <: AbstractVector{Complex{T}}
    value::A
    tangent::B
end

const COMPLEX_STEP = 1e-20   # its square is below the smallest relative difference, and far from underflow

Base.size(z::ComplexPair) = size(z.value)
Base.IndexStyle(::Type{<:ComplexPair}) = IndexLinear()

Base.@propagate_inbounds function Base.getindex(z::ComplexPair{T}, i::Int) where {T}
    return complex(z.value[i], T(COMPLEX_STEP) * z.tangent[i])
end

Base.@propagate_inbounds function Base.setindex!(z::ComplexPair{T}, w, i::Int) where {T}
    z.value[i] = real(w)
    z.tangent[i] = imag(w) / T(COMPLEX_STEP)
    return z
end
