# Runs side by side give the same bits as runs one after the other.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "ensembles" begin
    rng = Numbers(30)
    networks = [RateNetwork(chaotic(rng, n)) for n in (10, 40, 40, 60, 80)]
    starts = [(randn(rng, size(net.weights, 1)), random_frame(rng, size(net.weights, 1), 5)) for net in networks]
    fresh() = [init(net, RK4(), x, Q; dt=0.1, steps_per_block=10, threads=1) for (net, (x, Q)) in zip(networks, starts)]
    logs() = [BlockLog{Float64}(5, 4) for _ in networks]
    alone, alone_logs = fresh(), logs()
    for (run, log) in zip(alone, alone_logs)
        relax!(run, 20)
        advance!(run, 40, log)
    end
    together, together_logs = fresh(), logs()
    relax_all!(together, 20)
    advance_all!(together, 15, together_logs)
    advance_all!(together, 25, together_logs)
    for i in eachindex(networks)
        @test together[i].x == alone[i].x
        @test together_logs[i].log_growth == alone_logs[i].log_growth
    end
    twice = [init(networks[1], RK4(), starts[1]...; dt=0.1, threads=1) for _ in 1:2]
    @test_throws ArgumentError advance_all!(twice, 1)
    same = lorenz63()   # holds no buffers, so that many may share it
    advance_all!([init(same, RK4(), [1.0, 1.0, 20.0 + i], random_frame(rng, 3, 3); dt=0.01, threads=1) for i in 1:2], 10)
    method = Tsit5()    # holds nothing that a run changes
    repeated = [init(networks[1], method, starts[1]...; dt=0.1) for _ in 1:2]
    foreach(run -> advance!(run, 20), repeated)
    @test repeated[1].x == repeated[2].x
    @test_throws DimensionMismatch advance_all!(together, 1, together_logs[1:2])
    @test_throws ArgumentError advance_all!([init(networks[1], RK4(), starts[1]...; dt=0.1, threads=2)], 1)
end
