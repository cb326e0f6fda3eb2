# Directions that die: columns of the frame that a singular Jacobian sends to zero.
#
# A block sends the living columns of the frame to Y = Q R. A column of Y that depends on the columns before it leaves on
# the diagonal of R nothing, or rounding. Rows are sorted (see orthonormalize.jl), so that the rounding in transformed row i
# is about eps times the size of row i, also where sizes differ by hundreds of digits. A diagonal entry is suspicious if it
# is no larger than ROUNDING_UNITS eps times the sizes, summed, of the rows from its own on.
#
# Suspicion proves nothing: also columns of D A D, with D diagonal and graded, are that small, and have all their digits.
# What is exactly zero is dead. Of the others no more die than the Jacobian, scaled, is short of its full rank, and only those
# that are rounding also against the size of their own column.
#
# A dead column must take no direction from the columns behind it: it is left out of the factorisation.

"A diagonal entry of R is suspicious below so many units of the last place of the sizes of the rows, summed."
const ROUNDING_UNITS = 16

# The largest entry in position c that is suspicious, from a sum of sizes of rows.
rounding_bound(tail::T, units) where {T} = isfinite(tail) ? units * eps(T) * tail : zero(T)

"""
    orthonormalize_living!(Q, qr, m, units, look, R)

[`orthonormalize!`](@ref) for the first `m` columns of a frame whose other columns are zero. Columns that depend on those
before them die: the others move to the front in their order, and zeros follow. What is exactly zero dies always; `look(R,
qr)`, called when an entry is suspicious, gives the [`Scales`](@ref) that say which others may die. `qr.diagonal[1:m]`
belongs to the columns as they are afterwards, and is 0 for the dead; `R` is the factor if none died. Returns nothing if all
live and were not looked at, else a [`Deaths`](@ref).
"""
function orthonormalize_living!(Q, qr, m, units, look::F, R=qr.triangle) where {F}
    factorize!(Q, qr, m)
    if !suspicious(qr, size(Q, 1), m, units)
        form_frame!(Q, qr, m, R)
        return nothing
    end
    scales = units > 0 ? look(Q, qr) : Scales(eltype(Q))
    deaths, rest = find_deaths(Q, qr, m, units, scales)
    form_frame!(Q, qr, m, R)
    remove_dead!(Q, qr, m, deaths, rest, units, scales)
    return deaths, scales
end

"""
    Scales(allowed, column, tail)
    Scales(T)

What a look at the Jacobian gives: how many columns may die of rounding, the norms of the columns of Y, and for each
position the scales of the rows from there on, summed, of which the largest is 1. Empty if nobody looked.
"""
struct Scales{T}
    allowed::Int
    column::Vector{T}
    tail::Vector{T}
end

Scales(T::Type) = Scales(0, T[], T[])

# Whether an entry of column c is rounding in `position`: the error is eps times the size of the column and the scale of the
# row.
is_rounding(entry, scales, c, position=c, units=ROUNDING_UNITS) =
    abs(entry) <= rounding_bound(scales.column[c] * scales.tail[position], units)

"Where a null space nearly cancels a whole column, rounding is so many units of what is left of it."
const CANCELLATION_UNITS = 2^20

"""
    Deaths(living, dead, unproven)

What [`orthonormalize_living!`](@ref) found: the columns that live and those that died, as they were numbered before, and
how many of these died without proof: zeros to which sums of other numbers were rounded, more than were allowed.
"""
mutable struct Deaths
    living::Vector{Int}
    dead::Vector{Int}
    unproven::Int
end

function suspicious(qr, n, m, units)
    all(isfinite, view(qr.diagonal, 1:m)) || return false
    tail = rows_below(qr, n, m)
    @inbounds for c in m:-1:1
        tail += qr.row_size[c]
        abs(qr.diagonal[c]) <= rounding_bound(tail, units) && return true
    end
    return false
end

rows_below(qr, n, m) = sum(view(qr.row_size, m+1:n))   # sizes of the rows behind row m, of all columns

# Which columns died, and what is left of R: the columns that live, rows in their order, without signs of Q.
function find_deaths(Q, qr, m, units, scales)
    n = size(Q, 1)
    whole = reverse(cumsum(reverse(view(qr.row_size, 1:m)))) .+ rows_below(qr, n, m)
    noise = rounding_bound.(whole, units)
    deaths = Deaths(Int[], Int[], 0)
    for c in 1:m
        may_die = Q[c, c] == 0 || length(deaths.dead) < scales.allowed &&
            abs(Q[c, c]) <= rounding_bound(qr.tail[c], units) && is_rounding(Q[c, c], scales, c, c, CANCELLATION_UNITS)
        # a direction that a dead column left free may be this column's
        dies = may_die && all(d -> abs(Q[d, c]) <= noise[d], deaths.dead)
        push!(dies ? deaths.dead : deaths.living, c)
    end
    deaths.unproven = max(0, count(c -> qr.tail[c] > 0, deaths.dead) - scales.allowed)
    rest = zeros(eltype(Q), m, length(deaths.living))
    for (j, c) in enumerate(deaths.living), r in 1:c
        rest[r, j] = qr.diagonal[r] < 0 ? -Q[r, c] : Q[r, c]
    end
    for r in deaths.dead, j in eachindex(deaths.living)
        abs(rest[r, j]) <= noise[r] && (rest[r, j] = 0)
    end
    return deaths, rest
end

function remove_dead!(Q, qr, m, deaths, rest, units, scales)
    isempty(deaths.dead) && return nothing
    r = length(deaths.living)
    if deaths.living != 1:r    # columns behind a dead one: factorise them without it
        turn = HouseholderQR{eltype(Q)}(m, r)
        column = isempty(scales.column) ? scales.column : scales.column[deaths.living]
        left = Scales(max(0, scales.allowed - length(deaths.dead)), column, scales.tail)
        found = orthonormalize_living!(rest, turn, r, units, (_, _) -> left)
        if found !== nothing
            more = first(found)
            dead = deaths.living[more.dead]
            deaths.living = deaths.living[more.living]
            append!(deaths.dead, dead)
            deaths.unproven += more.unproven
            r = length(deaths.living)
        end
        Q[:, 1:r] = view(Q, :, 1:m) * view(rest, :, 1:r)
        copyto!(qr.diagonal, 1, turn.diagonal, 1, r)
    end
    fill!(view(Q, :, r+1:m), 0)
    fill!(view(qr.diagonal, r+1:m), 0)
    return nothing
end

"""
    Living(n, k, generic)

Which columns of a run's frame live: the first `count`; at the beginning of the present block `before`. `rows[c]` is the
row of the log that belongs to column c. `renewable[c]`: column c is one of a frame that was given, so that its death says
nothing about the exponent, and a random one takes its place; that of a random column, or of a frame with N columns, is
final. `unproven` counts the columns that died without proof; `doubted` are the rows of the log of which an entry was seen that
is rounding. The Jacobian is looked at after `rest` more suspicious blocks; the pauses double as long as it is regular.
"""
mutable struct Living
    generic::Bool
    count::Int
    before::Int
    rows::Vector{Int}
    renewable::Vector{Bool}
    pause::Int
    rest::Int
    is_singular::Bool       # a Jacobian was seen that is short of rank
    unproven::Int
    doubted::Vector{Bool}
    random::UInt64
    watched::Bool           # false: dead columns are kept, since all of R is wanted with its zeros
end

Living(n::Integer, k::Integer, generic::Bool; watched::Bool=true) =
    Living(generic, k, k, collect(1:k), fill(!generic && k < n, k), 0, 0, false, 0, falses(k), 0x5, watched)

"Columns of a Jacobian up to which its rank is looked at when directions die."
const LARGEST_EXAMINED = 2000

# Orthonormalise the frame; the block is logged after that, and then `renew!` follows.
function orthonormalize_block!(integrator, logged)
    Q, qr, living = integrator.Q, integrator.qr, integrator.living
    integrator.cholesky.is_loose = integrator.cholesky.has_R = false
    threads = threads_worth_using(length(Q) * size(Q, 2), integrator.threads)
    if !living.watched
        with_blas_threads(() -> orthonormalize!(Q, qr), threads)
        integrator.cholesky.has_R = true
        return nothing
    end
    m = living.before = living.count
    fill!(view(qr.diagonal, m+1:size(Q, 2)), 0)
    m == 0 && return nothing
    logged && integrator.n_logged == 0 && (living.pause = living.rest = 0)
    # a product of steps, or a step of a flow, is regular: there only what is exactly zero is dead
    units = is_single_step(integrator) ? ROUNDING_UNITS : 0
    isempty(qr.triangle) && by_cholesky!(integrator, m, units, threads) && return nothing
    look(R, qr) = look_at_rank!(integrator, R, qr, m)
    found = with_blas_threads(() -> orthonormalize_living!(Q, qr, m, units, look, last_factor(integrator)), threads)
    deaths = found === nothing ? nothing : first(found)
    count_lengths!(qr.diagonal, integrator.cholesky, deaths, m)
    found === nothing && return nothing
    scales = last(found)
    logged && doubt!(living, deaths, scales, qr)
    order = vcat(deaths.living, sort!(deaths.dead))
    living.rows[1:m] = living.rows[order]
    living.renewable[1:m] = living.renewable[order]
    living.count = length(deaths.living)
    return nothing
end

# Where the R of the last orthonormalisation is, if `has_R`.
last_factor(integrator) = isempty(integrator.qr.triangle) ? integrator.cholesky.R : integrator.qr.triangle

# One-pass Cholesky QR, if it costs no digits and no column is suspicious: the sizes of the rows, summed, are no larger
# than the square root of N times the size of the frame.
function by_cholesky!(integrator, m, units, threads)
    Q, cholesky = integrator.Q, integrator.cholesky
    size(Q, 1) * m^2 >= LEAST_WORK && may_try!(cholesky) || return false
    graded_below = units * eps(eltype(Q)) * sqrt(size(Q, 1))
    diagonal, before = integrator.qr.diagonal, cholesky.before
    copyto!(before, cholesky.lengths)
    done = with_blas_threads(1) do
        cholesky_qr!(Q, cholesky, m, threads; graded_below=graded_below)
    end
    if done
        @inbounds for c in 1:m
            diagonal[c] = cholesky.R[c, c] / before[c] * cholesky.lengths[c]
        end
    end
    return note_try!(cholesky, done)
end

# After Householder's way: the growth of columns that were nearly of length 1 before, and are so to rounding now.
function count_lengths!(diagonal, cholesky, deaths, m)
    cholesky.has_R = deaths === nothing || isempty(deaths.dead)
    n_living = deaths === nothing ? m : length(deaths.living)
    @inbounds for j in 1:n_living
        diagonal[j] /= cholesky.lengths[deaths === nothing ? j : deaths.living[j]]
    end
    fill!(cholesky.lengths, 1)
    return nothing
end

is_single_step(integrator) = integrator.system isa DiscreteMap && integrator.steps_in_block == 1

# As many columns may die as the Jacobian is short of its full rank, however its rows and columns are scaled.
function look_at_rank!(integrator, R, qr, m)
    living, n, T = integrator.living, dimension(integrator.system), eltype(R)
    n <= LARGEST_EXAMINED || return Scales(T)
    living.rest > 0 && (living.rest -= 1; return Scales(T))
    rank, row_scale = scaled_rank!(last_jacobian(integrator))
    living.pause = rank == n ? 2 * living.pause + 1 : 0
    living.rest = living.pause
    living.is_singular |= rank < n
    return Scales(n - rank, [norm(view(R, 1:c, c)) for c in 1:m], T.(reverse(cumsum(reverse(row_scale[qr.order])))))
end

function doubt!(living, deaths, scales, qr)
    living.unproven += deaths.unproven
    isempty(scales.column) && return nothing
    for (j, c) in enumerate(deaths.living)
        living.doubted[living.rows[c]] |= is_rounding(qr.diagonal[j], scales, c, j)
    end
    return nothing
end

"""
    n_unproven(integrator)

Number of columns whose numbers cannot be believed: they died without proof, or they live and entries of R were seen that
are rounding, or the Jacobian, which is singular, sends all of the column to zero but for rounding.
"""
function n_unproven(integrator)
    living, r = integrator.living, integrator.living.count
    doubted = living.doubted[living.rows[1:r]]     # what was doubted may have died since, with proof
    if living.is_singular && r > 0
        J, Q = last_jacobian(integrator), view(integrator.Q, :, 1:r)
        Y, bound = J * Q, ROUNDING_UNITS * eps(eltype(J)) .* (abs.(J) * abs.(Q))
        doubted .|= [all(i -> abs(Y[i, c]) <= bound[i, c], axes(Y, 1)) for c in 1:r]
    end
    return living.unproven + count(doubted)
end

# The Jacobian of the last step of a map, whose linearisation is still on the tape.
function last_jacobian(integrator)
    n, tape = dimension(integrator.system), integrator.tape
    J = Matrix{eltype(integrator.x)}(I, n, n)
    tape.recorded = 1
    widest = size(first(integrator.frame_buffers).trial, 2)
    propagate!(J, integrator.frame_buffers, Panels(n, 1, widest), tape, integrator.system, integrator.algorithm)
    return J
end

"""
    scaled_rank!(A)

Numerical rank of A, which is overwritten, after its rows and columns have been brought to about the same size: graded
matrices keep their rank. And the scales that the rows had, the largest of them 1; 0 if a row is zero.
"""
function scaled_rank!(A::Matrix{T}) where {T}
    log_row = zeros(size(A, 1))
    for _ in 1:4, dim in (2, 1)
        logs = map(s -> floor(log2(Float64(s))), maximum(abs, A; dims=dim))
        A .*= map(l -> isfinite(l) ? exp2(T(-l)) : one(T), logs)
        dim == 2 && (log_row .+= vec(logs))
    end
    row_scale = any(isfinite, log_row) ? exp2.(log_row .- maximum(log_row)) : zero(log_row)
    diagonal = abs.(diag(first(LAPACK.geqp3!(A))))
    return count(>(size(A, 1) * eps(T) * first(diagonal)), diagonal), row_scale
end

# Random columns in the place of dead ones: of all in the alignment, of those that are `renewable` when blocks count.
function renew!(integrator, logged)
    living, Q = integrator.living, integrator.Q
    k, r = size(Q, 2), living.count
    (r == k || !isempty(integrator.qr.triangle)) && return nothing
    dead = r+1:k
    renewed = logged ? filter(c -> living.renewable[c], dead) : collect(dead)
    isempty(renewed) && return nothing
    order = vcat(renewed, setdiff(dead, renewed))
    living.rows[dead] = living.rows[order]
    living.renewable[dead] = living.renewable[order]
    m = r + length(renewed)
    fill!(view(living.renewable, r+1:m), false)
    kept = Q[:, 1:r]
    for c in r+1:m, i in axes(Q, 1)
        Q[i, c] = random!(living)
    end
    factorize!(Q, integrator.qr, m)
    form_frame!(Q, integrator.qr, m)
    Q[:, 1:r] = kept     # with all the digits that they had
    living.count = m
    return nothing
end

# Uniform in [-1, 1): a linear congruential generator (Knuth, TAOCP 2, 3.3.4), the same in every version of Julia.
function random!(living)
    living.random = 0x5851f42d4c957f2d * living.random + 0x14057b7ef767814f
    return (living.random >> 11) * 2.0^-52 - 1
end
