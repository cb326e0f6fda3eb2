# The two networks of the field.

"""
    RateNetwork(W; activation=Tanh(), tau=1.0, bias=zeros(N), drive=NoDrive(), noise=nothing)

Rate network in continuous time, `tau dx/dt = -x + W phi(x) + bias + drive(t)`, where `W[i, j]` is the weight from unit j
to unit i. A [`StepNoise`](@ref) as `noise` is added to x in each step. The weights are used in place and must not change
during a run.

Source: Engelken, Wolf & Abbott, "Lyapunov spectra of chaotic recurrent neural networks", Phys. Rev. Research 5,
043044 (2023), network model.

# Examples
```julia
network = RateNetwork(3 / sqrt(100) .* randn(100, 100))
```
"""
struct RateNetwork{T,M<:AbstractMatrix{T},F,D<:Drive,S} <: Flow{T}
    weights::M
    activation::F
    rate::T                 # 1 / tau
    bias::Vector{T}
    drive::D
    noise::S
    autapses::Vector{T}     # diagonal of the weights
    active::Vector{T}       # phi(x), reused
end

function RateNetwork(W::AbstractMatrix{T}; activation=Tanh(), tau=one(T), bias=zeros(T, size(W, 1)), drive=NoDrive(),
    noise=nothing) where {T}
    check_network(W, bias)
    tau > 0 || throw(ArgumentError("tau must be positive, got $tau"))
    check_input(drive, size(W, 1))
    check_input(noise, size(W, 1))
    return RateNetwork(W, activation, T(inv(tau)), convert(Vector{T}, bias), drive, noise, diag(W), similar(bias, T))
end

dimension(network::RateNetwork) = size(network.weights, 1)
noise(network::RateNetwork) = network.noise
start_step!(network::RateNetwork, t, dt) = start_step!(network.drive, t, dt)
jumps(network::RateNetwork) = jumps(network.drive)
input_piece(network::RateNetwork) = input_piece(network.drive)
leak(network::RateNetwork) = network.rate

function evaluate!(dx, slopes, network::RateNetwork, x, t)
    phi = network.activation
    @inbounds for i in eachindex(x)
        network.active[i] = value(phi, x[i])
        slopes[i] = slope(phi, x[i])
    end
    multiply!(dx, network.weights, network.active)
    add_drive!(dx, network.drive, t)
    @inbounds for i in eachindex(x)
        dx[i] = network.rate * (dx[i] - x[i] + network.bias[i])
    end
    return dx
end

function tangent!(out, network::RateNetwork, slopes, Y, scratch)
    rate = network.rate
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            scratch[i, c] = slopes[i] * Y[i, c]
            out[i, c] = -rate * Y[i, c]
        end
    end
    return multiply_add!(out, network.weights, scratch, rate)
end

function coupling!(out, network::RateNetwork, slopes, Y, scratch)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            scratch[i, c] = slopes[i] * Y[i, c]
        end
    end
    return multiply!(out, network.weights, scratch)
end

function adjoint!(out, network::RateNetwork, slopes, Y, scratch)
    rate = network.rate
    multiply_transposed!(out, network.weights, Y)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = rate * (slopes[i] * out[i, c] - Y[i, c])
        end
    end
    return out
end

# The trace is exact whatever the state does when there are no autapses.
function log_volume(network::RateNetwork, slopes)
    return network.rate * (dot(network.autapses, slopes) - length(slopes))
end

"""
    DiscreteNetwork(W; activation=Tanh(), bias=zeros(N), drive=NoDrive())

Network in discrete time, `x(t+1) = phi(W x(t) + bias + drive(t))`, where `W[i, j]` is the weight from unit j to unit i. The
weights are used in place and must not change during a run.

Source: Xie, Mihalas & Kusmierz, "Slow transition to low-dimensional chaos in heavy-tailed recurrent neural networks",
NeurIPS 2025, eq. 1.

# Examples
```julia
network = DiscreteNetwork(1.5 .* randn(100, 100) ./ sqrt(100))
```
"""
struct DiscreteNetwork{T,M<:AbstractMatrix{T},F,D<:Drive} <: DiscreteMap{T}
    weights::M
    activation::F
    bias::Vector{T}
    drive::D
    log_determinant::Base.RefValue{T}   # log |det W|, NaN until somebody needs it
end

function DiscreteNetwork(W::AbstractMatrix{T}; activation=Tanh(), bias=zeros(T, size(W, 1)), drive=NoDrive()) where {T}
    check_network(W, bias)
    check_input(drive, size(W, 1))
    return DiscreteNetwork(W, activation, convert(Vector{T}, bias), drive, Ref(T(NaN)))
end

dimension(network::DiscreteNetwork) = size(network.weights, 1)
start_step!(network::DiscreteNetwork, t, dt) = start_step!(network.drive, t, dt)
# slopes, and behind them one number: the sum of their logarithms, finite even where a slope has underflowed
linearization_length(network::DiscreteNetwork) = dimension(network) + 1

function evaluate!(next, linearization, network::DiscreteNetwork, x, t)
    phi = network.activation
    multiply!(next, network.weights, x)
    add_drive!(next, network.drive, t)
    total = zero(eltype(linearization))
    @inbounds for i in eachindex(next)
        u = next[i] + network.bias[i]
        next[i] = value(phi, u)
        linearization[i] = slope(phi, u)
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
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            scratch[i, c] = linearization[i] * Y[i, c]
        end
    end
    return multiply_transposed!(out, network.weights, scratch)
end

function log_volume(network::DiscreteNetwork, linearization)
    log_determinant = network.log_determinant
    isnan(log_determinant[]) && (log_determinant[] = first(logabsdet(network.weights)))
    return log_determinant[] + linearization[end]
end

function check_network(W, bias)
    n = size(W, 1)
    size(W, 2) == n || throw(DimensionMismatch("weights must be square, got size $(size(W))"))
    length(bias) == n || throw(DimensionMismatch("bias must have length $n, got $(length(bias))"))
    return nothing
end

owns_buffers(::Union{RateNetwork,DiscreteNetwork}) = true
