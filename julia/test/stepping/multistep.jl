# The multistep method of the frame: its order, and a memory that no QR, call or jump of an input harms.

@isdefined(cyclic_shift) || include("../helpers.jl")

# Total growth of each column over `duration`, in `m` steps, with `blocks` orthonormalisations.
function growth(network, algorithm, x0, Q0, duration, m, blocks)
    integrator = init(network, algorithm, x0, Q0; dt=duration / m, steps_per_block=div(m, blocks), threads=1)
    return vec(sum(solve!(integrator, blocks).log.log_growth; dims=2))
end

function measured_order(make_network, n, counts; k=n, reference_steps=2048, duration=4.0)
    rng = Numbers(31)
    x0, Q0 = randn(rng, n), random_frame(rng, n, k)
    exact = growth(make_network(), RK4(), x0, Q0, duration, reference_steps, 8)
    errors = [norm(growth(make_network(), LawsonAB4(), x0, Q0, duration, m, 8) - exact) for m in counts]
    return log2(errors[1] / errors[end]) / log2(counts[end] / counts[1])
end

@testset "multistep: order 4, with orthonormalisations on the way" begin
    W = chaotic(Numbers(30), 12)
    # 0.3: the next order still shows at these steps; a history that a QR spoils gives order 1
    @test measured_order(() -> RateNetwork(W), 12, (64, 128, 256)) ≈ 4 atol = 0.3
    @test measured_order(() -> RateNetwork(W; tau=0.8), 12, (128, 256, 512); k=3) ≈ 4 atol = 0.3
    # no leak that the core knows
    linear = LinearFlow([-1.0 2.0 0.0; -2.0 -1.5 1.0; 0.0 0.0 -2.0])
    @test measured_order(() -> linear, 3, (64, 128, 256)) ≈ 4 atol = 0.3
end

@testset "multistep: order 4 although the input jumps" begin
    rng = Numbers(32)
    W, levels = chaotic(rng, 12), 2 .* randn(rng, 12, 9)
    make() = RateNetwork(W; drive=Sampled(levels, 0.5; linear=false))
    @test measured_order(make, 12, (64, 128, 256)) ≈ 4 atol = 0.3
end

@testset "multistep: a leak alone is exact" begin
    for tau in (1.0, 2.0)
        network = RateNetwork(zeros(4, 4); tau=tau)
        run = init(network, LawsonAB4(), ones(4), random_frame(Numbers(33), 4, 4); dt=0.5, steps_per_block=2)
        advance!(run, 4)     # three steps of Runge-Kutta and one more
        @test solve!(run, 20).exponents ≈ fill(-1 / tau, 4) rtol = 1e-14 * 40   # rounding of 40 steps
    end
end

@testset "multistep: the factors R telescope, whenever there is a QR" begin
    rng = Numbers(34)
    network = RateNetwork(chaotic(rng, 20))
    x0, Q0 = randn(rng, 20), random_frame(rng, 20, 20)
    whole, parts = (growth(network, LawsonAB4(), x0, Q0, 1.6, 16, blocks) for blocks in (1, 16))
    # rounding, amplified by the condition of the frame, some e^4 in 1.6 units of time, and by 20 columns; products that
    # were not multiplied by the inverse of R would make the next steps differ by the growth of a block, about 0.1
    @test parts ≈ whole atol = 1e4 * eps()
end

@testset "multistep: the cut into calls does not change a bit" begin
    rng = Numbers(35)
    network = RateNetwork(chaotic(rng, 20); drive=Sampled(randn(rng, 20, 90), 0.3; linear=false))
    x0, Q0 = randn(rng, 20), random_frame(rng, 20, 20)
    outcome(parts) = begin
        # blocks longer than a tape
        run = init(network, LawsonAB4(), x0, Q0; dt=0.1, steps_per_block=70, threads=1, look_every=50)
        log = BlockLog{Float64}(20, 3)
        foreach(part -> advance!(run, part, log), parts)
        (run.x, run.Q, log.log_growth, run.look.whole)
    end
    @test outcome((210,)) == outcome((1, 63, 6, 1, 69, 2, 68))
end

@testset "multistep: sparse weights, and several tasks, as one dense" begin
    rng = Numbers(36)
    W = chaotic(rng, 120)
    rows = SparseRows(collect(0:120:120^2), repeat(0:119, 120), vec(permutedims(W)))
    x0, Q0 = randn(rng, 120), random_frame(rng, 120, 120)
    total(network, threads) = begin
        run = init(network, LawsonAB4(), x0, Q0; dt=0.1, steps_per_block=10, threads=threads)
        vec(sum(solve!(run, 2).log.log_growth; dims=2))
    end
    expected = total(RateNetwork(W), 1)
    # rounding of products of 120 terms, amplified by the condition of the frame
    @test total(RateNetwork(rows), 1) ≈ expected atol = 1e-9
    @test total(RateNetwork(W), 2) ≈ expected atol = 1e-9
end

@testset "multistep: what was remembered is forgotten when it is not the frame's" begin
    rng = Numbers(37)
    network = RateNetwork(chaotic(rng, 15))
    x0, Q0 = randn(rng, 15), random_frame(rng, 15, 15)
    run = init(network, LawsonAB4(), x0, Q0; dt=0.1, steps_per_block=10, threads=1)
    advance!(run, 20)
    relax!(run, 30)
    fresh = init(network, LawsonAB4(), run.x, run.Q; dt=0.1, steps_per_block=10, threads=1)
    @test solve!(run, 2).exponents == solve!(fresh, 2).exponents
    reinit!(run, x0, Q0)
    first_time = init(network, LawsonAB4(), x0, Q0; dt=0.1, steps_per_block=10, threads=1)
    @test solve!(run, 2).exponents == solve!(first_time, 2).exponents
    # R that cannot be inverted
    LS.carry!(run.history, zeros(15, 15), Inf, 1)
    @test run.history.known == 0
    advance!(run, 30)
    @test run.history.known == 3 && all(isfinite, run.Q)
end

@testset "multistep: looks at the step compare the method itself" begin
    rng = Numbers(38)
    network = RateNetwork(chaotic(rng, 30))
    x0, Q0 = randn(rng, 30), random_frame(rng, 30, 30)
    looks(dt) = begin
        run = init(network, LawsonAB4(), x0, Q0; dt=dt, steps_per_block=round(Int, 1 / dt), look_every=1, threads=1)
        advance!(run, round(Int, 20 / dt))
        difference = abs.(run.look.whole .- run.look.halved)[:, 3:run.look.count]
        sum(difference) / length(difference)
    end
    # errors of order dt^4 per unit of time: 16 times less at half the step; RK4 itself would be 40 times smaller at 0.1
    @test 3.2 < log2(looks(0.1) / looks(0.05)) < 5
    @test looks(0.1) > 1e-5
end

@testset "multistep: no memory is allocated" begin
    rng = Numbers(39)
    network = RateNetwork(chaotic(rng, 30))
    run = init(network, LawsonAB4(), randn(rng, 30), random_frame(rng, 30, 30); dt=0.1, steps_per_block=10, threads=1)
    log = BlockLog{Float64}(30, 100)
    advance!(run, 40, log)
    @test allocated(run, 100, log) == 0
end

@testset "multistep: what cannot be is refused" begin
    network = RateNetwork(zeros(3, 3); noise=StepNoise(zeros(3, 100)))
    frame = random_frame(Numbers(40), 3, 3)
    @test_throws ArgumentError init(network, LawsonAB4(), zeros(3), frame; dt=0.1)
    @test_throws ArgumentError init(DiscreteNetwork(zeros(3, 3)), LawsonAB4(), zeros(3), frame)
end
