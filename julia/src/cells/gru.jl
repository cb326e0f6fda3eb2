# Gated recurrent unit.

"""
    GRULayer(weights, input_weights, bias, hidden_bias)

Gated recurrent unit of H units with D inputs, the gates r, z, n one below the other: `weights` 3H by H,
`input_weights` 3H by D, both biases of length 3H.

    r = σ(U_r x + b_r + W_r h + c_r),    z = σ(U_z x + b_z + W_z h + c_z),
    n = tanh(U_n x + b_n + r (W_n h + c_n)),    h' = (1 - z) n + z h

Source: Cho et al., EMNLP 2014, with the reset gate behind the product as in `torch.nn.GRU`.
"""
struct GRULayer{T,M<:AbstractMatrix{T}} <: Layer{T}
    weights::M
    input_weights::M
    bias::Vector{T}
    hidden_bias::Vector{T}
    sums::Vector{T}
    hidden_sums::Vector{T}
end

function GRULayer(weights::M, input_weights::M, bias, hidden_bias) where {T,M<:AbstractMatrix{T}}
    check_layer(weights, input_weights, 3, bias, hidden_bias)
    return GRULayer(weights, input_weights, bias, hidden_bias, similar(bias), similar(bias))
end

# factors for each unit
linearization_length(layer::GRULayer) = 5 * units(layer)

function evaluate!(next, linearization, layer::GRULayer, h, input)
    H = units(layer)
    sums, products, b, c = layer.sums, layer.hidden_sums, layer.bias, layer.hidden_bias
    copyto!(sums, b)
    add_input!(sums, layer.input_weights, input)
    multiply!(products, layer.weights, h)
    sigma = Logistic()
    @inbounds for i in 1:H
        j, k = H + i, 2H + i
        u_r, u_z = sums[i] + products[i] + c[i], sums[j] + products[j] + c[j]
        r, z, rest = value(sigma, u_r), value(sigma, u_z), value(sigma, -u_z)   # rest = 1 - z, to full accuracy
        product = products[k] + c[k]
        u_n = sums[k] + r * product
        n = tanh(u_n)
        next[i] = rest * n + z * h[i]
        d_n = rest * slope(Tanh(), u_n)           # of h' with respect to u_n
        linearization[i] = d_n * product * slope(sigma, u_r)
        linearization[j] = (h[i] - n) * slope(sigma, u_z)
        linearization[k] = d_n * r
        linearization[3H+i] = d_n
        linearization[4H+i] = z
    end
    return next
end

function tangent!(out, layer::GRULayer, linearization, Y, below, sums)
    H = units(layer)
    multiply!(sums, layer.weights, Y)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in 1:H
            out[i, c] = linearization[4H+i] * Y[i, c] + linearization[i] * sums[i, c] + linearization[H+i] * sums[H+i, c] +
                        linearization[2H+i] * sums[2H+i, c]
        end
    end
    return add_turned_input!(out, layer, linearization, below, sums)
end

# The reset gate is a factor of the hidden state's product only.
add_turned_input!(out, layer::GRULayer, linearization, ::Nothing, sums) = out
function add_turned_input!(out, layer::GRULayer, linearization, below, sums)
    H = units(layer)
    multiply!(sums, layer.input_weights, below)
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in 1:H
            out[i, c] += linearization[i] * sums[i, c] + linearization[H+i] * sums[H+i, c] + linearization[3H+i] * sums[2H+i, c]
        end
    end
    return out
end

function adjoint!(out, layer::GRULayer, linearization, Y, below, sums)
    H = units(layer)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in 1:H
            total = Y[i, c] + out[i, c]
            sums[i, c] = linearization[i] * total
            sums[H+i, c] = linearization[H+i] * total
            sums[2H+i, c] = linearization[3H+i] * total
        end
    end
    add_back!(below, layer.input_weights, sums)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in 1:H
            total = Y[i, c] + out[i, c]
            sums[2H+i, c] = linearization[2H+i] * total
            out[i, c] = linearization[4H+i] * total
        end
    end
    return add_back!(out, layer.weights, sums)
end

log_volume(::GRULayer{T}, linearization) where {T} = T(NaN)   # would need a factorisation at every step
