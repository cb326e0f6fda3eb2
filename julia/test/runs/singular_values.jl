# Singular values of long products against plain arithmetic with 12000 bits, where nothing overflows or cancels.

@isdefined(cyclic_shift) || include("../helpers.jl")

function exact_log_singular_values(jacobians)
    setprecision(BigFloat, 12_000) do   # squares of numbers down to exp(-3000)
        A = Matrix{BigFloat}(prod(reverse(map(J -> BigFloat.(J), jacobians))))
        k = size(A, 2)
        for _ in 1:30, j in 2:k, i in 1:j-1     # Jacobi's method on A'A, by columns
            a, b, c = sum(abs2, A[:, i]), sum(abs2, A[:, j]), sum(A[:, i] .* A[:, j])
            c == 0 && continue
            zeta = (b - a) / 2c
            t = (zeta < 0 ? -1 : 1) / (abs(zeta) + sqrt(1 + zeta^2))
            x, y = A[:, i], A[:, j]
            A[:, i], A[:, j] = (x - t * y) / sqrt(1 + t^2), (y + t * x) / sqrt(1 + t^2)
        end
        return sort([Float64(log(sum(abs2, A[:, j])) / 2) for j in 1:k]; rev=true)
    end
end

@testset "singular values of long products" begin
    rng = Numbers(41)
    n = 6
    W = 2.5 / sqrt(n) * randn(rng, n, n)
    x0 = randn(rng, n)
    for (steps, steps_per_block) in ((1, 1), (7, 3), (300, 1))
        network = DiscreteNetwork(W)
        integrator = init(network, MapStep(), x0, Matrix(qr(randn(rng, n, n)).Q); steps_per_block=steps_per_block)
        product = keep_triangles!(integrator)
        multiply_jacobians!(product, integrator, steps)
        LyapunovSpectra.close_block!(product, integrator)
        along = init(network, MapStep(), x0, zeros(n, 1))     # the same trajectory to the last bit
        jacobians = [(u = W * along.x; relax!(along, 1); Diagonal(1 ./ cosh.(u) .^ 2) * W) for _ in 1:steps]
        found, expected = log_singular_values(product), exact_log_singular_values(jacobians)
        # rounding: that of the smallest direction of a block is a few times eps times the block's condition, added up
        blocks = [prod(reverse(jacobians[s:min(s + steps_per_block - 1, steps)])) for s in 1:steps_per_block:steps]
        @test found ≈ expected rtol = 0 atol = 10n * eps() * sum(cond, blocks)
        steps == 300 && @test expected[end] < -750      # far below the smallest number, exp(-745)
    end
end

@testset "products that overflow, die, or have equal singular values" begin
    k = 5
    product = JacobianProduct{Float64}(k)
    foreach(_ -> LyapunovSpectra.multiply_from_left!(product, Matrix(Diagonal([1e-3, 1e5, 1.0, 1.0, 1e-9]))), 1:100)
    @test log_singular_values(product) ≈ 100 .* log.([1e5, 1.0, 1.0, 1e-3, 1e-9]) atol = 1e-9   # rounding of 100 sums
    R = triu(randn(Numbers(42), k, k))
    LyapunovSpectra.multiply_from_left!(product, Matrix(Diagonal([1.0, 1.0, 0.0, 1.0, 1.0])))
    @test log_singular_values(product) ≈ [100 .* log.([1e5, 1.0, 1e-3, 1e-9]); -Inf]
    single = LyapunovSpectra.multiply_from_left!(JacobianProduct{Float64}(k), R)
    @test log_singular_values(single) ≈ log.(svdvals(R)) atol = 1e-12      # condition of R times rounding
    R[2, 2] = 0.0
    single = LyapunovSpectra.multiply_from_left!(JacobianProduct{Float64}(k), R)
    @test log_singular_values(single)[1:4] ≈ log.(svdvals(R)[1:4]) atol = 1e-12
    @test log_singular_values(single)[5] < -30      # 0 up to rounding
    rng = Numbers(43)
    turning = init(DiscreteNetwork(1.5 * random_frame(rng, 12, 12); activation=Identity()), MapStep(), zeros(12),
        random_frame(rng, 12, 12))
    product = keep_triangles!(turning)
    multiply_jacobians!(product, turning, 50)
    @test log_singular_values(product) ≈ fill(50 * log(1.5), 12) atol = 1e-12
end

@testset "keeping R changes nothing" begin
    rng = Numbers(44)
    A = randn(rng, 9, 4)
    workspace = LyapunovSpectra.HouseholderQR{Float64}
    plain, keeping = workspace(9, 4), workspace(9, 4; keep_triangle=true)
    Q, same = copy(A), copy(A)
    LyapunovSpectra.orthonormalize!(Q, plain)
    LyapunovSpectra.orthonormalize!(same, keeping)
    @test Q == same && diag(keeping.triangle) == plain.diagonal == keeping.diagonal
    @test Q * keeping.triangle ≈ A
end
