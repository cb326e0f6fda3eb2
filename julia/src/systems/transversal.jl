# Perturbations that are transversal to the synchronous state of coupled systems: the master stability function.

# See `Transversal`.
struct TransversalFlow{T,S<:Flow{T},H,C<:Union{T,Complex{T}}} <: Flow{T}
    system::S
    coupling::H
    strength::C
end
struct TransversalMap{T,S<:DiscreteMap{T},H,C<:Union{T,Complex{T}}} <: DiscreteMap{T}
    system::S
    coupling::H
    strength::C
end
const TransversalMode = Union{TransversalFlow,TransversalMap}

"""
    Transversal(system, coupling, strength)

The trajectory of a `system` (N variables) with the tangent of a transversal mode of identical systems coupled to each
other: Jacobian `J - strength * coupling` of a flow, `(I - strength * coupling) * J` of a map. `coupling` is a matrix N by N, or
`I` for all variables alike. `strength` is sigma gamma, the strength of the coupling times an eigenvalue of its Laplacian.

With a complex `strength` the real and the imaginary part of a perturbation stand below each other: there are 2 N
variables, the second half of the state repeats the first, and each exponent is there twice.

Source: Pecora & Carroll, "Master stability functions for synchronized coupled systems", Phys. Rev. Lett. 80, 2109 (1998).

# Examples
```julia
mode = Transversal(lorenz63(), I, 1.0)      # exponents 0.906 - 1, 0 - 1, -14.57 - 1
```
"""
Transversal(system::Flow, coupling, strength) = made(TransversalFlow, system, coupling, strength)
Transversal(system::DiscreteMap, coupling, strength) = made(TransversalMap, system, coupling, strength)

function made(Kind, system::AbstractSystem{T}, coupling, strength) where {T}
    n = dimension(system)
    coupling isa UniformScaling || size(coupling) == (n, n) ||
        throw(DimensionMismatch("the coupling must have size ($n, $n), got $(size(coupling))"))
    coupling = coupling isa UniformScaling ? UniformScaling(T(coupling.λ)) : convert(Matrix{T}, coupling)
    return Kind(system, coupling, strength isa Complex ? Complex{T}(strength) : T(strength))
end

is_complex(mode::TransversalMode) = mode.strength isa Complex
parts(mode::TransversalMode) = is_complex(mode) ? 2 : 1
dimension(mode::TransversalMode) = parts(mode) * dimension(mode.system)
linearization_length(mode::TransversalMode) = linearization_length(mode.system)
scratch_length(mode::TransversalMode) = max(scratch_length(mode.system), dimension(mode))
noise(mode::TransversalMode) = noise(mode.system)
start_step!(mode::TransversalMode, t, dt) = start_step!(mode.system, t, dt)
jumps(mode::TransversalMode) = jumps(mode.system)
owns_buffers(mode::TransversalMode) = owns_buffers(mode.system)

part(A, mode, p) = (n = dimension(mode.system); view(A, (p-1)*n+1:p*n, :))

function evaluate!(out, linearization, mode::TransversalMode, x, t)
    is_complex(mode) || return evaluate!(out, linearization, mode.system, x, t)
    n = dimension(mode.system)
    evaluate!(view(out, 1:n), linearization, mode.system, view(x, 1:n), t)
    copyto!(out, n + 1, out, 1, n)
    return out
end

function tangent!(out, mode::TransversalMode, linearization, Y, scratch)
    if is_complex(mode)
        for p in 1:2
            tangent!(part(out, mode, p), mode.system, linearization, part(Y, mode, p), scratch)
        end
    else
        tangent!(out, mode.system, linearization, Y, scratch)
    end
    return couple!(out, mode, Y, scratch)
end

couple!(out, mode::TransversalFlow, Y, scratch) = subtract_coupling!(out, mode, mode.strength, Y)
function couple!(out, mode::TransversalMap, Y, scratch)
    moved = view(scratch, 1:dimension(mode), :)
    copyto!(moved, out)
    return subtract_coupling!(out, mode, mode.strength, moved)
end

# out -= strength * coupling * Y
subtract_coupling!(out, mode, strength::Real, Y) = add_coupled!(out, mode.coupling, -strength, Y)
function subtract_coupling!(out, mode, strength::Complex, Y)
    a, b = reim(strength)
    real_part, imaginary_part = part(Y, mode, 1), part(Y, mode, 2)
    add_coupled!(part(out, mode, 1), mode.coupling, -a, real_part)
    add_coupled!(part(out, mode, 1), mode.coupling, b, imaginary_part)
    add_coupled!(part(out, mode, 2), mode.coupling, -a, imaginary_part)
    add_coupled!(part(out, mode, 2), mode.coupling, -b, real_part)
    return out
end

function add_coupled!(out, coupling::UniformScaling, factor, Y)
    factor *= coupling.λ
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] += factor * Y[i, c]
        end
    end
    return out
end
add_coupled!(out, coupling::Matrix, factor, Y) = multiply_add!(out, coupling, Y, factor)

function log_volume(mode::TransversalFlow, linearization)
    loss = mode.coupling isa UniformScaling ? dimension(mode.system) * mode.coupling.λ : tr(mode.coupling)
    return parts(mode) * (log_volume(mode.system, linearization) - real(mode.strength) * loss)
end

# The determinant of the coupling is small and seldom asked for: with all exponents only.
function log_volume(mode::TransversalMap, linearization)
    n = dimension(mode.system)
    factor = Matrix(I, n, n) - mode.strength * (mode.coupling * Matrix{eltype(mode.strength)}(I, n, n))
    return parts(mode) * (log_volume(mode.system, linearization) + first(logabsdet(factor)))
end
