# Stage 2 of a stretch: the frame, moved along the tape by the method's exact tangent.

"""
    FrameBuffers(system, algorithm, width)

Buffers with which one task moves `width` columns of the frame at a time.
"""
struct FrameBuffers{T,S}
    stages::NTuple{S,Matrix{T}}
    trial::Matrix{T}
    scratch::Matrix{T}
end

function FrameBuffers(system::AbstractSystem{T}, algorithm, width) where {T}
    buffer(rows=dimension(system)) = zeros(T, rows, width)   # zeros, not undef: leftovers could be subnormal, which are slow
    return FrameBuffers(ntuple(_ -> buffer(), n_stages(algorithm)), buffer(), buffer(scratch_length(system)))
end

"""
    Panels(k, n_tasks, widest=192)

Division of `k` frame columns into ranges of nearly equal width, in equal numbers for each of `n_tasks` tasks.
Narrow enough for the buffers of a task to stay in a core's cache, wide enough for the matrix product to run at full speed.
"""
struct Panels
    ranges::Vector{UnitRange{Int}}
    n_tasks::Int
end

const PANEL_WIDTH = 192

function Panels(k::Integer, n_tasks::Integer, widest::Integer=PANEL_WIDTH)
    count = n_tasks * cld(k, n_tasks * widest)
    edges = [div(i * k, count) for i in 0:count]
    return Panels([edges[i]+1:edges[i+1] for i in 1:count], n_tasks)
end

width(panels::Panels) = maximum(length, panels.ranges)

# Move all columns of Q along the tape, and empty it. `history` is what a multistep method remembers.
function propagate!(Q, frame_buffers, panels, tape, system, algorithm, history=nothing)
    mark!(history, tape)
    if panels.n_tasks == 1
        propagate_share!(Q, frame_buffers[1], panels, 1, tape, system, algorithm, history)
    else
        @sync for task in 1:panels.n_tasks
            Threads.@spawn propagate_share!(Q, frame_buffers[task], panels, task, tape, system, algorithm, history)
        end
    end
    turn!(history, tape)
    tape.recorded = 0
    return Q
end

function propagate_share!(Q, frame_buffers, panels, task, tape, system, algorithm, history)
    for p in task:panels.n_tasks:length(panels.ranges)
        columns = panels.ranges[p]
        mine = leading_columns(frame_buffers, length(columns))
        panel, past = view(Q, :, columns), part(history, columns)
        for s in 1:tape.recorded
            tangent_step!(panel, mine, tape, s, system, algorithm, past)
        end
    end
    return nothing
end

# The same buffers, seen as matrices of `m` columns.
function leading_columns(frame_buffers::FrameBuffers, m)
    cut(A) = view(A, :, 1:m)
    return (stages=map(cut, frame_buffers.stages), trial=cut(frame_buffers.trial), scratch=cut(frame_buffers.scratch))
end

function tangent_step!(Q, buffers, tape, s, system, algorithm::ExplicitRungeKutta)
    dt = tape.dt[s]
    tangent_stages!(Q, buffers, tape, s, system, algorithm.stages, dt, 1)
    return combine!(Q, Q, algorithm.weights, buffers.stages, dt)
end

@inline function tangent_stages!(Q, buffers, tape, s, system, stages::Tuple, dt, j)
    at = stage_frame!(buffers, Q, first(stages), dt)
    tangent!(buffers.stages[j], system, linearization(tape, j, s), at, buffers.scratch)
    return tangent_stages!(Q, buffers, tape, s, system, Base.tail(stages), dt, j + 1)
end
@inline tangent_stages!(Q, buffers, tape, s, system, ::Tuple{}, dt, j) = nothing

function tangent_step!(Q, buffers, tape, s, system, algorithm::AdaptiveRungeKutta)
    return tangent_step!(Q, buffers, tape, s, system, algorithm.method)
end

stage_frame!(buffers, Q, ::Tuple{}, dt) = Q
stage_frame!(buffers, Q, terms::Tuple, dt) = combine!(buffers.trial, Q, terms, buffers.stages, dt)

function tangent_step!(Q, buffers, tape, s, system, ::MapStep)
    tangent!(buffers.trial, system, linearization(tape, 1, s), Q, buffers.scratch)
    return copyto!(Q, buffers.trial)
end
