# Stage 1 of a stretch: the state alone, with the linearisation of every stage recorded on a tape.

"""
    Tape(system, algorithm, capacity)

Linearisation linearizations of up to `capacity` consecutive steps: `linearizations[:, j, s]` belongs to stage j of step s, which has
length `dt[s]` and belongs to piece `piece[s]` of the input, see [`input_piece`](@ref); the first `recorded` steps are
in use. The frame is moved along the tape afterwards, columns independent of each other, which is what all cores share.
"""
mutable struct Tape{T}
    linearizations::Array{T,3}
    dt::Vector{T}
    piece::Vector{Int}
    recorded::Int
end

function Tape(system::AbstractSystem{T}, algorithm, capacity) where {T}
    linearizations = zeros(T, linearization_length(system), n_stages(algorithm), capacity)
    return Tape(linearizations, zeros(T, capacity), zeros(Int, capacity), 0)
end

capacity(tape::Tape) = length(tape.dt)
linearization(tape::Tape, stage, step) = view(tape.linearizations, :, stage, step)

# Vectors that the state's steps need, allocated once.
struct StateBuffers{T}
    slopes::Vector{Vector{T}}   # one right-hand side per stage
    trial::Vector{T}            # state at a stage
    candidate::Vector{T}        # state after an adaptive step that is not accepted yet
    linearization::Vector{T}            # linearisation that no tangent needs
end

function StateBuffers(system::AbstractSystem{T}, algorithm) where {T}
    vector() = zeros(T, dimension(system))
    return StateBuffers([vector() for _ in 1:n_slopes(algorithm)], vector(), vector(), zeros(T, linearization_length(system)))
end

# Step number `step` of the state, from time t, recorded on the tape.
function record_step!(x, buffers, tape, system, algorithm::ExplicitRungeKutta, step, t, dt)
    s = tape.recorded += 1
    tape.dt[s] = dt
    start_step!(system, t, dt)
    state_stages!(x, buffers, tape, s, system, algorithm.stages, algorithm.nodes, step, t, dt, 1)
    combine!(x, x, algorithm.weights, buffers.slopes, dt)
    return add_noise!(x, noise(system), step)
end

@inline function state_stages!(x, buffers, tape, s, system, stages::Tuple, nodes::Tuple, step, t, dt, j)
    at = combine!(buffers.trial, x, first(stages), buffers.slopes, dt)
    j > 1 && add_noise!(at, noise(system), step)
    evaluate!(buffers.slopes[j], linearization(tape, j, s), system, at, t + first(nodes) * dt)
    return state_stages!(x, buffers, tape, s, system, Base.tail(stages), Base.tail(nodes), step, t, dt, j + 1)
end
@inline state_stages!(x, buffers, tape, s, system, ::Tuple{}, ::Tuple{}, step, t, dt, j) = nothing

function record_step!(x, buffers, tape, system, ::MapStep, step, t, dt)
    s = tape.recorded += 1
    tape.dt[s] = dt
    start_step!(system, t, dt)
    evaluate!(buffers.trial, linearization(tape, 1, s), system, x, t)
    return copyto!(x, buffers.trial)
end

# A step of size `h` of an adaptive method: the new state in `buffers.candidate`, the error in units of the tolerance
# returned. The tape shows the step but does not count it yet.
function try_step!(x, buffers, tape, system, algorithm::AdaptiveRungeKutta, t, h)
    s = tape.recorded + 1
    tape.dt[s] = h
    method = algorithm.method
    state_stages!(x, buffers, tape, s, system, method.stages, method.nodes, 0, t, h, 1)
    new = combine!(buffers.candidate, x, method.weights, buffers.slopes, h)
    evaluate!(last(buffers.slopes), buffers.linearization, system, new, t + h)
    error = combine!(buffers.trial, Zeros(), algorithm.error_weights, buffers.slopes, h)
    total = zero(h)
    @inbounds for i in eachindex(x)
        total += abs2(error[i] / (algorithm.atol + algorithm.rtol * max(abs(x[i]), abs(new[i]))))
    end
    return sqrt(total / length(x))
end

# Logarithm of the volume change of step s, to the order of the method (exact for maps).
function step_log_volume(tape, s, system, algorithm::ExplicitRungeKutta)
    return tape.dt[s] * sum(map(((j, b),) -> b * log_volume(system, linearization(tape, j, s)), algorithm.weights))
end
step_log_volume(tape, s, system, algorithm::AdaptiveRungeKutta) = step_log_volume(tape, s, system, algorithm.method)
step_log_volume(tape, s, system, ::MapStep) = log_volume(system, linearization(tape, 1, s))
