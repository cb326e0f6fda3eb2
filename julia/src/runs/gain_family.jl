# One network at many gains: the states and tangent vectors of all of them go through one matrix product per step.

"""
    GainFamily(network, gains, x0, v0)

The maps `x(t+1) = phi(input_gain .* (g W x(t) + bias + drive(t)))` of a [`DiscreteNetwork`](@ref) with dense weights `W`, one for
every `g` in `gains`. Each has a state of its own that begins at `x0`, and one tangent vector that begins at `v0`; its
length after a step is its growth in this step, since every step divides it by its length before. Move it by
[`relax!`](@ref) and [`advance!`](@ref); `advance!` with a [`GainLog`](@ref) counts.

A family runs on one thread and its products on one thread of BLAS; several run side by side with
[`advance_all!`](@ref), each with a network made anew (the weights may be shared).

# Examples
```julia
using LyapunovSpectra, LinearAlgebra
import LyapunovSpectra as LS
network = DiscreteNetwork(randn(200, 200) ./ sqrt(200))
family = GainFamily(network, [0.8, 1.5, 3.0], randn(200), normalize!(randn(200)))
relax!(family, 500)                                  # states alone
advance!(family, 100)                                # states and tangent vectors, not counted
log = GainLog{Float64}(3, 1000)
advance!(family, 1000, log)
exponents = vec(sum(log.log_growth; dims=2)) ./ 1000
```
"""
mutable struct GainFamily{T,S<:DiscreteNetwork{T,<:StridedMatrix}}
    system::S
    gains::Vector{T}
    columns::Matrix{T}      # the states, then the tangent vectors
    products::Matrix{T}     # W times them
    norms::Vector{T}        # of the tangent vectors, which are divided by them in the step that follows
    input::Vector{T}        # bias + drive(t)
    n_steps::Int
    n_logged::Int
end

function GainFamily(network::DiscreteNetwork{T}, gains, x0, v0) where {T}
    n, m = dimension(network), length(gains)
    length(x0) == length(v0) == n ||
        throw(DimensionMismatch("state and tangent vector must have length $n, got $(length(x0)) and $(length(v0))"))
    columns = hcat(repeat(x0, 1, m), repeat(v0, 1, m))
    norms = fill(T(norm(v0)), m)
    return GainFamily(network, Vector{T}(gains), Matrix{T}(columns), zeros(T, n, 2m), norms, zeros(T, n), 0, 0)
end

n_gains(family) = length(family.gains)

"""
    GainLog(log_growth, squares)
    GainLog{T}(n_gains, n_steps)

What the counted steps of a [`GainFamily`](@ref) leave behind: `log_growth[j, s]`, the logarithm of the growth of the
tangent vector of gain j in the family's counted step s (-Inf if it died), and `squares[j]`, the sum over steps of the
mean of x^2 over units. There is room for `n_steps`; one more is a `BoundsError`.
"""
struct GainLog{T}
    log_growth::Matrix{T}
    squares::Vector{T}
end

GainLog{T}(n_gains::Integer, n_steps::Integer) where {T} = GainLog(zeros(T, n_gains, n_steps), zeros(T, n_gains))

"""
    relax!(family, n_steps)

Move the states alone by `n_steps` steps; the tangent vectors stay. Returns the family.
"""
function relax!(family::GainFamily, n_steps::Integer)
    states, products = view(family.columns, :, 1:n_gains(family)), view(family.products, :, 1:n_gains(family))
    without_subnormals() do
        for _ in 1:n_steps
            multiply!(products, family.system.weights, states)
            set_input!(family)
            for j in 1:n_gains(family)
                relax_column!(family, j)
            end
            family.n_steps += 1
        end
    end
    return family
end

"""
    advance!(family, n_steps, log=nothing)

Move states and tangent vectors by `n_steps` steps, and with a [`GainLog`](@ref) count them. Returns the family.
"""
function advance!(family::GainFamily, n_steps::Integer, log::Union{GainLog,Nothing}=nothing)
    without_subnormals() do
        for _ in 1:n_steps
            multiply!(family.products, family.system.weights, family.columns)
            set_input!(family)
            for j in 1:n_gains(family)
                advance_column!(family, j)
            end
            family.n_steps += 1
            log === nothing || write_step!(log, family)
        end
    end
    return family
end

# A quiescent state decays through the subnormal numbers, which are slow. It may as well be 0: nothing depends on it.
function without_subnormals(work)
    kept = get_zero_subnormals()
    set_zero_subnormals(true)
    try
        with_blas_threads(work, 1)
    finally
        set_zero_subnormals(kept)
    end
    return nothing
end

function set_input!(family)
    network = family.system
    start_step!(network, family.n_steps, 1)
    copyto!(family.input, network.bias)
    add_drive!(family.input, network.drive, family.n_steps)
    return nothing
end

function relax_column!(family, j)
    states, products, input = family.columns, family.products, family.input
    phi, g, own = family.system.activation, family.gains[j], family.system.input_gain
    @inbounds for i in eachindex(input)
        states[i, j] = value(phi, own[i] * (g * products[i, j] + input[i]))
    end
    return nothing
end

function advance_column!(family, j)
    columns, products, input = family.columns, family.products, family.input
    phi, g, own = family.system.activation, family.gains[j], family.system.input_gain
    k = j + n_gains(family)     # column of the tangent vector
    factor = family.norms[j] > 0 ? g / family.norms[j] : zero(g)
    total = zero(g)
    @inbounds for i in eachindex(input)
        u = own[i] * (g * products[i, j] + input[i])
        columns[i, j] = value(phi, u)
        v = own[i] * slope(phi, u) * factor * products[i, k]
        columns[i, k] = v
        total += abs2(v)
    end
    # squares of small numbers underflow, and those of large ones overflow
    family.norms[j] = 1e-200 < total < 1e200 ? sqrt(total) : norm(view(columns, :, k))
    return nothing
end

function write_step!(log, family)
    s = family.n_logged += 1
    s <= size(log.log_growth, 2) || throw(BoundsError(log.log_growth, (:, s)))
    n = length(family.input)
    @inbounds for j in 1:n_gains(family)
        log.log_growth[j, s] = Base.log(family.norms[j])
        total = zero(eltype(log.squares))
        @simd for i in 1:n
            total += abs2(family.columns[i, j])
        end
        log.squares[j] += total / n
    end
    return nothing
end
