# How a run behaves: chunks, threads, faults, memory.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "cutting a run into calls changes nothing" begin
    rng = Numbers(7)
    network = RateNetwork(chaotic(rng, 40))
    x0, Q0 = randn(rng, 40), random_frame(rng, 40, 40)
    run(cuts) = begin
        integrator = init(network, RK4(), x0, Q0; dt=0.1, steps_per_block=70)   # longer than the tape
        log = BlockLog{Float64}(40, 3)
        foreach(n -> advance!(integrator, n, log), cuts)
        (integrator.x, integrator.Q, log.log_growth)
    end
    @test run((210,)) == run((1, 69, 100, 40)) == run(ntuple(_ -> 7, 30))
end

@testset "the last, shorter block counts" begin
    rng = Numbers(8)
    network = DiscreteNetwork(chaotic(rng, 10))
    x0, Q0 = randn(rng, 10), random_frame(rng, 10, 3)   # three directions: far apart ones would drown in rounding
    whole = BlockLog{Float64}(3, 1)
    advance!(init(network, MapStep(), x0, Q0; steps_per_block=5), 5, whole)
    parts = BlockLog{Float64}(3, 2)
    integrator = init(network, MapStep(), x0, Q0; steps_per_block=4)
    advance!(integrator, 5, parts)
    LyapunovSpectra.close_block!(integrator, parts)
    @test vec(sum(parts.log_growth; dims=2)) ≈ vec(whole.log_growth) atol = 1e-10   # rounding of the QR
end

@testset "one task or several" begin
    rng = Numbers(9)
    n = 130
    network = RateNetwork(chaotic(rng, n))
    x0, Q0 = randn(rng, n), random_frame(rng, n, n)
    logs = map((1, 2, 3)) do threads
        integrator = init(network, RK4(), x0, Q0; dt=0.1, steps_per_block=10, threads=threads)
        @test integrator.panels.n_tasks == threads
        solve!(integrator, 30).log.log_growth
    end
    # panels of another width may round differently; the trajectory is the same to the last bit, so nothing amplifies that
    @test logs[1] ≈ logs[2] atol = 1e-12
    @test logs[1] ≈ logs[3] atol = 1e-12
end

@testset "the alignment finds the length of a block" begin
    rng = Numbers(17)
    network = RateNetwork(chaotic(rng, 40))
    x0, Q0 = randn(rng, 40), random_frame(rng, 40, 40)
    find(bound) = begin
        integrator = init(network, RK4(), x0, Q0; dt=0.1, max_condition=bound, longest_block=100)
        advance!(integrator, 1000)
        LyapunovSpectra.close_block!(integrator)
        log = BlockLog{Float64}(40, 200)
        length = integrator.steps_per_block
        advance!(integrator, 50length, log)
        @test all(==(length), log.steps[1:50])     # blocks that count are all the same
        (length, maximum(log.condition))
    end
    lengths, worst = zip(find(1e2), find(1e4), find(1e8))
    @test lengths[1] < lengths[2] < lengths[3]
    # local growth fluctuates; within a factor of 2 in the exponent
    @test all(log.(worst) .< 2 .* log.((1e2, 1e4, 1e8)))
    @test find(1e300)[1] == 100
    still = init(DiscreteNetwork(zeros(4, 4)), MapStep(), zeros(4), Matrix{Float64}(I, 4, 4); max_condition=1e5, longest_block=30)
    advance!(still, 200)
    @test still.steps_per_block == 1    # every direction has died; a longer block would not show it
    # all directions grow alike: nothing parts, but e^1000 is beyond double precision
    fast = init(LinearFlow([1000.0 0.0; 0.0 1000.0]), RK4(), zeros(2), Matrix{Float64}(I, 2, 2); dt=1e-5, max_condition=1e5,
        longest_block=10^5)
    advance!(fast, 300_000)
    @test fast.status === :running && 10_000 < fast.steps_per_block < 35_000
    step = init(DiscreteNetwork(2 .* tan.(pi .* (rand(rng, 40, 40) .- 0.5)) ./ 40), MapStep(), x0, Q0; max_condition=1e5)
    advance!(step, 50)
    @test step.steps_per_block == 1
end

@testset "panels cover every column once" begin
    for k in (1, 15, 16, 192, 193, 500, 1000), tasks in (1, 2, 7)
        k >= tasks || continue
        panels = LyapunovSpectra.Panels(k, tasks)
        @test reduce(vcat, panels.ranges) == 1:k
        @test LyapunovSpectra.width(panels) <= LyapunovSpectra.PANEL_WIDTH
        @test length(panels.ranges) % tasks == 0
    end
end

@testset "a step allocates nothing" begin
    rng = Numbers(10)
    for (network, algorithm, dt) in ((RateNetwork(chaotic(rng, 50)), RK4(), 0.01), (DiscreteNetwork(chaotic(rng, 50)), MapStep(), 1.0))
        per_block = map((10, 60)) do steps
            integrator = init(network, algorithm, randn(rng, 50), random_frame(rng, 50, 3); dt=dt, steps_per_block=steps, threads=1)
            log = BlockLog{Float64}(3, 40; n_traces=3)
            advance!(integrator, 2steps, log)
            allocated(integrator, 10steps, log) / 10
        end
        @test per_block[1] == per_block[2]
        @test per_block[1] <= 3 * 50 * sizeof(Int)   # a block may let `sort!` have scratch space, as newer Julias do
    end
end

@testset "faults" begin
    W = zeros(4, 4)
    network = RateNetwork(W)
    frame = Matrix{Float64}(I, 4, 4)
    @test_throws DimensionMismatch RateNetwork(zeros(3, 4))
    @test_throws DimensionMismatch init(network, RK4(), zeros(3), frame)
    @test_throws DimensionMismatch init(network, RK4(), zeros(4), zeros(4, 5))
    @test_throws ArgumentError init(network, RK4(), zeros(4), frame; dt=0.0)
    @test_throws ArgumentError init(network, MapStep(), zeros(4), frame)
    @test_throws ArgumentError init(DiscreteNetwork(W), MapStep(), zeros(4), frame; dt=0.1)
    @test_throws ArgumentError relax!(advance!(init(network, RK4(), zeros(4), frame; dt=0.1, steps_per_block=2), 1), 1)
    # dt = 3 tau makes Euler's factor 1 - dt = -2: the state doubles every step and overflows after about 1024
    integrator = init(network, Euler(), ones(4), frame; dt=3.0)
    solution = solve!(integrator, 2000)
    @test integrator.status === :state_diverged
    @test 1000 < integrator.n_logged < 1030
    @test solution.exponents ≈ fill(log(2) / 3, 4)
    # a direction that dies has exponent -Inf and does not disturb the others
    dying = DiscreteNetwork([0.5 0.0; 0.0 0.0])
    @test solve!(init(dying, MapStep(), zeros(2), Matrix{Float64}(I, 2, 2)), 10).exponents == [log(0.5), -Inf]
end

@testset "reinit! repeats a run exactly; memory can be shared" begin
    rng = Numbers(11)
    network = DiscreteNetwork(chaotic(rng, 10))
    x0, Q0 = randn(rng, 10), random_frame(rng, 10, 4)
    integrator = init(network, MapStep(), x0, Q0)
    first_run = solve!(integrator, 20).log.log_growth
    @test solve!(reinit!(integrator, x0, Q0), 20).log.log_growth == first_run
    flow = RateNetwork(chaotic(rng, 10))
    adaptive = init(flow, Tsit5(), x0, Q0)
    first_run = solve!(adaptive, 20).log.log_growth
    @test solve!(reinit!(adaptive, x0, Q0), 20).log.log_growth == first_run
    quiet = RateNetwork(zeros(4, 4))
    frame = Matrix{Float64}(I, 4, 4)
    diverging = init(quiet, Euler(), ones(4), frame; dt=3.0, steps_per_block=10)
    advance!(diverging, 2000)
    @test diverging.status === :state_diverged
    after = solve!(reinit!(diverging, zeros(4), frame), 5).log.log_growth
    @test after == solve!(init(quiet, Euler(), zeros(4), frame; dt=3.0, steps_per_block=10), 5).log.log_growth
    x, Q = copy(x0), copy(Q0)
    shared = init(network, MapStep(), x, Q; alias=true)
    advance!(shared, 3)
    @test shared.x === x && shared.Q === Q && x != x0
end
