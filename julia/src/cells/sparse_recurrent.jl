# Vanilla and leaky RNN with sparse weights.

const SparseLayer{T} = RecurrentLayer{T,<:SparseRows{T}}

# A product with sparse weights wants one piece of memory to bring numbers together in, and writes its sums into `out`.
gates_of(::SparseLayer, scratch) = scratch

function tangent!(out, layer::SparseLayer, linearization, Y, below, packed)
    multiply!(out, layer.weights, Ones(), Y, packed)
    add_input!(out, layer.input_weights, below)
    return leak_in!(out, layer.leak, linearization, Y, out)
end

add_back!(::Nothing, W::SparseRows, sums) = nothing
add_back!(into, W::SparseRows, sums) = add_transposed!(into, W, sums)

# All layers of a network are of one kind.
share_frame(network::CellNetwork{T,<:SparseLayer}, k, threads) where {T} =
    share_rows!(map(layer -> layer.weights, network.layers), k, threads)
