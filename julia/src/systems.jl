# What a dynamical system has to tell the integrator.

"""
    AbstractSystem{T}

A dynamical system with numbers of type `T`. Subtypes are a [`Flow`](@ref) or a [`DiscreteMap`](@ref) and define

- `dimension(system)`: length of the state;
- `evaluate!(out, point, system, x, t)`: write the right-hand side (flow) or the next state (map) at `(x, t)` into
  `out`, and into `point` the numbers that fix the Jacobian there;
- `tangent!(out, system, point, Y, scratch)`: write the Jacobian at `point` times the columns of `Y` into `out`;
  `scratch` has as many columns as `Y` and `scratch_length(system)` rows, and is free to use;

and may define

- `point_length(system)`: length of `point` (default: `dimension(system)`);
- `scratch_length(system)`: rows of `scratch` (default: `dimension(system)`);
- `log_volume(system, point)`: trace of the Jacobian (flow) or the logarithm of its absolute determinant (map), used
  for the sum rule only (default: `NaN`, unknown);
- `noise(system)`: a [`StepNoise`](@ref) of a flow (default: `nothing`);
- `start_step!(system, t, dt)`: called before each step of fixed length, for inputs that are constant in it, and
  `jumps(system)`: whether there are such inputs (default: `false`).
"""
abstract type AbstractSystem{T<:AbstractFloat} end

"A system in continuous time, `dx/dt = f(x, t)`."
abstract type Flow{T} <: AbstractSystem{T} end

"A system in discrete time, `x(t+1) = f(x(t), t)`."
abstract type DiscreteMap{T} <: AbstractSystem{T} end

function dimension end
function evaluate! end
function tangent! end
point_length(system::AbstractSystem) = dimension(system)
scratch_length(system::AbstractSystem) = dimension(system)
log_volume(::AbstractSystem{T}, point) where {T} = T(NaN)
noise(::AbstractSystem) = nothing
# Whether evaluating the system writes to memory of its own, so that two tasks may not share it.
owns_buffers(::AbstractSystem) = false
start_step!(::AbstractSystem, t, dt) = nothing
jumps(::AbstractSystem) = false

# out += factor * W * Y. One method for each kind of weights.
function multiply_add!(out, W::StridedMatrix, Y, factor)
    BLAS.gemm!('N', 'N', factor, W, Y, one(factor), out)
    return out
end
function multiply_add!(out::AbstractVector, W::StridedMatrix, x, factor)
    BLAS.gemv!('N', factor, W, x, one(factor), out)
    return out
end

# out = W * x
multiply!(out::AbstractVector, W::StridedMatrix{T}, x) where {T} = BLAS.gemv!('N', one(T), W, x, zero(T), out)
multiply!(out::AbstractMatrix, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('N', 'N', one(T), W, Y, zero(T), out)

# Weights that lie in memory row by row.
const Rows{T} = Transpose{T,<:StridedMatrix{T}}

function multiply_add!(out::AbstractMatrix, W::Rows, Y, factor)
    BLAS.gemm!('T', 'N', factor, parent(W), Y, one(factor), out)
    return out
end
function multiply_add!(out::AbstractVector, W::Rows, x, factor)
    BLAS.gemv!('T', factor, parent(W), x, one(factor), out)
    return out
end
multiply!(out::AbstractVector, W::Rows{T}, x) where {T} = BLAS.gemv!('T', one(T), parent(W), x, zero(T), out)
multiply!(out::AbstractMatrix, W::Rows{T}, Y) where {T} = BLAS.gemm!('T', 'N', one(T), parent(W), Y, zero(T), out)
