# The fast way to orthonormalise a frame: Cholesky QR in one pass, where the condition of the frame allows it.
#
# The factor R of the Gram matrix Y'Y = R'R is that of Y = QR. The pass loses orthogonality, about eps times the square of
# the condition of Y with its columns scaled to the same size. What is lost in one block is made up for in the next: the
# triangular factors multiply, J2 J1 Q0 = Q2 R2 R1, whether or not Q1 is orthonormal, so that the sums of their logarithms
# see the loss of the last frame only, which `settle!` takes away (runs/integrator.jl). Y = QR itself holds to rounding.
# The growth of a single block is counted between the lengths that the columns really have, which leaves in it no more
# than about the square of the loss.
#
# Sources: A. Stathopoulos, K. Wu, SIAM J. Sci. Comput. 23, 2165 (2002); bounds: Y. Yamamoto et al., ETNA 44, 306 (2015).
#
# All of it is made of plain products of blocks that tasks share (tasks.jl): the BLAS of Julia 1.6 is slow at the others with
# several threads.

"""
    CholeskyQR{T}(n, k)

Workspace for the Cholesky QR of an n by k frame, and, in the upper triangle of `R`, the factor of the frame's last
orthonormalisation of either kind, its diagonal positive; `has_R` says whether there is one (not where directions died).
`n_cholesky` counts the logged blocks of this kind; the others are Householder's.
"""
mutable struct CholeskyQR{T}
    R::Matrix{T}
    has_R::Bool
    is_loose::Bool          # whether the last orthonormalisation was of this kind
    sizes::Vector{T}        # of the columns of Y
    lengths::Vector{T}      # of the columns of Q, nearly 1
    before::Vector{T}       # those at the beginning of the block
    squares::Matrix{T}      # those of the parts of Q, squared
    probe::Vector{T}
    pause::Int              # blocks that pass without a try after one that failed
    rest::Int
    n_cholesky::Int
end

function CholeskyQR{T}(n::Integer, k::Integer) where {T}
    vector() = ones(T, k)
    return CholeskyQR{T}(zeros(T, k, k), false, false, vector(), vector(), vector(), zeros(T, k, n_row_parts(n)), vector(),
        0, 0, 0)
end

"""
A frame may lose so much of its orthogonality in one block: the Frobenius norm of Q'Q - I, over the square root of the
number of columns. 100 columns may have a condition of about 3e6 in double precision, of 140 in single.
"""
const LARGEST_LOSS = 2.0^-12

"Below so much work (N k^2) Householder's way is as fast, and keeps every digit of every block."
const LEAST_WORK = 10^5

"""
    cholesky_qr!(Q, qr, m, n_tasks; graded_below=0)

Replace the first `m` columns of `Q` by their orthonormal factor, nearly: up to a loss of about [`LARGEST_LOSS`](@ref),
and to rounding if they were nearly orthonormal before. R is in `qr.R`, the lengths of the new columns in `qr.lengths`.
Returns `false` and leaves `Q` as it was where that would cost more digits, where numbers over- or underflow, or where an
entry of the diagonal is no larger than `graded_below` times the size of the whole frame. BLAS has to be on one thread.
"""
function cholesky_qr!(Q::Matrix{T}, qr::CholeskyQR{T}, m, n_tasks; graded_below=0) where {T}
    gram!(qr.R, Q, m, n_tasks)
    keep_sizes!(qr, m) && cholesky!(qr.R, m, n_tasks) || return false
    frame_size, shortest = norm(view(qr.sizes, 1:m)), T(Inf)
    @inbounds for c in 1:m
        qr.R[c, c] > graded_below * frame_size || return false
        shortest = min(shortest, qr.R[c, c] / qr.sizes[c])
    end
    eps(T) * max(inverse_size(qr, m), 1 / shortest)^2 <= LARGEST_LOSS * sqrt(T(m)) || return false
    solve_right!(Q, qr.R, m, n_tasks, qr.squares)
    @inbounds for c in 1:m
        square = zero(T)
        for part in axes(qr.squares, 2)
            square += qr.squares[c, part]
        end
        qr.lengths[c] = sqrt(square)
    end
    return true
end

# Where blocks fail, as those of heavy-tailed maps do, not every one of them is tried.
function may_try!(qr)
    qr.rest == 0 && return true
    qr.rest -= 1
    return false
end

function note_try!(qr, done)
    qr.is_loose = qr.has_R = done
    qr.pause = done ? 0 : min(2 * qr.pause + 1, LONGEST_PAUSE)
    qr.rest = qr.pause
    return done
end

function count!(qr, is_first)
    is_first && (qr.n_cholesky = 0)
    qr.is_loose && (qr.n_cholesky += 1)
    return nothing
end

"Blocks between two tries, at most: a try that fails costs about a product."
const LONGEST_PAUSE = 31

# Squares of entries that are too small to matter may underflow, those of whole columns may not.
function keep_sizes!(qr::CholeskyQR{T}, m) where {T}
    @inbounds for c in 1:m
        square = qr.R[c, c]
        floatmin(T) / eps(T)^2 < square < T(Inf) || return false
        qr.sizes[c] = sqrt(square)
    end
    return true
end

# About the Frobenius norm of the inverse of R, its columns scaled to unit size: that of its product with a vector of random
# signs, of which it is the root mean square.
function inverse_size(qr, m)
    signs = 0x9e3779b97f4a7c15
    @inbounds for c in 1:m
        signs = 0x5851f42d4c957f2d * signs + 0x14057b7ef767814f
        qr.probe[c] = signs >> 63 == 0 ? 1 : -1
    end
    probe = view(qr.probe, 1:m)
    BLAS.trsv!('U', 'N', 'N', view(qr.R, 1:m, 1:m), probe)
    total = zero(eltype(probe))
    @inbounds for c in 1:m
        total += abs2(qr.sizes[c] * probe[c])
    end
    return sqrt(total)
end

const WIDEST_BLOCK = 128

n_blocks(m) = m <= 48 ? 1 : 2 * cld(m, 2 * WIDEST_BLOCK)

# G = Q' Q, its upper triangle, block by block.
function gram!(G::Matrix{T}, Q, m, n_tasks) where {T}
    count = n_blocks(m)
    share_work(div(count * (count + 1), 2), n_tasks) do p
        i, j = pair(p)
        I, J = part_of(m, count, i), part_of(m, count, j)
        if i == j
            BLAS.syrk!('U', 'T', one(T), view(Q, :, I), zero(T), view(G, I, I))
        else
            BLAS.gemm!('T', 'N', one(T), view(Q, :, I), view(Q, :, J), zero(T), view(G, I, J))
        end
    end
    return G
end

# Pairs i <= j, numbered column by column: (1, 1), (1, 2), (2, 2), (1, 3), ...
function pair(p)
    j = 1
    while div(j * (j + 1), 2) < p
        j += 1
    end
    return p - div(j * (j - 1), 2), j
end

# R in the place of G = R' R; false if G is not positive definite, to rounding.
function cholesky!(G::Matrix{T}, m, n_tasks) where {T}
    count = n_blocks(m)
    for i in 1:count
        I, before = part_of(m, count, i), 1:first(part_of(m, count, i))-1
        i > 1 && share_work(count - i + 1, n_tasks) do j
            J = part_of(m, count, i + j - 1)
            BLAS.gemm!('T', 'N', -one(T), view(G, before, I), view(G, before, J), one(T), view(G, I, J))
        end
        last(LAPACK.potrf!('U', view(G, I, I))) == 0 || return false
        i < count && share_work(count - i, n_tasks) do j
            J = part_of(m, count, i + j)
            BLAS.trsm!('L', 'U', 'T', 'N', one(T), view(G, I, I), view(G, I, J))
        end
    end
    return true
end

"""
    solve_right!(A, R, m, n_tasks)

`A[:, 1:m]` times the inverse of the upper triangle `R[1:m, 1:m]`, in place. BLAS has to be on one thread. Each row has a
backward error of its own, of the size of rounding. `squares`, if given, receives the squares of the new columns' lengths,
one column for each part of the rows.
"""
function solve_right!(A::Matrix, R, m, n_tasks, squares=nothing)
    n = size(A, 1)
    count = n_row_parts(n)
    share_work(count, n_tasks) do p
        solve_columns!(view(A, part_of(n, count, p), :), R, 1, m, part_column(squares, p))
    end
    return A
end

n_row_parts(n) = 2 * cld(n, 512)
part_column(::Nothing, p) = nothing
part_column(squares, p) = view(squares, :, p)

function solve_columns!(A, R, from, to, squares)
    T = eltype(R)
    if to - from < 64
        columns = from:to
        BLAS.trsm!('R', 'U', 'N', 'N', one(T), view(R, columns, columns), view(A, :, columns))
        add_squares!(squares, A, columns)
        return nothing
    end
    middle = from + 32 * div(to - from + 1, 64) - 1
    left, right = from:middle, middle+1:to
    solve_columns!(A, R, from, middle, squares)
    BLAS.gemm!('N', 'N', -one(T), view(A, :, left), view(R, left, right), one(T), view(A, :, right))
    solve_columns!(A, R, middle + 1, to, squares)
    return nothing
end

add_squares!(::Nothing, A, columns) = nothing
function add_squares!(squares, A, columns)     # while they are in the cache
    @inbounds for c in columns
        total = zero(eltype(A))
        @simd for i in axes(A, 1)
            total += abs2(A[i, c])
        end
        squares[c] = total
    end
    return nothing
end
