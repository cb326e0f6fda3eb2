# Vanilla and leaky RNN.

"""
    RecurrentLayer(weights, input_weights, bias; leak=1.0, activation=Tanh())

Layer `h' = (1 - leak) h + leak phi(weights h + input_weights x + bias)` of H units with D inputs: `weights` H by H,
`input_weights` H by D.
"""
struct RecurrentLayer{T,M<:AbstractMatrix{T},F} <: Layer{T}
    weights::M
    input_weights::M
    bias::Vector{T}
    leak::T
    activation::F
    sums::Vector{T}
    log_determinant::Base.RefValue{T}   # log |det weights|, NaN until somebody needs it
end

function RecurrentLayer(weights::M, input_weights::M, bias; leak=1.0, activation=Tanh()) where {T,M<:AbstractMatrix{T}}
    check_layer(weights, input_weights, 1, bias)
    0 < leak <= 1 || throw(ArgumentError("leak must be in (0, 1], got $leak"))
    return RecurrentLayer(weights, input_weights, bias, T(leak), activation, similar(bias), Ref(T(NaN)))
end

# numbers that fix the Jacobian: factors for each unit, and the sum of the logarithms that the volume change needs
linearization_length(layer::RecurrentLayer) = units(layer) + 1

function evaluate!(next, linearization, layer::RecurrentLayer, h, input)
    sums, phi, leak = layer.sums, layer.activation, layer.leak
    multiply!(sums, layer.weights, h)
    add_input!(sums, layer.input_weights, input)
    total = zero(leak)
    @inbounds for i in eachindex(sums)
        u = sums[i] + layer.bias[i]
        next[i] = (1 - leak) * h[i] + leak * value(phi, u)
        linearization[i] = leak * slope(phi, u)
        total += log_slope(phi, u)
    end
    linearization[end] = total
    return next
end

function tangent!(out, layer::RecurrentLayer, linearization, Y, below, sums)
    multiply!(sums, layer.weights, Y)
    add_input!(sums, layer.input_weights, below)
    kept = 1 - layer.leak
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = kept * Y[i, c] + linearization[i] * sums[i, c]
        end
    end
    return out
end

function adjoint!(out, layer::RecurrentLayer, linearization, Y, below, sums)
    kept = 1 - layer.leak
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            total = Y[i, c] + out[i, c]
            sums[i, c] = linearization[i] * total
            out[i, c] = kept * total
        end
    end
    add_back!(below, layer.input_weights, sums)
    return add_back!(out, layer.weights, sums)
end

# With a leak the determinant would need a factorisation at every step.
function log_volume(layer::RecurrentLayer{T}, linearization) where {T}
    layer.leak == 1 || return T(NaN)
    return linearization[end] + log_determinant!(layer.log_determinant, layer.weights)
end
