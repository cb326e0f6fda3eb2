# The integrator: state, frame and clock of a run, moved in stretches.

"""
    BlockLog(log_growth, steps, condition, log_volume, traces)
    BlockLog{T}(k, n_blocks; n_traces=0)

What a run writes down at the end of each block (a block is the stretch between two orthonormalisations):
`log_growth[:, b]` the logarithms of the diagonal of R, `steps[b]` its length, `condition[b]` the ratio of the largest to the smallest of that
diagonal, `log_volume[b]` the logarithm of the volume change (for the sum rule; NaN if unknown), `traces[:, b]` the
first few units of the state. The arrays are filled in place.
"""
struct BlockLog{T}
    log_growth::Matrix{T}
    steps::Vector{T}
    condition::Vector{T}
    log_volume::Vector{T}
    traces::Matrix{T}
end

function BlockLog{T}(k::Integer, n_blocks::Integer; n_traces::Integer=0) where {T}
    numbers() = zeros(T, n_blocks)
    return BlockLog(zeros(T, k, n_blocks), numbers(), numbers(), numbers(), zeros(T, n_traces, n_blocks))
end

"Capacity of a tape in steps: long enough to make starting tasks cheap, short enough to stay small."
const TAPE_STEPS = 64

"""
    SpectrumIntegrator

A run in progress, made by [`init`](@ref). Useful fields: `x` (state), `Q` (orthonormal frame after a block), `n_steps`,
`n_logged` (blocks logged) and `status`: `:running`, `:state_diverged`, `:frame_diverged` or `:step_underflow`.
"""
mutable struct SpectrumIntegrator{T,S<:AbstractSystem{T},A<:Algorithm,W<:FrameBuffers{T},H<:Union{Nothing,History{T}},
    L<:Union{Nothing,StepLook{T}}}
    system::S
    algorithm::A
    x::Vector{T}
    Q::Matrix{T}
    dt::Float64                 # the clock is exact also where T is not
    t_start::Float64
    n_steps::Int
    steps_per_block::Int
    steps_in_block::Int
    longest_block::Int          # to which `adapt_block!` may go
    max_condition::Float64      # Inf: blocks are as long as they were made
    growth::Float64             # of log(condition) per step, about the fastest seen of late
    log_volume::T               # of the block so far
    n_logged::Int
    status::Symbol
    trial_step::Float64         # of an adaptive method, to try next; 0 before the first
    threads::Int
    tape::Tape{T}
    buffers::StateBuffers{T}
    panels::Panels
    frame_buffers::Vector{W}
    history::H
    qr::HouseholderQR{T}
    cholesky::CholeskyQR{T}
    loose::Int                  # 0: the frame is orthonormal to rounding; else nearly, since this block of the log (-1: not logged)
    living::Living
    look::L                     # at the length of the steps, see `StepLook`; nothing: not looked at
end

"""
    init(system, algorithm, x0, Q0; dt=1.0, steps_per_block=1, max_condition=Inf, longest_block=steps_per_block,
         t_start=0.0, threads=Threads.nthreads(), alias=false, generic=false, look_every=0)

Integrator for the state `x0` (length N) and the orthonormal frame `Q0` (N by k, k <= N). A block, the stretch between
two orthonormalisations, is `steps_per_block` steps of length `dt` (a map's step is 1). With a finite `max_condition` the
blocks that are not logged (the alignment) find the length, up to `longest_block`, at which the condition of the frame stays below
that factor within a block, and the logged ones keep it. With `alias=true` the arrays are
used in place and overwritten, otherwise copied. `generic` says that `Q0` is random: see [`Living`](@ref).
With `look_every > 0` the length of a flow's steps is looked at after every so many steps, see [`StepLook`](@ref).

# Examples
```julia
using LyapunovSpectra, LinearAlgebra
import LyapunovSpectra as LS
network = RateNetwork(3 / sqrt(100) .* randn(100, 100))
integrator = LS.init(network, LS.RK4(), randn(100), Matrix{Float64}(I, 100, 10); dt=0.1, steps_per_block=10)
relax!(integrator, 1000)                       # state alone
advance!(integrator, 1000)                     # state and frame, not counted
exponents = LS.solve!(integrator, 200).exponents  # per unit of time
```
"""
function init(system::AbstractSystem{T}, algorithm::Algorithm, x0, Q0;
    dt=1.0, steps_per_block::Integer=1, max_condition=Inf, longest_block::Integer=steps_per_block, t_start=0.0,
    threads::Integer=Threads.nthreads(), alias::Bool=false, generic::Bool=false, look_every::Integer=0) where {T}
    check_run(system, algorithm, x0, Q0, dt, steps_per_block)
    x = alias ? x0 : Vector{T}(x0)
    Q = alias ? Q0 : Matrix{T}(Q0)
    n, k = size(Q)
    panels = share_frame(system, k, threads)
    frame_buffers = [FrameBuffers(system, algorithm, width(panels)) for _ in 1:panels.n_tasks]
    history = History(system, algorithm, k, dt)
    return SpectrumIntegrator(
        system, algorithm, x, Q, Float64(dt), Float64(t_start), 0, Int(steps_per_block), 0, Int(longest_block),
        Float64(max_condition), 0.0, zero(T), 0, :running, 0.0, Int(threads), Tape(system, algorithm, TAPE_STEPS), StateBuffers(system, algorithm), panels, frame_buffers,
        history, HouseholderQR{T}(n, k), CholeskyQR{T}(n, k), 0, Living(n, k, generic),
        make_look(system, algorithm, k, dt, look_every))
end

function check_run(system, algorithm, x, Q, dt, steps_per_block)
    n = dimension(system)
    length(x) == n || throw(DimensionMismatch("the state must have length $n, got $(length(x))"))
    size(Q, 1) == n || throw(DimensionMismatch("the frame must have $n rows, got $(size(Q, 1))"))
    1 <= size(Q, 2) <= n || throw(DimensionMismatch("the frame must have 1 to $n columns, got $(size(Q, 2))"))
    dt > 0 || throw(ArgumentError("dt must be positive, got $dt"))
    system isa DiscreteMap && dt != 1 && throw(ArgumentError("the step of a map is 1, got dt = $dt"))
    steps_per_block >= 1 || throw(ArgumentError("steps_per_block must be at least 1, got $steps_per_block"))
    (system isa DiscreteMap) == (algorithm isa MapStep) ||
        throw(ArgumentError("a map needs MapStep() and a flow one of the other algorithms"))
    noise(system) === nothing || algorithm == Euler() || algorithm == Heun() ||
        throw(ArgumentError("noise needs Euler() or Heun(): other methods have no meaning for it"))
    jumps(system) && algorithm isa AdaptiveRungeKutta &&
        throw(ArgumentError("an input that jumps needs a method of fixed step: an error estimate does not see jumps"))
    return nothing
end

# Tasks pay when each has enough columns for a fast matrix product and enough work to outweigh its start.
tasks_worth_starting(n, k, threads) = k >= 16 * threads && n^2 * k >= 10^6 ? threads : 1
share_frame(system, k, threads) = Panels(k, tasks_worth_starting(dimension(system), k, threads))
threads_worth_using(work, threads) = work >= 10^6 ? threads : 1

time_now(integrator) = integrator.t_start + integrator.n_steps * integrator.dt

"""
    relax!(integrator, n_steps)

Move the state alone by `n_steps` steps; the frame stays. Returns the integrator.
"""
function relax!(integrator::SpectrumIntegrator, n_steps::Integer)
    integrator.steps_in_block == 0 ||
        throw(ArgumentError("the frame has begun a block and would be left behind; end it with close_block! first"))
    forget!(integrator.history)
    with_blas_threads(1) do
        for _ in 1:n_steps
            integrator.status === :running && move_state!(integrator, forget_tape!) || break
            forget_tape!(integrator)
        end
    end
    return integrator
end

"""
    advance!(integrator, n_steps, log=nothing)

Move state and frame by `n_steps` steps, orthonormalise at the end of every block and, if there is a `log`, write the
block to its next free columns. Stops early when the run diverges. The result does not depend on how a run is cut into
calls. Returns the integrator.
"""
function advance!(integrator::SpectrumIntegrator, n_steps::Integer, log::Union{BlockLog,Nothing}=nothing)
    remaining = Int(n_steps)
    while remaining > 0 && integrator.status === :running
        take_look!(integrator, integrator.look)
        # what an alignment left behind is no growth of the first block that counts
        log === nothing || integrator.loose >= 0 || integrator.steps_in_block > 0 || settle!(integrator)
        room = integrator.steps_per_block - integrator.steps_in_block
        n = min(remaining, room)
        move_stretch!(integrator, n)
        integrator.steps_in_block == integrator.steps_per_block && end_block!(integrator, log)
        remaining -= n
    end
    return integrator
end

"""
    step!(integrator, log=nothing)

One step of state and frame: `advance!(integrator, 1, log)`.
"""
step!(integrator::SpectrumIntegrator, log::Union{BlockLog,Nothing}=nothing) = advance!(integrator, 1, log)

# `n` steps within one block: the state first, then the frame along the tape, as often as the tape is full.
# The state's products run on one thread, so that the trajectory has the same bits on any number of threads.
function move_stretch!(integrator, n)
    with_blas_threads(1) do
        for _ in 1:n
            move_state!(integrator, move_frame!) || return nothing
        end
    end
    move_frame!(integrator)
    integrator.steps_in_block += n
    return nothing
end

# One step of the state, recorded on the tape; `when_full` makes room on it. False if the run cannot go on.
function move_state!(integrator, when_full::F) where {F}
    record_moves!(integrator, integrator.algorithm, when_full)
    integrator.n_steps += 1
    all(isfinite, integrator.x) || (integrator.status = :state_diverged)
    return integrator.status === :running
end

function record_moves!(integrator, algorithm, when_full::F) where {F}
    tape = integrator.tape
    tape.recorded == capacity(tape) && when_full(integrator)
    record_step!(integrator.x, integrator.buffers, tape, integrator.system, algorithm, integrator.n_steps,
        time_now(integrator), integrator.dt)
    return nothing
end

# As many steps as the error allows, the last one ending exactly at the end of the interval.
function record_moves!(integrator, algorithm::AdaptiveRungeKutta, when_full::F) where {F}
    tape, buffers, x = integrator.tape, integrator.buffers, integrator.x
    start, done, interval = time_now(integrator), zero(integrator.dt), integrator.dt
    integrator.trial_step == 0 && (integrator.trial_step = interval / 10)
    while done < interval
        tape.recorded == capacity(tape) && when_full(integrator)
        rest = interval - done
        h = integrator.trial_step < rest ? oftype(rest, min(integrator.trial_step, rest / 2 + integrator.trial_step / 4)) : rest
        error = try_step!(x, buffers, tape, integrator.system, algorithm, start + done, h)
        factor = error == 0 ? 5.0 : clamp(0.9 * error^(-1 / 5), 0.2, 5.0)   # order 5: the error falls as h^5
        if error <= 1
            copyto!(x, buffers.candidate)
            tape.recorded += 1
            done = h == rest ? interval : done + h
            # a step cut short by the end of the interval says little about how long it could have been
            integrator.trial_step = max(h * factor, min(integrator.trial_step, interval))
            h < rest && (integrator.trial_step = h * factor)
        else
            integrator.trial_step = isfinite(error) ? h * factor : h / 5
            if integrator.trial_step < 1e-12 * interval
                integrator.status = :step_underflow
                return nothing
            end
        end
    end
    return nothing
end

forget_tape!(integrator) = (integrator.tape.recorded = 0)

# The frame along everything on the tape, which is empty afterwards.
function move_frame!(integrator)
    tape, system, algorithm = integrator.tape, integrator.system, integrator.algorithm
    if size(integrator.Q, 1) == size(integrator.Q, 2)
        for s in 1:tape.recorded
            integrator.log_volume += step_log_volume(tape, s, system, algorithm)
        end
    end
    N, k = size(integrator.Q)
    # products with vectors gain nothing from threads as long as the weights fit into a cache
    alone = integrator.panels.n_tasks == 1 && !(k <= FEW_COLUMNS && N^2 <= FEW_WEIGHTS)
    with_blas_threads(alone ? threads_worth_using(N^2 * k, integrator.threads) : 1) do
        propagate!(integrator.Q, integrator.frame_buffers, integrator.panels, tape, system, algorithm,
            integrator.history)
    end
    return nothing
end

"""
    close_block!(integrator, log=nothing)

Orthonormalise and log what has run since the last orthonormalisation, also in the middle of a block (for the last,
shorter block of a run), and [`settle!`](@ref) the frame. To be called at the end of a run, and before its frame is read.
"""
function close_block!(integrator::SpectrumIntegrator, log::Union{BlockLog,Nothing}=nothing)
    end_block!(integrator, log)
    return settle!(integrator, log)
end

function end_block!(integrator, log)
    (integrator.steps_in_block == 0 || integrator.status !== :running) && return integrator
    orthonormalize_block!(integrator, log !== nothing)
    carry_history!(integrator, integrator.history)
    if !all(isfinite, integrator.qr.diagonal)
        integrator.status = :frame_diverged
        return integrator
    end
    log === nothing ? adapt_block!(integrator) : write_block!(log, integrator)
    integrator.loose = !integrator.cholesky.is_loose ? 0 : log === nothing ? -1 : integrator.n_logged
    renew!(integrator, log !== nothing)
    integrator.steps_in_block = 0
    integrator.log_volume = 0
    return integrator
end

"""
    settle!(integrator, log=nothing)

Make the frame orthonormal to rounding at the end of a block: one by Cholesky's way has left it nearly so, and a second pass
makes up for that. The logarithms of its R are added to the growth of this block, if it was logged. Changes nothing elsewhere.
Returns the integrator.
"""
function settle!(integrator::SpectrumIntegrator, log::Union{BlockLog,Nothing}=nothing)
    may_settle(integrator) || return integrator
    correction = settle_frame!(integrator.Q, integrator.cholesky, integrator)
    carry_history!(integrator, integrator.history)
    if log !== nothing && integrator.loose > 0
        view(log.log_growth, :, integrator.loose) .+= correction
    end
    fill!(integrator.cholesky.lengths, 1)
    integrator.loose = 0
    return integrator
end

"""
    settled!(out, correction, integrator)

Write into `out` the frame as [`settle!`](@ref) would make it, its columns in the order of the log, and into `correction`
(length k) what that would add to the growth of the last logged block. The run is not touched.
"""
function settled!(out, correction, integrator::SpectrumIntegrator{T}) where {T}
    Q = copy(integrator.Q)
    fill!(correction, 0)
    if may_settle(integrator)
        found = settle_frame!(Q, CholeskyQR{T}(size(Q)...), integrator)
        integrator.loose > 0 && copyto!(correction, found)
    end
    out[:, integrator.living.rows] = Q
    return out
end

may_settle(integrator) = integrator.loose != 0 && integrator.steps_in_block == 0 && integrator.status === :running

function settle_frame!(Q::Matrix{T}, cholesky, integrator) where {T}
    living, m = integrator.living, integrator.living.count
    correction, counted = zeros(T, size(Q, 2)), integrator.cholesky.lengths[1:m]
    with_blas_threads(1) do
        cholesky_qr!(Q, cholesky, m, threads_worth_using(size(Q, 1) * m^2, integrator.threads))
    end
    correction[living.rows[1:m]] .= Base.log.(diag(cholesky.R)[1:m] ./ counted)
    return correction
end

function condition(integrator, m)
    m == 0 && return one(eltype(integrator.qr.diagonal))
    least, largest = extrema(view(integrator.qr.diagonal, 1:m))
    return least == 0 ? oftype(least, Inf) : largest / least   # also where every direction has died
end

# Logarithm of the growth or decay that a block may span: 300 in double precision, which ends at 709.
largest_growth(T) = 0.42 * log(Float64(floatmax(T)))

# Directions grow and part exponentially: both logarithms are in proportion to the length of the block.
function adapt_block!(integrator)
    isfinite(integrator.max_condition) || return nothing
    bound = log(integrator.max_condition)
    stretch = maximum(r -> abs(log(r)), integrator.qr.diagonal)
    growth = max(log(condition(integrator, integrator.living.before)), bound * stretch / largest_growth(eltype(integrator.x))) / integrator.steps_in_block
    # forgets the start of the alignment but not the last bursts; a direction that dies, with infinite growth, counts as
    # one that needs a QR every step
    integrator.growth = max(min(growth, bound), 0.9 * integrator.growth)
    wanted = integrator.growth > 0 ? bound / integrator.growth : Inf
    # at most twofold longer at a time, since one block tells little; shorter at once
    longest = min(integrator.longest_block, 2 * integrator.steps_per_block)
    integrator.steps_per_block = max(1, floor(Int, min(wanted, longest)))
    return nothing
end

function write_block!(log::BlockLog, integrator)
    b = integrator.n_logged += 1
    b <= size(log.log_growth, 2) || throw(BoundsError(log.log_growth, (:, b)))
    count!(integrator.cholesky, b == 1)
    diagonal = integrator.qr.diagonal
    @inbounds for i in eachindex(diagonal)
        log.log_growth[integrator.living.rows[i], b] = Base.log(diagonal[i])
    end
    log.steps[b] = integrator.steps_in_block
    log.condition[b] = condition(integrator, integrator.living.count)    # of the directions that live on
    n, k = size(integrator.Q)
    log.log_volume[b] = n == k ? integrator.log_volume : oftype(integrator.log_volume, NaN)
    @inbounds for i in axes(log.traces, 1)
        log.traces[i, b] = integrator.x[i]
    end
    return nothing
end

function with_blas_threads(work, n)
    before = BLAS.get_num_threads()
    before == n && return work()
    BLAS.set_num_threads(n)
    try
        return work()
    finally
        BLAS.set_num_threads(before)
    end
end

"""
    reinit!(integrator, x0, Q0; t_start=0.0)

Start again from another state and frame with the same system, algorithm and buffers. Returns the integrator.
"""
function reinit!(integrator::SpectrumIntegrator, x0, Q0; t_start=0.0)
    size(Q0) == size(integrator.Q) ||
        throw(DimensionMismatch("the frame must have size $(size(integrator.Q)), got $(size(Q0))"))
    length(x0) == length(integrator.x) ||
        throw(DimensionMismatch("the state must have length $(length(integrator.x)), got $(length(x0))"))
    copyto!(integrator.x, x0)
    copyto!(integrator.Q, Q0)
    forget_tape!(integrator)
    forget!(integrator.history)
    integrator.trial_step = 0
    integrator.qr.order .= eachindex(integrator.qr.order)
    integrator.cholesky.pause = integrator.cholesky.rest = integrator.loose = 0
    fill!(integrator.cholesky.lengths, 1)
    integrator.living = Living(size(Q0)..., integrator.living.generic; watched=integrator.living.watched)
    integrator.t_start = t_start
    integrator.n_steps = integrator.steps_in_block = integrator.n_logged = 0
    integrator.log_volume = integrator.growth = 0
    integrator.status = :running
    restart!(integrator.look)
    return integrator
end

"""
    solve!(integrator, n_blocks)

Run `n_blocks` blocks and return `(exponents, log)`: the exponents in descending order per unit of time, over the blocks
that were completed, and the [`BlockLog`](@ref). Look at `integrator.status` for a run that diverged.
"""
function solve!(integrator::SpectrumIntegrator{T}, n_blocks::Integer) where {T}
    integrator.n_logged = 0
    log = BlockLog{T}(size(integrator.Q, 2), n_blocks)
    advance!(integrator, n_blocks * integrator.steps_per_block, log)
    settle!(integrator, log)
    done = integrator.n_logged
    duration = sum(view(log.steps, 1:done)) * integrator.dt
    exponents = sort!(vec(sum(view(log.log_growth, :, 1:done); dims=2)) ./ duration; rev=true)
    return (exponents=exponents, log=log)
end
