# A cheap look at the length of the steps: now and then one step is compared with two of half its length.

"""
    StepLook(system, algorithm, k, every)

Buffers and findings of the looks that an integrator takes, one at the beginning of a block after every `every` steps, up
to 512. A look moves copies of the state and of up to four columns of the frame (the first two and the last two, which
grow fastest and shrink fastest; but see [`columns_to_look_at`](@ref)) by one step of the run's length and by two of
half that length. The run itself is not touched. In look l: `whole[c, l]` and `halved[c, l]` are the growth rates of
column c by the two ways (logarithms of the diagonal of R, per unit of time), `distance[l]` is that between the two
states, `path[l]` how far the state has moved,
`size[l]` the norm of the state, `step[l]` the length of the step. There are `count` looks.
"""
mutable struct StepLook{T,W<:FrameBuffers{T},H<:Union{Nothing,History{T}}}
    every::Int
    next::Int
    count::Int
    columns::Vector{Int}
    x::Vector{T}
    x_whole::Vector{T}
    frame::Matrix{T}
    tape::Tape{T}
    buffers::StateBuffers{T}
    frame_buffers::W
    history::H
    qr::HouseholderQR{T}
    whole::Matrix{T}
    halved::Matrix{T}
    distance::Vector{T}
    path::Vector{T}
    size::Vector{T}
    step::Vector{T}
end

const MOST_LOOKS = 512

function StepLook(system::AbstractSystem{T}, algorithm, k, dt, every) where {T}
    n = dimension(system)
    columns = columns_to_look_at(algorithm, k, n)
    m = length(columns)
    numbers() = zeros(T, MOST_LOOKS)
    return StepLook(Int(every), 0, 0, columns, zeros(T, n), zeros(T, n), zeros(T, n, m), Tape(system, algorithm, 2),
        StateBuffers(system, algorithm), FrameBuffers(system, algorithm, m),
        History(system, algorithm, m, dt), HouseholderQR{T}(n, m),
        zeros(T, m, MOST_LOOKS), zeros(T, m, MOST_LOOKS), numbers(), numbers(), numbers(), numbers())
end

columns_to_look_at(algorithm, k, n) = sort!(unique([1, min(2, k), max(1, k - 1), k]))

"""
    columns_to_look_at(algorithm, k, n)

Numbers of the columns. In the last ones of a full frame a multistep method carries what it has not forgotten of faster
directions, as much as it likes within a block: it leaves the mean, but not a single step. They have the sum rule
instead.
"""
function columns_to_look_at(algorithm::LawsonAB4, k, n)
    k < n && return columns_to_look_at(algorithm.method, k, n)
    return sort!(unique([1, min(2, k), cld(k, 4), cld(k, 2)]))
end

"Whether half a step is defined: a map has none, and noise that was drawn for whole steps has none."
can_look(system, algorithm) = !(system isa DiscreteMap) && noise(system) === nothing

make_look(system, algorithm, k, dt, every) =
    every > 0 && can_look(system, algorithm) ? StepLook(system, algorithm, k, dt, every) : nothing

# Look at the first k columns of the frame, as if it had no others.
look_at_first!(integrator, k) = look_at_first!(integrator, k, integrator.look)
look_at_first!(integrator, k, ::Nothing) = integrator
function look_at_first!(integrator, k, look::StepLook)
    integrator.look = make_look(integrator.system, integrator.algorithm, k, integrator.dt, look.every)
    return integrator
end

restart!(::Nothing) = nothing
restart!(look::StepLook) = (look.next = look.count = 0; nothing)

# Before the first step of a block, when it is time. The input of that step is in place.
take_look!(integrator, ::Nothing) = nothing
function take_look!(integrator, look::StepLook)
    integrator.steps_in_block == 0 && integrator.n_steps >= look.next && look.count < MOST_LOOKS || return nothing
    look.next = integrator.n_steps + look.every
    with_blas_threads(() -> look!(look, integrator, integrator.algorithm), 1)
    return nothing
end

function look!(look, integrator, algorithm)
    h = length_of_next_step(look, integrator, algorithm)
    l = look.count + 1
    move_copies!(look, integrator, algorithm, h, 1)
    copyto!(look.x_whole, look.x)
    write_rates!(view(look.whole, :, l), look, h)
    move_copies!(look, integrator, algorithm, h, 2)
    write_rates!(view(look.halved, :, l), look, h)
    look.distance[l] = distance(look.x, look.x_whole)
    look.path[l] = distance(look.x, integrator.x)
    look.size[l] = norm(look.x)
    look.step[l] = h
    look.count = l
    return nothing
end

length_of_next_step(look, integrator, ::Algorithm) = integrator.dt

# As `record_moves!` would choose it: tried, and made shorter until the error is allowed.
function length_of_next_step(look, integrator, algorithm::AdaptiveRungeKutta)
    interval, trial = integrator.dt, integrator.trial_step
    trial = trial == 0 ? interval / 10 : trial
    h = trial < interval ? min(trial, interval / 2 + trial / 4) : interval
    while h > 1e-12 * interval
        look.tape.recorded = 0
        error = try_step!(integrator.x, look.buffers, look.tape, integrator.system, algorithm, time_now(integrator), h)
        error <= 1 && break
        h *= isfinite(error) ? clamp(0.9 * error^(-1 / 5), 0.2, 0.9) : 0.2
    end
    return h
end

fixed(algorithm) = algorithm
fixed(algorithm::Union{AdaptiveRungeKutta,LawsonAB4}) = algorithm.method

# Copies of state and columns, moved by `h` in `parts` steps.
function move_copies!(look, integrator, algorithm, h, parts)
    copyto!(look.x, integrator.x)
    @inbounds for (c, column) in enumerate(look.columns), i in eachindex(look.x)
        look.frame[i, c] = integrator.Q[i, column]
    end
    look.tape.recorded = 0
    for part in 1:parts
        t = time_now(integrator) + (part - 1) * h / parts
        record_step!(look.x, look.buffers, look.tape, integrator.system, fixed(algorithm), integrator.n_steps, t, h / parts)
    end
    # half a step has no past
    past = parts == 1 ? past_of_copies!(look, integrator.history, integrator.system) : nothing
    for s in 1:parts
        step_copies!(look, s, integrator.system, algorithm, past)
    end
    return nothing
end

step_copies!(look, s, system, algorithm, past) =
    tangent_step!(look.frame, look.frame_buffers, look.tape, s, system, algorithm, past)
step_copies!(look, s, system, algorithm, ::Nothing) =
    tangent_step!(look.frame, look.frame_buffers, look.tape, s, system, fixed(algorithm))

past_of_copies!(look, ::Nothing, system) = nothing
function past_of_copies!(look, history, system)
    copies = look.history
    copies.turn = history.turn
    copies.known_at[1] = history.piece == input_piece(system) ? history.known : 0
    for (copied, product) in zip(copies.products, history.products), (c, column) in enumerate(look.columns)
        @inbounds for i in axes(product, 1)
            copied[i, c] = product[i, column]
        end
    end
    return part(copies, axes(look.frame, 2))
end

function write_rates!(rates, look, h)
    orthonormalize!(look.frame, look.qr)
    @inbounds for c in eachindex(rates)
        rates[c] = log(look.qr.diagonal[c]) / h
    end
    return nothing
end

function distance(a, b)
    total = zero(eltype(a))
    @inbounds @simd for i in eachindex(a, b)
        total += abs2(a[i] - b[i])
    end
    return sqrt(total)
end
