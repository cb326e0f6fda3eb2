# Whether a system preserves volume: the determinant of single steps.

"""
    volume_changes(integrator, places=2, gap=5)

Logarithm of the volume change of single steps ahead of the present state, `gap` steps apart, and the norm of their
Jacobian minus the unit matrix: two vectors of length `places`. The run is not touched. Costs as much as `dimension(system)`
columns for a step each; for systems without inputs, which end.
"""
function volume_changes(integrator::SpectrumIntegrator{T}, places::Integer=2, gap::Integer=5) where {T}
    system, algorithm, n = integrator.system, fixed(integrator.algorithm), length(integrator.x)
    # an adaptive method's interval may be far longer than its steps
    h = integrator.algorithm isa AdaptiveRungeKutta ? min(integrator.dt, integrator.trial_step) / 2 : integrator.dt
    x, tape, buffers = copy(integrator.x), Tape(system, algorithm, gap), StateBuffers(system, algorithm)
    frame_buffers, qr = FrameBuffers(system, algorithm, n), HouseholderQR{T}(n, n)
    volume, size = zeros(T, places), zeros(T, places)
    for place in 1:places
        tape.recorded = 0
        for s in 0:gap-1
            t = time_now(integrator) + ((place - 1) * gap + s) * h
            record_step!(x, buffers, tape, system, algorithm, integrator.n_steps + (place - 1) * gap + s, t, h)
        end
        frame = Matrix{T}(I, n, n)
        tangent_step!(frame, frame_buffers, tape, gap, system, algorithm)
        size[place] = norm(frame - I)
        orthonormalize!(frame, qr)
        volume[place] = sum(log, qr.diagonal)
    end
    return volume, size
end
