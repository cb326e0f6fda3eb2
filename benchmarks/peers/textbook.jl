# Benettin's method as in a textbook: RK4 for state and frame, new arrays wherever a formula asks for one.

module Textbook

using LinearAlgebra

slope(W, x, Q) = (a = tanh.(x); (W * a .- x, W * ((1 .- a .^ 2) .* Q) .- Q))

function step(W, x, Q, h)
    k1, K1 = slope(W, x, Q)
    k2, K2 = slope(W, x .+ h / 2 .* k1, Q .+ h / 2 .* K1)
    k3, K3 = slope(W, x .+ h / 2 .* k2, Q .+ h / 2 .* K2)
    k4, K4 = slope(W, x .+ h .* k3, Q .+ h .* K3)
    return x .+ h / 6 .* (k1 .+ 2 .* k2 .+ 2 .* k3 .+ k4), Q .+ h / 6 .* (K1 .+ 2 .* K2 .+ 2 .* K3 .+ K4)
end

function exponents(W, x, k, h, per_block, n_align, n_blocks)
    Q = Matrix(qr(randn(length(x), k)).Q)
    total = zeros(k)
    for block in 1:n_align+n_blocks
        for _ in 1:per_block
            x, Q = step(W, x, Q, h)
        end
        F = qr(Q)
        Q = Matrix(F.Q)
        block > n_align && (total .+= log.(abs.(diag(F.R))))
    end
    return total ./ (n_blocks * per_block * h)
end

end
