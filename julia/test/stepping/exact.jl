# Cases whose answer is known to rounding.

@isdefined(cyclic_shift) || include("../helpers.jl")

# The state stays at the fixed point 0, where tanh has slope 1: the Jacobian is constant and normal.
@testset "constant Jacobian: exponents are eigenvalues" begin
    W = cyclic_shift(8, 0.8)
    eigenvalues = [0.8cis(2pi * j / 8) for j in 0:7]
    frame = random_frame(Numbers(1), 8, 8)
    cases = [
        (RateNetwork(W), RK4(), 0.1, z -> real(log(1 + z + z^2 / 2 + z^3 / 6 + z^4 / 24)) / 0.1, z -> 0.1 * (z - 1)),
        (RateNetwork(W), Euler(), 0.1, z -> log(abs(1 + z)) / 0.1, z -> 0.1 * (z - 1)),
        (RateNetwork(W; tau=2.0), Euler(), 0.2, z -> log(abs(1 + z)) / 0.2, z -> 0.1 * (z - 1)),
        (DiscreteNetwork(W), MapStep(), 1.0, z -> log(abs(z)), identity),
    ]
    for (network, algorithm, dt, rate, step) in cases
        integrator = init(network, algorithm, zeros(8), frame; dt=dt, steps_per_block=5)
        advance!(integrator, 20_000)
        expected = sort(rate.(step.(eigenvalues)); rev=true)
        # A normal matrix leaves only the phases of complex pairs, which average out as 1 / (number of steps).
        @test solve!(integrator, 4000).exponents ≈ expected atol = 1e-4
    end
end

@testset "multiples of orthogonal matrices have equal exponents" begin
    rng = Numbers(2)
    network = DiscreteNetwork(1.5 * random_frame(rng, 12, 12))
    for steps_per_block in (1, 7)
        integrator = init(network, MapStep(), zeros(12), random_frame(rng, 12, 12); steps_per_block=steps_per_block)
        @test solve!(integrator, 40).exponents ≈ fill(log(1.5), 12) atol = 1e-13   # rounding of 12 x 12 products
    end
end

@testset "QR equals the standard library's" begin
    rng = Numbers(3)
    for T in (Float64, Float32), (n, k) in ((1, 1), (5, 3), (90, 90), (200, 70))
        A = randn(rng, T, n, k)
        Q = copy(A)
        workspace = LyapunovSpectra.HouseholderQR{T}(n, k)
        LyapunovSpectra.orthonormalize!(Q, workspace)
        Q0, R0 = positive_qr(A)
        @test Q ≈ Q0 rtol = 200 * n * eps(T)
        @test workspace.diagonal ≈ diag(R0) rtol = 200 * n * eps(T)
    end
end

@testset "sum rules" begin
    rng = Numbers(4)
    n = 30
    W = 3 / sqrt(n) * randn(rng, n, n)
    frame = random_frame(rng, n, n)
    map = solve!(init(DiscreteNetwork(W), MapStep(), randn(rng, n), frame), 300)
    # QR and log-determinant round differently: n operations of relative size eps each, one block
    @test vec(sum(map.log.log_growth; dims=1)) ≈ map.log.log_volume atol = 1e-8
    W[diagind(W)] .= 0
    flow = solve!(init(RateNetwork(W), RK4(), randn(rng, n), frame; dt=0.05, steps_per_block=20), 100)
    @test flow.log.log_volume ≈ fill(-float(n), 100) atol = 1e-10
    @test sum(flow.exponents) / n ≈ -1 atol = 1e-5                # fourth order in dt = 0.05
end

@testset "one step may span more than double precision" begin
    # Cauchy weights saturate units until their slopes are 1e-30 and less; the determinant knows the sum all the same.
    # The largest are cut off at 640: slopes of 1e-300 would be dead directions.
    rng = Numbers(12)
    n = 60
    network = DiscreteNetwork(4 .* tan.(0.999pi .* (rand(rng, n, n) .- 0.5)) ./ n)
    integrator = init(network, MapStep(), randn(rng, n), random_frame(rng, n, n))
    advance!(integrator, 100)
    log = solve!(integrator, 50).log
    @test maximum(log.condition) > 1e18
    @test vec(sum(log.log_growth; dims=1)) ≈ log.log_volume rtol = 1e-9   # rounding of 60 logarithms, amplified by 1e3
end

@testset "the slope keeps its accuracy in saturation" begin
    tanh_slope = LyapunovSpectra.slope
    for u in (0.3, 5.0, 30.0, 300.0)
        exact = Float64(inv(cosh(big(u))^2))
        @test tanh_slope(Tanh(), u) ≈ exact rtol = 1e-13 * max(1, u)  # exp amplifies the rounding of u
        @test LyapunovSpectra.log_slope(Tanh(), u) ≈ log(exact) rtol = 1e-14 atol = 1e-14
    end
    @test LyapunovSpectra.log_slope(Tanh(), 1e4) ≈ 2log(2) - 2e4
end
