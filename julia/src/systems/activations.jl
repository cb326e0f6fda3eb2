# Activation functions: the value, its derivative, and the logarithm of the derivative's size, which stays finite where
# the derivative itself underflows.

"""
    Tanh()

The hyperbolic tangent. Its slope is computed as `1 / cosh(u)^2`, which keeps its relative accuracy in saturation,
where `1 - tanh(u)^2` is 0 from `|u| = 19` on.
"""
struct Tanh end

@inline value(::Tanh, u) = tanh(u)
@inline slope(::Tanh, u) = inv(abs2(cosh(u)))
@inline log_slope(::Tanh, u) = 2 * (log(oftype(u, 2)) - abs(u) - log1p(exp(-2 * abs(u))))

"""
    Identity()

`phi(u) = u`: a linear network.
"""
struct Identity end

@inline value(::Identity, u) = u
@inline slope(::Identity, u) = one(u)
@inline log_slope(::Identity, u) = zero(u)

"""
    ThresholdLinear(gain=1.0, threshold=0.0)

`phi(u) = gain * max(u - threshold, 0)` with `gain > 0`; `ThresholdLinear()` is ReLU. The slope at the threshold is 0.
"""
struct ThresholdLinear
    gain::Float64
    threshold::Float64
    function ThresholdLinear(gain=1.0, threshold=0.0)
        gain > 0 || throw(ArgumentError("gain must be positive, got $gain"))
        return new(gain, threshold)
    end
end

@inline value(phi::ThresholdLinear, u) = oftype(u, phi.gain * max(u - phi.threshold, 0))
@inline slope(phi::ThresholdLinear, u) = u > phi.threshold ? oftype(u, phi.gain) : zero(u)
@inline log_slope(phi::ThresholdLinear, u) = oftype(u, u > phi.threshold ? log(phi.gain) : -Inf)

"""
    HardTanh()

`phi(u) = clamp(u, -1, 1)`. The slope at -1 and 1 is 0.
"""
struct HardTanh end

@inline value(::HardTanh, u) = clamp(u, -one(u), one(u))
@inline slope(::HardTanh, u) = abs(u) < 1 ? one(u) : zero(u)
@inline log_slope(::HardTanh, u) = oftype(u, abs(u) < 1 ? 0 : -Inf)

"""
    Softplus()

`phi(u) = log(1 + exp(u))`; its slope is the logistic function.
"""
struct Softplus end

@inline value(::Softplus, u) = max(u, zero(u)) + log1p(exp(-abs(u)))
@inline slope(::Softplus, u) = value(Logistic(), u)
@inline log_slope(::Softplus, u) = -value(Softplus(), -u)

"""
    Logistic()

`phi(u) = 1 / (1 + exp(-u))`.
"""
struct Logistic end

@inline value(::Logistic, u) = u < 0 ? exp(u) / (1 + exp(u)) : inv(1 + exp(-u))
@inline slope(::Logistic, u) = (e = exp(-abs(u)); e / abs2(1 + e))
@inline log_slope(::Logistic, u) = -abs(u) - 2 * log1p(exp(-abs(u)))

"""
    Erf()

The error function, `phi(u) = 2 / sqrt(pi) * integral of exp(-v^2) from 0 to u`.
"""
struct Erf end

@inline value(::Erf, u) = erf(u)
@inline slope(::Erf, u) = oftype(u, 2 / sqrt(pi)) * exp(-abs2(u))
@inline log_slope(::Erf, u) = oftype(u, log(2 / sqrt(pi))) - abs2(u)

# Julia's standard library has no erf. Near 0 its series with positive terms only, Abramowitz & Stegun 7.1.6; further out
# the continued fraction of its complement, 7.1.14, of which 40 terms are enough from 2 on.
function erf(u)
    a = abs(u)
    a < 2 || return flipsign(1 - complementary_erf(a), u)
    term = total = oftype(u, 2 / sqrt(pi)) * u * exp(-abs2(u))
    n = 1
    while abs(term) > eps(total) / 4
        term *= 2 * abs2(u) / (2n + 1)
        total += term
        n += 1
    end
    return total
end

function complementary_erf(a)
    a > 30 && return zero(a)   # 0 to rounding; an infinite one would make NaN below
    fraction = a
    for n in 40:-1:1
        fraction = a + oftype(a, n / 2) / fraction
    end
    return exp(-abs2(a)) / (oftype(a, sqrt(pi)) * fraction)
end

"""
    CustomActivation(value, slope)

An activation of your own: `value(u)` and its derivative `slope(u)`, two functions of one number that several tasks may
call at once. The slope is compared with finite differences of the value on [-10, 10]; an `ArgumentError` says where
they disagree. Give the slope a form that keeps its relative accuracy where it is small.

# Examples
```julia
network = RateNetwork(randn(100, 100) ./ 10; activation=CustomActivation(atan, u -> 1 / (1 + u^2)))
```
"""
struct CustomActivation{F,G}
    value::F
    slope::G
    function CustomActivation(value, slope)
        check_slope(value, slope)
        return new{Core.Typeof(value),Core.Typeof(slope)}(value, slope)
    end
end

@inline value(phi::CustomActivation, u) = oftype(u, phi.value(u))
@inline slope(phi::CustomActivation, u) = oftype(u, phi.slope(u))
@inline log_slope(phi::CustomActivation, u) = log(abs(slope(phi, u)))

function check_slope(value, slope)
    for i in 1:1000
        u = 20 * mod(i * Base.MathConstants.golden, 1) - 10   # spread evenly, and never at a kink somebody would write
        h = 1e-5
        found, numbers = slope(u), (value(u - h), value(u), value(u + h))
        for number in (found, numbers...)
            number isa Real && isfinite(number) ||
                throw(ArgumentError("value and slope must return finite real numbers; at u = $u one returns $(repr(number))"))
        end
        difference = (numbers[3] - numbers[1]) / 2h
        # rounding makes the difference wrong by about 1e-11 of the values, curvature by 2e-11 of the third derivative
        abs(found - difference) <= 1e-6 * (1 + maximum(abs, numbers) + abs(difference)) || throw(ArgumentError(
            "the slope is not the derivative of the value: at u = $u it is $found, finite differences give $difference"))
    end
    return nothing
end
