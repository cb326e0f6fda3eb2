# What all layers share. A layer is a new file of methods for its own type, of the same verbs as a system.

"""
    Layer{T}

A recurrent layer with numbers of type `T`. It defines `evaluate!(next, linearization, layer, x, input)`,
`tangent!(out, layer, linearization, Y, below, gates)`, `adjoint!(out, layer, linearization, Y, below, gates)`,
`log_volume(layer, linearization)` and `linearization_length(layer)`; `state_length(layer)` where the state is longer than its
units. `input` is what the layer reads, a vector or nothing; `below` the tangent of the layer below within the step, which
`adjoint!` adds to, or nothing; `gates` free memory with a row for each row of the weights.
"""
abstract type Layer{T} end

number_type(::Layer{T}) where {T} = T
units(layer::Layer) = size(layer.weights, 2)
state_length(layer::Layer) = units(layer)

# What a layer has of the free memory for its products.
gates_of(layer::Layer, scratch) = view(scratch, 1:size(layer.weights, 1), :)

function check_layer(weights, input_weights, n_gates, biases...)
    rows, H = size(weights)
    rows == n_gates * H ||
        throw(DimensionMismatch("weights must have $n_gates H rows and H columns, got size $(size(weights))"))
    all(==(rows), (size(input_weights, 1), map(length, biases)...)) ||
        throw(DimensionMismatch("input weights and biases must have $rows rows as the weights have"))
    return nothing
end

# sums += W * input
add_input!(sums, W, ::Nothing) = sums
add_input!(sums, W, input) = multiply_add!(sums, W, input, one(eltype(sums)))

# into += transposed W * sums
add_back!(::Nothing, W, sums) = nothing
add_back!(into, W, sums) = multiply_add!(into, transpose(W), sums, one(eltype(sums)))

function log_determinant!(kept, W)
    isnan(kept[]) && (kept[] = first(logabsdet(W)))
    return kept[]
end
