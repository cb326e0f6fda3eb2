# Systems whose exponents are known, to test with and to compare with.

"""
    lorenz63(; sigma=10.0, rho=28.0, beta=8/3)

Flow of E. N. Lorenz, J. Atmos. Sci. 20, 130 (1963), eqs. 25-27. The exponents add up to `-(sigma + 1 + beta)`.
"""
function lorenz63(; sigma=10.0, rho=28.0, beta=8 / 3)
    return FunctionFlow{Float64}(lorenz63!, lorenz63_jvp!, 3, (float(sigma), float(rho), float(beta)))
end

function lorenz63!(dx, x, (sigma, rho, beta), t)
    dx[1] = sigma * (x[2] - x[1])
    dx[2] = x[1] * (rho - x[3]) - x[2]
    dx[3] = x[1] * x[2] - beta * x[3]
end

function lorenz63_jvp!(dv, v, x, (sigma, rho, beta), t)
    dv[1] = sigma * (v[2] - v[1])
    dv[2] = v[1] * (rho - x[3]) - x[1] * v[3] - v[2]
    dv[3] = v[1] * x[2] + x[1] * v[2] - beta * v[3]
end

"""
    rossler(; a=0.2, b=0.2, c=5.7)

Flow of O. E. Rössler, Phys. Lett. A 57, 397 (1976), eq. 2.
"""
rossler(; a=0.2, b=0.2, c=5.7) = FunctionFlow{Float64}(rossler!, rossler_jvp!, 3, (float(a), float(b), float(c)))

function rossler!(dx, x, (a, b, c), t)
    dx[1] = -x[2] - x[3]
    dx[2] = x[1] + a * x[2]
    dx[3] = b + x[3] * (x[1] - c)
end

function rossler_jvp!(dv, v, x, (a, b, c), t)
    dv[1] = -v[2] - v[3]
    dv[2] = v[1] + a * v[2]
    dv[3] = v[3] * (x[1] - c) + x[3] * v[1]
end

"""
    lorenz96(n=40; F=8.0)

Ring of `n >= 4` variables, `dx_i/dt = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + F`: E. N. Lorenz, "Predictability: a problem
partly solved", ECMWF Seminar (1996), eq. 1. The exponents add up to `-n`.
"""
function lorenz96(n::Integer=40; F=8.0)
    n >= 4 || throw(ArgumentError("lorenz96 needs at least 4 variables, got $n"))
    return FunctionFlow{Float64}(lorenz96!, lorenz96_jvp!, n, float(F))
end

function lorenz96!(dx, x, F, t)
    n = length(x)
    rate(a, b, c, d) = (d - a) * b - c + F   # of c, between its neighbours
    @inbounds begin
        dx[1] = rate(x[n-1], x[n], x[1], x[2])
        dx[2] = rate(x[n], x[1], x[2], x[3])
        @simd ivdep for i in 3:n-1
            dx[i] = rate(x[i-2], x[i-1], x[i], x[i+1])
        end
        dx[n] = rate(x[n-2], x[n-1], x[n], x[1])
    end
end

function lorenz96_jvp!(dv, v, x, F, t)
    n = length(x)
    Base.@propagate_inbounds rate(i, a, b, d) = (v[d] - v[a]) * x[b] + (x[d] - x[a]) * v[b] - v[i]
    @inbounds begin
        dv[1] = rate(1, n - 1, n, 2)
        dv[2] = rate(2, n, 1, 3)
        @simd ivdep for i in 3:n-1
            dv[i] = rate(i, i - 2, i - 1, i + 1)
        end
        dv[n] = rate(n, n - 2, n - 1, 1)
    end
end

"""
    stuart_landau(; mu=1.0, omega=1.0)

Normal form of the Hopf bifurcation, `dz/dt = (mu + i omega) z - |z|^2 z`, as two real variables. For `mu > 0` the
exponents are 0 and `-2 mu`, else both are `mu`. Source: S. H. Strogatz, Nonlinear Dynamics and Chaos, 2nd ed., section
8.2.
"""
function stuart_landau(; mu=1.0, omega=1.0)
    return FunctionFlow{Float64}(stuart_landau!, stuart_landau_jvp!, 2, (float(mu), float(omega)))
end

function stuart_landau!(dx, x, (mu, omega), t)
    growth = mu - x[1]^2 - x[2]^2
    dx[1] = growth * x[1] - omega * x[2]
    dx[2] = omega * x[1] + growth * x[2]
end

function stuart_landau_jvp!(dv, v, x, (mu, omega), t)
    growth = mu - x[1]^2 - x[2]^2
    change = -2 * (x[1] * v[1] + x[2] * v[2])
    dv[1] = growth * v[1] - omega * v[2] + change * x[1]
    dv[2] = omega * v[1] + growth * v[2] + change * x[2]
end

"""
    henon(; a=1.4, b=0.3)

Map `(x, y) -> (1 - a x^2 + y, b x)`: M. Hénon, Commun. Math. Phys. 50, 69 (1976), eq. 4. The exponents add up to
`log(abs(b))`.
"""
henon(; a=1.4, b=0.3) = FunctionMap{Float64}(henon!, henon_jvp!, 2, (float(a), float(b)))

function henon!(next, x, (a, b), t)
    next[1] = 1 - a * x[1]^2 + x[2]
    next[2] = b * x[1]
end

function henon_jvp!(dv, v, x, (a, b), t)
    dv[1] = -2a * x[1] * v[1] + v[2]
    dv[2] = b * v[1]
end

"""
    cat_map()

Map `(x, y) -> (2x + y, x + y) mod 1` of V. I. Arnold & A. Avez, Ergodic Problems of Classical Mechanics (1968),
chapter 1. The exponents are `±log((3 + sqrt(5)) / 2)`.
"""
cat_map() = FunctionMap{Float64}(cat_map!, cat_map_jvp!, 2, nothing)

function cat_map!(next, x, p, t)
    next[1] = mod(2x[1] + x[2], 1)
    next[2] = mod(x[1] + x[2], 1)
end

function cat_map_jvp!(dv, v, x, p, t)
    dv[1] = 2v[1] + v[2]
    dv[2] = v[1] + v[2]
end

"""
    bernoulli_ring(n=8; e=0.3)

Ring of `n >= 3` doubling maps with diffusive coupling, `x_i -> (1 - e) 2x_i + e (2x_{i-1} + 2x_{i+1}) / 2 mod 1`. The
Jacobian is constant and circulant, so the exponents are `log(2 |1 - e + e cos(2 pi k / n)|)`, k = 0, ..., n - 1.
"""
function bernoulli_ring(n::Integer=8; e=0.3)
    n >= 3 || throw(ArgumentError("bernoulli_ring needs at least 3 variables, got $n"))
    return FunctionMap{Float64}(bernoulli_ring!, bernoulli_ring_jvp!, n, float(e))
end

function bernoulli_ring!(next, x, e, t)
    bernoulli_ring_jvp!(next, x, x, e, t)   # linear but for the modulus
    for i in eachindex(next)
        next[i] = mod(next[i], 1)
    end
end

function bernoulli_ring_jvp!(dv, v, x, e, t)
    n = length(v)
    for i in 1:n
        dv[i] = 2 * (1 - e) * v[i] + e * (v[i == 1 ? n : i - 1] + v[i == n ? 1 : i + 1])
    end
end

"""
    LinearFlow(A)

The flow `dx/dt = A x`; the exponents are the real parts of the eigenvalues of the n by n matrix `A`, which is used in
place.
"""
struct LinearFlow{T,M<:AbstractMatrix{T}} <: Flow{T}
    A::M
    log_volume::T
end

LinearFlow(A::AbstractMatrix) = LinearFlow(A, tr(A))

"""
    LinearMap(A)

The map `x -> A x`; the exponents are the logarithms of the moduli of the eigenvalues of the n by n matrix `A`, which is
used in place.
"""
struct LinearMap{T,M<:AbstractMatrix{T}} <: DiscreteMap{T}
    A::M
    log_volume::T
end

LinearMap(A::AbstractMatrix) = LinearMap(A, first(logabsdet(A)))

const LinearSystem = Union{LinearFlow,LinearMap}

dimension(system::LinearSystem) = size(system.A, 1)
linearization_length(::LinearSystem) = 0   # the Jacobian is the same everywhere
log_volume(system::LinearSystem, linearization) = system.log_volume
evaluate!(out, linearization, system::LinearSystem, x, t) = multiply!(out, system.A, x)
tangent!(out, system::LinearSystem, linearization, Y, scratch) = multiply!(out, system.A, Y)
