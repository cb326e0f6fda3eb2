# The published tangent: one step, written out.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "published tangent" begin
    rng = Numbers(50)
    n, k = 30, 4
    W, noise = randn(rng, n, n) ./ 3, randn(rng, n, 12) ./ 3
    x0, Q0 = randn(rng, n), random_frame(rng, n, k)
    system = PublishedTransposed(DiscreteNetwork(W; drive=Sampled(noise, 1.0; linear=false)))
    integrator = init(system, MapStep(), x0, Q0)
    log = BlockLog{Float64}(k, 12)
    advance!(integrator, 1, log)
    x1 = tanh.(W * x0 .+ noise[:, 1])
    J = Diagonal(sech.(W * x1 .+ noise[:, 1]) .^ 2) * W
    @test integrator.x ≈ x1 rtol = 1e-14
    @test log.log_growth[:, 1] ≈ Base.log.(abs.(diag(qr(J' * Q0).R))) atol = 1e-12
    advance!(integrator, 1, log)    # compiled by now
    few = @allocated advance!(integrator, 1, log)
    @test few == @allocated advance!(integrator, 8, log)
end
