# What several test files use. Each test file includes this one first, so that each can be run alone:
# julia --project=.. stepping/exact.jl

using LyapunovSpectra
import LyapunovSpectra as LS
using LyapunovSpectra: init, step!, solve!, reinit!, Euler, Heun, RK4, Tsit5, MapStep
using LinearAlgebra
using Random
using Test

cyclic_shift(n, r) = [mod1(i + 1, n) == j ? r : 0.0 for i in 1:n, j in 1:n]
random_frame(rng, n, k) = Matrix(qr(randn(rng, n, k)).Q)[:, 1:k]
positive_qr(A) = (F = qr(A); s = sign.(diag(F.R)); (Matrix(F.Q)[:, 1:size(A, 2)] .* s', F.R .* s))
chaotic(rng, n) = (W = 3 / sqrt(n) * randn(rng, n, n); W[diagind(W)] .= 0; W)
by_rows(A) = transpose(permutedims(A))   # the same matrix, row by row in memory as NumPy's arrays are

# behind a function, where the integrator's type is known: the call itself must not count
allocated(integrator, n_steps, log) = @allocated advance!(integrator, n_steps, log)
