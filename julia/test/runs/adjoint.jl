# The adjoint step against the tangent step, and its exponents against known ones; twins against the tangent.

@isdefined(cyclic_shift) || include("../helpers.jl")

allocated_backwards(run, n_blocks, log) = @allocated advance!(run, n_blocks, log)

@testset "adjoint" begin
    rng = Numbers(40)
    n, k = 12, 5
    W = chaotic(rng, n)
    sparse_rows = let A = W .* (rand(rng, n, n) .< 0.4)
        entries = [(i, j) for i in 1:n for j in 1:n if A[i, j] != 0]
        starts = cumsum([0; [count(e -> e[1] == i, entries) for i in 1:n]])
        SparseRows(starts, [j - 1 for (_, j) in entries], [A[i, j] for (i, j) in entries])
    end
    cases = [(RateNetwork(W; tau=0.7), RK4(), 0.1), (RateNetwork(W), Heun(), 0.1), (RateNetwork(W), Euler(), 0.1),
        (RateNetwork(sparse_rows), RK4(), 0.1), (DiscreteNetwork(W), MapStep(), 1.0),
        (DiscreteNetwork(sparse_rows), MapStep(), 1.0), (lorenz63(), RK4(), 0.01), (henon(), MapStep(), 1.0)]
    own = Numbers(42)
    tau, gain = 0.5 .+ rand(own, n), 0.5 .+ rand(own, n)
    append!(cases, [(RateNetwork(W; tau=tau, input_gain=gain), RK4(), 0.1), (RateNetwork(sparse_rows; tau=tau), RK4(), 0.1),
        (DiscreteNetwork(W; input_gain=gain), MapStep(), 1.0)])
    for (system, algorithm, dt) in cases
        N = LyapunovSpectra.dimension(system)
        x = system isa Union{RateNetwork,DiscreteNetwork} ? randn(rng, N) : fill(0.1, N)
        run = init(system, algorithm, x, random_frame(rng, N, 1); dt=dt)
        tape = LyapunovSpectra.Tape(system, algorithm, 7)
        record!(tape, run, 7)
        m = min(k, N)
        forward, backward = randn(rng, N, m), randn(rng, N, m)
        P, Q = copy(backward), copy(forward)
        frame_buffers = LyapunovSpectra.FrameBuffers(system, algorithm, m)
        for s in 7:-1:1
            LyapunovSpectra.adjoint_step!(P, frame_buffers, tape, s, system, algorithm)
        end
        panels = LyapunovSpectra.Panels(m, 1)
        LyapunovSpectra.propagate!(Q, [LyapunovSpectra.FrameBuffers(system, algorithm, m)], panels, tape, system, algorithm)
        # <P, M Q> = <M' P, Q>, to rounding of sums of N products
        @test backward' * Q ≈ P' * forward rtol = 1e-12
        @test_throws ArgumentError record!(tape, run, 8)
    end

    # of a fixed point: the real parts of the eigenvalues
    W = 0.5 .* W
    W .*= 0.8 / maximum(abs, eigvals(W))
    run = init(RateNetwork(W), RK4(), zeros(n), random_frame(rng, n, n); dt=0.05)
    tape = LyapunovSpectra.Tape(run.system, run.algorithm, 40_000)
    record!(tape, run, 40_000)
    adjoint = BackwardRun(run.system, run.algorithm, tape, random_frame(rng, n, n); steps_per_block=20)
    @test advance!(adjoint, 200) == 200
    log_growth = zeros(n, 2000)
    @test advance!(adjoint, 2000, log_growth) == 1800
    rates = sort(vec(sum(log_growth[:, 1:1800]; dims=2)) ./ 1800; rev=true)
    # a frame that starts anywhere is off by its angle over the time: about 1 / 1800; RK4's own error is dt^4 = 6e-6
    @test rates ≈ sort(real.(eigvals(W)) .- 1; rev=true) atol = 2e-3

    P = random_frame(rng, n, n)
    for (system, algorithm) in ((RateNetwork(W), RK4()), (DiscreteNetwork(W), MapStep()))
        run = init(system, algorithm, randn(rng, n), random_frame(rng, n, 1))
        tape = record!(LyapunovSpectra.Tape(system, algorithm, 30), run, 30)
        going = BackwardRun(system, algorithm, tape, P)
        log_growth = zeros(n, 30)
        allocated_backwards(going, 10, log_growth)
        # a block may let `sort!` have scratch space, as newer Julias do
        @test allocated_backwards(going, 10, log_growth) <= 10 * 3 * n * sizeof(Int)
    end
    @test_throws ArgumentError BackwardRun(run.system, Tsit5(), tape, P)
end

@testset "twins" begin
    rng = Numbers(41)
    W = chaotic(rng, 40)
    values = randn(rng, 40, 3000)
    noise = StepNoise(0.1 .* values)
    # all have an input: a network alone may come to rest, and then there is little to agree on
    for (system, algorithm, dt) in ((RateNetwork(W; drive=Sampled(values, 0.1)), RK4(), 0.1),
        (RateNetwork(W; noise=noise), Euler(), 0.1),
        (DiscreteNetwork(W; drive=Sampled(values, 1.0; linear=false)), MapStep(), 1.0))
        run = init(system, algorithm, randn(rng, 40), random_frame(rng, 40, 1); dt=dt, steps_per_block=4)
        advance!(run, 400)
        twin = Twin(run, 1e-7)
        log = BlockLog{Float64}(1, 500)
        advance!(twin, 2000, log)
        @test length(twin.log_separation) == 500
        # Curvature matters by the separation 1e-7, which is the median found; where the vector turns round it matters much
        # more for some blocks: the largest of 500 was 1e-8 to 1e-4 over 20 seeds. A wrong twin is off by 0.1 everywhere.
        apart = sort(abs.(twin.log_separation .- log.log_growth[1, :]))
        @test apart[400] < 1e-5 && apart[500] < 1e-2
        @test maximum(log.log_growth) - minimum(log.log_growth) > 0.1   # there is something to agree on
    end

    # units that are all off: the two meet, and part again when an input turns one on
    switched = Sampled([-1.0 -1.0 1.0 1.0; -1.0 -1.0 -1.0 -1.0], 1.0; linear=false)
    run = init(DiscreteNetwork([0.5 0.0; 0.0 0.5]; activation=ThresholdLinear(), drive=switched), MapStep(), [0.1, 0.1],
        reshape([1.0, 0.0], 2, 1))
    twin, log = Twin(run, 1e-6), BlockLog{Float64}(1, 4)
    advance!(twin, 4, log)
    @test twin.log_separation[1:2] == [-Inf, -Inf]
    @test twin.log_separation[3:4] ≈ log.log_growth[1, 3:4] atol = 1e-9   # rounding 1e-16 over the separation
    @test all(isfinite, twin.x)
end
