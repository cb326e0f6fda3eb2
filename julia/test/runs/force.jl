# FORCE learning against a plain implementation written from the equations.

@isdefined(cyclic_shift) || include("../helpers.jl")

@testset "FORCE" begin
    rng = Numbers(31)
    n, m, steps, dt, tau = 30, 2, 100, 0.1, 1.3
    J = 1.5 / sqrt(n) * randn(rng, n, n)
    bias, feedback, x0 = 0.1 * randn(rng, n), 2 * rand(rng, n, m) .- 1, randn(rng, n)
    target = [sin(o * 0.05 * s) for o in 1:m, s in 0:steps]

    function plain(regularization, every)
        w, P, x, outputs = zeros(n, m), Matrix(I / regularization, n, n), copy(x0), zeros(m, steps + 1)
        velocity(x) = (-x + J * tanh.(x) + feedback * (w' * tanh.(x)) + bias) / tau
        for s in 1:steps
            k1 = velocity(x); k2 = velocity(x + dt / 2 * k1); k3 = velocity(x + dt / 2 * k2); k4 = velocity(x + dt * k3)
            x += dt / 6 * (k1 + 2k2 + 2k3 + k4)
            r = tanh.(x)
            outputs[:, s+1] = w' * r
            if s % every == 0
                P -= P * r * r' * P / (1 + r' * P * r)
                w -= P * r * (outputs[:, s+1] - target[:, s+1])'
            end
        end
        return w, x, outputs
    end

    for (regularization, every) in ((1.0, 2), (0.5, 1))   # 50 and 100 updates
        network = RateNetwork(copy(J); tau=tau, bias=bias)
        learner = ForceLearner(network, feedback; regularization=regularization, steps_per_update=every)
        integrator = init(network, RK4(), x0, zeros(n, 1); dt=dt)
        outputs = zeros(m, steps + 1)
        foreach(part -> learn!(learner, integrator, target, outputs, part), (7, 60, 33))
        w, x, expected = plain(regularization, every)
        # rounding, which learning in a chaotic network enlarges
        @test learner.readout ≈ w atol = 1e-10
        @test integrator.x ≈ x atol = 1e-10
        @test outputs ≈ expected atol = 1e-10
        @test network.weights ≈ J + feedback * learner.readout' atol = 1e-13 * steps
    end

    network = RateNetwork(copy(J); bias=bias)
    learner = ForceLearner(network, feedback; steps_per_update=0)
    integrator, alone = (init(network, RK4(), x0, zeros(n, 1); dt=dt) for _ in 1:2)
    learn!(learner, integrator, target, zeros(m, steps + 1), steps)
    @test network.weights == J && integrator.x == relax!(alone, steps).x     # nothing learned: the network alone
    readout, first_outputs = randn(rng, n, m), zeros(m, 1)
    reader = ForceLearner(network, feedback; readout=readout)
    learn!(reader, init(network, RK4(), x0, zeros(n, 1)), target, first_outputs, 0)
    @test first_outputs ≈ readout' * tanh.(x0)

    @test_throws DimensionMismatch ForceLearner(network, zeros(n + 1, m))
    @test_throws ArgumentError ForceLearner(network, feedback; regularization=0)
end

allocated_learning(arguments...) = @allocated learn!(arguments...)

@testset "FORCE allocates nothing per step" begin
    n = 40
    network = RateNetwork(randn(Numbers(32), n, n) / sqrt(n))
    learner = ForceLearner(network, ones(n, 1))
    integrator = init(network, RK4(), ones(n), zeros(n, 1); dt=0.1)
    target, outputs = zeros(1, 2000), zeros(1, 2000)
    few, many = [allocated_learning(learner, integrator, target, outputs, steps) for steps in (10, 10, 500)][2:3]
    @test many == few
end
