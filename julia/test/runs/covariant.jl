# Covariant vectors against closed forms, against J V, and against a second algorithm.

include("../helpers.jl")

"Angle between the line along v and that along w."
line(v, w) = LS.line_angle(v ./ norm(v), w ./ norm(w))
aligned(system, algorithm, x, Q, n; options...) = advance!(init(system, algorithm, x, Q; options...), n)

@testset "covariant vectors" begin
    rng = Numbers(61)

    @testset "are the eigenvectors of a constant matrix, and its invariant planes" begin
        for A in ([0.9 0.3 0.1; 0.0 0.6 0.4; 0.2 0.0 -0.3], [1.0 -2.0; 0.5 3.5])
            n = size(A, 1)
            run = aligned(LinearMap(A), MapStep(), zeros(n), random_frame(rng, n, n), 200)
            found = covariant!(run, 5; n_backward=200)
            values, vectors = eigen(A)
            order = sortperm(abs.(values); rev=true)
            # gaps of 0.3 and more over 200 steps leave nothing but rounding, times the condition of the vectors,
            # below 1e2
            for s in 1:5, (j, e) in enumerate(order)
                @test line(found.vectors[:, j, s], vectors[:, e]) < 1e-12
                @test found.log_growth[j, s] ≈ log(abs(values[e])) atol = 1e-12
            end
            @test found.backward_error < 1e-12
        end
        # a complex pair within reals: the plane, not the vectors
        A = [1.2 0 0 0.3; 0 0.6 -0.5 0.1; 0 0.5 0.6 0; 0.2 0 0 0.1]
        found = covariant!(aligned(LinearMap(A), MapStep(), zeros(4), random_frame(rng, 4, 4), 300), 3; n_backward=300)
        values, vectors = eigen(A)
        e = findfirst(v -> imag(v) > 0, values)
        plane = Matrix(qr(hcat(real(vectors[:, e]), imag(vectors[:, e]))).Q)[:, 1:2]
        pair = found.vectors[:, 2:3, 3]
        @test norm(pair .- plane * (plane' * pair)) < 1e-12     # as above
    end

    @testset "of the cat map are orthogonal, the first along (golden ratio, 1)" begin
        found = covariant!(aligned(cat_map(), MapStep(), [0.1, 0.2], [1.0 0; 0 1], 60), 20; n_backward=60)
        golden = (1 + sqrt(5)) / 2
        for s in 1:20      # a gap of 1.9 over 60 steps leaves only rounding
            @test line(found.vectors[:, 1, s], [golden, 1]) < 1e-14
            @test line(found.vectors[:, 2, s], [-1, golden]) < 1e-14
        end
    end

    n, k = 30, 8
    W = chaotic(rng, n)
    network = RateNetwork(W)
    start, frame = randn(rng, n), random_frame(rng, n, k)
    wide = random_frame(Numbers(62), n, k + 1)
    frame_of(columns) = wide[:, 1:columns]

    @testset "are sent to each other by the Jacobian, column by column" begin
        for (system, algorithm, dt) in ((network, RK4(), 0.1), (DiscreteNetwork(W), MapStep(), 1.0))
            run = aligned(system, algorithm, start, frame, 300; dt=dt, steps_per_block=2)
            fork = deepcopy(run)
            found = covariant!(run, 40; n_backward=300)
            advance!(fork, 2)
            for b in 1:39
                # the frame's columns do not need each other in `propagate!`: V in the place of Q is multiplied by J
                fork.Q .= found.vectors[:, :, b]
                LS.move_stretch!(fork, 2)
                for j in 1:k
                    # rounding 1e-16 times the condition of C and of a block, each below 1e3 here
                    @test line(fork.Q[:, j], found.vectors[:, j, b+1]) < 1e-10
                    @test log(norm(fork.Q[:, j])) ≈ found.log_growth[j, b+1] atol = 1e-10
                end
                fork.steps_in_block = 0
            end
        end
    end

    @testset "are those of the intersection of subspaces" begin
        # Wolfe and Samelson, Tellus A 59, 355 (2007): in the span of the first j columns of the frame, and
        # orthogonal to the
        # first j - 1 of the transposed one that comes from the future
        m, atmosphere = 6, lorenz96(10)      # chaotic for all starts, with gaps of 0.2 per unit of time and more (measured)
        begun() = aligned(atmosphere, RK4(), 1 .+ randn(Numbers(5), 10), random_frame(Numbers(6), 10, m), 20_000; dt=0.02, steps_per_block=5)
        run, fork, again = begun(), begun(), begun()
        found = covariant!(run, 3000; n_backward=3000, sample_every=1000)
        tape = record!(LS.Tape(atmosphere, RK4(), 30_000), fork, 30_000)
        back = BackwardRun(atmosphere, RK4(), tape, random_frame(rng, 10, m); steps_per_block=5)
        frames = [copy(advance!(again, 5000).Q) for _ in 1:3]
        advance!(back, 3000)
        for s in 3:-1:1
            for j in 1:m
                overlap = view(back.P, :, 1:j-1)' * view(frames[s], :, 1:j)      # its null vector
                y = j == 1 ? [1.0] : svd(overlap; full=true).V[:, j]
                # 300 units of time and gaps of 0.2 leave rounding, over the sines of the angles, seldom below 1e-4
                @test line(frames[s][:, 1:j] * y, found.vectors[:, j, s]) < 1e-9
            end
            s > 1 && advance!(back, 1000)
        end
    end

    @testset "grow at the rates of the frame, but for their angles at the two ends" begin
        run = aligned(DiscreteNetwork(W), MapStep(), start, frame, 1000; steps_per_block=2)
        found = covariant!(run, 100; n_backward=1000)
        growth, own = found.log_growth[:, 2:end], found.log.log_growth[:, 2:end]
        @test growth[1, :] ≈ own[1, :] atol = 1e-10     # column 1 is the same vector in both
        # diagonal of C: the sine of the angle of vector j with those before it
        sines(s) = log.(abs.(diag(qr(found.vectors[:, :, s]).R)))
        # exact, but for rounding over the smallest of the sines, above 1e-4 here
        @test sum(growth; dims=2) ≈ sum(own; dims=2) .+ sines(1) .- sines(100) atol = 1e-9
        @test maximum(abs, sum(growth .- own; dims=2)) > 1e-3      # there is something to agree on
    end

    @testset "are the same for a run with more columns, which are not kept" begin
        found = map((k, k + 1)) do columns
            run = keep_blocks!(aligned(network, RK4(), start, frame_of(columns), 400; dt=0.1, steps_per_block=5))
            log, kept = BlockLog{Float64}(columns, 40), Kept{Float64}(n, k, 40; sample_every=10, n_samples=4)
            keep!(run, 200, log, kept)
            kept
        end
        # the first columns of a frame do not need the others: rounding 1e-16 times the condition of a block, below 1e4
        @test found[1].n_blocks == found[2].n_blocks == 40
        @test found[1].triangles ≈ found[2].triangles rtol = 1e-10
        @test found[1].frames ≈ found[2].frames rtol = 1e-10
        # a direction that dies behind those that are kept does no harm; one of them does
        for (diagonal, status) in (([2.0, 1, 0], :running), ([2.0, 0, 1], :direction_died))
            run = keep_blocks!(init(LinearMap(Matrix(Diagonal(diagonal))), MapStep(), zeros(3), Matrix{Float64}(I, 3, 3)))
            kept = Kept{Float64}(3, 2, 4)
            keep!(run, 4, BlockLog{Float64}(3, 4), kept)
            @test run.status === status && kept.n_blocks == (status === :running ? 4 : 0)
        end
    end

    @testset "need a way back" begin
        dead = aligned(LinearMap([1.0 0; 0 0]), MapStep(), zeros(2), [1.0 0; 0 1], 0)
        @test_throws ErrorException covariant!(dead, 5)
        @test dead.status === :direction_died
        @test_throws ArgumentError WayBack([1.0 0; 1 1])
        @test_throws ArgumentError covariant!(aligned(cat_map(), MapStep(), [0.1, 0.2], [1.0 0; 0 1], 3), 5;
        sample_every=6)
    end

    @testset "allocate nothing per block" begin
        going(back, kept, log_growth, n) = @allocated go_back!(back, kept, n, n, log_growth)
        run = keep_blocks!(aligned(network, RK4(), start, frame, 10; dt=0.1))
        log, kept = BlockLog{Float64}(k, 200), Kept{Float64}(n, k, 200; sample_every=10, n_samples=20)
        keep!(run, 20, log, kept)
        keeping(m) = @allocated keep!(run, m, log, kept)
        keeping(10)
        # a block may let `sort!` have scratch space, as newer Julias do
        @test keeping(100) <= 100 * 3 * n * sizeof(Int)
        back, log_growth = WayBack(Matrix{Float64}(I, k, k)), zeros(k, 200)
        going(back, kept, log_growth, 10)
        few = going(back, kept, log_growth, 10)
        @test going(back, kept, log_growth, 100) <= few
    end
end
