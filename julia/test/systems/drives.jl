# Inputs that depend on time.

@isdefined(cyclic_shift) || include("../helpers.jl")

using LyapunovSpectra: add_drive!, add_noise!, start_step!, move_window!

# Final state and the logs of a run of `m` steps of length `duration / m`.
function driven(network, algorithm, x0, Q0, duration, m)
    integrator = init(network, algorithm, x0, Q0; dt=duration / m)
    log = solve!(integrator, m).log
    return (integrator.x, vec(sum(log.log_growth; dims=2)))
end

@testset "what each drive adds" begin
    rng = Numbers(20)
    values = randn(rng, 3, 5)
    at(drive, t) = (start_step!(drive, t, 0.5); add_drive!(zeros(3), drive, t))
    linear, held = Sampled(values, 0.5), Sampled(values, 0.5; linear=false)
    for s in 0:4
        @test at(linear, 0.5s) == values[:, s+1]
        @test at(held, 0.5s) == values[:, s+1]
    end
    @test at(linear, 0.9) ≈ 0.2values[:, 2] + 0.8values[:, 3] rtol = 1e-14   # rounding of the weights
    # 0.1 * 3 / 0.1 is not 3 in floating point, but means sample 3; there is no sample after the last
    @test at(Sampled(values, 0.1), 0.1 * 3) == values[:, 4]
    @test at(Sampled(values, 0.1), 0.1 * 4 * (1 + eps())) == values[:, 5]
    common = Sampled(values[1:1, :], 0.5)
    @test at(common, 1.0) == fill(values[1, 3], 3)
    mixing = randn(rng, 3, 2)
    mixed = Sampled(values[1:2, :], 0.5; input_weights=mixing)
    @test at(mixed, 0.75) ≈ mixing * (values[1:2, 2] + values[1:2, 3]) / 2 rtol = 1e-14
    constant = Sampled(values[:, 1:1], Inf)
    @test at(constant, 0.0) == at(constant, 1e6) == values[:, 1]
    amplitude, phase = randn(rng, 3), randn(rng, 3)
    sinusoid = Sinusoid(amplitude, 0.3, phase)
    @test at(sinusoid, 1.7) ≈ amplitude .* sin.(2pi * 0.3 * 1.7 .+ phase) rtol = 1e-14
    # a window that has moved holds the same samples
    window = move_window!(Sampled(values[:, 3:5], 0.5), 2)
    @test at(window, 1.2) == at(linear, 1.2)
    @test_throws ArgumentError at(window, 0.7)
    @test_throws ArgumentError at(linear, 2.1)
    @test_throws ArgumentError add_noise!(zeros(3), StepNoise(values), 5)
    @test add_noise!(zeros(3), StepNoise(values; first_step=4), 5) == values[:, 2]
    strengths = [1.0, 2.0, 3.0]     # a factor for each unit
    @test add_noise!(zeros(3), StepNoise(values; input_weights=strengths), 1) == strengths .* values[:, 2]
    @test add_noise!(zeros(3), StepNoise(values[1:1, :]; input_weights=strengths), 1) == strengths .* values[1, 2]
    @test_throws DimensionMismatch StepNoise(values[1:2, :]; input_weights=strengths)
end

@testset "inputs that do not fit are refused" begin
    W = zeros(3, 3)
    @test_throws DimensionMismatch RateNetwork(W; drive=Sampled(zeros(2, 5), 0.1))
    @test_throws DimensionMismatch RateNetwork(W; noise=StepNoise(zeros(4, 5)))
    @test_throws DimensionMismatch DiscreteNetwork(W; drive=Sinusoid(ones(2), 0.1, zeros(2)))
    @test_throws DimensionMismatch DiscreteNetwork(W; drive=Sampled(zeros(2, 5), 1.0; input_weights=zeros(1, 2)))
    @test_throws DimensionMismatch Sampled(zeros(2, 5), 1.0; input_weights=zeros(3, 3))
    @test_throws ArgumentError Sampled(zeros(3, 5), 0.0)
    frame = Matrix{Float64}(I, 3, 3)
    @test_throws ArgumentError init(RateNetwork(W; noise=StepNoise(zeros(3, 5))), RK4(), zeros(3), frame)
    @test_throws ArgumentError init(RateNetwork(W; noise=StepNoise(zeros(3, 5))), Tsit5(), zeros(3), frame)
    @test_throws ArgumentError init(RateNetwork(W; drive=Sampled(zeros(3, 5), 1.0; linear=false)), Tsit5(), zeros(3), frame)
end

@testset "methods keep their order under a drive" begin
    rng = Numbers(21)
    n = 12
    W = 2 / sqrt(n) * randn(rng, n, n)
    x0, Q0 = randn(rng, n), random_frame(rng, n, 3)
    values = randn(rng, n, 9)                       # kinks and jumps every 0.25, which all steps below divide
    smooth = Sinusoid(randn(rng, n), 0.7, 2pi * rand(rng, n))
    for drive in (smooth, Sampled(values, 0.25), Sampled(values, 0.25; linear=false))
        network = RateNetwork(W; tau=0.9, drive=drive)
        reference = driven(network, RK4(), x0, Q0, 2.0, 2048)
        for (algorithm, order, steps) in ((Euler(), 1, (256, 1024)), (Heun(), 2, (128, 512)), (RK4(), 4, (32, 128))), part in 1:2
            errors = [norm(driven(network, algorithm, x0, Q0, 2.0, m)[part] - reference[part]) for m in steps]
            # the next order still shows; a jump seen by one stage of four would give order 1
            @test log2(errors[1] / errors[2]) / 2 ≈ order atol = 0.3
        end
    end
    network = RateNetwork(W; drive=smooth)
    reference = driven(network, RK4(), x0, Q0, 2.0, 2048)
    adaptive = driven(network, Tsit5(; rtol=1e-9, atol=1e-9), x0, Q0, 2.0, 4)
    @test norm(adaptive[1] - reference[1]) < 1e-6   # some 50 steps of error 1e-9 each, growing tenfold
end

@testset "noise: Euler and Heun as formulas, order on one Brownian path" begin
    rng = Numbers(22)
    n, dt, sigma = 6, 0.5, 0.8
    increments = sigma * sqrt(dt) * randn(rng, n, 40)
    network = RateNetwork(zeros(n, n); noise=StepNoise(increments))   # dx = -x dt + sigma dW: the step is a number
    for (algorithm, decay, share) in ((Euler(), 1 - dt, 1.0), (Heun(), 1 - dt + dt^2 / 2, 1 - dt / 2))
        x = foldl((x, s) -> decay * x + share * increments[:, s], 1:40; init=ones(n))
        integrator = relax!(init(network, algorithm, ones(n), Matrix{Float64}(I, n, 1); dt=dt), 40)
        @test integrator.x ≈ x rtol = 1e-13   # rounding of 40 contracting steps
    end
    # Additive noise: both have strong order 1. The path of a coarse step is the sum of the fine increments.
    W = 2 / sqrt(n) * randn(rng, n, n)
    paths = 20
    errors = map((Euler(), Heun())) do algorithm
        total = zeros(3)
        path_rng = Numbers(23)
        for _ in 1:paths
            fine = 0.5 * sqrt(1 / 2048) * randn(path_rng, n, 2048)
            coarse(m) = dropdims(sum(reshape(fine, n, 2048 ÷ m, m); dims=2); dims=2)
            final(m, method) = relax!(init(RateNetwork(W; noise=StepNoise(coarse(m))), method, ones(n),
                Matrix{Float64}(I, n, 1); dt=1 / m), m).x
            exact = final(2048, Heun())
            total += [norm(final(m, algorithm) - exact) for m in (16, 32, 64)]
        end
        total / paths
    end
    for measured in errors
        # 20 paths fix the mean error to about 10 %, that is 0.1 in the order over two halvings
        @test log2(measured[1] / measured[3]) / 2 ≈ 1 atol = 0.3
    end
    @test all(errors[2] .< errors[1])
end

@testset "the tangent is the derivative of the driven step" begin
    rng = Numbers(24)
    n = 8
    W = 2 / sqrt(n) * randn(rng, n, n)
    x0, v = randn(rng, n), normalize(randn(rng, n))
    table = randn(rng, n, 6)
    mixed = Sampled(table[1:2, :], 0.2; linear=false, input_weights=randn(rng, n, 2))
    sinusoid = Sinusoid(randn(rng, n), 0.3, randn(rng, n))
    for (network, algorithm, dt) in ((RateNetwork(W; drive=Sampled(table, 0.3)), RK4(), 0.2),
        (RateNetwork(W; drive=mixed), RK4(), 0.2), (RateNetwork(W; drive=sinusoid, noise=StepNoise(table)), Heun(), 0.2),
        (RateNetwork(W; noise=StepNoise(table[1:1, :])), Euler(), 0.2), (DiscreteNetwork(W; drive=sinusoid), MapStep(), 1.0),
        (DiscreteNetwork(W; drive=Sampled(table, 1.0; linear=false)), MapStep(), 1.0))
        moved(x) = final(network, algorithm, x, reshape(v, n, 1), dt, 3)
        h = 1e-5
        difference = (moved(x0 + h * v)[1] - moved(x0 - h * v)[1]) / 2h
        # h^2 truncation and eps / h rounding, both 1e-10; three steps stretch by less than 100
        @test vec(moved(x0)[2]) ≈ difference atol = 1e-8
    end
end

@testset "a driven step allocates nothing" begin
    rng = Numbers(25)
    n = 30
    W = chaotic(rng, n)
    values = randn(rng, n, 2000)
    mixing = randn(rng, n, 2)
    for (network, algorithm) in ((RateNetwork(W; drive=Sampled(values, 0.1)), RK4()),
        (RateNetwork(W; drive=Sampled(values[1:2, :], 0.1; input_weights=mixing)), RK4()),
        (RateNetwork(W; drive=Sinusoid(ones(n), 0.3, zeros(n)), noise=StepNoise(values)), Heun()),
        (DiscreteNetwork(W; drive=Sampled(values, 1.0; linear=false)), MapStep()))
        per_block = map((10, 60)) do steps
            integrator = init(network, algorithm, randn(rng, n), random_frame(rng, n, 3); dt=algorithm isa MapStep ? 1.0 : 0.1,
                steps_per_block=steps, threads=1)
            log = BlockLog{Float64}(3, 40; n_traces=3)
            advance!(integrator, 2steps, log)
            allocated(integrator, 10steps, log) / 10
        end
        @test per_block[1] == per_block[2]
    end
end
