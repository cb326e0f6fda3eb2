# The definition of the largest exponent, without a tangent: two trajectories, and how fast they part.

"""
    Twin(integrator, separation)

A second trajectory beside that of `integrator`, started `separation` (a length) away along the first tangent vector. Both
see the same input at the same times. Move the two with [`advance!`](@ref); methods of fixed step only.
"""
struct Twin{T,I<:SpectrumIntegrator{T}}
    integrator::I
    separation::Float64
    x::Vector{T}
    tape::Tape{T}               # one step, that nobody reads
    buffers::StateBuffers{T}
    log_separation::Vector{Float64}
end

function Twin(integrator::SpectrumIntegrator{T}, separation::Real) where {T}
    integrator.algorithm isa AdaptiveRungeKutta &&
        throw(ArgumentError("twins take the same steps: use a method of fixed step"))
    system, algorithm = integrator.system, integrator.algorithm
    x = integrator.x .+ T(separation) .* view(integrator.Q, :, 1)
    return Twin(integrator, Float64(separation), x, Tape(system, algorithm, 1), StateBuffers(system, algorithm), Float64[])
end

"""
    advance!(twin, n_steps, log)

Move the integrator with its frame and the twin by `n_steps` steps. At the end of a block, which the integrator writes to
`log`, the logarithm of the growth of their distance is appended to `twin.log_separation`, and the twin is brought back to the
distance it began with. Two that have met, whose logarithm is -Inf, begin again along the first tangent vector.
"""
function advance!(twin::Twin, n_steps::Integer, log::BlockLog)
    integrator = twin.integrator
    for _ in 1:n_steps
        integrator.status === :running || break
        forget_tape!(twin)
        with_blas_threads(1) do
            record_step!(twin.x, twin.buffers, twin.tape, integrator.system, integrator.algorithm, integrator.n_steps,
                time_now(integrator), integrator.dt)
        end
        advance!(integrator, 1, log)
        integrator.steps_in_block == 0 && bring_back!(twin)
    end
    return twin
end

function bring_back!(twin)
    x, y = twin.integrator.x, twin.x
    distance = zero(eltype(x))
    @inbounds for i in eachindex(x, y)
        distance += abs2(y[i] - x[i])
    end
    distance = sqrt(distance)
    push!(twin.log_separation, log(distance / twin.separation))
    separation = oftype(distance, twin.separation)
    @inbounds for i in eachindex(x, y)
        # two that have met no longer know their direction: begin again along the first tangent vector
        y[i] = x[i] + (distance > 0 ? separation / distance * (y[i] - x[i]) : separation * twin.integrator.Q[i, 1])
    end
    return nothing
end
