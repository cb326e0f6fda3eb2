# A run that is made anew from a snapshot goes on with the same bits.

@isdefined(cyclic_shift) || include("../helpers.jl")

copied(run) = Dict(name => copy(array) for (name, array) in LS.snapshot(run))

# all but the tape, which holds the first step of the last stretch: that is another one where a block is cut
future(run) = delete!(copied(run), "tape.linearizations")

# Every other field was given when the part was made, or is a buffer that is filled before it is read.
const NOT_MOVING = Dict(
    LS.SpectrumIntegrator => (:system, :algorithm, :dt, :t_start, :longest_block, :max_condition, :threads, :buffers,
        :panels, :frame_buffers),
    LS.HouseholderQR => (:reflectors, :work, :diagonal, :row_size, :tail, :column, :info, :triangle,
        :blocks),
    LS.CholeskyQR => (:R, :has_R, :is_loose, :sizes, :before, :squares, :probe),
    LS.Tape => (:dt, :piece, :recorded),
    LS.History => (:before_weights, :factors, :of_slope, :of_frame, :known_at),
    LS.Living => (:generic, :watched),
    LS.StepLook => (:every, :columns, :x, :x_whole, :frame, :tape, :buffers, :frame_buffers, :history, :qr),
    ForceLearner => (:network, :feedback, :steps_per_update, :rates, :gain, :error, :pushed),
)

@testset "snapshots" begin
    rng = Numbers(77)
    n, k = 6, 4
    W = chaotic(rng, n)
    tanh_map, flow = DiscreteNetwork(W), RateNetwork(W)
    singular = DiscreteNetwork(W; activation=ThresholdLinear())     # directions die, and others take their place
    cases = [
        (flow, RK4(), (dt=0.1, max_condition=1e5, longest_block=10, look_every=7)),
        (flow, Tsit5(rtol=1e-6, atol=1e-6), (dt=0.5, steps_per_block=2, look_every=5)),
        (flow, Heun(), (dt=0.1, steps_per_block=3)),
        (flow, LawsonAB4(), (dt=0.05, steps_per_block=5, look_every=9)),
        (tanh_map, MapStep(), (steps_per_block=3,)),
        (singular, MapStep(), (max_condition=1e5, longest_block=4)),
    ]

    @testset "$(typeof(algorithm).name.name) of a $(typeof(system).name.name)" for (system, algorithm, options) in cases
        x0, Q0 = randn(rng, n), random_frame(rng, n, k)
        start() = init(system, algorithm, x0, Q0; options...)
        log() = BlockLog{Float64}(k, 60; n_traces=2)
        whole, whole_log = start(), log()
        relax!(whole, 5)
        advance!(whole, 20)
        LS.close_block!(whole)
        advance!(whole, 37, whole_log)
        for cut in (3, 16, 36)      # blocks are open at some of them
            first_part, part_log = start(), log()
            relax!(first_part, 5)
            advance!(first_part, 20)
            LS.close_block!(first_part)
            advance!(first_part, cut, part_log)
            second = LS.restore!(start(), copied(first_part))
            advance!(second, 37 - cut, part_log)
            # the order of rows, counters and looks as well as the state: whatever comes later is the same
            @test isequal(future(second), future(whole)) && LS.n_unproven(second) == LS.n_unproven(whole)
            @test isequal(part_log.log_growth, whole_log.log_growth) && part_log.steps == whole_log.steps
        end
    end

    @testset "FORCE" begin
        target = [sin(0.3 * s) for _ in 1:1, s in 0:20]
        feedback, x0 = randn(rng, n, 1), randn(rng, n)
        function start(J)
            network = RateNetwork(J)
            return ForceLearner(network, copy(feedback)), init(network, RK4(), x0, zeros(n, 1); dt=0.1)
        end
        J, outputs = copy(W), zeros(1, 21)
        learner, run = start(J)
        learn!(learner, run, target, outputs, 20)
        J2, outputs2 = copy(W), zeros(1, 21)
        learner2, run2 = start(J2)
        learn!(learner2, run2, target, outputs2, 7)
        learner3, run3 = start(J2)
        LS.restore!(learner3, copied(learner2)), LS.restore!(run3, copied(run2))
        learn!(learner3, run3, target, outputs2, 13)
        @test outputs2 == outputs && J2 == J && learner3.readout == learner.readout
    end

    @testset "every field is known to move or not" begin
        integrator = init(flow, LawsonAB4(), randn(rng, n), random_frame(rng, n, k); dt=0.1, look_every=3)
        learner = ForceLearner(flow, randn(rng, n, 1))
        for part in (integrator, integrator.qr, integrator.cholesky, integrator.tape, integrator.history, integrator.living,
            integrator.look, learner)
            kind = typeof(part).name.wrapper
            @test sort!(collect((LS.moving(part)..., NOT_MOVING[kind]...))) == sort!(collect(fieldnames(kind)))
        end
    end

    @testset "what is no snapshot of such a run is refused" begin
        start() = init(tanh_map, MapStep(), zeros(n), random_frame(rng, n, k))
        good = copied(start())
        @test LS.restore!(start(), good) isa LS.SpectrumIntegrator
        for (name, value) in ("x" => zeros(n + 1), "x" => zeros(Float32, n), "n_steps" => [-1], "living.rows" => fill(1, k),
            "qr.order" => fill(n + 1, n), "living.count" => [k + 1], "steps_in_block" => [9], "status" => [0], "x" => fill(NaN, n))
            @test_throws ArgumentError LS.restore!(start(), merge(good, Dict(name => value)))
        end
        @test_throws ArgumentError LS.restore!(start(), delete!(copy(good), "Q"))
        diverged = start()
        diverged.status, diverged.x[1] = :state_diverged, NaN
        @test LS.restore!(start(), copied(diverged)).status === :state_diverged
    end
end
