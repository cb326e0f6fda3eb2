# Long short-term memory.

"""
    LSTMLayer(weights, input_weights, bias)

Long short-term memory of H units with D inputs, the gates i, f, g, o one below the other: `weights` 4H by H,
`input_weights` 4H by D, `bias` of length 4H. The state is (h, c), 2H numbers.

    i, f, o = σ(...),    g = tanh(...)    of    input_weights x + weights h + bias,
    c' = f c + i g,    h' = o tanh(c')

Source: Hochreiter & Schmidhuber, Neural Comput. 9, 1735 (1997), with the forget gate of Gers et al. (2000).
"""
struct LSTMLayer{T,M<:AbstractMatrix{T}} <: Layer{T}
    weights::M
    input_weights::M
    bias::Vector{T}
    sums::Vector{T}
    log_determinant::Base.RefValue{T}   # of the output gate's weights, NaN until somebody needs it
end

function LSTMLayer(weights::M, input_weights::M, bias) where {T,M<:AbstractMatrix{T}}
    check_layer(weights, input_weights, 4, bias)
    return LSTMLayer(weights, input_weights, bias, similar(bias), Ref(T(NaN)))
end

state_length(layer::LSTMLayer) = 2 * units(layer)
# numbers that fix the Jacobian: factors for each unit, and the sum of the logarithms that the volume change needs
linearization_length(layer::LSTMLayer) = 6 * units(layer) + 1

function evaluate!(next, linearization, layer::LSTMLayer, x, input)
    H = units(layer)
    sums, sigma = layer.sums, Logistic()
    multiply!(sums, layer.weights, view(x, 1:H))
    add_input!(sums, layer.input_weights, input)
    total = zero(eltype(sums))
    @inbounds for k in 1:H
        u_i, u_f = sums[k] + layer.bias[k], sums[H+k] + layer.bias[H+k]
        u_g, u_o = sums[2H+k] + layer.bias[2H+k], sums[3H+k] + layer.bias[3H+k]
        i, f, o, g = value(sigma, u_i), value(sigma, u_f), value(sigma, u_o), tanh(u_g)
        c = x[H+k]
        next[H+k] = new = f * c + i * g
        squashed = tanh(new)
        next[k] = o * squashed
        linearization[k] = g * slope(sigma, u_i)                # of c' with respect to u_i, u_f, u_g
        linearization[H+k] = c * slope(sigma, u_f)
        linearization[2H+k] = i * slope(Tanh(), u_g)
        linearization[3H+k] = squashed * slope(sigma, u_o)      # of h' with respect to u_o
        linearization[4H+k] = f                                 # of c' with respect to c
        linearization[5H+k] = o * slope(Tanh(), new)            # of h' with respect to c'
        total += log(abs(squashed)) + log_slope(sigma, u_o) - value(Softplus(), -u_f)   # the last is log(f)
    end
    linearization[end] = total
    return next
end

function tangent!(out, layer::LSTMLayer, linearization, Y, below, sums)
    H = units(layer)
    multiply!(sums, layer.weights, view(Y, 1:H, :))
    add_input!(sums, layer.input_weights, below)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for k in 1:H
            cell = linearization[4H+k] * Y[H+k, c] + linearization[k] * sums[k, c] + linearization[H+k] * sums[H+k, c] +
                   linearization[2H+k] * sums[2H+k, c]
            out[H+k, c] = cell
            out[k, c] = linearization[3H+k] * sums[3H+k, c] + linearization[5H+k] * cell
        end
    end
    return out
end

function adjoint!(out, layer::LSTMLayer, linearization, Y, below, sums)
    H = units(layer)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for k in 1:H
            total = Y[k, c] + out[k, c]
            cell = Y[H+k, c] + linearization[5H+k] * total
            sums[k, c] = linearization[k] * cell
            sums[H+k, c] = linearization[H+k] * cell
            sums[2H+k, c] = linearization[2H+k] * cell
            sums[3H+k, c] = linearization[3H+k] * total
            out[k, c] = 0
            out[H+k, c] = linearization[4H+k] * cell
        end
    end
    add_back!(below, layer.input_weights, sums)
    add_back!(view(out, 1:H, :), layer.weights, sums)
    return out
end

# Without the multiples of the rows of c' that are in those of h', the Jacobian has the output gate's part alone in the
# rows of h' and, in the columns of c, the forget gate: its determinant is the product of theirs.
function log_volume(layer::LSTMLayer, linearization)
    H = units(layer)
    return linearization[end] + log_determinant!(layer.log_determinant, view(layer.weights, 3H+1:4H, :))
end
