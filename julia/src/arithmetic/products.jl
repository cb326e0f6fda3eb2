# Products of weights with states and frames, one method for each kind of weights.

# out += factor * W * Y
function multiply_add!(out, W::StridedMatrix, Y, factor)
    BLAS.gemm!('N', 'N', factor, W, Y, one(factor), out)
    return out
end
function multiply_add!(out::AbstractVector, W::StridedMatrix, x, factor)
    BLAS.gemv!('N', factor, W, x, one(factor), out)
    return out
end

# out = W * x
multiply!(out::AbstractVector, W::StridedMatrix{T}, x) where {T} = BLAS.gemv!('N', one(T), W, x, zero(T), out)
multiply!(out::AbstractMatrix, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('N', 'N', one(T), W, Y, zero(T), out)

# Weights that lie in memory row by row.
const Rows{T} = Transpose{T,<:StridedMatrix{T}}

function multiply_add!(out::AbstractMatrix, W::Rows, Y, factor)
    BLAS.gemm!('T', 'N', factor, parent(W), Y, one(factor), out)
    return out
end
function multiply_add!(out::AbstractVector, W::Rows, x, factor)
    BLAS.gemv!('T', factor, parent(W), x, one(factor), out)
    return out
end
multiply!(out::AbstractVector, W::Rows{T}, x) where {T} = BLAS.gemv!('T', one(T), parent(W), x, zero(T), out)
multiply!(out::AbstractMatrix, W::Rows{T}, Y) where {T} = BLAS.gemm!('T', 'N', one(T), parent(W), Y, zero(T), out)

# out = W' * Y
multiply_transposed!(out, W::StridedMatrix{T}, Y) where {T} = BLAS.gemm!('T', 'N', one(T), W, Y, zero(T), out)
