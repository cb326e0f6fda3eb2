# Householder QR of a frame in blocks of columns, the products of which tasks share.
#
# LAPACK's geqrf and orgqr do the same, but their narrow products do not gain from a BLAS with several threads. A block of
# reflectors is I - V T V' (R. Schreiber, C. Van Loan, SIAM J. Sci. Stat. Comput. 10, 53 (1989)).

"Columns whose reflectors are put together."
const REFLECTOR_BLOCK = 32

"""
    Reflectors{T}(n, k)

Buffers of `triangularize!` and `form_columns!`: V of the present block, T of all blocks side by side, and a product with V'
for every column of the frame.
"""
struct Reflectors{T}
    V::Matrix{T}
    T::Matrix{T}
    products::Matrix{T}
end

function Reflectors{T}(n::Integer, k::Integer) where {T}
    b = min(REFLECTOR_BLOCK, k)
    return Reflectors{T}(zeros(T, n, b), zeros(T, b, k), zeros(T, b, k))
end

block_columns(b, m) = (b-1)*REFLECTOR_BLOCK+1:min(b * REFLECTOR_BLOCK, m)

# R of the first m columns in their upper triangle, the reflectors below it.
function triangularize!(Q::Matrix, qr, m, n_tasks)
    n, reflectors = size(Q, 1), qr.blocks
    for b in 1:cld(m, REFLECTOR_BLOCK)
        columns = block_columns(b, m)
        panel = view(Q, first(columns):n, columns)
        geqrf!(qr, panel)
        V = copy_reflectors!(reflectors.V, panel)
        join_reflectors!(triangle_of(reflectors, columns), V, qr.reflectors)
        last(columns) < m && apply_block!(Q, reflectors, columns, last(columns)+1:m, 'T', n_tasks)
    end
    return Q
end

# The orthonormal factor in the place of R and the reflectors.
function form_columns!(Q::Matrix{T}, reflectors, m, n_tasks) where {T}
    n = size(Q, 1)
    for b in cld(m, REFLECTOR_BLOCK):-1:1
        columns = block_columns(b, m)
        panel, top = view(Q, first(columns):n, columns), 1:length(columns)
        V = copy_reflectors!(reflectors.V, panel)
        fill!(view(Q, columns, last(columns)+1:m), 0)
        last(columns) < m && apply_block!(Q, reflectors, columns, last(columns)+1:m, 'N', n_tasks)
        # the block's own columns: those of I, minus V T V' of these
        corner = view(reflectors.products, top, columns)
        copyto!(corner, transpose(view(V, top, :)))
        BLAS.trmm!('L', 'U', 'N', 'N', one(T), triangle_of(reflectors, columns), corner)
        share_columns(n_row_parts(n), size(panel, 1), n_tasks) do rows
            BLAS.gemm!('N', 'N', -one(T), view(V, rows, :), corner, zero(T), view(panel, rows, :))
        end
        @inbounds for i in top
            panel[i, i] += 1
        end
    end
    return Q
end

triangle_of(reflectors, columns) = view(reflectors.T, 1:length(columns), columns)

# T of a block, from V and the factors of its reflectors.
function join_reflectors!(triangle::AbstractMatrix{T}, V, factors) where {T}
    BLAS.gemm!('T', 'N', one(T), V, V, zero(T), triangle)
    @inbounds for j in axes(triangle, 2)
        for i in 1:j-1      # minus the factor times T[1:j-1, 1:j-1] V' v, from the top: what is overwritten is not needed below
            total = zero(T)
            for l in i:j-1
                total += triangle[i, l] * triangle[l, j]
            end
            triangle[i, j] = -factors[j] * total
        end
        triangle[j, j] = factors[j]
    end
    return triangle
end

# V of a block: the unit diagonal and what is below it.
function copy_reflectors!(V::Matrix{T}, panel) where {T}
    rows, m = size(panel)
    @inbounds for c in 1:m
        for i in 1:c-1
            V[i, c] = 0
        end
        V[c, c] = 1
        for i in c+1:rows
            V[i, c] = panel[i, c]
        end
    end
    return view(V, 1:rows, 1:m)
end

# (I - V T V') or its transpose times some columns, from the block's first row on.
function apply_block!(Q::Matrix{T}, reflectors, block, columns, transposed, n_tasks) where {T}
    n, width = size(Q, 1), length(block)
    V, triangle = view(reflectors.V, 1:n-first(block)+1, 1:width), triangle_of(reflectors, block)
    share_columns(2 * cld(length(columns), 2 * WIDEST_BLOCK), length(columns), n_tasks) do part
        mine = columns[part]
        A, product = view(Q, first(block):n, mine), view(reflectors.products, 1:width, mine)
        BLAS.gemm!('T', 'N', one(T), V, A, zero(T), product)
        BLAS.trmm!('L', 'U', transposed, 'N', one(T), triangle, product)
        BLAS.gemm!('N', 'N', -one(T), V, product, one(T), A)
    end
    return Q
end

# Work on up to `count` ranges of 1:n.
function share_columns(work::F, count, n, n_tasks) where {F}
    count = min(count, n)
    share_work(p -> work(part_of(n, count, p)), count, n_tasks)
end
