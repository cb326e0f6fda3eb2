# How fast the couplings of a flow with a leak are: what limits the steps of a multistep method.

"""
    coupling_radius(integrator, powers=30)

Modulus of the largest eigenvalue, within about a tenth, of the Jacobian without its leak (`r .* C`, see
[`leak`](@ref)) at the present state: the mean growth of a vector under its last powers. Per unit of time; the run is
not touched.

# Examples
```julia
network = RateNetwork(1.5 .* randn(100, 100) ./ sqrt(100))
run = LS.init(network, LS.RK4(), zeros(100), reshape(ones(100) ./ 10, 100, 1); dt=0.1)
LS.coupling_radius(run)                          # about 1.5: the slopes are 1 at rest
```
"""
coupling_radius(integrator::SpectrumIntegrator, powers::Integer=30) =
    with_blas_threads(() -> growth_of_powers(integrator, powers), 1)    # the same bits on any number of threads

function growth_of_powers(integrator::SpectrumIntegrator{T}, powers) where {T}
    system, n = integrator.system, length(integrator.x)
    rate = leak(system) === nothing ? one(T) : leak(system)
    linearization, scratch = zeros(T, linearization_length(system)), zeros(T, scratch_length(system), 1)
    v, image = integrator.Q[:, 1:1], zeros(T, n, 1)
    evaluate!(zeros(T, n), linearization, system, integrator.x, time_now(integrator))
    skipped, growth = div(powers, 3), 0.0
    for power in 1:powers
        coupling!(image, system, linearization, v, scratch)
        v .= rate .* image
        length_now = norm(v)
        length_now > 0 || return 0.0
        power > skipped && (growth += log(length_now))
        v ./= length_now
    end
    return exp(growth / (powers - skipped))
end
