# Numbers that carry their derivatives along: forward-mode differentiation of users' functions.

"""
    Dual(value, slopes)

A number that depends on the state, and its derivatives along `W` directions at once. Arithmetic on it is arithmetic on
the value, and the chain rule on the slopes, exact to rounding whatever the size of the slopes. What compares numbers
(`<`, `max`, `clamp`, `if`) goes by the value; what is constant between jumps (`floor`, `sign`, `div`) has slope 0; at a
kink (`abs(0)`) the slope is that of one side or 0.

Source: R. E. Wengert, Commun. ACM 7, 463 (1964); the tangent as a dual number: A. Griewank, A. Walther, Evaluating
Derivatives (2008), chapter 3.

# Examples
```julia
x = LyapunovSpectra.Dual(2.0, (1.0, 10.0))
LyapunovSpectra.slopes(mod(x^3, 5))              # (12.0, 120.0)
```
"""
struct Dual{T<:AbstractFloat,W} <: Real
    value::T
    slopes::NTuple{W,T}
    Dual{T,W}(value::T, slopes::NTuple{W,T}) where {T<:AbstractFloat,W} = new{T,W}(value, slopes)
end

Dual(value::T, slopes::NTuple{W,T}) where {T<:AbstractFloat,W} = Dual{T,W}(value, slopes)
function Dual(value::Real, slopes::NTuple{W,Real}) where {W}   # where numbers of different types have met
    T = float(promote_type(typeof(value), map(typeof, slopes)...))
    return Dual{T,W}(T(value), map(T, slopes))
end

Dual{T,W}(x::Real) where {T,W} = Dual{T,W}(T(x), ntuple(_ -> zero(T), Val(W)))
Dual{T,W}(x::Dual{T,W}) where {T,W} = x
Dual{T,W}(x::Dual{S,W}) where {T,S,W} = Dual{T,W}(T(x.value), map(T, x.slopes))

value(x::Real) = x
value(x::Dual) = x.value
slopes(x::Dual) = x.slopes

# A number that depends on the state through `x` alone: its value, and its derivative by `x`.
@inline chain(x::Dual, value, derivative) = Dual(value, map(s -> derivative * s, x.slopes))
# One that does not change where the state changes a little.
constant(x::Dual{T,W}, value) where {T,W} = Dual{T,W}(T(value))

Base.promote_rule(::Type{Dual{T,W}}, ::Type{S}) where {T,W,S<:Real} = Dual{promote_type(T, S),W}
Base.promote_rule(::Type{Dual{T,W}}, ::Type{Dual{S,W}}) where {T,S,W} = Dual{promote_type(T, S),W}

# Whole numbers made of a dual one, such as indices, do not change with the state.
(::Type{I})(x::Dual) where {I<:Integer} = I(x.value)
Base.Bool(x::Dual) = Bool(x.value)
function (::Type{F})(x::Dual) where {F<:AbstractFloat}
    throw(ArgumentError("a number that depends on the state was to become a $F, and would lose its derivative: make " *
        "arrays for such numbers with similar(x) or zeros(eltype(x), n), not with zeros(n), and leave out $F(...)"))
end

Base.float(x::Dual) = x
Base.float(::Type{D}) where {D<:Dual} = D
Base.show(io::IO, x::Dual) = print(io, "Dual(", x.value, ", ", x.slopes, ")")
Base.hash(x::Dual, h::UInt) = hash(x.value, h)
for f in (:eps, :floatmin, :floatmax, :typemin, :typemax)
    @eval Base.$f(::Type{Dual{T,W}}) where {T,W} = Dual{T,W}($f(T))
end
Base.rtoldefault(::Type{Dual{T,W}}) where {T,W} = Base.rtoldefault(T)

# ---- Comparisons, and what is constant between jumps ----

for f in (:isnan, :isinf, :isfinite, :iszero, :isone, :isinteger, :iseven, :isodd, :signbit, :exponent)
    @eval Base.$f(x::Dual) = $f(x.value)
end
for f in (:(==), :<, :<=, :isless, :isequal)
    @eval Base.$f(x::Dual, y::Dual) = $f(x.value, y.value)
end
for f in (:floor, :ceil, :trunc, :round)
    @eval begin
        Base.$f(x::Dual; options...) = constant(x, $f(x.value; options...))
        Base.$f(::Type{I}, x::Dual) where {I<:Integer} = $f(I, x.value)
        Base.$f(::Type{Bool}, x::Dual) = $f(Bool, x.value)
    end
end
Base.round(x::Dual, mode::RoundingMode; options...) = constant(x, round(x.value, mode; options...))
Base.round(::Type{I}, x::Dual, mode::RoundingMode) where {I<:Integer} = round(I, x.value, mode)
Base.sign(x::Dual) = constant(x, sign(x.value))
for f in (:prevfloat, :nextfloat)
    @eval Base.$f(x::Dual) = Dual($f(x.value), x.slopes)
end

# ---- Functions of one number ----

Base.:+(x::Dual) = x
Base.:-(x::Dual) = Dual(-x.value, map(-, x.slopes))
Base.abs(x::Dual) = chain(x, abs(x.value), sign(x.value))
Base.abs2(x::Dual) = chain(x, abs2(x.value), 2x.value)
Base.inv(x::Dual) = (y = inv(x.value); chain(x, y, -y^2))
Base.mod2pi(x::Dual) = chain(x, mod2pi(x.value), true)
Base.rem2pi(x::Dual, mode::RoundingMode) = chain(x, rem2pi(x.value, mode), true)

# 1 / cosh(v)^2 as exp(-2|v|) gives it, to all digits: 1 - tanh(v)^2 has none left at |v| = 20
slope_of_tanh(v) = (e = exp(-2abs(v)); 4e / (1 + e)^2)

# name => derivative, of the value v and the result y
const DERIVATIVES = (
    :sqrt => :(1 / 2y), :cbrt => :(1 / 3y^2),
    :exp => :y, :exp2 => :(y * log(oftype(v, 2))), :exp10 => :(y * log(oftype(v, 10))), :expm1 => :(exp(v)),
    :log => :(1 / v), :log2 => :(1 / (v * log(oftype(v, 2)))), :log10 => :(1 / (v * log(oftype(v, 10)))),
    :log1p => :(1 / (1 + v)),
    :tan => :(1 + y^2), :sec => :(y * tan(v)), :csc => :(-y * cot(v)), :cot => :(-(1 + y^2)),
    :sinpi => :(π * cospi(v)), :cospi => :(-π * sinpi(v)), :sinc => :(cosc(v)),
    :sind => :(deg2rad(cosd(v))), :cosd => :(-deg2rad(sind(v))), :tand => :(deg2rad(1 + y^2)),
    :asin => :(1 / sqrt((1 - v) * (1 + v))), :acos => :(-1 / sqrt((1 - v) * (1 + v))), :atan => :(1 / (1 + v^2)),
    :sinh => :(cosh(v)), :cosh => :(sinh(v)), :tanh => :(slope_of_tanh(v)),
    :sech => :(-y * tanh(v)), :csch => :(-y * coth(v)), :coth => :(-csch(v)^2),
    :asinh => :(1 / hypot(one(v), v)), :acosh => :(1 / sqrt((v - 1) * (v + 1))), :atanh => :(1 / ((1 - v) * (1 + v))),
)
for (f, derivative) in DERIVATIVES
    @eval @inline function Base.$f(x::Dual)
        v = x.value
        y = $f(v)
        return chain(x, y, $derivative)
    end
end

@inline function Base.sincos(x::Dual)
    s, c = sincos(x.value)
    return chain(x, s, c), chain(x, c, -s)
end
@inline Base.sin(x::Dual) = first(sincos(x))
@inline Base.cos(x::Dual) = last(sincos(x))

# ---- Functions of two numbers: of two dual ones, and of a dual and a plain one ----

# The result and its derivatives by both; `nothing` where a plain number has none.
@inline along(x::Dual, y::Dual, value, by_x, by_y) =
    Dual(value, map((a, b) -> by_x * a + by_y * b, x.slopes, y.slopes))

# name => (derivative by the first, derivative by the second), of the values v, w and the result y
const DERIVATIVES_OF_TWO = (
    :+ => (:(true), :(true)),
    :- => (:(true), :(-1)),
    :* => (:w, :v),
    :/ => (:(inv(w)), :(-y / w)),
    :atan => (:(w / h / h), :(-v / h / h)),
    :hypot => (:(y == 0 ? zero(y) : v / y), :(y == 0 ? zero(y) : w / y)),
    :mod => (:(true), :(-fld(v, w))),
    :rem => (:(true), :(-div(v, w))),
    :max => (:(isequal(y, v)), :(!isequal(y, v))),
    :min => (:(isequal(y, v)), :(!isequal(y, v))),
)
for (f, (by_first, by_second)) in DERIVATIVES_OF_TWO
    prepare = f === :atan ? :(h = hypot(v, w)) : :(nothing)
    body(x, y, result) = quote
        v, w = value($x), value($y)
        y = $f(v, w)
        $prepare
        return $result
    end
    @eval @inline function Base.$f(x1::Dual, x2::Dual)
        $(body(:x1, :x2, :(along(x1, x2, y, $by_first, $by_second))))
    end
    @eval @inline function Base.$f(x1::Dual, x2::Real)
        $(body(:x1, :x2, :(chain(x1, y, $by_first))))
    end
    @eval @inline function Base.$f(x1::Real, x2::Dual)
        $(body(:x1, :x2, :(chain(x2, y, $by_second))))
    end
end
Base.copysign(x::Dual, y::Real) = signbit(x) == signbit(y) ? x : -x
Base.flipsign(x::Dual, y::Real) = signbit(y) ? -x : x
for Number in (:Float32, :Float64, :Signed, :Rational), f in (:copysign, :flipsign)
    @eval Base.$f(x::$Number, y::Dual) = $f(x, y.value)
end
Base.hypot(x::Dual) = abs(x)
Base.hypot(x::Dual, y::Dual, z::Dual, rest::Dual...) = hypot(hypot(x, y), z, rest...)
for f in (:div, :fld, :cld)
    @eval begin
        Base.$f(x::Dual, y::Dual) = constant(x, $f(x.value, y.value))
        Base.$f(x::Dual, y::Real) = constant(x, $f(x.value, y))
        Base.$f(x::Real, y::Dual) = constant(y, $f(x, y.value))
    end
end

# ---- Powers ----

# v^p = v * v^(p - 1), and 0 where p is 0
@inline Base.:^(x::Dual, p::Integer) = chain(x, x.value^p, p == 0 ? zero(x.value) : p * x.value^(p - 1))
@inline Base.:^(x::Dual, p::Rational) = chain(x, x.value^p, p == 0 ? zero(x.value) : p * x.value^(p - 1))
@inline Base.:^(x::Dual, p::Real) = chain(x, x.value^p, p == 0 ? zero(x.value) : p * x.value^(p - 1))
@inline Base.literal_pow(::typeof(^), x::Dual, ::Val{p}) where {p} = x^p
@inline Base.literal_pow(::typeof(^), x::Dual, ::Val{2}) = x * x
@inline Base.literal_pow(::typeof(^), x::Dual, ::Val{3}) = chain(x, x.value^3, 3x.value^2)
# b^p by p: log(b) b^p, and 0 at b = 0, where b^p stays 0 for p > 0
power_slope(base, y) = base == 0 ? zero(y) : y * log(base)
@inline Base.:^(base::Real, p::Dual) = (y = base^p.value; chain(p, y, power_slope(base, y)))
Base.:^(::Irrational{:ℯ}, p::Dual) = exp(p)
@inline function Base.:^(x::Dual, p::Dual)
    y = x.value^p.value
    all(iszero, p.slopes) && return x^p.value   # an exponent that only came along: the base may be negative
    return along(x, p, y, p.value * x.value^(p.value - 1), power_slope(x.value, y))
end

# ---- Vectors of them, on the memory of plain numbers ----

"""
    DualVector(values, tangents, Val(W))

`values` (n) and the columns of `tangents` (n by m, m <= W) seen as n dual numbers. Where m < W the last column is
carried along several times. No memory of its own, so that tasks do not share any.
"""
struct DualVector{T,W,A<:AbstractVector{T},B<:AbstractMatrix{T}} <: AbstractVector{Dual{T,W}}
    values::A
    tangents::B
end
function DualVector(values::A, tangents::B, ::Val{W}) where {T,W,A<:AbstractVector{T},B<:AbstractMatrix{T}}
    return DualVector{T,W,A,B}(values, tangents)
end

Base.size(x::DualVector) = size(x.values)
Base.IndexStyle(::Type{<:DualVector}) = IndexLinear()
Base.dataids(x::DualVector) = (Base.dataids(x.values)..., Base.dataids(x.tangents)...)

@inline function Base.getindex(x::DualVector{T,W}, i::Int) where {T,W}
    @boundscheck checkbounds(x, i)
    m = size(x.tangents, 2)
    return @inbounds Dual{T,W}(x.values[i], ntuple(c -> @inbounds(x.tangents[i, min(c, m)]), Val(W)))
end

@inline function Base.setindex!(x::DualVector{T,W}, number, i::Int) where {T,W}
    @boundscheck checkbounds(x, i)
    d = convert(Dual{T,W}, number)
    @inbounds x.values[i] = d.value
    for c in axes(x.tangents, 2)
        @inbounds x.tangents[i, c] = d.slopes[c]
    end
    return x
end

LinearAlgebra.normalize(x::AbstractVector{<:Dual}, p::Real=2) = x ./ norm(x, p)   # the library's is for floats
LinearAlgebra.normalize!(x::AbstractVector{<:Dual}, p::Real=2) = x ./= norm(x, p)

const Plain = Union{Bool,Integer,AbstractFloat}

# Plain weights times dual numbers are matrix products of the library's.
function LinearAlgebra.mul!(y::DualVector{T}, A::StridedMatrix{T}, x::DualVector{T}, a::Plain, b::Plain) where
    {T<:BlasFloat}
    mul!(y.values, A, x.values, a, b)
    mul!(y.tangents, A, x.tangents, a, b)
    return y
end

function LinearAlgebra.mul!(y::AbstractVector{D}, A::StridedMatrix{T}, x::AbstractVector{D}, a::Plain, b::Plain) where
    {T<:BlasFloat,W,D<:Dual{T,W}}
    numbers = Matrix{T}(undef, length(x), 1 + W)
    for (i, d) in enumerate(x), c in 0:W
        numbers[i, c + 1] = c == 0 ? d.value : d.slopes[c]
    end
    product = A * numbers
    for i in eachindex(y)
        new = a * Dual(product[i, 1], ntuple(c -> product[i, c + 1], Val(W)))
        y[i] = b == 0 ? new : new + b * y[i]   # what was there may not be a number
    end
    return y
end
