# Passes over memory that all methods of integration are made of.

"An array of zeros of any shape, for [`combine!`](@ref)."
struct Zeros end
Base.@propagate_inbounds Base.getindex(::Zeros, e) = false
Base.eachindex(out::AbstractArray, ::Zeros) = eachindex(out)

# out = base + dt * sum(a * K[i] for (i, a) in terms), in one pass over memory
function combine!(out, base, terms::Tuple, K, dt)
    arrays = map(term -> K[first(term)], terms)
    factors = map(term -> eltype(out)(dt * last(term)), terms)
    @inbounds @simd ivdep for e in eachindex(out, base)
        out[e] = base[e] + weighted_sum(factors, arrays, e)
    end
    return out
end

@inline weighted_sum(::Tuple{}, ::Tuple{}, e) = false
Base.@propagate_inbounds function weighted_sum(factors::Tuple, arrays::Tuple, e)
    return first(factors) * first(arrays)[e] + weighted_sum(Base.tail(factors), Base.tail(arrays), e)
end

# L += dt * a * K for each pair (j, a) of `terms`
function add_weighted!(L, K, terms::Tuple, j, dt)
    if first(first(terms)) == j
        a = dt * oftype(dt, last(first(terms)))
        @inbounds @simd ivdep for e in eachindex(L, K)
            L[e] += a * K[e]
        end
    end
    return add_weighted!(L, K, Base.tail(terms), j, dt)
end
add_weighted!(L, K, ::Tuple{}, j, dt) = L

"Every entry is 1: factors that cost nothing."
struct Ones end
Base.@propagate_inbounds Base.getindex(::Ones, i) = true

# What unit i has of a number for all units, or of one for each.
@inline of_unit(number::Number, i) = number
Base.@propagate_inbounds of_unit(vector, i) = vector[i]

# out = factors .* Y, row by row; `factors` may be one number
function scale_rows!(out, factors, Y)
    @inbounds for c in axes(Y, 2)
        @simd ivdep for i in axes(Y, 1)
            out[i, c] = of_unit(factors, i) * Y[i, c]
        end
    end
    return out
end
