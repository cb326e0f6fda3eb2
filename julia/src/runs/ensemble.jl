# Many runs side by side: one task per run, each on one thread, so that small networks keep all cores busy.

"""
    relax_all!(integrators, n_steps)
    advance_all!(integrators, n_steps)
    advance_all!(integrators, n_steps, logs)

[`relax!`](@ref) or [`advance!`](@ref) every integrator, one task each, with BLAS on one thread. Make the integrators with
`threads=1`; a [`GainFamily`](@ref) is as good. Their results have the same bits as when they run one after the other, whatever the number of threads.

# Examples
```julia
networks = [DiscreteNetwork(2 .* randn(50, 50) ./ sqrt(50)) for _ in 1:8]
runs = [LS.init(network, LS.MapStep(), randn(50), Matrix{Float64}(I, 50, 50); threads=1) for network in networks]
logs = [BlockLog{Float64}(50, 100) for _ in runs]
advance_all!(runs, 100, logs)
```
"""
function advance_all!(integrators, n_steps::Integer, logs=fill(nothing, length(integrators)))
    length(logs) == length(integrators) ||
        throw(DimensionMismatch("$(length(integrators)) integrators need as many logs, got $(length(logs))"))
    return side_by_side((run, log) -> advance!(run, n_steps, log), integrators, logs)
end

relax_all!(integrators, n_steps::Integer) = side_by_side(run -> relax!(run, n_steps), integrators)
@doc (@doc advance_all!) relax_all!

function side_by_side(work, integrators, others...)
    all(runs_on_one_thread, integrators) ||
        throw(ArgumentError("integrators that run side by side must be made with threads=1"))
    # the same buffers in two tasks would be a race
    allunique(objectid(run.system) for run in integrators if owns_buffers(run.system)) ||
        throw(ArgumentError("each integrator needs a system of its own, made anew (the weights may be shared)"))
    with_blas_threads(1) do
        @sync for arguments in zip(integrators, others...)
            Threads.@spawn work(arguments...)
        end
    end
    return integrators
end

runs_on_one_thread(run::SpectrumIntegrator) = run.threads == 1
runs_on_one_thread(::GainFamily) = true
