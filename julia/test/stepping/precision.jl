# Single precision: the same code, as fast, without a detour over double precision.

@isdefined(cyclic_shift) || include("../helpers.jl")

allocated_single(integrator, n) = @allocated advance!(integrator, n)

@testset "single precision" begin
    rng = Numbers(50)
    n = 30
    W = Float32.(chaotic(rng, n))
    drive = Sampled(randn(rng, Float32, n, 500), 0.1)
    for (network, algorithm, dt) in ((RateNetwork(W; drive=drive), RK4(), 0.1), (DiscreteNetwork(W), MapStep(), 1.0))
        x, Q = randn(rng, Float32, n), Float32.(random_frame(rng, n, n))
        run = init(network, algorithm, x, Q; dt=dt, steps_per_block=100, threads=1)
        advance!(run, 10)
        @test run.x isa Vector{Float32} && run.Q isa Matrix{Float32}
        @test allocated_single(run, 50) == 0    # within one block
        # the clock does not drift: 0.1f0 is 1.5e-9 off, and a sample beyond the last one would be asked for
        network isa RateNetwork && advance!(run, 430)
        @test run.status === :running
    end
end
