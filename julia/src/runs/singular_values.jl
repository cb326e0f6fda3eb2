# Singular values of the Jacobian of a long stretch: the product of the R of its blocks, kept in a form that neither
# overflows nor loses the small ones.

"""
    JacobianProduct{T}(k)

Product of upper triangular k by k matrices, the identity at first: `rows` times the exponentials of `log_scale`, one per
row. The largest entry of each row of `rows` is 1, or 0 if the row has died.
"""
struct JacobianProduct{T}
    rows::Matrix{T}
    log_scale::Vector{T}
    factor::Matrix{T}
end

JacobianProduct{T}(k::Integer) where {T} = JacobianProduct{T}(Matrix{T}(I, k, k), zeros(T, k), zeros(T, k, k))

"""
    multiply_from_left!(product, R)

Replace the product by `R * product`; only the upper triangle of `R` is read.
"""
function multiply_from_left!(product::JacobianProduct{T}, R) where {T}
    log_scale, factor = product.log_scale, product.factor
    k = length(log_scale)
    @inbounds for i in 1:k     # rows further down do not see the scale of this one
        largest = T(-Inf)
        for j in i:k
            factor[i, j] = log(abs(R[i, j])) + log_scale[j]
            largest = max(largest, factor[i, j])
        end
        for j in i:k
            # beyond 700 smaller than the largest: not to be seen beside it, and slow where subnormal
            shrinks = largest == -Inf || factor[i, j] < largest - 700
            factor[i, j] = shrinks ? zero(T) : copysign(exp(factor[i, j] - largest), R[i, j])
        end
        log_scale[i] = largest
    end
    BLAS.trmm!('L', 'U', 'N', 'N', one(T), factor, product.rows)
    @inbounds for i in 1:k
        size_of_row = zero(T)
        for j in i:k
            size_of_row = max(size_of_row, abs(product.rows[i, j]))
        end
        size_of_row == 0 && (log_scale[i] = -Inf; continue)
        for j in i:k
            product.rows[i, j] /= size_of_row
        end
        log_scale[i] += log(size_of_row)
    end
    return product
end

"""
    keep_triangles!(integrator)

Let the integrator keep the R of its last block in `integrator.qr.triangle`, as [`multiply_jacobians!`](@ref) needs.
Returns the [`JacobianProduct`](@ref) to begin with.
"""
function keep_triangles!(integrator::SpectrumIntegrator{T}) where {T}
    n, k = size(integrator.Q)
    integrator.qr = HouseholderQR{T}(n, k; keep_triangle=true)
    integrator.living = Living(n, k, integrator.living.generic; watched=false)
    return JacobianProduct{T}(k)
end

"""
    multiply_jacobians!(product, integrator, n_steps)

Advance by `n_steps` steps and multiply `product` by the R of every block that ends. Call
`close_block!(product, integrator)` before reading the product.
"""
function multiply_jacobians!(product::JacobianProduct, integrator::SpectrumIntegrator, n_steps::Integer)
    remaining = Int(n_steps)
    while remaining > 0 && integrator.status === :running
        n = min(remaining, integrator.steps_per_block - integrator.steps_in_block)
        advance!(integrator, n)
        ended = integrator.steps_in_block == 0 && integrator.status === :running
        ended && multiply_from_left!(product, integrator.qr.triangle)
        remaining -= n
    end
    return product
end

function close_block!(product::JacobianProduct, integrator::SpectrumIntegrator)
    (integrator.steps_in_block == 0 || integrator.status !== :running) && return product
    close_block!(integrator)
    integrator.status === :running && multiply_from_left!(product, integrator.qr.triangle)
    return product
end

"""
    log_singular_values(product)

Logarithms of the singular values of a [`JacobianProduct`](@ref), in descending order; `-Inf` for those that are 0. With
an integrator whose frame has N columns they are those of the derivative of its state at the end of the stretch with
respect to that at the beginning, whatever the frame at the beginning.

One-sided Jacobi rotations (Hestenes 1958) make the rows orthogonal. With each row's size kept as a logarithm they work
for singular values of any size, and find small ones as accurately, relatively, as large ones if the rows, brought to
the same size, are well conditioned (Demmel and Veselić, SIAM J. Matrix Anal. Appl. 13, 1204, 1992).
"""
function log_singular_values(product::JacobianProduct{T}) where {T}
    k = length(product.log_scale)
    vectors, log_size = permutedims(product.rows), copy(product.log_scale)
    foreach(i -> scale_to_unit!(vectors, log_size, i), 1:k)
    tolerance = k * eps(T)
    for _ in 1:60      # a dozen sweeps are many
        order = sortperm(log_size; rev=true)    # the larger of a pair first, which is also the fastest order
        worst = zero(T)
        for b in 2:k, a in 1:b-1
            worst = max(worst, make_orthogonal!(vectors, log_size, order[a], order[b], tolerance))
        end
        worst <= tolerance && return sort!(log_size; rev=true)
    end
    throw(ErrorException("the singular values have not converged"))
end

# Rotate the columns i and j, of size exp(log_size), so that they are orthogonal; returns the cosine they had.
function make_orthogonal!(vectors::Matrix{T}, log_size, i, j, tolerance) where {T}
    log_size[j] > log_size[i] && ((i, j) = (j, i))
    log_size[j] == -Inf && return zero(T)
    cosine = zero(T)
    @inbounds @simd for e in axes(vectors, 1)
        cosine += vectors[e, i] * vectors[e, j]
    end
    abs(cosine) <= tolerance && return abs(cosine)
    ratio = exp(log_size[j] - log_size[i])
    gap = (1 - ratio) * (1 + ratio)
    slope = 2cosine / (gap + sqrt(gap^2 + (2ratio * cosine)^2))  # tangent of the angle over ratio: finite at ratio 0
    @inbounds @simd for e in axes(vectors, 1)
        large, small = vectors[e, i], vectors[e, j]
        vectors[e, i] = large + slope * ratio^2 * small
        vectors[e, j] = small - slope * large
    end
    shrink = log1p((slope * ratio)^2) / 2
    log_size[i] -= shrink
    log_size[j] -= shrink
    scale_to_unit!(vectors, log_size, i)
    scale_to_unit!(vectors, log_size, j)
    return abs(cosine)
end

function scale_to_unit!(vectors, log_size, i)
    log_size[i] == -Inf && return nothing
    total = norm(view(vectors, :, i))
    total == 0 && (log_size[i] = -Inf; return nothing)
    log_size[i] += log(total)
    @inbounds @simd for e in axes(vectors, 1)
        vectors[e, i] /= total
    end
    return nothing
end
