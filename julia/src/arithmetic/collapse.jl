# Directions that die: columns of the frame that a singular Jacobian sends to zero.
#
# A block sends the living columns of the frame to Y = Q R. A column of Y that depends on the columns before it leaves on
# the diagonal of R nothing, or rounding. Householder's transformations leave in transformed row i of Y an error of about
# eps times the size of row i, also where sizes differ by hundreds of digits (rows are sorted, see orthonormalize.jl). So a
# diagonal entry is rounding if it is no larger than eps times the sizes, summed, of the rows from its own on.
# Measured: it is 2e2 times that sum, or less, in most steps for Jacobians of low rank, and at least 1e10 times for regular
# ones, those of saturated heavy-tailed networks with conditions up to 1e283 included.
#
# A dead column must take no direction from the columns behind it: it is left out of the factorisation.

"A diagonal entry of R is rounding below so many units of the last place of the sizes of the rows, summed."
const ROUNDING_UNITS = 16

# The largest entry in position c that is rounding, from a sum of sizes of rows.
rounding_bound(tail::T, units) where {T} = isfinite(tail) ? units * eps(T) * tail : zero(T)

"""
    orthonormalize_living!(Q, qr, m, units)

[`orthonormalize!`](@ref) for the first `m` columns of a frame whose other columns are zero. Columns that depend on those
before them, to `units` units of the last place, die: the others move to the front in their order, and zeros follow.
`qr.diagonal[1:m]` belongs to the columns as they are afterwards, and is 0 for the dead. Returns nothing if all live, else
a [`Deaths`](@ref).
"""
function orthonormalize_living!(Q, qr, m, units)
    factorize!(Q, qr, m)
    if !suspicious(qr, size(Q, 1), m, units)
        form_frame!(Q, qr, m)
        return nothing
    end
    deaths, rest = find_deaths(Q, qr, m, units)
    form_frame!(Q, qr, m)
    remove_dead!(Q, qr, m, deaths, rest, units)
    return deaths
end

"""
    Deaths(living, dead, by_rounding, doubtful)

What [`orthonormalize_living!`](@ref) found: the columns that live and those that died, as they were numbered before;
whether a column died of something that is not exactly zero; and the number of columns that live although their entry is
rounding compared with the other columns, such as one that had aligned with a null space.
"""
mutable struct Deaths
    living::Vector{Int}
    dead::Vector{Int}
    by_rounding::Bool
    doubtful::Int
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
function find_deaths(Q, qr, m, units)
    n = size(Q, 1)
    whole = reverse(cumsum(reverse(view(qr.row_size, 1:m)))) .+ rows_below(qr, n, m)
    noise = rounding_bound.(whole, units)
    deaths = Deaths(Int[], Int[], false, 0)
    for c in 1:m
        own = rounding_bound(qr.tail[c], units)
        # a direction that a dead column left free may be this column's
        is_noise(d) = abs(Q[d, c]) <= noise[d]
        if abs(Q[c, c]) <= own && all(is_noise, deaths.dead)
            push!(deaths.dead, c)
            deaths.by_rounding |= own > 0
        else
            push!(deaths.living, c)
            deaths.doubtful += is_noise(c) && all(is_noise, deaths.dead)
        end
    end
    rest = zeros(eltype(Q), m, length(deaths.living))
    for (j, c) in enumerate(deaths.living), r in 1:c
        rest[r, j] = qr.diagonal[r] < 0 ? -Q[r, c] : Q[r, c]
    end
    for r in deaths.dead, j in eachindex(deaths.living)
        abs(rest[r, j]) <= noise[r] && (rest[r, j] = 0)
    end
    return deaths, rest
end

function remove_dead!(Q, qr, m, deaths, rest, units)
    isempty(deaths.dead) && return nothing
    r = length(deaths.living)
    if deaths.living != 1:r    # columns behind a dead one: factorise them without it
        turn = HouseholderQR{eltype(Q)}(m, r)
        more = orthonormalize_living!(rest, turn, r, units)
        if more !== nothing
            dead = deaths.living[more.dead]
            deaths.living = deaths.living[more.living]
            append!(deaths.dead, dead)
            deaths.by_rounding |= more.by_rounding
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

Which columns of a run's frame live: the first `count`; at the beginning of the present block `before`. `rows[c]` is the row of the log that belongs to column c.
`renewable[c]`: column c is one of a frame that was given, so that its death says nothing about the exponent, and a random
one takes its place; that of a random column, or of a frame with N columns, is final. `unproven` counts the columns that
died by rounding while no singular Jacobian was seen, `doubtful` those that lived on with an entry that was rounding.
"""
mutable struct Living
    generic::Bool
    count::Int
    before::Int
    rows::Vector{Int}
    renewable::Vector{Bool}
    events::Int
    unproven::Int
    doubtful::Int
    random::UInt64
end

Living(n::Integer, k::Integer, generic::Bool) = Living(generic, k, k, collect(1:k), fill(!generic && k < n, k), 0, 0, 0, 0x5)

"Columns of a Jacobian up to which its rank is looked at when directions die."
const LARGEST_EXAMINED = 2000

# Columns whose numbers cannot be believed: a doubtful one may have died for good later.
n_unproven(living::Living) = living.unproven + min(living.doubtful, living.count)

# Orthonormalise the frame; the block is logged after that, and then `renew!` follows.
function orthonormalize_block!(integrator, logged)
    Q, qr, living = integrator.Q, integrator.qr, integrator.living
    isempty(qr.triangle) || return (orthonormalize!(Q, qr); nothing)    # all of R is wanted, in the order of the columns
    m = living.before = living.count
    fill!(view(qr.diagonal, m+1:size(Q, 2)), 0)
    m == 0 && return nothing
    # a product of steps, or a step of a flow, is regular: there only what is exactly zero is dead
    single = integrator.system isa DiscreteMap && integrator.steps_in_block == 1
    deaths = orthonormalize_living!(Q, qr, m, single ? ROUNDING_UNITS : 0)
    deaths === nothing && return nothing
    logged && judge_deaths!(integrator, deaths)
    order = vcat(deaths.living, sort!(deaths.dead))
    living.rows[1:m] = living.rows[order]
    living.renewable[1:m] = living.renewable[order]
    living.count = length(deaths.living)
    return nothing
end

# Deaths by rounding are believed if the Jacobian is singular to rounding, however its rows and columns are scaled.
function judge_deaths!(integrator, deaths)
    living = integrator.living
    living.doubtful = max(living.doubtful, deaths.doubtful)
    deaths.by_rounding || return nothing
    living.events += 1
    ispow2(living.events) || return nothing     # a chain dies in as many events as it has units
    n = dimension(integrator.system)
    nullity = n <= LARGEST_EXAMINED ? n - scaled_rank!(last_jacobian(integrator)) : 0
    living.unproven += max(0, length(deaths.dead) - nullity)
    return nothing
end

# The Jacobian of the last step of a map, whose linearisation is still on the tape.
function last_jacobian(integrator)
    n, tape = dimension(integrator.system), integrator.tape
    J = Matrix{eltype(integrator.x)}(I, n, n)
    tape.recorded = 1
    widest = size(first(integrator.workers).trial, 2)
    propagate!(J, integrator.workers, Panels(n, 1, widest), tape, integrator.system, integrator.algorithm)
    return J
end

"""
    scaled_rank!(A)

Numerical rank of A, which is overwritten, after its rows and columns have been brought to about the same size: graded
matrices keep their rank.
"""
function scaled_rank!(A::Matrix{T}) where {T}
    for _ in 1:4, dim in (2, 1)
        sizes = maximum(abs, A; dims=dim)
        A ./= map(s -> s > 0 ? exp2(floor(log2(s))) : one(T), sizes)
    end
    diagonal = abs.(diag(first(LAPACK.geqp3!(A))))
    return count(>(size(A, 1) * eps(T) * first(diagonal)), diagonal)
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
