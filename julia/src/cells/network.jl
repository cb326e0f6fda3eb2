# Layers of one kind in a stack, reading a sequence of inputs, as a map.

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
LS.solve!(LS.init(network, LS.MapStep(), zeros(H), Matrix{Float64}(I, H, H)), 500).exponents
```
"""
struct CellNetwork{T,L<:Layer{T},I<:Union{Nothing,Matrix{T}}} <: DiscreteMap{T}
    layers::Vector{L}
    inputs::I
    states::Vector{UnitRange{Int}}   # of each layer in the state
    linearizations::Vector{UnitRange{Int}}   # and in the linearisation

    # Inside the type: without inputs no argument of the constructor that Julia would add tells T.
    function CellNetwork(layers::Vector{L}; inputs=nothing) where {L<:Layer}
        isempty(layers) && throw(ArgumentError("a network needs a layer"))
        widths = map(layer -> size(layer.input_weights, 2), layers)
        inputs === nothing || size(inputs, 1) == widths[1] ||
            throw(DimensionMismatch("the input has $(size(inputs, 1)) channels, the first layer takes $(widths[1])"))
        all(l -> widths[l] == units(layers[l-1]), 2:length(layers)) ||
            throw(DimensionMismatch("each layer must take as many inputs as the layer below has units"))
        T = number_type(layers[1])
        states, linearizations = consecutive(state_length, layers), consecutive(linearization_length, layers)
        return new{T,L,typeof(inputs)}(layers, inputs, states, linearizations)
    end
end

function consecutive(len, layers)
    ends = cumsum(map(len, layers))
    return [ends[l]-len(layers[l])+1:ends[l] for l in eachindex(layers)]
end

dimension(network::CellNetwork) = last(last(network.states))
linearization_length(network::CellNetwork) = last(last(network.linearizations))
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

function evaluate!(next, linearization, network::CellNetwork, x, t)
    evaluate_layer!(next, linearization, network, x, 1, input_at(network.inputs, t))
    for l in 2:length(network.layers)
        evaluate_layer!(next, linearization, network, x, l, view(next, hidden(network, l - 1)))
    end
    return next
end

function evaluate_layer!(next, linearization, network, x, l, input)
    rows = network.states[l]
    return evaluate!(view(next, rows), view(linearization, network.linearizations[l]), network.layers[l], view(x, rows), input)
end

function tangent!(out, network::CellNetwork, linearization, Y, scratch)
    tangent_layer!(out, network, linearization, Y, scratch, 1, nothing)   # the input is frozen
    for l in 2:length(network.layers)
        tangent_layer!(out, network, linearization, Y, scratch, l, view(out, hidden(network, l - 1), :))
    end
    return out
end

function tangent_layer!(out, network, linearization, Y, scratch, l, below)
    rows, layer = network.states[l], network.layers[l]
    gates = gates_of(layer, scratch)
    return tangent!(view(out, rows, :), layer, view(linearization, network.linearizations[l]), view(Y, rows, :), below, gates)
end

# Backward: the top layer first. What a layer's gates owe to the layer below, within the step, waits in the rows of `out`
# where that layer finds it and puts its own result.
function adjoint!(out, network::CellNetwork, linearization, Y, scratch)
    fill!(out, 0)
    for l in length(network.layers):-1:2
        adjoint_layer!(out, network, linearization, Y, scratch, l, view(out, hidden(network, l - 1), :))
    end
    adjoint_layer!(out, network, linearization, Y, scratch, 1, nothing)
    return out
end

function adjoint_layer!(out, network, linearization, Y, scratch, l, below)
    rows, layer = network.states[l], network.layers[l]
    gates = view(scratch, 1:size(layer.weights, 1), :)
    return adjoint!(view(out, rows, :), layer, view(linearization, network.linearizations[l]), view(Y, rows, :), below, gates)
end

# Layer l depends on the layers below within the step: the Jacobian is block lower triangular.
function log_volume(network::CellNetwork{T}, linearization) where {T}
    total = zero(T)
    for l in eachindex(network.layers)
        total += log_volume(network.layers[l], view(linearization, network.linearizations[l]))
    end
    return total
end
