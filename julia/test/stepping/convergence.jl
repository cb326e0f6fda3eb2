# Order of the methods, and the tangent as the exact derivative of the step.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "order of convergence, state and tangent" begin
    rng = Numbers(5)
    n = 12
    network = RateNetwork(2 / sqrt(n) * randn(rng, n, n))
    x0, Q0 = randn(rng, n), random_frame(rng, n, 3)
    reference = final(network, RK4(), x0, Q0, 1 / 512, 1024)
    for (algorithm, order, counts) in ((Euler(), 1, (512, 1024, 2048)), (RK4(), 4, (16, 32, 64)))
        for part in 1:2
            errors = [norm(final(network, algorithm, x0, Q0, 2 / m, m)[part] - reference[part]) for m in counts]
            measured = log2(errors[1] / errors[3]) / 2
            @test measured ≈ order atol = 0.2   # the next order still shows at these steps
        end
    end
end

@testset "Tsit5: order 5 in state and tangent at fixed steps, with a QR every step" begin
    rng = Numbers(15)
    n = 12
    network = RateNetwork(2 / sqrt(n) * randn(rng, n, n))
    x0, Q0 = randn(rng, n), random_frame(rng, n, 3)
    run(m) = begin   # tolerances so wide that every interval is one step
        integrator = init(network, Tsit5(; rtol=1e9, atol=1e9), x0, Q0; dt=2 / m)
        integrator.trial_step = 2 / m
        log = solve!(integrator, m).log
        (integrator.x, vec(sum(log.log_growth; dims=2)))
    end
    fine = init(network, RK4(), x0, Q0; dt=1 / 2048)
    log = solve!(fine, 4096).log
    reference = (fine.x, vec(sum(log.log_growth; dims=2)))
    for part in 1:2
        errors = [norm(run(m)[part] - reference[part]) for m in (16, 32, 64)]
        # the coefficient of order 5 is small by design, so that order 6 shows; a stale stage would give 1
        @test 4.7 < log2(errors[1] / errors[3]) / 2 < 6.5
    end
end

@testset "Tsit5 keeps its tolerance" begin
    rng = Numbers(16)
    n = 30
    network = RateNetwork(3 / sqrt(n) * randn(rng, n, n))
    x0, Q0 = randn(rng, n), random_frame(rng, n, n)
    total(algorithm, dt, steps) = begin
        integrator = init(network, algorithm, x0, Q0; dt=dt, steps_per_block=steps)
        log = solve!(integrator, 5).log
        (copy(integrator.x), vec(sum(log.log_growth; dims=2)))
    end
    x, stretch = total(RK4(), 0.002, 500)
    for rtol in (1e-5, 1e-8)
        x5, stretch5 = total(Tsit5(; rtol=rtol, atol=rtol), 1.0, 1)
        # local errors of size rtol add up over some 50 steps and grow by e^2 in 5 tau
        @test norm(x5 - x) / sqrt(n) < 500rtol
        @test norm(stretch5 - stretch) / sqrt(n) < 5000rtol
    end
end

@testset "the tangent is the derivative of the step" begin
    rng = Numbers(6)
    n = 10
    W = 2 / sqrt(n) * randn(rng, n, n)
    x0, v = randn(rng, n), normalize(randn(rng, n))
    for (network, algorithm, dt) in ((RateNetwork(W; tau=0.7), Euler(), 0.2), (RateNetwork(W), RK4(), 0.3),
        (DiscreteNetwork(W; bias=randn(rng, n)), MapStep(), 1.0))
        moved(x) = final(network, algorithm, x, reshape(v, n, 1), dt, 1)
        h = 1e-5
        difference = (moved(x0 + h * v)[1] - moved(x0 - h * v)[1]) / 2h
        @test vec(moved(x0)[2]) ≈ difference atol = 1e-9   # h^2 truncation and eps / h rounding, both 1e-10
    end
end
