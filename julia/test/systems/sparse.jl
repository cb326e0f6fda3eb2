# Sparse weights against the same weights in a dense matrix.

@isdefined(cyclic_shift) || include("../helpers.jl")

# About `degree` entries per row; row 2 and column 3 are empty unless `holes=false`, and unit 5 has an autapse.
function sparse_and_dense(rng, n, degree; T=Float64, I=Int32, holes=true)
    A = [rand(rng) < degree / n ? T(2 / sqrt(degree) * randn(rng)) : zero(T) for i in 1:n, j in 1:n]
    holes && (A[2, :] .= A[:, 3] .= 0)
    A[5, 5] = 0.5
    places = [findall(!iszero, A[i, :]) for i in 1:n]
    starts = I[0; cumsum(length.(places))]
    W = SparseRows(starts, I.(reduce(vcat, places) .- 1), reduce(vcat, (A[i, places[i]] for i in 1:n)))
    return W, A
end

@testset "a sparse matrix is the matrix it describes" begin
    W, A = sparse_and_dense(Numbers(21), 30, 6)
    @test W == A && Matrix(W) == A && size(W) == (30, 30) && diag(W) == diag(A)
    @test_throws BoundsError W[31, 1]
    twice = SparseRows([0, 2, 2], [1, 1], [1.0, 2.0])   # two entries at one place add up
    @test Matrix(twice) == twice == [0 3; 0 0]
end

@testset "sparse products" begin
    rng = Numbers(22)
    for T in (Float64, Float32), I in (Int32, Int64), n in (7, 100)
        W, A = sparse_and_dense(rng, n, 6; T=T, I=I)
        for n_tasks in (1, 3), k in (1:13..., 20)
            W.vector_tasks = W.matrix_tasks = n_tasks
            x, Y = randn(rng, T, n), randn(rng, T, n, k)
            # sums of up to 20 products of size 1
            @test LyapunovSpectra.multiply!(fill(T(NaN), n), W, x) ≈ A * x atol = 100 * eps(T)
            out = LyapunovSpectra.multiply!(fill(T(NaN), n, k), W, x, Y, zeros(T, n, k))
            @test out ≈ A * (x .* Y) atol = 100 * eps(T)
        end
    end
end

@testset "tasks share all rows, by their entries" begin
    W, _ = sparse_and_dense(Numbers(23), 50, 6)
    heavy = SparseRows([0; fill(100, 100)], collect(0:99), ones(100))   # all entries in the first row
    empty = SparseRows(zeros(Int32, 11), Int32[], Float64[])
    for matrix in (W, heavy, empty), n_tasks in (1, 2, 7)
        shares = [LyapunovSpectra.share_of_rows(matrix, task, n_tasks) for task in 1:n_tasks]
        @test reduce(vcat, shares) == axes(matrix, 1)
    end
    entries = [W.starts[last(s)+1] - W.starts[first(s)] for s in LyapunovSpectra.share_of_rows.((W,), 1:3, 3)]
    @test all(abs.(entries .- LyapunovSpectra.n_entries(W) / 3) .<= maximum(diff(W.starts)))   # one row at most
end

@testset "sparse and dense runs agree" begin
    rng = Numbers(24)
    n = 60
    W, A = sparse_and_dense(rng, n, 10; holes=false)
    x0 = randn(rng, n)
    for (Network, algorithm, dt) in ((RateNetwork, RK4(), 0.1), (DiscreteNetwork, MapStep(), 1.0)), k in (n, 20, 3)
        Q0 = random_frame(rng, n, k)
        runs = map((W, A)) do weights
            integrator = init(Network(weights), algorithm, x0, Q0; dt=dt, steps_per_block=Network === RateNetwork ? 10 : 1)
            (solve!(integrator, 10).log, integrator.x)
        end
        # Rounding of n numbers, amplified by chaos, by less than e per block, and in the frame by the condition of a block.
        rounding = n * eps() * exp(10)
        @test runs[1][2] ≈ runs[2][2] rtol = 0 atol = rounding
        @test runs[1][1].log_growth ≈ runs[2][1].log_growth rtol = 0 atol = rounding * maximum(runs[2][1].condition)
        k == n && Network === RateNetwork && @test runs[1][1].log_volume ≈ runs[2][1].log_volume rtol = 0 atol = n * rounding
    end
end

@testset "the determinant of sparse weights closes the sum rule" begin
    rng = Numbers(25)
    W = SparseRows(collect(0:2:80), reduce(vcat, [[i - 1, i % 40] for i in 1:40]), randn(rng, 80))   # two diagonals
    log = solve!(init(DiscreteNetwork(W), MapStep(), randn(rng, 40), random_frame(rng, 40, 40)), 20).log
    @test vec(sum(log.log_growth; dims=1)) ≈ log.log_volume atol = 1e-8   # as for dense weights
end

@testset "columns or rows are shared, and nothing else changes" begin
    rng = Numbers(26)
    n = 600
    W, _ = sparse_and_dense(rng, n, 400)   # so many entries that tasks pay
    x0 = randn(rng, n)
    for (k, tasks) in ((1, (1, 1, 1)), (20, (1, 2, 3)), (50, (1, 2, 7)))
        Q0 = random_frame(rng, n, k)
        runs = map((1, 2, 8)) do threads
            integrator = init(DiscreteNetwork(W), MapStep(), x0, Q0; steps_per_block=4, threads=threads)
            @test integrator.panels.n_tasks == tasks[threads == 8 ? 3 : threads]
            @test W.vector_tasks == min(threads, 2)
            @test reduce(vcat, integrator.panels.ranges) == 1:k
            advance!(integrator, 3)
            (integrator.x, integrator.Q)   # before LAPACK, whose rounding depends on its threads
        end
        @test runs[1] == runs[2] == runs[3]
    end
end

@testset "a step with sparse weights allocates nothing" begin
    rng = Numbers(27)
    W, _ = sparse_and_dense(rng, 50, 10)
    for (network, algorithm, dt) in ((RateNetwork(W), RK4(), 0.01), (DiscreteNetwork(W), MapStep(), 1.0))
        per_block = map((10, 60)) do steps
            integrator = init(network, algorithm, randn(rng, 50), random_frame(rng, 50, 11); dt=dt, steps_per_block=steps, threads=1)
            log = BlockLog{Float64}(11, 40)
            advance!(integrator, 2steps, log)
            allocated(integrator, 10steps, log) / 10
        end
        @test per_block[1] == per_block[2]   # that of the QR, whatever the number of steps
    end
end

@testset "arrays that are no sparse matrix" begin
    @test_throws DimensionMismatch SparseRows(Int32[], Int32[], Float64[])
    @test_throws DimensionMismatch SparseRows([0, 1, 2], [0], [1.0])
    @test_throws ArgumentError SparseRows([1, 1, 2], [0, 1], [1.0, 1.0])
    @test_throws ArgumentError SparseRows([0, 2, 1], [0, 1], [1.0, 1.0])
    @test_throws ArgumentError SparseRows([0, 1, 2], [0, 2], [1.0, 1.0])
    @test_throws ArgumentError SparseRows([0, 1, 2], [-1, 0], [1.0, 1.0])
end
