# Products of weights with states and frames, one method for each kind of weights.

# Weights that lie in memory row by row, and those of either order.
const Rows{T} = Transpose{T,<:StridedMatrix{T}}
const Dense{T} = Union{StridedMatrix{T},Rows{T}}

order(::StridedMatrix) = 'N'
order(::Rows) = 'T'
stored(W::StridedMatrix) = W
stored(W::Rows) = parent(W)

# out += factor * W * Y
multiply_add!(out::AbstractMatrix, W::Dense, Y, factor) = add_product!(out, W, Y, factor, one(factor))
function multiply_add!(out::AbstractVector, W::Dense, x, factor)
    BLAS.gemv!(order(W), factor, stored(W), x, one(factor), out)
    return out
end

# out = W * x
multiply!(out::AbstractMatrix, W::Dense{T}, Y) where {T} = add_product!(out, W, Y, one(T), zero(T))
multiply!(out::AbstractVector, W::Dense{T}, x) where {T} = BLAS.gemv!(order(W), one(T), stored(W), x, zero(T), out)

# out = kept * out + factor * W * Y
function add_product!(out, W, Y, factor, kept)
    goes_by_columns(W, size(Y, 2)) || return BLAS.gemm!(order(W), 'N', factor, stored(W), Y, kept, out)
    for c in axes(Y, 2)
        BLAS.gemv!(order(W), factor, stored(W), view(Y, :, c), kept, view(out, :, c))
    end
    return out
end

"Columns up to which weights that fit into a cache are multiplied with one after the other."
const FEW_COLUMNS = 4
const FEW_WEIGHTS = 10^6

# A product of matrices first copies all weights into the order that it needs, which takes as long as a product with two to
# five vectors (OpenBLAS 0.3.10, 50 to 2000 units).
goes_by_columns(W, k) = k == 1 || k <= FEW_COLUMNS && length(W) <= FEW_WEIGHTS

# out = W' * Y
multiply_transposed!(out, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('T', 'N', one(T), W, Y, zero(T), out)
