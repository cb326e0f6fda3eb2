# Vanilla and leaky RNN.

"""
    RecurrentLayer(weights, input_weights, bias; leak=1.0, activation=Tanh())

Layer `h' = (1 - leak) h + leak phi(weights h + input_weights x + bias)` of H units with D inputs: `weights` H by H, dense or
[`SparseRows`](@ref), `input_weights` H by D; `leak` is one number, or a vector with one for each unit.
"""
struct RecurrentLayer{T,M<:AbstractMatrix{T},I<:AbstractMatrix{T},F,L<:Union{T,Vector{T}}} <: Layer{T}
    weights::M
    input_weights::I
    bias::Vector{T}
    leak::L
    activation::F
    sums::Vector{T}
    log_determinant::Base.RefValue{T}   # log |det weights|, NaN until somebody needs it
end

function RecurrentLayer(weights::AbstractMatrix{T}, input_weights::AbstractMatrix{T}, bias; leak=1.0,
    activation=Tanh()) where {T}
    check_layer(weights, input_weights, 1, bias)
    check_network(weights, leak)
    all(a -> 0 < a <= 1, leak) || throw(ArgumentError("leak must be in (0, 1], got $leak"))
    leak = leak isa Number ? T(leak) : Vector{T}(leak)
    return RecurrentLayer(weights, input_weights, bias, leak, activation, similar(bias), Ref(T(NaN)))
end

# numbers that fix the Jacobian: factors for each unit, and the sum of the logarithms that the volume change needs
linearization_length(layer::RecurrentLayer) = units(layer) + 1

function evaluate!(next, linearization, layer::RecurrentLayer, h, input)
    sums, phi, leak = layer.sums, layer.activation, layer.leak
    multiply!(sums, layer.weights, h)
    add_input!(sums, layer.input_weights, input)
    total = zero(eltype(sums))
    @inbounds for i in eachindex(sums)
        u, a = sums[i] + layer.bias[i], of_unit(leak, i)
        next[i] = (1 - a) * h[i] + a * value(phi, u)
        linearization[i] = a * slope(phi, u)
        total += log_slope(phi, u)
    end
    linearization[end] = total
    return next
end

function tangent!(out, layer::RecurrentLayer, linearization, Y, below, sums)
    multiply!(sums, layer.weights, Y)
    add_input!(sums, layer.input_weights, below)
    leak_in!(out, layer.leak, linearization, Y, sums)
    return out
end

# out = (1 - leak) .* Y + linearization .* sums
function leak_in!(out, leak, linearization, Y, sums)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = (1 - of_unit(leak, i)) * Y[i, c] + linearization[i] * sums[i, c]
        end
    end
    return out
end

function adjoint!(out, layer::RecurrentLayer, linearization, Y, below, sums)
    leak = layer.leak
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            total = Y[i, c] + out[i, c]
            sums[i, c] = linearization[i] * total
            out[i, c] = (1 - of_unit(leak, i)) * total
        end
    end
    add_back!(below, layer.input_weights, sums)
    return add_back!(out, layer.weights, sums)
end

# With a leak the determinant would need a factorisation at every step.
function log_volume(layer::RecurrentLayer{T}, linearization) where {T}
    all(==(1), layer.leak) || return T(NaN)
    return linearization[end] + log_determinant!(layer.log_determinant, layer.weights)
end
