# Householder's way in blocks that tasks share, beside LAPACK's own.

@isdefined(cyclic_shift) || include("../helpers.jl")

function lapack_alone(A::Matrix{T}) where {T}
    qr, none = LS.HouseholderQR{T}(size(A)...), LS.Reflectors{T}(0, 0)
    qr = LS.HouseholderQR{T}([field === :blocks ? none : getfield(qr, field) for field in fieldnames(typeof(qr))]...)
    Q = LS.orthonormalize!(copy(A), qr)
    return Q, qr.diagonal
end

@testset "blocks give LAPACK's numbers" begin
    rng = Numbers(70)
    for T in (Float64, Float32), (n, k) in ((300, 65), (150, 150), (260, 130)), threads in (1, 2)
        A = randn(rng, T, n, k)
        qr = LS.HouseholderQR{T}(n, k)
        @test !isempty(qr.blocks.V)
        Q = LS.with_blas_threads(() -> LS.orthonormalize!(copy(A), qr), threads)
        Q0, diagonal = lapack_alone(A)
        @test Q ≈ Q0 rtol = 200 * n * eps(T)       # rounding, times the condition of a random matrix
        @test qr.diagonal ≈ diagonal rtol = 200 * n * eps(T)
        @test norm(Q' * Q - I) < 10 * k * eps(T)
    end
end

@testset "rows of any size, columns that are zero" begin
    rng = Numbers(71)
    n, k = 150, 150
    A = Diagonal(10.0 .^ (-100 .* rand(rng, n))) * randn(rng, n, k)
    A[:, 40] .= 0
    qr = LS.HouseholderQR{Float64}(n, k)
    Q = LS.orthonormalize!(copy(A), qr)
    Q0, diagonal = lapack_alone(A)
    @test qr.diagonal[40] == diagonal[40] == 0
    alive = setdiff(1:k, 40)
    # sorted rows keep the digits of entries that span 1e100; 1e-9: rounding of n products, times the condition that is left
    @test log.(qr.diagonal[alive]) ≈ log.(diagonal[alive]) rtol = 1e-9
    @test norm(Q' * Q - I) < 10 * k * eps()
end

@testset "some of the columns, and a triangle that is kept" begin
    rng = Numbers(72)
    A = randn(rng, 200, 100)
    qr = LS.HouseholderQR{Float64}(200, 100; keep_triangle=true)
    Q = LS.orthonormalize!(copy(A), qr)
    @test Q * UpperTriangular(qr.triangle) ≈ A rtol = 1e-12        # rounding of 100 products
    part = copy(A)
    LS.factorize!(part, qr, 70)
    LS.form_frame!(part, qr, 70, zeros(0, 0))
    @test part[:, 71:end] == A[:, 71:end]
    @test part[:, 1:70] ≈ Q[:, 1:70] rtol = 1e-12
end
