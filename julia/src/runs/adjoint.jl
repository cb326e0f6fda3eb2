# The transposed tangent, backward in time along a recorded trajectory: an independent way to the same exponents.

"""
    record!(tape, integrator, n_steps)

Move the state alone, as [`relax!`](@ref) does, and write the linearisations of the `n_steps` steps on `tape`, behind
those that are there. Methods of fixed step only. Returns the tape.
"""
function record!(tape::Tape, integrator::SpectrumIntegrator, n_steps::Integer)
    integrator.algorithm isa AdaptiveRungeKutta &&
        throw(ArgumentError("a trajectory is recorded with a method of fixed step"))
    tape.recorded + n_steps <= capacity(tape) ||
        throw(ArgumentError("the tape has room for $(capacity(tape) - tape.recorded) more steps, not for $n_steps"))
    with_blas_threads(1) do
        for _ in 1:n_steps
            record_step!(integrator.x, integrator.buffers, tape, integrator.system, integrator.algorithm,
                integrator.n_steps, time_now(integrator), integrator.dt)
            integrator.n_steps += 1
            if !all(isfinite, integrator.x)
                integrator.status = :state_diverged
                break
            end
        end
    end
    return tape
end

"""
    BackwardRun(system, algorithm, tape, P0; steps_per_block=1)

Backward run of the orthonormal frame `P0` (N by k, used in place) along a recorded `tape`, from its end: each step
multiplies by the transposed Jacobian of that step, each block ends with an orthonormalisation. The logarithms of the
diagonals of R average to the same exponents as those of the forward run. Move it with [`advance!`](@ref).
"""
mutable struct BackwardRun{T,S<:AbstractSystem{T},A<:Algorithm,W<:FrameBuffers{T}}
    system::S
    algorithm::A
    tape::Tape{T}
    P::Matrix{T}
    steps_per_block::Int
    steps_left::Int
    n_logged::Int
    frame_buffers::W
    qr::HouseholderQR{T}
end

function BackwardRun(system::AbstractSystem{T}, algorithm, tape::Tape{T}, P0::Matrix{T}; steps_per_block::Integer=1) where {T}
    algorithm isa AdaptiveRungeKutta && throw(ArgumentError("an adjoint run needs a method of fixed step"))
    n, k = size(P0)
    n == dimension(system) || throw(DimensionMismatch("the frame must have $(dimension(system)) rows, got $n"))
    return BackwardRun(system, algorithm, tape, P0, Int(steps_per_block), tape.recorded, 0, FrameBuffers(system, algorithm, k),
        HouseholderQR{T}(n, k))
end

"""
    advance!(run, n_blocks, log_growth)

Up to `n_blocks` blocks further back, the logarithms of the diagonals of R written to the next free columns of the matrix
`log_growth`. Returns the number of blocks done, less than `n_blocks` where the tape begins.
"""
function advance!(run::BackwardRun, n_blocks::Integer, log_growth::Union{Nothing,AbstractMatrix}=nothing)
    done = 0
    while done < n_blocks && run.steps_left >= run.steps_per_block
        for _ in 1:run.steps_per_block
            adjoint_step!(run.P, run.frame_buffers, run.tape, run.steps_left, run.system, run.algorithm)
            run.steps_left -= 1
        end
        orthonormalize!(run.P, run.qr)
        done += 1
        if log_growth !== nothing
            b = run.n_logged += 1
            @inbounds for i in eachindex(run.qr.diagonal)
                log_growth[i, b] = log(run.qr.diagonal[i])
            end
        end
    end
    return done
end

# A step is x + dt * sum(b_j k_j), k_j = f(x + dt * sum(a_ji k_i)). Backward, stage j has the covector
# L_j = dt * (b_j P + sum over later stages l of a_lj M_l), with M_l the transposed Jacobian of stage l times L_l,
# and the covector of the old state is P + sum(M_j).
function adjoint_step!(P, frame_buffers, tape, s, system, algorithm::ExplicitRungeKutta)
    adjoint_stages!(P, frame_buffers, tape, s, system, algorithm, algorithm.stages, frame_buffers.stages, 1)
    @inbounds for M in frame_buffers.stages
        @simd ivdep for e in eachindex(P, M)
            P[e] += M[e]
        end
    end
    return P
end

# The later stages first.
@inline function adjoint_stages!(P, frame_buffers, tape, s, system, algorithm, stages::Tuple, M::Tuple, j)
    adjoint_stages!(P, frame_buffers, tape, s, system, algorithm, Base.tail(stages), Base.tail(M), j + 1)
    L, dt = frame_buffers.trial, tape.dt[s]
    fill!(L, 0)
    add_weighted!(L, P, algorithm.weights, j, dt)
    add_later!(L, Base.tail(M), Base.tail(stages), j, dt)
    adjoint!(first(M), system, linearization(tape, j, s), L, frame_buffers.scratch)
    return nothing
end
@inline adjoint_stages!(P, frame_buffers, tape, s, system, algorithm, ::Tuple{}, ::Tuple{}, j) = nothing

@inline function add_later!(L, M::Tuple, stages::Tuple, j, dt)
    add_weighted!(L, first(M), first(stages), j, dt)
    return add_later!(L, Base.tail(M), Base.tail(stages), j, dt)
end
@inline add_later!(L, ::Tuple{}, ::Tuple{}, j, dt) = L

function adjoint_step!(P, frame_buffers, tape, s, system, ::MapStep)
    adjoint!(frame_buffers.trial, system, linearization(tape, 1, s), P, frame_buffers.scratch)
    return copyto!(P, frame_buffers.trial)
end
