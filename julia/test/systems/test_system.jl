# Every system of the core keeps the contract, and a system that does not is found out.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "every system keeps the contract" begin
    rng = Numbers(1)
    n, W = 5, randn(Numbers(2), 5, 5)
    dense, sparse = W ./ 2, LS.SparseRows(Int32[0, 1, 3, 4, 5, 6], Int32[1, 0, 2, 4, 3, 0], randn(rng, 6))
    waves = LS.Sinusoid(ones(n), 0.2, zeros(n))
    steps = LS.Sampled(randn(rng, n, 4), 1.0; linear=false)
    layers = (LS.RecurrentLayer(W, randn(rng, n, 2), zeros(n); leak=0.7), LS.GRULayer(randn(rng, 3n, n), randn(rng, 3n, 2), zeros(3n), ones(3n)),
        LS.LSTMLayer(randn(rng, 4n, n), randn(rng, 4n, 2), zeros(4n)))
    taus, gains = collect(range(0.5, 3.0; length=n)), collect(range(1.5, 0.5; length=n))
    systems = Any[
        LS.RateNetwork(dense; tau=2.0, drive=waves), LS.RateNetwork(sparse), LS.DiscreteNetwork(dense; drive=steps),
        LS.RateNetwork(dense; tau=taus, input_gain=gains, drive=waves), LS.RateNetwork(sparse; tau=taus),
        LS.DiscreteNetwork(dense; input_gain=gains), LS.CellNetwork([LS.RecurrentLayer(sparse, zeros(n, 0), zeros(n); leak=0.7)]),
        LS.CellNetwork([LS.RecurrentLayer(W, zeros(n, 0), zeros(n); leak=collect(range(0.3, 1.0; length=n)))]),
        LS.DiscreteNetwork(dense; activation=LS.Softplus()), LS.DiscreteNetwork(sparse),
        LS.lorenz63(), LS.rossler(), LS.lorenz96(6), LS.stuart_landau(), LS.henon(), LS.LinearFlow(W), LS.LinearMap(W),
    ]
    for system in systems
        x0 = LS.dimension(system) == 2 ? [0.3, 0.2] : collect(range(0.2, 0.9; length=LS.dimension(system)))
        @test test_system(system, x0) === nothing
    end
    for layer in layers, network in (LS.CellNetwork([layer]), LS.CellNetwork([layer]; inputs=randn(rng, 2, 3)))
        x0 = randn(rng, LS.dimension(network))
        @test test_system(network, x0) === nothing
    end
end

struct Broken{K} <: LS.Flow{Float64}
    memory::Vector{Float64}
end
LS.dimension(::Broken) = 2
function LS.evaluate!(dx, linearization, system::Broken, x, t)
    copyto!(linearization, x)
    copyto!(system.memory, x)
    dx[1], dx[2] = x[2], -sin(x[1])
    return dx
end
function LS.tangent!(out, system::Broken{K}, linearization, Y, scratch) where {K}
    at = K === :buffer ? system.memory : linearization
    rows = K === :allocates ? [1.0, 1.0] : at
    for c in axes(Y, 2)
        out[1, c] = Y[2, c] * (K === :allocates ? rows[1] : 1.0)
        out[2, c] = -cos(at[1]) * Y[1, c] * (K === :tangent ? 1.1 : 1.0)
    end
    return out
end
LS.adjoint!(out, system::Broken{:adjoint}, linearization, Y, scratch) = LS.tangent!(out, system, linearization, Y, scratch)
LS.log_volume(::Broken{:volume}, linearization) = 0.5

@testset "a system that breaks the contract is found out: $kind" for (kind, says) in (
        :tangent => "not the derivative", :adjoint => "transposed", :volume => "log_volume", :allocates => "allocates",
        :buffer => "owns_buffers")
    error = try
        test_system(Broken{kind}(zeros(2)), [0.3, 0.2])
    catch error
        error
    end
    @test error isa ArgumentError && occursin(says, error.msg)
    @test test_system(Broken{:none}(zeros(2)), [0.3, 0.2]; check_allocations=false) === nothing
end
