# The fast way to orthonormalise a frame, beside Householder's.

@isdefined(cyclic_shift) || include("../helpers.jl")

# The same run with Cholesky's way where it is allowed, and without.
function both_ways(system, algorithm, x0, Q0, n_blocks; options...)
    return map((true, false)) do fast
        run = init(system, algorithm, x0, Q0; options...)
        fast || (run.cholesky.rest = typemax(Int))
        log = BlockLog{Float64}(size(Q0, 2), n_blocks)
        advance!(run, n_blocks * run.steps_per_block, log)
        loose = copy(run.Q)
        LS.close_block!(run, log)
        (run=run, log=log, loose=loose)
    end
end

frame_error(Q) = maximum(abs, Q' * Q - I)

@testset "Cholesky's way gives the numbers of Householder's" begin
    rng = Numbers(60)
    for (n, k, steps) in ((60, 60, 10), (120, 120, 20), (150, 40, 40), (70, 70, 40))
        system, x0, Q0 = RateNetwork(chaotic(rng, n)), randn(rng, n), random_frame(rng, n, k)
        fast, slow = both_ways(system, RK4(), x0, Q0, 12; dt=0.1, steps_per_block=steps)
        @test fast.run.cholesky.n_cholesky >= 8 && fast.run.n_logged == 12
        @test slow.run.cholesky.n_cholesky == 0 && slow.run.n_logged == 12
        @test fast.run.x == slow.run.x
        condition = maximum(fast.log.condition)
        # rounding of n products is amplified by the condition in either way; 100: found 0.3 to 5
        rounding = 100 * sqrt(n) * eps() * max(condition, 10)
        @test vec(sum(fast.log.log_growth; dims=2)) ≈ vec(sum(slow.log.log_growth; dims=2)) atol = 12 * rounding
        # within a block: the square of what the frame may lose
        @test fast.log.log_growth ≈ slow.log.log_growth atol = rounding + n * (n * eps() * condition^2)^2
        @test frame_error(fast.run.Q) < 100 * eps() * sqrt(n)                  # settled: rounding of sums over n
        @test fast.run.Q ≈ slow.run.Q atol = 12 * n * rounding
    end
end

@testset "what one block loses, the next makes up for" begin
    rng = Numbers(61)
    n = 80
    fast, slow = both_ways(RateNetwork(chaotic(rng, n)), RK4(), randn(rng, n), random_frame(rng, n, n), 20; dt=0.1, steps_per_block=40)
    @test fast.run.cholesky.n_cholesky >= 15
    @test frame_error(fast.loose) > 1e-10        # there is something to make up for
    @test frame_error(fast.run.Q) < 100 * eps() * sqrt(n)
    @test fast.run.loose == 0
    @test sum(fast.log.log_growth) ≈ sum(slow.log.log_growth) rtol = 1e-10    # 1600 logarithms, of a condition below 1e6
end

@testset "looking at a run does not change it" begin
    rng = Numbers(62)
    system, x0, Q0 = RateNetwork(chaotic(rng, 60)), randn(rng, 60), random_frame(rng, 60, 60)
    run = init(system, RK4(), x0, Q0; dt=0.1, steps_per_block=30)
    log = BlockLog{Float64}(60, 10)
    advance!(run, 150, log)
    @test run.loose == 5
    before = copy(run.Q)
    Q, correction = zeros(60, 60), zeros(60)
    LS.settled!(Q, correction, run)
    @test run.Q == before && run.loose == 5
    other = init(system, RK4(), x0, Q0; dt=0.1, steps_per_block=30)
    other_log = BlockLog{Float64}(60, 10)
    advance!(other, 150, other_log)
    LS.close_block!(other, other_log)
    @test other.Q == Q && other_log.log_growth[:, 5] == log.log_growth[:, 5] .+ correction
    advance!(run, 10, log)
    LS.settled!(Q, correction, run)
    @test Q == run.Q && correction == zeros(60)     # within a block there is nothing to settle
end

@testset "numbers that would lose digits go Householder's way" begin
    rng = Numbers(63)
    n = 100
    workspace() = LS.CholeskyQR{Float64}(n, n)
    refused(A) = (Q = copy(A); done = LS.cholesky_qr!(Q, workspace(), n, 1); !done && isequal(Q, A))
    base = random_frame(rng, n, n)
    column(A, c, v) = (B = copy(A); B[:, c] = v; B)
    @test !refused(base) && !refused(1e100 .* base) && !refused(1e-100 .* base)
    @test !refused(base * Diagonal(10.0 .^ range(0, -100; length=n)))    # columns of any size, if they are orthogonal
    @test refused(column(base, 50, zeros(n)))                            # an exact zero
    @test refused(column(base, 50, base[:, 3]))                          # a column twice
    @test refused(column(base, 50, base[:, 3] .+ 1e-8 .* base[:, 50]))   # 8 digits lost
    @test refused(column(base, 7, fill(NaN, n))) && refused(column(base, 7, fill(Inf, n)))
    @test refused(1e200 .* base) && refused(1e-200 .* base)              # squares over- and underflow
    @test refused(Diagonal(10.0 .^ range(0, -20; length=n)) * randn(rng, n, n))   # rows of very different size
    # every pivot is above 0.1, and the condition is 5e8 (Kahan 1966)
    s, c = sqrt(1 - 0.2^2), 0.2
    kahan = [i == j ? s^(i - 1) : i < j ? -c * s^(i - 1) : 0.0 for i in 1:n, j in 1:n]
    @test minimum(diag(kahan)) > 0.1 && cond(kahan) > 1e8
    @test refused(base * kahan)
end

@testset "graded and dying columns of a map are left to those who look for them" begin
    rng = Numbers(64)
    n = 60
    W = randn(rng, n, n - 20) * randn(rng, n - 20, n) ./ n      # 20 directions die, up to rounding
    fast, slow = both_ways(DiscreteNetwork(W; activation=LS.Identity()), MapStep(), zeros(n), random_frame(rng, n, n), 10; generic=true)
    @test fast.run.living.count == n - 20 && LS.n_unproven(fast.run) == 0
    @test fast.log.log_growth ≈ slow.log.log_growth atol = 1e-9     # 40 columns that live: condition about 1e3
    @test frame_error(fast.run.Q[:, 1:n-20]) < 1e-13
    # noise where the Jacobian sends a column to zero is well conditioned once columns are scaled, and no direction
    null = nullspace(W)
    frame = hcat(Matrix(qr(hcat(null, randn(rng, n, n - 20))).Q)[:, [21:n; 1:20]])
    fast, slow = both_ways(DiscreteNetwork(W; activation=LS.Identity()), MapStep(), zeros(n), frame, 1; generic=true)
    @test fast.run.n_logged - fast.run.cholesky.n_cholesky == 1 && fast.log.log_growth == slow.log.log_growth
end

@testset "heavy tails go Householder's way, every step" begin
    rng = Numbers(65)
    n = 80
    W = 4 .* tan.(0.999pi .* (rand(rng, n, n) .- 0.5)) ./ n
    fast, slow = both_ways(DiscreteNetwork(W), MapStep(), randn(rng, n), random_frame(rng, n, n), 40)
    @test fast.run.n_logged - fast.run.cholesky.n_cholesky == 40
    @test fast.log.log_growth == slow.log.log_growth
end

@testset "R belongs to the frame, either way; the solve is its inverse" begin
    rng = Numbers(66)
    n, k = 150, 70
    system, x0, Q0 = RateNetwork(chaotic(rng, n)), randn(rng, n), random_frame(rng, n, k)
    for fast in (true, false)
        run = init(system, RK4(), x0, Q0; dt=0.1, steps_per_block=20)
        fast || (run.cholesky.rest = typemax(Int))
        advance!(run, 19)
        LS.move_stretch!(run, 1)
        Y = copy(run.Q)
        LS.end_block!(run, nothing)
        R = UpperTriangular(run.cholesky.R)
        @test run.cholesky.has_R && (run.loose != 0) == fast
        @test all(>(0), diag(R))
        @test run.Q * R ≈ Y rtol = 10 * n * eps()
        for threads in (1, 2, 3)
            @test LS.solve_right!(copy(Y), run.cholesky.R, k, threads) ≈ run.Q rtol = 1e-10   # the condition is below 1e3
        end
        @test LS.solve_right!(copy(Y), run.cholesky.R, k, 1) == LS.solve_right!(copy(Y), run.cholesky.R, k, 3)
        @test LS.solve_right!(copy(Y), run.cholesky.R, 30, 2)[:, 31:end] == Y[:, 31:end]
    end
end

@testset "the pieces of the factorisation" begin
    rng = Numbers(67)
    for T in (Float64, Float32), (n, k) in ((90, 1), (90, 48), (120, 49), (90, 90), (700, 300)), tasks in (1, 2, 3)
        Y = randn(rng, T, n, k) * (UpperTriangular(T(0.1) * randn(rng, T, k, k) / T(sqrt(k))) + I)
        G = LS.gram!(zeros(T, k, k), Y, k, tasks)
        @test UpperTriangular(G) ≈ UpperTriangular(Y' * Y) rtol = 10 * n * eps(T)
        @test LS.cholesky!(G, k, tasks)
        @test UpperTriangular(G) ≈ cholesky(Symmetric(Y' * Y)).U rtol = 100 * n * eps(T)
    end
    @test [LS.pair(p) for p in 1:6] == [(1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3)]
    G = Matrix{Float64}(I, 200, 200)
    G[150, 150] = -1
    @test !LS.cholesky!(G, 200, 1)
end

allocated_qr(Q, qr) = @allocated LS.cholesky_qr!(Q, qr, size(Q, 2), 1)

@testset "nothing is allocated" begin
    Q, workspace = random_frame(Numbers(68), 120, 60), LS.CholeskyQR{Float64}(120, 60)
    allocated_qr(Q, workspace)
    @test allocated_qr(Q, workspace) <= 1024    # LAPACK's answer, whether it went well; nothing of the size of the frame
end
