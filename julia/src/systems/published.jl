# A tangent that was published and is not that of the map, to compute what was published.

"""
    PublishedTransposed(network)

The map of a [`DiscreteNetwork`](@ref) with the tangent of the code behind Xie, Mihalas & Kusmierz (2025) until July
2026: the frame is multiplied by the transposed of `diag(phi'(W x(t+1) + bias + drive(t))) W`, in forward time. The
product of such matrices belongs neither to the map nor to its adjoint, so its growth rates are **not** Lyapunov
exponents of heavy-tailed networks; they serve to compute the published curves. Dense weights only.
"""
struct PublishedTransposed{T,S<:DiscreteNetwork{T,<:StridedMatrix}} <: DiscreteMap{T}
    network::S
    after_next::Vector{T}
end

PublishedTransposed(network::DiscreteNetwork{T}) where {T} = PublishedTransposed(network, zeros(T, dimension(network)))

dimension(system::PublishedTransposed) = dimension(system.network)
linearization_length(system::PublishedTransposed) = linearization_length(system.network)
start_step!(system::PublishedTransposed, t, dt) = start_step!(system.network, t, dt)
log_volume(system::PublishedTransposed, linearization) = log_volume(system.network, linearization)
owns_buffers(::PublishedTransposed) = true

# The linearisation is that of one step more, with the same input.
function evaluate!(next, linearization, system::PublishedTransposed, x, t)
    evaluate!(next, linearization, system.network, x, t)
    evaluate!(system.after_next, linearization, system.network, next, t)
    return next
end

function tangent!(out, system::PublishedTransposed{T}, linearization, Y, scratch) where {T}
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            scratch[i, c] = linearization[i] * Y[i, c]
        end
    end
    return BLAS.gemm!('T', 'N', one(T), system.network.weights, scratch, zero(T), out)
end
