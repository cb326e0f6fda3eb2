# Sparse weights, row by row: one core's products, and how cores share them.

"""
    SparseRows(starts, columns, values)

Square sparse matrix in compressed rows, counted from 0 as SciPy's CSR does, whose memory it can use without a copy: row i
has the entries `starts[i]+1:starts[i+1]` of `columns` (Int32 or Int64, from 0 to N - 1) and `values`. Give it to
[`RateNetwork`](@ref) or [`DiscreteNetwork`](@ref) as weights. Throws a `DimensionMismatch` or an `ArgumentError` for
arrays that do not describe a square matrix.

# Examples
```julia
using SparseArrays
A = sprandn(1000, 1000, 0.01)
columns_of_A = permutedims(A)                    # the columns of the transpose are the rows
W = SparseRows(columns_of_A.colptr .- 1, columns_of_A.rowval .- 1, columns_of_A.nzval)
network = RateNetwork(W)
```
"""
mutable struct SparseRows{T<:AbstractFloat,I<:Union{Int32,Int64}} <: AbstractMatrix{T}
    starts::Vector{I}
    columns::Vector{I}
    values::Vector{T}
    vector_tasks::Int       # that share the rows in a product with a vector
    matrix_tasks::Int       # and with one panel of the frame

    function SparseRows(starts::Vector{I}, columns::Vector{I}, values::Vector{T}) where {T,I}
        check_rows(starts, columns, values)
        W = new{T,I}(starts, columns, values, 1, 1)
        share_rows!(W, Threads.nthreads(), Threads.nthreads())
        return W
    end
end

function check_rows(starts, columns, values)
    n = length(starts) - 1
    n >= 1 || throw(DimensionMismatch("starts must have length N + 1, got $(n + 1)"))
    starts[1] == 0 && issorted(starts) || throw(ArgumentError("starts must begin with 0 and never decrease"))
    entries = min(length(columns), length(values))
    starts[end] <= entries || throw(DimensionMismatch("starts ends with $(starts[end]), but there are $entries entries"))
    all(j -> 0 <= j < n, columns) || throw(ArgumentError("columns must lie between 0 and $(n - 1)"))
    return nothing
end

n_entries(W::SparseRows) = Int(W.starts[end])
Base.size(W::SparseRows) = (length(W.starts) - 1, length(W.starts) - 1)

function Base.getindex(W::SparseRows, i::Integer, j::Integer)
    @boundscheck checkbounds(W, i, j)
    return sum(W.values[e] for e in W.starts[i]+1:W.starts[i+1] if W.columns[e] == j - 1; init=zero(eltype(W)))
end

function Base.Matrix(W::SparseRows{T}) where {T}
    A = zeros(T, size(W))
    for i in axes(A, 1), e in W.starts[i]+1:W.starts[i+1]
        A[i, W.columns[e]+1] += W.values[e]
    end
    return A
end

# Needed once, by full spectra of maps, whose frame is as large as this matrix and whose every QR costs more.
LinearAlgebra.logabsdet(W::SparseRows) = logabsdet(Matrix(W))

"Columns treated at once: the numbers of one unit fill a cache line of 64 bytes. If there are a few more, they go along."
const PACK = 8
const WIDEST_PACK = 12

# out = W * x
multiply!(out::AbstractVector, W::SparseRows, x) = share_row_sums!(out, W, x, 1, 1, W.vector_tasks)

# out = W * (factors .* Y). A unit's numbers in a few columns are brought together in `scratch` first, so that an entry of W
# reads one cache line and not one for each column.
function multiply!(out::AbstractMatrix, W::SparseRows, factors, Y, scratch)
    k = size(Y, 2)
    widest = pack_width(k)
    for c in 1:widest:k
        width = min(widest, k - c + 1)
        pack!(scratch, factors, Y, c, width)
        share_row_sums!(out, W, scratch, c, width, W.matrix_tasks)
    end
    return out
end

pack_width(k) = k <= WIDEST_PACK ? WIDEST_PACK : PACK

function pack!(packed, factors, Y, c, width)
    @inbounds for m in 1:width, i in axes(Y, 1)
        packed[(i-1)*width+m] = factors[i] * Y[i, c+m-1]
    end
    return packed
end

# Columns c, c + 1, ... of `out`, of which `packed` has `width`.
function share_row_sums!(out, W, packed, c, width, n_tasks)
    if n_tasks == 1
        row_sums!(out, W, axes(W, 1), packed, c, width)
    else
        @sync for task in 1:n_tasks
            Threads.@spawn row_sums!(out, W, share_of_rows(W, task, n_tasks), packed, c, width)
        end
    end
    return out
end

# Shares have about as many entries each, not as many rows: in-degrees can differ a lot.
share_of_rows(W, task, n_tasks) = rows_before(W, task, n_tasks)+1:rows_before(W, task + 1, n_tasks)
function rows_before(W, task, n_tasks)
    task > n_tasks && return size(W, 1)
    return searchsortedfirst(W.starts, div((task - 1) * n_entries(W), n_tasks)) - 1
end

function row_sums!(out, W, rows, packed, c, width)
    # WIDEST_PACK cases, each compiled for its width
    Base.Cartesian.@nif 12 m -> (width == m) m -> row_sums!(out, W, rows, packed, c, Val(m))
end

# Sums of even and odd entries apart: a sum waits for the one before, two keep the processor busy.
function row_sums!(out, W, rows, packed, c, ::Val{width}) where {width}
    starts, columns, values = W.starts, W.columns, W.values
    nothing_yet = ntuple(_ -> zero(eltype(values)), Val(width))
    @inbounds for i in rows
        odd = even = nothing_yet
        e, last = Int(starts[i]) + 1, Int(starts[i+1])
        while e < last
            odd = add_entry(odd, values[e], packed, width * Int(columns[e]))
            even = add_entry(even, values[e+1], packed, width * Int(columns[e+1]))
            e += 2
        end
        e == last && (odd = add_entry(odd, values[e], packed, width * Int(columns[e])))
        for m in 1:width
            out[i, c+m-1] = odd[m] + even[m]
        end
    end
    return out
end

@inline function add_entry(sums::NTuple{width}, value, packed, offset) where {width}
    return ntuple(m -> (@inbounds muladd(value, packed[offset+m], sums[m])), Val(width))
end

function tangent!(out, network::RateNetwork{T,<:SparseRows}, slopes, Y, scratch) where {T}
    multiply!(out, network.weights, slopes, Y, scratch)
    return relax_rows!(out, network.leak, Y)
end

function coupling!(out, network::RateNetwork{T,<:SparseRows}, slopes, Y, scratch) where {T}
    return multiply!(out, network.weights, slopes, Y, scratch)
end

function tangent!(out, network::DiscreteNetwork{T,<:SparseRows}, linearization, Y, scratch) where {T}
    multiply!(out, network.weights, Ones(), Y, scratch)
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in axes(out, 1)
            out[i, c] *= linearization[i]
        end
    end
    return out
end

const SparseNetwork = Union{RateNetwork{T,<:SparseRows} where T,DiscreteNetwork{T,<:SparseRows} where T}

# A narrower panel would read all of W for fewer columns. Where there are more cores than panels, several share the rows.
share_frame(network::SparseNetwork, k, threads) = share_rows!([network.weights], k, threads)

# The same for several matrices that a step multiplies by.
function share_rows!(matrices::Vector, k, threads)
    n_tasks = sum(n_entries, matrices) * k >= 10^6 ? min(threads, cld(k, PACK)) : 1
    foreach(W -> share_rows!(W, threads, div(threads, n_tasks)), matrices)
    return Panels(k, n_tasks, pack_width(cld(k, n_tasks)))
end

# 100 000 entries take about 0.1 ms, twenty times as long as starting a task.
function share_rows!(W::SparseRows, vector_tasks, matrix_tasks)
    most = max(1, div(n_entries(W), 100_000))
    W.vector_tasks, W.matrix_tasks = min(vector_tasks, most), min(matrix_tasks, most)
    return W
end

# out = W' * Y
multiply_transposed!(out, W::SparseRows, Y) = add_transposed!(fill!(out, 0), W, Y)

# out += W' * Y
function add_transposed!(out, W::SparseRows, Y)
    @inbounds for c in axes(Y, 2), i in axes(Y, 1), e in W.starts[i]+1:W.starts[i+1]
        out[W.columns[e]+1, c] += W.values[e] * Y[i, c]
    end
    return out
end
