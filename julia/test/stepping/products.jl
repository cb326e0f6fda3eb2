# Products of dense weights with frames, whatever way they go for the number of columns.

@isdefined(cyclic_shift) || include("../helpers.jl")

plain_product(W, Y) = [sum(W[i, j] * Y[j, c] for j in axes(W, 2)) for i in axes(W, 1), c in axes(Y, 2)]

allocated_by_products(out, W, Y) = @allocated LS.multiply_add!(LS.multiply!(out, W, Y), W, Y, 0.5)

@testset "products with few and many columns" begin
    rng = Numbers(91)
    for n in (3, 40, 130), k in 1:LS.FEW_COLUMNS+2
        A = randn(rng, n, n)
        Y, before = randn(rng, n + 2, k + 1), randn(rng, n, k)
        Y = view(Y, 2:n+1, 1:k)     # as the columns of a panel lie in memory
        # each of the two sums of n products is rounded n times, in any order, by eps of the sum of their moduli
        bound = 2 * (n + 2) * eps() .* (plain_product(abs.(A), abs.(Y)) .+ abs.(before))
        for W in (A, by_rows(A), view([A; A], 1:n, :))
            expected, out = plain_product(W, Y), copy(before)
            @test all(abs.(LS.multiply!(copy(before), W, Y) .- expected) .<= bound)
            @test all(abs.(LS.multiply_add!(out, W, Y, 0.5) .- (before .+ 0.5 .* expected)) .<= bound)
            allocated_by_products(out, W, Y)
            @test allocated_by_products(out, W, Y) == 0
        end
    end
end

@testset "few exponents have the same bits on any number of threads" begin
    rng = Numbers(92)
    n = isqrt(LS.FEW_WEIGHTS)    # beyond these, products are shared, and promise no bits
    W = chaotic(rng, n)
    x, Q = randn(rng, n), random_frame(rng, n, LS.FEW_COLUMNS)
    for k in (1, LS.FEW_COLUMNS)
        frames = map((1, Threads.nthreads())) do threads
            run = init(RateNetwork(W), RK4(), copy(x), Q[:, 1:k]; dt=0.1, steps_per_block=5, threads=threads)
            advance!(run, 5)
            (run.x, run.Q, LS.coupling_radius(run))
        end
        @test frames[1] == frames[2]
    end
end
