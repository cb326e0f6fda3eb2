# Layers of machine learning against steps written down plainly, differentiated by complex steps.

@isdefined(cyclic_shift) || include("../helpers.jl")

sigma(u) = 1 / (1 + exp(-u))

plain(layer::RecurrentLayer, h, x) =
    (1 - layer.leak) * h + layer.leak * tanh.(layer.weights * h + layer.input_weights * x + layer.bias)

function plain(layer::GRULayer, h, x)
    H = length(h)
    a, b = layer.input_weights * x + layer.bias, layer.weights * h + layer.hidden_bias
    r, z = sigma.(a[1:H] + b[1:H]), sigma.(a[H+1:2H] + b[H+1:2H])
    n = tanh.(a[2H+1:3H] + r .* b[2H+1:3H])
    return (1 .- z) .* n + z .* h
end

function plain(layer::LSTMLayer, state, x)
    H = div(length(state), 2)
    u = layer.input_weights * x + layer.weights * state[1:H] + layer.bias
    i, f, g, o = sigma.(u[1:H]), sigma.(u[H+1:2H]), tanh.(u[2H+1:3H]), sigma.(u[3H+1:4H])
    c = f .* state[H+1:2H] + i .* g
    return [o .* tanh.(c); c]
end

function plain_step(network, state, s)
    new, inputs = similar(state), network.inputs
    x = inputs === nothing ? zeros(size(network.layers[1].input_weights, 2)) : inputs[:, s]
    for (layer, rows) in zip(network.layers, network.states)
        new[rows] = plain(layer, state[rows], x)
        x = new[rows][1:size(layer.weights, 2)]
    end
    return new
end

function plain_jacobian(network, state, s)
    columns = map(eachindex(state)) do j
        shifted = complex(state)
        shifted[j] += 1e-20im   # its square is below the rounding of anything here
        imag(plain_step(network, shifted, s)) / 1e-20
    end
    return hcat(columns...)
end


function random_layer(rng, kind, H, D; layout=identity)
    entries(rows, columns) = layout(1.5 / sqrt(columns) .* randn(rng, rows, columns))
    kind === :lstm && return LSTMLayer(entries(4H, H), entries(4H, D), randn(rng, 4H))
    kind === :gru && return GRULayer(entries(3H, H), entries(3H, D), randn(rng, 3H), randn(rng, 3H))
    return RecurrentLayer(entries(H, H), entries(H, D), randn(rng, H); leak=kind === :leaky ? 0.3 : 1.0)
end

const KINDS = (:rnn, :leaky, :gru, :lstm)

@testset "the step and its tangent are those of the plain equations: $kind" for kind in KINDS
    rng = Numbers(41)
    cases = (((5,), by_rows, 3), ((4, 6, 3), by_rows, 3), ((4, 3), identity, 3), ((5, 5), identity, 0))
    for (sizes, layout, T) in cases
        layers = [random_layer(rng, kind, H, l == 1 ? 2 : sizes[l-1]; layout=layout) for (l, H) in enumerate(sizes)]
        network = CellNetwork(layers; inputs=T == 0 ? nothing : randn(rng, 2, T))
        n = LyapunovSpectra.dimension(network)
        @test n == (kind === :lstm ? 2 : 1) * sum(sizes)
        x = randn(rng, n)
        for s in 1:3
            next, linearization, Y = zeros(n), zeros(LyapunovSpectra.linearization_length(network)), randn(rng, n, 4)
            LyapunovSpectra.evaluate!(next, linearization, network, x, Float64(s - 1))
            scratch = zeros(LyapunovSpectra.scratch_length(network), 4)
            out = LyapunovSpectra.tangent!(zeros(n, 4), network, linearization, Y, scratch)
            J = plain_jacobian(network, x, s)
            @test next ≈ plain_step(network, x, s) atol = 1e-14   # a few roundings of numbers of order 1
            @test out ≈ J * Y atol = 1e-13
            @test LyapunovSpectra.adjoint!(fill(NaN, n, 4), network, linearization, Y, scratch) ≈ J' * Y atol = 1e-13
            volume = LyapunovSpectra.log_volume(network, linearization)
            kind in (:gru, :leaky) ? (@test isnan(volume)) : (@test volume ≈ first(logabsdet(J)) atol = 1e-11)
            x = next
        end
    end
end

@testset "no allocation, several tasks: $kind" for kind in KINDS
    rng = Numbers(42)
    H, T = 60, 100
    layers = [random_layer(rng, kind, H, D; layout=by_rows) for D in (3, H)]
    network() = CellNetwork(map(layer -> deepcopy(layer), layers); inputs=inputs)
    inputs = randn(rng, 3, T)
    n = LyapunovSpectra.dimension(network())
    Q0 = random_frame(rng, n, n)
    integrator = init(network(), MapStep(), zeros(n), Q0; steps_per_block=10^6, threads=1)
    advance!(integrator, 20, nothing)
    @test allocated(integrator, 20, nothing) == 0
    logs = map((1, 3)) do threads
        integrator = init(network(), MapStep(), zeros(n), Q0; threads=threads)
        @test integrator.panels.n_tasks == threads
        solve!(integrator, 5).log.log_growth
    end
    # products of narrower panels round differently; directions that shrink, by 1e-7 a step and less, amplify it
    @test logs[1] ≈ logs[2] rtol = 0 atol = n * eps() * exp(-minimum(logs[1]))
end

@testset "an input that ends, and layers that do not fit, are refused" begin
    rng = Numbers(43)
    layer = random_layer(rng, :gru, 4, 2)
    integrator = init(CellNetwork([layer]; inputs=randn(rng, 2, 5)), MapStep(), zeros(4), Matrix{Float64}(I, 4, 4))
    advance!(integrator, 5)
    @test_throws ArgumentError advance!(integrator, 1)
    @test_throws DimensionMismatch CellNetwork([layer]; inputs=randn(rng, 3, 5))
    @test_throws DimensionMismatch CellNetwork([layer, layer])
    @test_throws DimensionMismatch GRULayer(randn(8, 4), randn(8, 2), zeros(8), zeros(8))
    @test_throws DimensionMismatch LSTMLayer(randn(16, 4), randn(16, 2), zeros(12))
    @test_throws ArgumentError RecurrentLayer(randn(4, 4), randn(4, 2), zeros(4); leak=0.0)
end
