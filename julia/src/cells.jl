# Recurrent layers of machine learning: vanilla and leaky RNN, GRU, LSTM, stacked, with an input sequence.

"""
    RecurrentLayer(weights, input_weights, bias; leak=1.0, activation=Tanh())

Layer `h' = (1 - leak) h + leak phi(weights h + input_weights x + bias)` of H units with D inputs: `weights` H by H,
`input_weights` H by D.
"""
struct RecurrentLayer{T,M<:AbstractMatrix{T},F}
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

"""
    GRULayer(weights, input_weights, bias, hidden_bias)

Gated recurrent unit of H units with D inputs, the gates r, z, n one below the other: `weights` 3H by H,
`input_weights` 3H by D, both biases of length 3H.

    r = σ(U_r x + b_r + W_r h + c_r),    z = σ(U_z x + b_z + W_z h + c_z),
    n = tanh(U_n x + b_n + r (W_n h + c_n)),    h' = (1 - z) n + z h

Source: Cho et al., EMNLP 2014, with the reset gate behind the product as in `torch.nn.GRU`.
"""
struct GRULayer{T,M<:AbstractMatrix{T}}
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

"""
    LSTMLayer(weights, input_weights, bias)

Long short-term memory of H units with D inputs, the gates i, f, g, o one below the other: `weights` 4H by H,
`input_weights` 4H by D, `bias` of length 4H. The state is (h, c), 2H numbers.

    i, f, o = σ(...),    g = tanh(...)    of    input_weights x + weights h + bias,
    c' = f c + i g,    h' = o tanh(c')

Source: Hochreiter & Schmidhuber, Neural Comput. 9, 1735 (1997), with the forget gate of Gers et al. (2000).
"""
struct LSTMLayer{T,M<:AbstractMatrix{T}}
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

function check_layer(weights, input_weights, n_gates, biases...)
    rows, H = size(weights)
    rows == n_gates * H ||
        throw(DimensionMismatch("weights must have $n_gates H rows and H columns, got size $(size(weights))"))
    all(==(rows), (size(input_weights, 1), map(length, biases)...)) ||
        throw(DimensionMismatch("input weights and biases must have $rows rows as the weights have"))
    return nothing
end

const Layer = Union{RecurrentLayer,GRULayer,LSTMLayer}

units(layer::Layer) = size(layer.weights, 2)
state_length(layer::Layer) = units(layer)
state_length(layer::LSTMLayer) = 2 * units(layer)
# numbers that fix a layer's Jacobian: factors for each unit, and the sum of the logarithms that its volume change needs
point_length(layer::RecurrentLayer) = units(layer) + 1
point_length(layer::GRULayer) = 5 * units(layer)
point_length(layer::LSTMLayer) = 6 * units(layer) + 1

"""
    CellNetwork(layers; inputs=nothing)

Stack of layers of one kind, as a map. `inputs[:, s]` is the input x of step s, so that the first step, at time 0, makes
the state h_1 from h_0 and the first column; a matrix D by T, used in place, that must be as long as the run, or nothing
for no input. Within a step layer l reads the new h of layer l - 1. The state is that of one layer after the other,
(h, c) for an LSTM.

# Examples
```julia
H, D = 20, 3
layer = GRULayer(randn(3H, H) ./ sqrt(H), randn(3H, D), zeros(3H), zeros(3H))
network = CellNetwork([layer]; inputs=randn(D, 500))
solve!(init(network, MapStep(), zeros(H), Matrix{Float64}(I, H, H)), 500).exponents
```
"""
struct CellNetwork{T,L<:Layer,I<:Union{Nothing,Matrix{T}}} <: DiscreteMap{T}
    layers::Vector{L}
    inputs::I
    states::Vector{UnitRange{Int}}   # of each layer in the state
    points::Vector{UnitRange{Int}}   # and in the linearisation

    # Inside the type, because without inputs no argument of the constructor that Julia would add tells T.
    function CellNetwork(layers::Vector{L}; inputs=nothing) where {L<:Layer}
        isempty(layers) && throw(ArgumentError("a network needs a layer"))
        widths = map(layer -> size(layer.input_weights, 2), layers)
        inputs === nothing || size(inputs, 1) == widths[1] ||
            throw(DimensionMismatch("the input has $(size(inputs, 1)) channels, the first layer takes $(widths[1])"))
        all(l -> widths[l] == units(layers[l-1]), 2:length(layers)) ||
            throw(DimensionMismatch("each layer must take as many inputs as the layer below has units"))
        T = eltype(layers[1].bias)
        states, points = consecutive(state_length, layers), consecutive(point_length, layers)
        return new{T,L,typeof(inputs)}(layers, inputs, states, points)
    end
end

function consecutive(len, layers)
    ends = cumsum(map(len, layers))
    return [ends[l]-len(layers[l])+1:ends[l] for l in eachindex(layers)]
end

dimension(network::CellNetwork) = last(last(network.states))
point_length(network::CellNetwork) = last(last(network.points))
scratch_length(network::CellNetwork) = maximum(layer -> size(layer.weights, 1), network.layers)
owns_buffers(::CellNetwork) = true

input_at(::Nothing, t) = nothing
function input_at(inputs, t)
    s = round(Int, t) + 1
    1 <= s <= size(inputs, 2) || throw(ArgumentError("step $s has no input: there are $(size(inputs, 2))"))
    return view(inputs, :, s)
end

# The rows of h of layer l in the state.
hidden(network, l) = (start = first(network.states[l]); start:start+units(network.layers[l])-1)

function evaluate!(next, point, network::CellNetwork, x, t)
    evaluate_layer!(next, point, network, x, 1, input_at(network.inputs, t))
    for l in 2:length(network.layers)
        evaluate_layer!(next, point, network, x, l, view(next, hidden(network, l - 1)))
    end
    return next
end

function evaluate_layer!(next, point, network, x, l, input)
    rows = network.states[l]
    return move_layer!(view(next, rows), view(point, network.points[l]), network.layers[l], view(x, rows), input)
end

function tangent!(out, network::CellNetwork, point, Y, scratch)
    tangent_layer!(out, network, point, Y, scratch, 1, nothing)   # the input is frozen
    for l in 2:length(network.layers)
        tangent_layer!(out, network, point, Y, scratch, l, view(out, hidden(network, l - 1), :))
    end
    return out
end

function tangent_layer!(out, network, point, Y, scratch, l, below)
    rows, layer = network.states[l], network.layers[l]
    gates = view(scratch, 1:size(layer.weights, 1), :)
    return turn_layer!(view(out, rows, :), layer, view(point, network.points[l]), view(Y, rows, :), below, gates)
end

# Backward: the top layer first. What a layer's gates owe to the layer below, within the step, waits in the rows of `out`
# where that layer finds it and puts its own result.
function adjoint!(out, network::CellNetwork, point, Y, scratch)
    fill!(out, 0)
    for l in length(network.layers):-1:2
        adjoint_layer!(out, network, point, Y, scratch, l, view(out, hidden(network, l - 1), :))
    end
    adjoint_layer!(out, network, point, Y, scratch, 1, nothing)
    return out
end

function adjoint_layer!(out, network, point, Y, scratch, l, below)
    rows, layer = network.states[l], network.layers[l]
    gates = view(scratch, 1:size(layer.weights, 1), :)
    return return_layer!(view(out, rows, :), layer, view(point, network.points[l]), view(Y, rows, :), below, gates)
end

# Layer l depends on the layers below within the step: the Jacobian is block lower triangular.
function log_volume(network::CellNetwork{T}, point) where {T}
    total = zero(T)
    for l in eachindex(network.layers)
        total += log_volume(network.layers[l], view(point, network.points[l]))
    end
    return total
end

# sums += W * input
add_input!(sums, W, ::Nothing) = sums
add_input!(sums, W, input) = multiply_add!(sums, W, input, one(eltype(sums)))

# into += transposed W * sums
add_back!(::Nothing, W, sums) = nothing
add_back!(into, W, sums) = multiply_add!(into, transpose(W), sums, one(eltype(sums)))

# --- Vanilla and leaky RNN ---

function move_layer!(next, point, layer::RecurrentLayer, h, input)
    sums, phi, leak = layer.sums, layer.activation, layer.leak
    multiply!(sums, layer.weights, h)
    add_input!(sums, layer.input_weights, input)
    total = zero(leak)
    @inbounds for i in eachindex(sums)
        u = sums[i] + layer.bias[i]
        next[i] = (1 - leak) * h[i] + leak * value(phi, u)
        point[i] = leak * slope(phi, u)
        total += log_slope(phi, u)
    end
    point[end] = total
    return next
end

function turn_layer!(out, layer::RecurrentLayer, point, Y, below, sums)
    multiply!(sums, layer.weights, Y)
    add_input!(sums, layer.input_weights, below)
    kept = 1 - layer.leak
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = kept * Y[i, c] + point[i] * sums[i, c]
        end
    end
    return out
end

function return_layer!(out, layer::RecurrentLayer, point, Y, below, sums)
    kept = 1 - layer.leak
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            total = Y[i, c] + out[i, c]
            sums[i, c] = point[i] * total
            out[i, c] = kept * total
        end
    end
    add_back!(below, layer.input_weights, sums)
    return add_back!(out, layer.weights, sums)
end

# With a leak the determinant would need a factorisation at every step.
function log_volume(layer::RecurrentLayer{T}, point) where {T}
    layer.leak == 1 || return T(NaN)
    return point[end] + log_determinant!(layer.log_determinant, layer.weights)
end

function log_determinant!(kept, W)
    isnan(kept[]) && (kept[] = first(logabsdet(W)))
    return kept[]
end

# --- GRU ---

function move_layer!(next, point, layer::GRULayer, h, input)
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
        point[i] = d_n * product * slope(sigma, u_r)
        point[j] = (h[i] - n) * slope(sigma, u_z)
        point[k] = d_n * r
        point[3H+i] = d_n
        point[4H+i] = z
    end
    return next
end

function turn_layer!(out, layer::GRULayer, point, Y, below, sums)
    H = units(layer)
    multiply!(sums, layer.weights, Y)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in 1:H
            out[i, c] = point[4H+i] * Y[i, c] + point[i] * sums[i, c] + point[H+i] * sums[H+i, c] +
                        point[2H+i] * sums[2H+i, c]
        end
    end
    return add_turned_input!(out, layer, point, below, sums)
end

# The reset gate is a factor of the hidden state's product only.
add_turned_input!(out, layer::GRULayer, point, ::Nothing, sums) = out
function add_turned_input!(out, layer::GRULayer, point, below, sums)
    H = units(layer)
    multiply!(sums, layer.input_weights, below)
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in 1:H
            out[i, c] += point[i] * sums[i, c] + point[H+i] * sums[H+i, c] + point[3H+i] * sums[2H+i, c]
        end
    end
    return out
end

function return_layer!(out, layer::GRULayer, point, Y, below, sums)
    H = units(layer)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in 1:H
            total = Y[i, c] + out[i, c]
            sums[i, c] = point[i] * total
            sums[H+i, c] = point[H+i] * total
            sums[2H+i, c] = point[3H+i] * total
        end
    end
    add_back!(below, layer.input_weights, sums)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in 1:H
            total = Y[i, c] + out[i, c]
            sums[2H+i, c] = point[2H+i] * total
            out[i, c] = point[4H+i] * total
        end
    end
    return add_back!(out, layer.weights, sums)
end

log_volume(::GRULayer{T}, point) where {T} = T(NaN)   # would need a factorisation at every step

# --- LSTM ---

function move_layer!(next, point, layer::LSTMLayer, x, input)
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
        point[k] = g * slope(sigma, u_i)                # of c' with respect to u_i, u_f, u_g
        point[H+k] = c * slope(sigma, u_f)
        point[2H+k] = i * slope(Tanh(), u_g)
        point[3H+k] = squashed * slope(sigma, u_o)      # of h' with respect to u_o
        point[4H+k] = f                                 # of c' with respect to c
        point[5H+k] = o * slope(Tanh(), new)            # of h' with respect to c'
        total += log(abs(squashed)) + log_slope(sigma, u_o) - value(Softplus(), -u_f)   # the last is log(f)
    end
    point[end] = total
    return next
end

function turn_layer!(out, layer::LSTMLayer, point, Y, below, sums)
    H = units(layer)
    multiply!(sums, layer.weights, view(Y, 1:H, :))
    add_input!(sums, layer.input_weights, below)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for k in 1:H
            cell = point[4H+k] * Y[H+k, c] + point[k] * sums[k, c] + point[H+k] * sums[H+k, c] +
                   point[2H+k] * sums[2H+k, c]
            out[H+k, c] = cell
            out[k, c] = point[3H+k] * sums[3H+k, c] + point[5H+k] * cell
        end
    end
    return out
end

function return_layer!(out, layer::LSTMLayer, point, Y, below, sums)
    H = units(layer)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for k in 1:H
            total = Y[k, c] + out[k, c]
            cell = Y[H+k, c] + point[5H+k] * total
            sums[k, c] = point[k] * cell
            sums[H+k, c] = point[H+k] * cell
            sums[2H+k, c] = point[2H+k] * cell
            sums[3H+k, c] = point[3H+k] * total
            out[k, c] = 0
            out[H+k, c] = point[4H+k] * cell
        end
    end
    add_back!(below, layer.input_weights, sums)
    add_back!(view(out, 1:H, :), layer.weights, sums)
    return out
end

# Without the multiples of the rows of c' that are in those of h', the Jacobian has the output gate's part alone in the
# rows of h' and, in the columns of c, the forget gate: its determinant is the product of theirs.
function log_volume(layer::LSTMLayer, point)
    H = units(layer)
    return point[end] + log_determinant!(layer.log_determinant, view(layer.weights, 3H+1:4H, :))
end
