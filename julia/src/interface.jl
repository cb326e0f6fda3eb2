# What a dynamical system has to tell the integrator: every method that it calls, with its default.

"""
    AbstractSystem{T}

A dynamical system with numbers of type `T`. Subtypes are a [`Flow`](@ref) or a [`DiscreteMap`](@ref) and define

- `dimension(system)`: length of the state;
- `evaluate!(out, linearization, system, x, t)`: write the right-hand side (flow) or the next state (map) at `(x, t)` into
  `out`, and into `linearization` the numbers that fix the Jacobian there;
- `tangent!(out, system, linearization, Y, scratch)`: write the Jacobian at `linearization` times the columns of `Y` into `out`;
  `scratch` has as many columns as `Y` and `scratch_length(system)` rows, and is free to use. Several tasks call it at
  once, so it must not write anything else;

and may define

- `adjoint!(out, system, linearization, Y, scratch)`: the same with the transposed Jacobian (default: column by column of the
  Jacobian, which allocates and is slow);
- `linearization_length(system)`: length of `linearization` (default: `dimension(system)`);
- `scratch_length(system)`: rows of `scratch` (default: `dimension(system)`);
- `leak(system)`: rates `r`, one number or one per unit, if the Jacobian of a flow is `r .* (C - I)`, and
  `coupling!(out, system, linearization, Y, scratch)`: C times the columns of `Y` (default: `nothing`, and `tangent!`);
- `before_weights(system)`: `Val(true)` if C is a matrix times `slopes_of(system, linearization)`, one for each unit, and the
  leak is one number; then `add_weighted_by!(out, system, Y)` adds the product of that matrix and `Y` to `out` (default:
  `Val(false)`);
- `log_volume(system, linearization)`: trace of the Jacobian (flow) or the logarithm of its absolute determinant (map), used
  for the sum rule only (default: `NaN`, unknown);
- `noise(system)`: a [`StepNoise`](@ref) of a flow (default: `nothing`);
- `start_step!(system, t, dt)`: called before each step of fixed length, for inputs that are constant in it, and
  `jumps(system)`: whether there are such inputs (default: `false`);
- `input_piece(system)`: number of the piece of the input that the present step belongs to, where pieces meet in jumps
  (default: 0);
- `owns_buffers(system)`: whether `evaluate!` writes to memory of the system's own, so that two runs that go side by
  side may not share the system (default: `false`);
- `share_frame(system, k, threads)`: the [`Panels`](@ref) in which `threads` tasks share a frame of `k` columns (default:
  as many tasks as have enough work each);
- `numbers_for_product(system)`: with what kind of numbers, "dual" or "complex", the right-hand side is called for want of a
  product (default: `""`, there is one);
- `parameters(system)`: what [`check_system`](@ref) watches for changes (default: `nothing`).

[`test_system`](@ref) tries all of it.

# Examples
```julia
import LyapunovSpectra as LS
struct Leak <: LS.Flow{Float64}
    n::Int
end
LS.dimension(system::Leak) = system.n
LS.evaluate!(dx, linearization, ::Leak, x, t) = (dx .= .-x)
LS.tangent!(out, ::Leak, linearization, Y, scratch) = (out .= .-Y)
LS.log_volume(system::Leak, linearization) = -float(system.n)
LS.test_system(Leak(3))
run = LS.init(Leak(3), LS.RK4(), ones(3), [1.0 0; 0 1; 0 0]; dt=0.1, steps_per_block=10)
LS.solve!(run, 10).exponents                     # -1, -1, up to the error of RK4
```
"""
abstract type AbstractSystem{T<:AbstractFloat} end

"A system in continuous time, `dx/dt = f(x, t)`. See [`AbstractSystem`](@ref)."
abstract type Flow{T} <: AbstractSystem{T} end

"A system in discrete time, `x(t+1) = f(x(t), t)`. See [`AbstractSystem`](@ref)."
abstract type DiscreteMap{T} <: AbstractSystem{T} end

function dimension end
function evaluate! end
function tangent! end
linearization_length(system::AbstractSystem) = dimension(system)
scratch_length(system::AbstractSystem) = dimension(system)
leak(::AbstractSystem) = nothing
coupling!(out, system::AbstractSystem, linearization, Y, scratch) = tangent!(out, system, linearization, Y, scratch)
before_weights(::AbstractSystem) = Val(false)
function slopes_of end
function add_weighted_by! end
log_volume(::AbstractSystem{T}, linearization) where {T} = T(NaN)
noise(::AbstractSystem) = nothing
start_step!(::AbstractSystem, t, dt) = nothing
jumps(::AbstractSystem) = false
input_piece(::AbstractSystem) = 0
owns_buffers(::AbstractSystem) = false
numbers_for_product(::AbstractSystem) = ""
parameters(::AbstractSystem) = nothing
number_type(::AbstractSystem{T}) where {T} = T

# Entry (j, c) is the scalar product of column j of the Jacobian with Y[:, c].
function adjoint!(out, system::AbstractSystem{T}, linearization, Y, scratch) where {T}
    n = dimension(system)
    unit, column, spare = zeros(T, n, 1), zeros(T, n, 1), zeros(T, scratch_length(system), 1)
    for j in 1:n
        unit[j] = 1
        tangent!(column, system, linearization, unit, spare)
        unit[j] = 0
        for c in axes(Y, 2)
            out[j, c] = dot(column, view(Y, :, c))
        end
    end
    return out
end
