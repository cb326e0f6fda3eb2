# Activation functions: the value and its derivative.

"""
    Tanh()

The hyperbolic tangent. Its slope is computed as `1 / cosh(u)^2`, which keeps its relative accuracy in saturation,
where `1 - tanh(u)^2` is 0 from `|u| = 19` on.
"""
struct Tanh end

@inline value(::Tanh, u) = tanh(u)
@inline slope(::Tanh, u) = inv(abs2(cosh(u)))
@inline log_slope(::Tanh, u) = 2 * (log(oftype(u, 2)) - abs(u) - log1p(exp(-2 * abs(u))))
