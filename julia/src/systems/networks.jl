# The two networks of the field.

"""
    RateNetwork(W; activation=Tanh(), tau=1.0, input_gain=Ones(), bias=zeros(N), drive=NoDrive(), noise=nothing)

Rate network in continuous time, `tau dx/dt = -x + W phi(input_gain .* x) + bias + drive(t)`, where `W[i, j]` is the weight
from unit j to unit i. `tau` is one number, or a vector with one time constant for each unit; `input_gain` is such a vector,
too. A [`StepNoise`](@ref) as `noise` is added to x in each step. The weights are used in place and must not change during
a run.

Source: Engelken, Wolf & Abbott, "Lyapunov spectra of chaotic recurrent neural networks", Phys. Rev. Research 5,
043044 (2023), network model.

# Examples
```julia
network = RateNetwork(3 / sqrt(100) .* randn(100, 100))
```
"""
struct RateNetwork{T,M<:AbstractMatrix{T},F,D<:Drive,S,L<:Union{T,Vector{T}},G<:Union{Ones,Vector{T}}} <: Flow{T}
    weights::M
    activation::F
    leak::L                 # 1 / tau: one number, or one for each unit
    input_gain::G
    bias::Vector{T}
    drive::D
    noise::S
    autapses::Vector{T}     # diagonal of the weights
    active::Vector{T}       # phi(x), reused
end

function RateNetwork(W::AbstractMatrix{T}; activation=Tanh(), tau=one(T), input_gain=Ones(), bias=zeros(T, size(W, 1)),
    drive=NoDrive(), noise=nothing) where {T}
    check_network(W, bias, tau, input_gain)
    all(>(0), tau) || throw(ArgumentError("tau must be positive, got $tau"))
    check_input(drive, size(W, 1))
    check_input(noise, size(W, 1))
    leak = tau isa Number ? T(inv(tau)) : Vector{T}(inv.(tau))
    bias, gain = convert(Vector{T}, bias), per_unit(T, input_gain)
    return RateNetwork(W, activation, leak, gain, bias, drive, noise, diag(W), similar(bias))
end

dimension(network::RateNetwork) = size(network.weights, 1)
noise(network::RateNetwork) = network.noise
start_step!(network::RateNetwork, t, dt) = start_step!(network.drive, t, dt)
jumps(network::RateNetwork) = jumps(network.drive)
input_piece(network::RateNetwork) = input_piece(network.drive)
leak(network::RateNetwork) = network.leak

function evaluate!(dx, slopes, network::RateNetwork, x, t)
    phi, gain, leak = network.activation, network.input_gain, network.leak
    @inbounds for i in eachindex(x)
        u = gain[i] * x[i]
        network.active[i] = value(phi, u)
        slopes[i] = gain[i] * slope(phi, u)
    end
    multiply!(dx, network.weights, network.active)
    add_drive!(dx, network.drive, t)
    @inbounds for i in eachindex(x)
        dx[i] = of_unit(leak, i) * (dx[i] - x[i] + network.bias[i])
    end
    return dx
end

tangent!(out, network::RateNetwork, slopes, Y, scratch) = tangent!(out, network, network.leak, slopes, Y, scratch)

# With one leak for all units the product takes it along, and `out` is read and written once less.
function tangent!(out, network::RateNetwork, leak::Number, slopes, Y, scratch)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            scratch[i, c] = slopes[i] * Y[i, c]
            out[i, c] = -leak * Y[i, c]
        end
    end
    return multiply_add!(out, network.weights, scratch, leak)
end

function tangent!(out, network::RateNetwork, leak::AbstractVector, slopes, Y, scratch)
    scale_rows!(scratch, slopes, Y)
    multiply!(out, network.weights, scratch)
    return relax_rows!(out, leak, Y)
end

# out = leak .* (out - Y)
function relax_rows!(out, leak, Y)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = of_unit(leak, i) * (out[i, c] - Y[i, c])
        end
    end
    return out
end

function coupling!(out, network::RateNetwork, slopes, Y, scratch)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            scratch[i, c] = slopes[i] * Y[i, c]
        end
    end
    return multiply!(out, network.weights, scratch)
end

before_weights(::RateNetwork{T,<:Union{StridedMatrix,Rows},F,D,S,T}) where {T,F,D,S} = Val(true)
slopes_of(::RateNetwork, linearization) = linearization
add_weighted_by!(out, network::RateNetwork{T}, Y) where {T} = multiply_add!(out, network.weights, Y, one(T))

function adjoint!(out, network::RateNetwork, slopes, Y, scratch)
    scale_rows!(scratch, network.leak, Y)
    multiply_transposed!(out, network.weights, scratch)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = slopes[i] * out[i, c] - scratch[i, c]
        end
    end
    return out
end

# The trace is exact whatever the state does when there are no autapses.
function log_volume(network::RateNetwork, slopes)
    total = zero(eltype(slopes))
    @inbounds for i in eachindex(slopes)
        total += of_unit(network.leak, i) * (network.autapses[i] * slopes[i] - 1)
    end
    return total
end

"""
    DiscreteNetwork(W; activation=Tanh(), input_gain=Ones(), bias=zeros(N), drive=NoDrive())

Network in discrete time, `x(t+1) = phi(input_gain .* (W x(t) + bias + drive(t)))`, where `W[i, j]` is the weight from unit j
to unit i and `input_gain` a vector of positive numbers. The weights are used in place and must not change during a run.

Source: Xie, Mihalas & Kusmierz, "Slow transition to low-dimensional chaos in heavy-tailed recurrent neural networks",
NeurIPS 2025, eq. 1.

# Examples
```julia
network = DiscreteNetwork(1.5 .* randn(100, 100) ./ sqrt(100))
```
"""
struct DiscreteNetwork{T,M<:AbstractMatrix{T},F,D<:Drive,G<:Union{Ones,Vector{T}}} <: DiscreteMap{T}
    weights::M
    activation::F
    input_gain::G
    bias::Vector{T}
    drive::D
    log_determinant::Base.RefValue{T}   # log |det(input_gain .* W)|, NaN until somebody needs it
end

function DiscreteNetwork(W::AbstractMatrix{T}; activation=Tanh(), input_gain=Ones(), bias=zeros(T, size(W, 1)),
    drive=NoDrive()) where {T}
    check_network(W, bias, input_gain)
    check_input(drive, size(W, 1))
    return DiscreteNetwork(W, activation, per_unit(T, input_gain), convert(Vector{T}, bias), drive, Ref(T(NaN)))
end

dimension(network::DiscreteNetwork) = size(network.weights, 1)
start_step!(network::DiscreteNetwork, t, dt) = start_step!(network.drive, t, dt)
# slopes, and behind them one number: the sum of their logarithms, finite even where a slope has underflowed
linearization_length(network::DiscreteNetwork) = dimension(network) + 1

function evaluate!(next, linearization, network::DiscreteNetwork, x, t)
    phi, gain = network.activation, network.input_gain
    multiply!(next, network.weights, x)
    add_drive!(next, network.drive, t)
    total = zero(eltype(linearization))
    @inbounds for i in eachindex(next)
        u = gain[i] * (next[i] + network.bias[i])
        next[i] = value(phi, u)
        linearization[i] = gain[i] * slope(phi, u)
        total += log_slope(phi, u)
    end
    linearization[end] = total
    return next
end

function tangent!(out, network::DiscreteNetwork, linearization, Y, scratch)
    multiply!(out, network.weights, Y)
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in axes(out, 1)
            out[i, c] *= linearization[i]
        end
    end
    return out
end

function adjoint!(out, network::DiscreteNetwork, linearization, Y, scratch)
    scale_rows!(scratch, linearization, Y)
    return multiply_transposed!(out, network.weights, scratch)
end

function log_volume(network::DiscreteNetwork, linearization)
    log_determinant = network.log_determinant
    isnan(log_determinant[]) && (log_determinant[] = first(logabsdet(network.weights)) + log_product(network.input_gain))
    return log_determinant[] + linearization[end]
end

function check_network(W, vectors...)
    n = size(W, 1)
    size(W, 2) == n || throw(DimensionMismatch("weights must be square, got size $(size(W))"))
    for vector in vectors
        vector isa Union{Number,Ones} || length(vector) == n ||
            throw(DimensionMismatch("there must be $n numbers, one for each unit, got $(length(vector))"))
    end
    return nothing
end

log_product(::Ones) = false
log_product(factors) = sum(log, factors)

per_unit(::Type, ones::Ones) = ones
per_unit(T::Type, vector) = convert(Vector{T}, vector)

owns_buffers(::Union{RateNetwork,DiscreteNetwork}) = true
