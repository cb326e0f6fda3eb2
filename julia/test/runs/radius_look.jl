# The size of the couplings, which chooses the steps of a multistep method.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "radius of the couplings" begin
    rng = Numbers(60)
    n = 100
    W, Q = 3 / sqrt(n) * randn(rng, n, n), random_frame(rng, n, 1)
    x = randn(rng, n)
    for tau in (1.0, 4.0)
        network = RateNetwork(W; tau=tau)
        run = init(network, RK4(), x, Q; dt=0.1)
        slopes = [LS.slope(Tanh(), u) for u in x]
        expected = maximum(abs, eigvals(W * Diagonal(slopes))) / tau
        # several eigenvalues of about the same size, and a matrix that is not normal: 20 powers tell within a fifth
        @test LS.coupling_radius(run) ≈ expected rtol = 0.2
        @test run.x == x && run.n_steps == 0 && run.Q == Q
    end
    at_rest = init(RateNetwork(zeros(3, 3)), RK4(), zeros(3), random_frame(rng, 3, 1); dt=0.1)
    @test LS.coupling_radius(at_rest) == 0
    normal = init(RateNetwork(cyclic_shift(8, 0.8)), RK4(), zeros(8), random_frame(rng, 8, 1); dt=0.1)
    @test LS.coupling_radius(normal) ≈ 0.8 rtol = 1e-12    # all eigenvalues have this modulus; rounding
end
