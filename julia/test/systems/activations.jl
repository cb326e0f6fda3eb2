# Values and slopes of the activations against arithmetic of 1000 bits.

@isdefined(cyclic_shift) || include("../helpers.jl")

big_erf(u) = begin   # the alternating series: a method the core does not use
    term = total = u
    for n in 1:10^5
        term *= -u^2 / n
        total += term / (2n + 1)
        abs(term) < big(2.0)^-1500 && break
    end
    2 / sqrt(big(pi)) * total
end

const ACTIVATIONS = [
    (Tanh(), tanh, u -> 1 - tanh(u)^2),
    (Identity(), identity, u -> one(u)),
    (ThresholdLinear(), u -> max(u, 0), u -> u > 0 ? one(u) : zero(u)),
    (ThresholdLinear(2.5, 0.3), u -> big(2.5) * max(u - big(0.3), 0), u -> u > big(0.3) ? big(2.5) : zero(u)),
    (HardTanh(), u -> min(max(u, -1), 1), u -> abs(u) < 1 ? one(u) : zero(u)),
    (Softplus(), u -> log(1 + exp(u)), u -> 1 / (1 + exp(-u))),
    (Logistic(), u -> 1 / (1 + exp(-u)), u -> exp(-u) / (1 + exp(-u))^2),
    (Erf(), big_erf, u -> 2 / sqrt(big(pi)) * exp(-u^2)),
    (CustomActivation(atan, u -> 1 / (1 + u^2)), atan, u -> 1 / (1 + u^2)),
]

# 0 if equal, so that dead units, with slope 0 and its logarithm -Inf, compare too
relative_error(found, exact) = found == exact ? 0.0 : Float64(abs((found - exact) / exact))

@testset "activations: $(nameof(typeof(phi)))" for (phi, exact_value, exact_slope) in ACTIVATIONS
    setprecision(BigFloat, 2000) do
        # u itself is exact; 20 is deep in saturation, where 1 - tanh^2 in double precision is 0
        for u in (-20.0, -7.3, -2.0, -1.0, -0.3, -1e-9, 0.0, 1e-9, 0.3, 0.7, 1.0, 1.999, 2.0, 2.001, 7.3, 20.0)
            # a rounding of u^2 in an exponent costs u^2 roundings of the result: at most 400 here
            rounding = (4 + u^2) * eps()
            slope = exact_slope(big(u))
            @test relative_error(LyapunovSpectra.value(phi, u), exact_value(big(u))) < rounding
            @test relative_error(LyapunovSpectra.slope(phi, u), slope) < rounding
            # a logarithm near 0 is accurate to the rounding of the slope, a large one relative to itself
            log_slope = LyapunovSpectra.log_slope(phi, u)
            @test log_slope == log(slope) || abs(log_slope - log(slope)) < rounding * max(1, abs(log_slope))
        end
        for T in (Float32, Float64)
            @test all(f -> f(phi, T(0.4)) isa T, (LyapunovSpectra.value, LyapunovSpectra.slope, LyapunovSpectra.log_slope))
        end
        @test isnan(LyapunovSpectra.value(phi, NaN))   # a diverging state must not look healthy
    end
end

@testset "logarithm of a slope that has underflowed" begin
    # where the slopes themselves are 0 or subnormal
    @test LyapunovSpectra.log_slope(Tanh(), 500.0) ≈ 2log(2) - 1000 rtol = 1e-15
    @test LyapunovSpectra.log_slope(Logistic(), -800.0) == -800
    @test LyapunovSpectra.log_slope(Softplus(), -800.0) == -800
    @test LyapunovSpectra.log_slope(Erf(), 40.0) ≈ log(2 / sqrt(pi)) - 1600 rtol = 1e-15
end

@testset "an activation of one's own is checked" begin
    @test_throws ArgumentError CustomActivation(tanh, u -> 1 - tanh(u))
    @test_throws ArgumentError CustomActivation(tanh, u -> 1.00001 / cosh(u)^2)   # five times what the check allows
    @test_throws ArgumentError CustomActivation(u -> [u], u -> 1.0)
    @test_throws ArgumentError CustomActivation(u -> u > 9 ? NaN : u, u -> 1.0)
    @test_throws ArgumentError ThresholdLinear(0.0)
    @test CustomActivation(u -> max(u, 0), u -> u > 0 ? 1 : 0) isa CustomActivation   # a kink is no mistake
end

allocated_steps(integrator, n) = @allocated advance!(integrator, n)

@testset "no activation allocates" begin
    rng = Numbers(31)
    for (phi, _, _) in ACTIVATIONS
        # inputs between 0.5 and 0.9, where no slope vanishes: a block in which directions die makes notes about them
        network = DiscreteNetwork(0.005 * randn(rng, 20, 20); activation=phi, bias=fill(0.7, 20))
        integrator = init(network, MapStep(), randn(rng, 20), random_frame(rng, 20, 20))
        advance!(integrator, 5)
        @test allocated_steps(integrator, 10) == 0
    end
end

@testset "volume of a map: $(nameof(typeof(phi)))" for (phi, _, _) in ACTIVATIONS
    # the determinant of the Jacobian is that of the weights times the slopes, 0 as soon as one of them is
    rng = Numbers(32)
    W, x = 0.7 * randn(rng, 12, 12), randn(rng, 12)
    network = DiscreteNetwork(W; activation=phi)
    linearization, next = zeros(13), zeros(12)
    LyapunovSpectra.evaluate!(next, linearization, network, x, 0.0)
    jacobian = LyapunovSpectra.slope.(Ref(phi), W * x) .* W
    # rounding of an LU factorisation, relative to a logarithm of order 10
    @test LyapunovSpectra.log_volume(network, linearization) ≈ first(logabsdet(jacobian)) atol = 1e-11
end
