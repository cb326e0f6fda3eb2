# Stage 1 of a stretch: the state alone, with the linearisation of every stage recorded on a tape.

"""
    Tape(system, algorithm, capacity)

Linearisation points of up to `capacity` consecutive steps: `points[:, j, s]` belongs to stage j of step s. The frame
is moved along the tape afterwards, columns independent of each other, which is what all cores share.
"""
struct Tape{T}
    points::Array{T,3}
end

function Tape(system::AbstractSystem{T}, algorithm, capacity) where {T}
    return Tape(Array{T}(undef, point_length(system), n_stages(algorithm), capacity))
end

capacity(tape::Tape) = size(tape.points, 3)
point(tape::Tape, stage, step) = view(tape.points, :, stage, step)

# Vectors that the state's steps need, allocated once.
struct StateBuffers{T}
    slopes::Vector{Vector{T}}   # one right-hand side a stage
    trial::Vector{T}            # state at a stage
end

function StateBuffers(system::AbstractSystem{T}, algorithm) where {T}
    n = dimension(system)
    return StateBuffers([zeros(T, n) for _ in 1:n_stages(algorithm)], zeros(T, n))
end

# One step of the state from time t; the points go to column `s` of the tape.
function state_step!(x, buffers, tape, s, system, algorithm::ExplicitRungeKutta, t, dt)
    state_stages!(x, buffers, tape, s, system, algorithm.stages, algorithm.nodes, t, dt, 1)
    return combine!(x, x, algorithm.weights, buffers.slopes, dt)
end

@inline function state_stages!(x, buffers, tape, s, system, stages::Tuple, nodes::Tuple, t, dt, j)
    at = combine!(buffers.trial, x, first(stages), buffers.slopes, dt)
    evaluate!(buffers.slopes[j], point(tape, j, s), system, at, t + first(nodes) * dt)
    return state_stages!(x, buffers, tape, s, system, Base.tail(stages), Base.tail(nodes), t, dt, j + 1)
end
@inline state_stages!(x, buffers, tape, s, system, ::Tuple{}, ::Tuple{}, t, dt, j) = nothing

function state_step!(x, buffers, tape, s, system, ::MapStep, t, dt)
    evaluate!(buffers.trial, point(tape, 1, s), system, x, t)
    return copyto!(x, buffers.trial)
end

# Logarithm of the volume change of step s, to the order of the method (exact for maps).
function step_log_volume(tape, s, system, algorithm::ExplicitRungeKutta, dt)
    return dt * sum(map(((j, b),) -> b * log_volume(system, point(tape, j, s)), algorithm.weights))
end
step_log_volume(tape, s, system, ::MapStep, dt) = log_volume(system, point(tape, 1, s))
