# Systems given by functions: users' own, and most of the reference systems.

"""
    FunctionFlow(f!, jvp!, n; parameters=nothing, x0=zeros(n))
    FunctionFlow(f!, n; parameters=nothing, x0=zeros(n))

The flow `dx/dt = f(x, t)` in `n` variables. `f!(dx, x, p, t)` writes all of `dx`; `jvp!(dv, v, x, p, t)` writes the
Jacobian at `(x, t)` times the vector `v` into all of `dv`; `p` is `parameters`, handed on as it is. Neither may change
anything else: several tasks call them at once.

A `jvp!` with a method of its own for matrices, `jvp!(dV::AbstractMatrix, V::AbstractMatrix, x, p, t)`, is given all
vectors at once, as columns: what depends on `x` alone has to be computed only once.

Without `jvp!` the product is made by [`Dual`](@ref) numbers, exact to rounding: `f!` is called with vectors `dx` and
`x` of them, for up to 8 tangent vectors at once. So `f!` must take any `AbstractVector` of `Real` numbers, and make
arrays for what it computes with `similar(x)` or `zeros(eltype(x), n)`. `abs`, `mod`, `max` and comparisons may be there.

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
struct DualNumbers end

"A `jvp!` for all vectors at once."
struct AllAtOnce{J}
    jvp!::J
end

# Methods for vectors and for matrices are one and the same if the arguments have no types.
function with_columns(jvp!::J) where {J}
    arguments(Array) = Tuple{Array,Array,AbstractVector,Any,Any}
    hasmethod(jvp!, arguments(AbstractMatrix)) || return jvp!
    for_vectors = hasmethod(jvp!, arguments(AbstractVector)) ? which(jvp!, arguments(AbstractVector)) : nothing
    return which(jvp!, arguments(AbstractMatrix)) === for_vectors ? jvp! : AllAtOnce(jvp!)
end
with_columns(::DualNumbers) = DualNumbers()

for Kind in (:FunctionFlow, :FunctionMap)
    @eval begin
        # As it is, without a check.
        function $Kind{T}(f!, jvp!, n, p) where {T}
            product = with_columns(jvp!)
            return $Kind{T,typeof(f!),typeof(product),typeof(p)}(f!, product, n, p)
        end
        function $Kind(f!, jvp!, n::Integer; parameters=nothing, x0=zeros(n))
            system = $Kind{float(eltype(x0))}(f!, jvp!, n, parameters)
            check_system(system, x0)
            return system
        end
        $Kind(f!, n::Integer; options...) = $Kind(f!, DualNumbers(), n; options...)
    end
end

dimension(system::FunctionSystem) = system.n
linearization_length(system::FunctionSystem) = system.n + 1   # the state, and behind it the time

function evaluate!(out, linearization, system::FunctionSystem, x, t)
    copyto!(linearization, x)
    linearization[end] = t
    system.f!(out, x, system.p, t)
    return out
end

function tangent!(out, system::FunctionSystem, linearization, Y, scratch)
    product!(out, system.jvp!, system, Y, view(linearization, 1:system.n), linearization[end], scratch)
    return out
end

function product!(out, jvp!, system, Y, x, t, scratch)
    for c in axes(Y, 2)
        jvp!(view(out, :, c), view(Y, :, c), x, system.p, t)
    end
    return nothing
end

product!(out, all::AllAtOnce, system, Y, x, t, scratch) = (all.jvp!(out, Y, x, system.p, t); nothing)

# Slopes side by side share what depends on x alone, and the processor's vector instructions: four cost little more than
# one. Two widths only, since f! is compiled for each.
function product!(out, ::DualNumbers, system, Y, x, t, scratch)
    m = size(Y, 2)
    for first in 1:8:m
        columns = first:min(first + 7, m)
        at(A) = view(A, :, columns)
        width = length(columns) <= 4 ? Val(4) : Val(8)
        dual_product!(width, at(out), system, at(Y), x, t, scratch)
    end
    return nothing
end

function dual_product!(width, out, system, Y, x, t, scratch)
    system.f!(DualVector(view(scratch, :, 1), out, width), DualVector(x, Y, width), system.p, t)
    return nothing
end
