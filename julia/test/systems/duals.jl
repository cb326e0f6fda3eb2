# Numbers with derivatives against differences of numbers of 256 bits, and what users write with them.

@isdefined(cyclic_shift) || include("../helpers.jl")
using LyapunovSpectra: Dual, DualVector, slopes, value

const STEPS = (1.0, -2.5, 1e-300, 1e200)   # slopes of very different size: each is multiplied by itself

# Central differences of numbers of 256 bits at a step of 1e-25 are right to 50 digits; f is given the same float. Not
# compiled anew for each f.
function by_difference(@nospecialize(f), v)
    h = big(10.0)^-25 * max(abs(big(v)), big(10.0)^-280)
    return Float64((f(big(v) + h) - f(big(v) - h)) / 2h)
end

@testset "functions of one number have the derivatives of 256 bits" begin
    everywhere = [-30.4, -1.3, -0.2, 1e-9, 0.4, 0.77, 1.9, 24.8]   # no kink or jump of the cases
    positive, inside, above = [1e-200, 1e-3, 0.7, 3.0, 1e150], [-0.99, -1e-8, 0.3, 0.9999], [1.001, 2.0, 1e9]
    small = [-3.0, -1e-6, 0.3, 1.1, 9.0]
    cases = [
        (sin, everywhere), (cos, everywhere), (tan, small), (exp, everywhere), (exp2, everywhere), (exp10, everywhere),
        (expm1, everywhere), (sqrt, positive), (cbrt, [1e-200, 0.1, 8.0]), (log, positive), (log2, positive),
        (log10, positive), (log1p, [-0.5, 1e-12, 3.0]), (asin, inside), (acos, inside), (atan, everywhere),
        (sinh, everywhere), (cosh, everywhere), (tanh, everywhere), (sech, everywhere), (csch, small), (coth, small),
        (asinh, everywhere), (acosh, above), (atanh, inside), (sinpi, small), (cospi, small), (sec, small),
        (csc, small),
        (cot, small), (abs, everywhere), (abs2, everywhere), (inv, small), (x -> x^5, everywhere), (x -> x^-2, small),
        (x -> x^2.5, positive[2:4]), (x -> x^(1 // 3), positive[2:4]), (x -> 3^x, small), (x -> ℯ^x, small),
        (x -> x^x, positive[2:4]), (x -> mod(x, 0.7), everywhere), (x -> rem(x, 0.7), everywhere),
        (x -> x % 2, everywhere),
        (x -> mod(5.3, x), [0.4, 1.9]), (x -> rem(5.3, x), [0.4, 1.9]), (x -> mod(x^2, x + 3), [0.4, 7.7]),
        (x -> mod2pi(x), everywhere), (x -> mod1(x, 3), everywhere), (x -> floor(x) * x, everywhere),
        (x -> ceil(x) + x^2, everywhere), (x -> round(x) * x, everywhere), (x -> sign(x) * x^2, everywhere),
        (x -> max(x, x^2), everywhere), (x -> min(x, 0.3), everywhere), (x -> clamp(2x, -1, 1), everywhere),
        (x -> ifelse(x > 0, x^2, -x), everywhere), (x -> x < 1 ? sin(x) : x, everywhere),
        (x -> fld(x, 0.3) * x, everywhere),
        (x -> hypot(x, 3), everywhere), (x -> hypot(1, x, x^2), small), (x -> atan(x, 2), everywhere),
        (x -> atan(x^2, x), everywhere), (x -> atan(-1, x), everywhere), (x -> copysign(x, -1), everywhere),
        (x -> flipsign(x, -x), everywhere), (x -> copysign(2.0, x) * x, everywhere),
        (x -> norm([x, 2x, 1]), everywhere), (x -> 3 - x / 7 + π * x - 2 \ x, everywhere),
        (x -> abs(exp(im * x) + 2), small), (x -> muladd(x, x, 2), everywhere),
        (x -> evalpoly(x, (1, 2, 3)), everywhere), (x -> real((1 + 2im) * x / (x + im)), everywhere),
        (x -> x^2 / (40 + x), everywhere), (x -> sum(normalize([x, 1, 2])), everywhere),
    ]
    for (f, linearizations) in cases, v in linearizations
        found, expected = slopes(f(Dual(v, STEPS))), by_difference(f, v)
        # a few roundings of f, whose terms may cancel; a remainder keeps those of its argument
        @test all(isapprox.(found, expected .* STEPS, rtol=1e-13))
        @test isapprox(value(f(Dual(v, STEPS))), f(v), rtol=4eps())   # the same operations, but for x^3
    end
    # saturated slopes keep their digits: sech(20)^2 and beyond
    @test slopes(tanh(Dual(300.0, (1.0,))))[1] ≈ 4exp(-600) rtol = 1e-13
    @test slopes(sind(Dual(60.0, (1.0,))))[1] ≈ π / 360 rtol = 1e-14
end

@testset "what does not change with the state is a plain number" begin
    x = Dual(2.7, (1.0,))
    @test (floor(Int, x), round(Int, x), trunc(Int, x), Int(floor(x)), div(x, 1) == 2) === (2, 3, 2, 2, true)
    @test slopes(floor(x)) == slopes(sign(x)) == slopes(div(x, 0.5)) == (0.0,)
    @test x > 2 && x <= 3 && x == 2.7 && isless(x, 3) && isfinite(x) && !iszero(x)
    @test maximum([x, 2x]) === 2x && sort([x, -x])[1] === -x
    @test slopes(abs(Dual(0.0, (1.0,)))) == (0.0,)   # at the kink
    @test_throws ArgumentError Float64(x)
    @test zero(x) === Dual(0.0, (0.0,)) && promote_type(typeof(x), Int) === typeof(x)
    @test Dual(1.0f0, (1.0f0,)) * 2.0 isa Dual{Float64,1} && Dual(1.0f0, (1.0f0,)) * 2 isa Dual{Float32,1}
end

@testset "methods are not ambiguous" begin
    ours = (Base, Core, LinearAlgebra, LyapunovSpectra)
    found = filter(pair -> all(method -> method.module in ours, pair), Test.detect_ambiguities(LyapunovSpectra))
    @test isempty(found)
end

@testset "linear algebra with plain matrices" begin
    rng = Numbers(41)
    n = 7
    A = randn(rng, n, n)
    x, V = randn(rng, n), randn(rng, n, 3)
    duals = DualVector(x, V, Val(4))   # one more than there are columns
    tangents(y) = [slopes(d)[c] for d in y, c in 1:3]
    rtol = 100eps()   # rounding of sums of 7 terms
    @test tangents(A * duals) ≈ A * V rtol = rtol
    @test tangents(A * tanh.(duals)) ≈ A * (V ./ cosh.(x) .^ 2) rtol = rtol
    @test tangents(A' * duals) ≈ A' * V rtol = rtol
    @test tangents(Symmetric(A) * duals) ≈ Symmetric(A) * V rtol = rtol
    @test tangents(A \ duals) ≈ A \ V rtol = 1e-10   # times the condition of A
    @test [slopes(dot(x, duals))[c] for c in 1:3] ≈ V' * x rtol = rtol
    out = DualVector(zeros(n), fill(NaN, n, 3), Val(4))
    mul!(out, A, sin.(duals))
    @test out.tangents ≈ A * (V .* cos.(x)) rtol = rtol
    mul!(out, A, duals, 2, 1)
    @test out.tangents ≈ A * (V .* cos.(x)) + 2A * V rtol = rtol
end

# the k-th Chebyshev map, whose exponent is log(k)
chebyshev!(next, x, p, t) = (next[1] = cos(p.k * acos(x[1])); nothing)

@testset "vectors of any length: a frame that has grown" begin
    for steps in (1, 9, 27, 60)
        map6 = FunctionMap(chebyshev!, 1; parameters=(k=6,), x0=[0.3])
        found = solve!(init(map6, MapStep(), [0.3], ones(1, 1); steps_per_block=steps), 3000 ÷ steps).exponents[1]
        @test found ≈ log(6) atol = 0.02   # fluctuations of a mean over 3000 steps
    end
    system = FunctionFlow((dx, x, p, t) -> (dx .= sin.(x) .* x[1]^3), 2)
    linearization = [0.7, -0.4, 0.0]
    product(V) = LyapunovSpectra.tangent!(zero(V), system, linearization, V, zero(V))
    V = [1.0 2.0 0.0; 3.0 -1.0 1.0]
    for scale in (1e-290, 1e-20, 1e20, 1e290)
        @test product(scale .* V) ≈ scale .* product(V) rtol = 1e-14
    end
    @test product(zeros(2, 3)) == zeros(2, 3)
    mixed = V .* [1e-200 1.0 1e100]   # columns of very different size
    @test product(mixed) ≈ product(V) .* [1e-200 1.0 1e100] rtol = 1e-14
    for c in 1:3
        @test product(mixed)[:, c] ≈ product(mixed[:, c:c])[:, 1] rtol = 1e-14
    end
end

# a coupled ring with a jump and a kink, for n vectors at once
bent!(next, x, p, t) = (next .= mod.(2 .* x .+ p.e .* abs.(circshift(x, 1)), 1); nothing)

@testset "a product for all vectors at once" begin
    calls = Threads.Atomic{Int}(0)
    function all!(dV::AbstractMatrix, V::AbstractMatrix, x, p, t)
        Threads.atomic_add!(calls, 1)
        for k in axes(V, 2), i in eachindex(x)
            before = mod1(i - 1, length(x))
            dV[i, k] = 2V[i, k] + p.e * sign(x[before]) * V[before, k]
        end
    end
    x0 = [0.31, 0.77, 0.12, 0.93, 0.58]
    run(system) = solve!(init(system, MapStep(), x0, Matrix{Float64}(I, 5, 5)), 30)
    made = FunctionMap(bent!, 5; parameters=(e=0.3,), x0=x0)
    given = FunctionMap(bent!, all!, 5; parameters=(e=0.3,), x0=x0)
    calls[] = 0
    log = run(given).log
    @test calls[] == 30   # not 150
    @test log.log_growth ≈ run(made).log.log_growth atol = 1e-12   # the Jacobian is constant here
    both!(dv::AbstractVector, v::AbstractVector, x, p, t) = error("not this one")
    both!(dV::AbstractMatrix, V::AbstractMatrix, x, p, t) = all!(dV, V, x, p, t)
    @test run(FunctionMap(bent!, both!, 5; parameters=(e=0.3,), x0=x0)).log.log_growth == log.log_growth
end

@testset "what depends on the state alone is computed once for eight vectors" begin
    calls = Ref(0)
    counting!(dx, x, p, t) = (calls[] += 1; dx .= -x .^ 3)
    system = LyapunovSpectra.FunctionFlow{Float64}(counting!, LyapunovSpectra.DualNumbers(), 20, nothing)
    for (k, expected) in ((1, 1), (4, 1), (8, 1), (20, 3))
        V, calls[] = randn(Numbers(k), 20, k), 0
        @test LyapunovSpectra.tangent!(zero(V), system, ones(21), V, zero(V)) ≈ -3V rtol = 4eps()
        @test calls[] == expected
    end
end
