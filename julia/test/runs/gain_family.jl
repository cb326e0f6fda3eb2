# Many gains at once: the numbers of single runs.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "a family is its members" begin
    rng = Numbers(40)
    n, gains = 60, [0.3, 1.2, 5.0]
    W = randn(rng, n, n) ./ sqrt(n)
    bias, noise = 0.1 .* randn(rng, n), 0.1 .* randn(rng, n, 60)
    x0, v0 = randn(rng, n), normalize!(randn(rng, n))
    network(g) = DiscreteNetwork(g .* W; bias=bias, drive=Sampled(noise, 1.0; linear=false))
    family = GainFamily(network(1.0), gains, x0, v0)
    stretches = GainLog{Float64}(3, 15)
    relax!(family, 2)
    advance!(family, 3)
    advance!(family, 5, stretches)
    advance!(family, 10, stretches)
    for (j, g) in enumerate(gains)
        run, block_log = init(network(g), MapStep(), x0, reshape(v0, n, 1)), BlockLog{Float64}(1, 15)
        relax!(run, 2)
        advance!(run, 3)
        advance!(run, 15, block_log)
        # the products round differently, 1e-16, and 20 steps of chaos with an exponent near 0.5 make 1e-12 of it
        @test stretches.log_growth[j, :] ≈ block_log.log_growth[1, :] atol = 1e-10
        @test family.columns[:, j] ≈ run.x atol = 1e-10
    end
    @test stretches.log_growth[2, :] != stretches.log_growth[3, :]
end

@testset "squares, and what a quiescent state costs" begin
    rng = Numbers(41)
    n = 50
    W = randn(rng, n, n) ./ sqrt(n)
    family = GainFamily(DiscreteNetwork(W), [0.5, 3.0], randn(rng, n), randn(rng, n))
    counted = GainLog{Float64}(2, 3)
    total = zeros(2)
    for _ in 1:3
        advance!(family, 1, counted)
        total .+= vec(sum(abs2, family.columns[:, 1:2]; dims=1)) ./ n
    end
    @test counted.squares ≈ total rtol = 1e-14
    long = GainLog{Float64}(2, 4003)    # behind the 3 steps above; 0.5^4000 is far below the smallest number
    advance!(family, 4000, long)
    @test family.columns[:, 1] == zeros(n)
    # from here on every step multiplies by 0.5 W, whose largest eigenvalues may be a pair that turns: an average
    @test sum(long.log_growth[1, 2004:4003]) / 2000 ≈ log(0.5 * maximum(abs, eigvals(W))) atol = 1e-2
    @test get_zero_subnormals() == false
end

@testset "a tangent vector that dies is -Inf for good" begin
    network = DiscreteNetwork([1.0 0.0; 0.0 1.0]; activation=ThresholdLinear(), bias=[-1.0, -1.0])
    family = GainFamily(network, [0.5, 2.0], [1.5, 1.5], [1.0, 0.0])
    counted = GainLog{Float64}(2, 3)
    advance!(family, 3, counted)
    @test counted.log_growth[1, :] == fill(-Inf, 3)
    @test counted.log_growth[2, :] == fill(log(2.0), 3)
end

@testset "families side by side" begin
    rng = Numbers(42)
    networks = [DiscreteNetwork(2 .* randn(rng, n, n) ./ sqrt(n)) for n in (20, 50, 30)]
    starts = [(randn(rng, size(net.weights, 1)), randn(rng, size(net.weights, 1))) for net in networks]
    fresh() = [GainFamily(net, [0.5, 1.0, 2.0], start...) for (net, start) in zip(networks, starts)]
    logs() = [GainLog{Float64}(3, 30) for _ in networks]
    together, together_logs, alone, alone_logs = fresh(), logs(), fresh(), logs()
    relax_all!(together, 20)
    advance_all!(together, 10, together_logs)
    advance_all!(together, 20, together_logs)
    for (family, own) in zip(alone, alone_logs)
        relax!(family, 20)
        advance!(family, 30, own)
    end
    for i in eachindex(networks)
        @test together[i].columns == alone[i].columns
        @test together_logs[i].log_growth == alone_logs[i].log_growth
    end
    @test_throws ArgumentError advance_all!([GainFamily(networks[1], [1.0], starts[1]...) for _ in 1:2], 1)
    @test_throws DimensionMismatch GainFamily(networks[1], [1.0], starts[2]...)
end

allocated_family(family, n, counted) = @allocated advance!(family, n, counted)

@testset "no allocation per step" begin
    rng = Numbers(43)
    family = GainFamily(DiscreteNetwork(randn(rng, 40, 40) ./ 5), [0.5, 1.0, 2.0], randn(rng, 40), randn(rng, 40))
    counted = GainLog{Float64}(3, 400)
    allocated_family(family, 10, counted)
    @test allocated_family(family, 10, counted) == allocated_family(family, 100, counted)
end
