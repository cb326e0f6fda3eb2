include("../helpers.jl")

# |diag R| of W^t Q0, by Gram-Schmidt in arithmetic that loses nothing; columns that die are 0
function exact_logs(W, Q0, steps)
    Q, total = BigFloat.(Q0), zeros(size(Q0, 2))
    for _ in 1:steps
        Q = BigFloat.(W) * Q
        for c in axes(Q, 2)
            for _ in 1:2, j in 1:c-1
                Q[:, c] .-= (Q[:, j]' * Q[:, c]) .* Q[:, j]
            end
            size = norm(Q[:, c])
            Q[:, c] ./= size
            total[c] += Float64(log(size))
        end
    end
    return total
end

linear_map(W, Q0) =
    init(DiscreteNetwork(W; activation=LS.Identity()), MapStep(), zeros(size(W, 1)), copy(Q0); generic=true, threads=1)

function logs_of(W, Q0, steps)
    integrator = linear_map(W, Q0)
    log = BlockLog{Float64}(size(Q0, 2), steps)
    advance!(integrator, steps, log)
    return vec(sum(log.log_growth; dims=2)), integrator
end

function plain_logs(W, Q0, steps)
    Q, qr, total = copy(Q0), LS.HouseholderQR{Float64}(size(Q0)...), zeros(size(Q0, 2))
    for _ in 1:steps
        Q = W * Q
        LS.orthonormalize!(Q, qr)
        total .+= log.(qr.diagonal)
    end
    return total
end

graded(rng, n, digits) = Diagonal(10.0 .^ (-digits .* rand(rng, n)))

@testset "a direction that the factorisation resolves neither dies nor is doubted" begin
    rng = Numbers(31)
    makers = (
        (n, s) -> graded(rng, n, s) * randn(rng, n, n),
        (n, s) -> randn(rng, n, n) * graded(rng, n, s),
        (n, s) -> (D = graded(rng, n, s / 2); D * randn(rng, n, n) * D),
        (n, s) -> (D = graded(rng, n, s / 2); A = randn(rng, n, n); D * (A + A') * D),
        (n, s) -> graded(rng, n, s) * (randn(rng, n, n) .* (rand(rng, n, n) .< 0.4) + I),
        (n, s) -> randn(rng, n, n) .* 10.0 .^ (s / 10 .* randn(rng, n, n)),
    )
    setprecision(BigFloat, 2048) do     # 616 digits; the widest products of one step span 400
        n_resolved = 0
        for make in makers, digits in (5, 20, 80, 200), n in (4, 9)
            W, steps = Matrix(make(n, digits)), 10
            Q0 = random_frame(rng, n, n)
            exact, plain = exact_logs(W, Q0, steps), plain_logs(W, Q0, steps)
            found, integrator = logs_of(W, Q0, steps)
            # far above rounding in what is resolved, far below the 36 per step of what is not
            resolved = all(abs.(plain - exact) .< 1e-6)
            n_resolved += resolved
            @test !resolved || (found ≈ exact && LS.n_unproven(integrator) == 0)
        end
        @test n_resolved >= 24     # half of the 48, so that this is no empty statement
    end
end

@testset "as many directions die as the Jacobian is short of rank" begin
    rng = Numbers(32)
    n_counted = 0
    for n in (5, 12, 30), lost in (1, n ÷ 2, n - 1), rows in (0, 60)
        # Not held here: 30 units whose rows differ by 60 digits, where one of many deaths may be missed (docs/controls.md)
        n * rows <= 12 * 60 || continue
        W = graded(rng, n, rows) * randn(rng, n, n - lost) * randn(rng, n - lost, n)
        found, integrator = logs_of(W, random_frame(rng, n, n), 20)
        # the product is singular up to rounding only: counted, or said to be lost
        counted = count(==(-Inf), found) == lost && integrator.living.count == n - lost && LS.n_unproven(integrator) == 0
        n_counted += counted
        @test counted || LS.n_unproven(integrator) > 0
        counted || continue
        @test norm(integrator.Q[:, 1:n-lost]' * integrator.Q[:, 1:n-lost] - I) < 1e-12     # rounding of n products of n
    end
    @test n_counted >= 12    # of 15
    nilpotent = triu(randn(rng, 20, 20), 1)
    found, integrator = logs_of(nilpotent, random_frame(rng, 20, 20), 25)
    @test all(==(-Inf), found) && LS.n_unproven(integrator) == 0
end

@testset "blocks after a collapse have the condition of what lives" begin
    rng = Numbers(33)
    W = cat(2 .* random_frame(rng, 6, 6), zeros(3, 3); dims=(1, 2))
    integrator = init(DiscreteNetwork(W; activation=LS.Identity()), MapStep(), zeros(9), random_frame(rng, 9, 9); steps_per_block=4, generic=true)
    log = BlockLog{Float64}(9, 5)
    advance!(integrator, 20, log)
    @test integrator.living.count == 6 && maximum(log.condition) < 1e3     # of 6 generic columns
end
