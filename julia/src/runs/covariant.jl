# Covariant Lyapunov vectors: forward with every R kept, then backward by triangular solves.
#
# A block sends the frame Q to J Q = Q' R. Vectors V = Q C with an upper triangular C stay of this kind: J V = Q' R C.
# Run backward, C' -> C ∝ R⁻¹ C' forgets where it began, and its columns become the covariant vectors in the coordinates
# of the frame (Ginelli et al., PRL 99, 130601 (2007); J. Phys. A 46, 254005 (2013)).

"""
    Kept(triangles, frames, participation, sample_every)
    Kept{T}(n, k, n_blocks; sample_every=0, n_samples=0)

What a run forward keeps for the way back: of every block the upper triangle of R, column by column, in a column of
`triangles` (k (k + 1) / 2 by blocks), and after each `sample_every` blocks the frame in `frames` (n by k by samples)
and the participation ratios of its columns in `participation` (k by samples). 0 keeps no frames. The arrays are
filled in place;
they may be the memory of a file. `n_blocks` says how many blocks there are by now. A run with more than k columns keeps
its first k, which the others do not change.
"""
mutable struct Kept{T}
    triangles::Matrix{T}
    frames::Array{T,3}
    participation::Matrix{T}
    sample_every::Int
    n_blocks::Int
end

Kept(triangles, frames, participation, sample_every) = Kept(triangles, frames, participation, Int(sample_every), 0)
Kept{T}(n::Integer, k::Integer, n_blocks::Integer; sample_every::Integer=0, n_samples::Integer=0) where {T} =
    Kept(zeros(T, k * (k + 1) ÷ 2, n_blocks), zeros(T, n, k, n_samples), zeros(T, k, n_samples), sample_every)

is_sample(kept, b) = kept.sample_every > 0 && b % kept.sample_every == 0

"""
    keep_blocks!(integrator)

Let the integrator have all of R at the end of its blocks, as [`keep!`](@ref) needs. Directions that die are still
looked for. Returns the integrator.
"""
function keep_blocks!(integrator::SpectrumIntegrator{T}) where {T}
    integrator.qr = HouseholderQR{T}(size(integrator.Q)...; keep_triangle=true)
    integrator.living.rows .= eachindex(integrator.living.rows)     # directions that died before are replaced by now
    return integrator
end

"""
    keep!(integrator, n_steps, log, kept)

Advance by `n_steps` steps, write every block that ends to `log`, and keep it in the [`Kept`](@ref). A direction that
dies, from which there is no way back, ends the run with the status `:direction_died`; its block is in `log` and not in
`kept`.
"""
function keep!(integrator::SpectrumIntegrator, n_steps::Integer, log::BlockLog, kept::Kept)
    remaining = Int(n_steps)
    while remaining > 0 && integrator.status === :running
        n = min(remaining, integrator.steps_per_block - integrator.steps_in_block)
        advance!(integrator, n, log)
        integrator.steps_in_block == 0 && keep_block!(kept, integrator)
        remaining -= n
    end
    return integrator
end

function close_block!(integrator::SpectrumIntegrator, log::BlockLog, kept::Kept)
    integrator.steps_in_block == 0 && return integrator
    close_block!(integrator, log)
    keep_block!(kept, integrator)
    return integrator
end

function keep_block!(kept, integrator)
    integrator.status === :running || return nothing
    if !first_live(integrator.living, size(kept.frames, 2))
        integrator.status = :direction_died
        return nothing
    end
    b = kept.n_blocks += 1
    pack!(kept.triangles, b, integrator.qr.triangle, size(kept.frames, 2))
    is_sample(kept, b) && keep_frame!(kept, b ÷ kept.sample_every, integrator.Q)
    return nothing
end

# Whether the first k columns live: those behind a dead one move forward.
first_live(living, k) = living.count >= k && all(c -> living.rows[c] == c, 1:k)

function keep_frame!(kept, s, Q)
    s <= size(kept.frames, 3) || return nothing
    @inbounds for c in axes(kept.frames, 2)
        for i in axes(Q, 1)
            kept.frames[i, c, s] = Q[i, c]
        end
        kept.participation[c, s] = participation_ratio(view(Q, :, c))
    end
    return nothing
end

"""
    participation_ratio(v)

Over how many entries a vector is spread: ``(sum v_i^2)^2 / sum v_i^4``, from 1 to its length.
"""
function participation_ratio(v)
    second = fourth = zero(eltype(v))
    @inbounds @simd for i in eachindex(v)
        square = abs2(v[i])
        second += square
        fourth += square^2
    end
    return second^2 / fourth
end

function pack!(triangles, b, R, k)
    p = 0
    @inbounds for c in 1:k, r in 1:c
        triangles[p += 1, b] = R[r, c]
    end
    return nothing
end

function unpack!(R, triangles, b)
    p = 0
    @inbounds for c in axes(R, 2), r in 1:c
        R[r, c] = triangles[p += 1, b]
    end
    return nothing
end

"""
    WayBack(C; threads=Threads.nthreads())

Covariant vectors on their way back, as coordinates `C` in the frame: k by k, upper triangular with columns of length 1,
used in place. Any one with a non-zero diagonal may begin. Move it with [`go_back!`](@ref).
"""
struct WayBack{T}
    C::Matrix{T}
    R::Matrix{T}
    panels::Panels
    threads::Int
end

const TRIANGLE_PANEL = 64   # columns: the part of R⁻¹ C below the diagonal that is computed for nothing stays small

function WayBack(C::Matrix{T}; threads::Integer=Threads.nthreads()) where {T}
    k = size(C, 1)
    size(C, 2) == k || throw(DimensionMismatch("the coordinates must be k by k, got $(size(C))"))
    all(c -> C[c, c] != 0, 1:k) && istriu(C) ||
        throw(ArgumentError("the coordinates must be upper triangular, with a diagonal without zeros"))
    back = WayBack(C, zeros(T, k, k), Panels(k, 1, TRIANGLE_PANEL), Int(threads))
    foreach(j -> scale_column!(C, j), 1:k)
    return back
end

"""
    go_back!(back, kept, from, n_blocks, log_growth=nothing)

Back through `n_blocks` blocks of `kept`, the first of which is `from`. With `log_growth` (k by blocks of `kept`) the
logarithms of the growth of the vectors in each block are written to it, and every frame on the way is replaced by the
covariant vectors there. Returns the number of blocks done: less where the vectors become infinite or NaN.
"""
function go_back!(back::WayBack, kept::Kept, from::Integer, n_blocks::Integer,
log_growth::Union{Nothing,AbstractMatrix}=nothing)
    0 <= n_blocks <= from <= kept.n_blocks ||
        throw(ArgumentError("there are $(kept.n_blocks) blocks: cannot go back through $n_blocks from number $from on"))
    n, k = size(kept.frames, 1), size(back.C, 1)
    return with_blas_threads(threads_worth_using(max(n, k) * k^2, back.threads)) do
        done = 0
        while done < n_blocks && step_back!(back, kept, from - done, log_growth)
            done += 1
        end
        done
    end
end

# Through block b, from its end to its beginning. False if the coordinates are not finite any more.
function step_back!(back, kept, b, log_growth)
    log_growth !== nothing && is_sample(kept, b) && form_vectors!(kept.frames, b ÷ kept.sample_every, back.C)
    unpack!(back.R, kept.triangles, b)
    solve_triangular!(back)
    @inbounds for j in axes(back.C, 2)
        size_of_column = scale_column!(back.C, j)
        0 < size_of_column < Inf || return false
        log_growth === nothing || (log_growth[j, b] = -log(size_of_column))
    end
    return true
end

# C <- R⁻¹ C, in which the columns up to j see the rows up to j only.
function solve_triangular!(back)
    C, R = back.C, back.R
    for columns in back.panels.ranges
        m = last(columns)
        BLAS.trsm!('L', 'U', 'N', 'N', one(eltype(C)), view(R, 1:m, 1:m), view(C, 1:m, columns))
    end
    return nothing
end

# Give column j the length 1; returns the one it had.
function scale_column!(C, j)
    total = zero(eltype(C))
    @inbounds @simd for i in 1:j
        total += abs2(C[i, j])
    end
    total = sqrt(total)
    @inbounds @simd for i in 1:j
        C[i, j] /= total
    end
    return total
end

# The frame of sample s times C, in its place.
function form_vectors!(frames::Array{T,3}, s, C) where {T}
    s <= size(frames, 3) || return nothing
    BLAS.trmm!('R', 'U', 'N', 'N', one(T), C, view(frames, :, :, s))
    return nothing
end

"""
    backward_error(C, D)

Largest angle between the lines along the columns of two sets of coordinates.
"""
backward_error(C, D) = maximum(c -> line_angle(view(C, :, c), view(D, :, c)), axes(C, 2))

# Exact also for small angles, of which the cosine knows only half of the digits.
function line_angle(u, v)
    smaller, larger = minmax(norm(u .- v), norm(u .+ v))
    return 2 * atan(smaller, larger)
end

"""
    covariant!(integrator, n_blocks; n_backward=n_blocks, sample_every=1)

Covariant Lyapunov vectors along the next `n_blocks` blocks. The frame should be aligned: advance the integrator before.
The run goes on for `n_backward` blocks more, on whose way back the vectors forget where they began.

Returns `(vectors, blocks, log_growth, participation, backward_error, log)`: `vectors[:, :, s]` are the vectors, of
length 1, at the end of block `blocks[s]`, one every `sample_every` blocks, in the order of the frame's columns;
`log_growth[:,
b]` the
logarithms of their growth in block b; `participation[:, s]` the participation ratios of the *frame* there;
`backward_error` the largest angle by which two different backward starts still differ at the end of block
`n_blocks`; `log` the [`BlockLog`](@ref) of the same blocks. A run that ends early, see `integrator.status`, raises an
`ErrorException`.

# Examples
```julia
using LyapunovSpectra, LinearAlgebra
import LyapunovSpectra as LS
integrator = LS.init(cat_map(), LS.MapStep(), [0.1, 0.2], [1.0 0; 0 1])
advance!(integrator, 50)
found = covariant!(integrator, 100; n_backward=50)
found.vectors[:, 1, end]      # along (golden ratio, 1), up to its sign
```
"""
function covariant!(integrator::SpectrumIntegrator{T}, n_blocks::Integer; n_backward::Integer=n_blocks,
sample_every::Integer=1) where {T}
    n_blocks >= 1 && n_backward >= 0 || throw(ArgumentError("n_blocks must be at least 1 and n_backward at least 0"))
    1 <= sample_every <= n_blocks || throw(ArgumentError("sample_every must be from 1 to $n_blocks, got $sample_every"))
    integrator.steps_in_block == 0 || throw(ArgumentError("a block has begun; end it with close_block! first"))
    n, k = size(integrator.Q)
    keep_blocks!(integrator)
    samples = n_blocks ÷ sample_every
    window = keep_more!(integrator, n_blocks, Kept{T}(n, k, n_blocks; sample_every=sample_every, n_samples=samples))
    beyond = keep_more!(integrator, n_backward, Kept{T}(n, k, n_backward))
    back = WayBack(Matrix{T}(I, k, k); threads=integrator.threads)
    other = WayBack(Matrix(UpperTriangular(ones(T, k, k))); threads=integrator.threads)
    log_growth = zeros(T, k, n_blocks)
    for start in (back, other)
        go_back!(start, beyond.kept, n_backward, n_backward) == n_backward || throw(ErrorException(NO_WAY_BACK))
    end
    error = backward_error(back.C, other.C)
    go_back!(back, window.kept, n_blocks, n_blocks, log_growth) == n_blocks || throw(ErrorException(NO_WAY_BACK))
    return (vectors=window.kept.frames, blocks=sample_every .* (1:samples), log_growth=log_growth,
        participation=window.kept.participation, backward_error=error, log=window.log)
end

const NO_WAY_BACK = "the vectors became infinite or NaN on the way back: make the blocks shorter, or carry fewer vectors"

function keep_more!(integrator::SpectrumIntegrator{T}, n_blocks, kept) where {T}
    log = BlockLog{T}(size(integrator.Q, 2), n_blocks)
    integrator.n_logged = 0
    keep!(integrator, n_blocks * integrator.steps_per_block, log, kept)
    integrator.status === :running || throw(ErrorException("the run ended with the status $(integrator.status)"))
    return (kept=kept, log=log)
end
