# What several test files use. Each test file includes this one first, so that each can be run alone:
# julia --project=.. stepping/exact.jl

using LyapunovSpectra
import LyapunovSpectra as LS
using LyapunovSpectra: init, step!, solve!, reinit!, Euler, Heun, RK4, Tsit5, LawsonAB4, MapStep
using LinearAlgebra
using Random
using Test

cyclic_shift(n, r) = [mod1(i + 1, n) == j ? r : 0.0 for i in 1:n, j in 1:n]
random_frame(rng, n, k) = Matrix(qr(randn(rng, n, k)).Q)[:, 1:k]
positive_qr(A) = (F = qr(A); s = sign.(diag(F.R)); (Matrix(F.Q)[:, 1:size(A, 2)] .* s', F.R .* s))
chaotic(rng, n) = (W = 3 / sqrt(n) * randn(rng, n, n); W[diagind(W)] .= 0; W)
by_rows(A) = transpose(permutedims(A))   # the same matrix, row by row in memory as NumPy's arrays are

# The last step without the orthonormalisation at the end of the block: the bare propagated frame.
function step_only!(integrator)
    LyapunovSpectra.move_stretch!(integrator, 1)
end

# the state, and the frame without its last orthonormalisation
final(network, algorithm, x0, Q0, dt, steps) =
    (i = init(network, algorithm, x0, Q0; dt=dt, steps_per_block=steps); advance!(i, steps - 1); step_only!(i); (i.x, i.Q))

# behind a function, where the integrator's type is known: the call itself must not count
allocated(integrator, n_steps, log) = @allocated advance!(integrator, n_steps, log)

# Numbers that are the same on every Julia: those of MersenneTwister, and what `randn` makes of them, change with versions.

const OTHER_SEEDS = parse(Int, get(ENV, "LYAPUNOV_TEST_SEEDS", "0"))   # other numbers: the tests' limits hold for those too

"""
    Numbers(seed)

SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) with `rand` and `randn` (by Box and Muller) of its own.
"""
mutable struct Numbers
    state::UInt64
    Numbers(seed) = new(first_state(seed))
end

first_state(seed) = UInt64(seed) + 0x632be59bd9b4e019 * UInt64(OTHER_SEEDS)

function Random.rand(numbers::Numbers)   # in (0, 1)
    numbers.state += 0x9e3779b97f4a7c15
    z = numbers.state
    z = (z ⊻ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ⊻ (z >> 27)) * 0x94d049bb133111eb
    return ((z ⊻ (z >> 31)) >> 12 + 0.5) * 2.0^-52
end

function Random.randn(numbers::Numbers)
    radius, angle = sqrt(-2 * log(rand(numbers))), 2pi * rand(numbers)
    return radius * cos(angle)
end

Random.rand(numbers::Numbers, n::Integer, more::Integer...) = [rand(numbers) for _ in CartesianIndices((n, more...))]
Random.randn(numbers::Numbers, n::Integer, more::Integer...) = [randn(numbers) for _ in CartesianIndices((n, more...))]
Random.randn(numbers::Numbers, T::Type, n::Integer, more::Integer...) = T.(randn(numbers, n, more...))

@testset "numbers of our own" begin
    numbers = Numbers(0)
    if OTHER_SEEDS == 0   # the first three outputs of the published generator
        @test [floor(rand(numbers) * 2.0^52) for _ in 1:3] == [0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f] .>> 12
    end
    sample = randn(Numbers(1), 10_000)
    # standard errors 0.01, and 0.014 of the variance; five of them
    @test abs(sum(sample) / 10_000) < 0.05 && abs(sum(abs2, sample) / 10_000 - 1) < 0.07
end
