# Does a system keep the contract of interface.jl? For the tests of whoever writes one.

"""
    test_system(system, x0=zeros(dimension(system)); check_allocations=true)

Throw an `ArgumentError` that says what is wrong unless, near `x0`,

- the tangent is the derivative, as a difference quotient sees it ([`check_system`](@ref));
- the adjoint is the transposed of the tangent;
- `log_volume` is the trace of the Jacobian (flow) or the logarithm of its absolute determinant (map), or `NaN`;
- `evaluate!` and `tangent!` allocate no memory, once they are compiled;
- a system that says `owns_buffers(system) == false` may be evaluated at another state in between and still gives the same.

Meant for small systems: it forms the Jacobian. Returns nothing.
"""
function test_system(system::AbstractSystem{T}, x0=zeros(number_type(system), dimension(system));
    check_allocations::Bool=true) where {T}
    check_system(system, x0)
    n = dimension(system)
    x = T[x0[i] + (x0[i] == 0 ? T(0.1) : T(0.01) * abs(x0[i])) * s for (i, s) in enumerate(scattered(T, n, 1))]
    f, linearization = zeros(T, n), zeros(T, linearization_length(system))
    start_step!(system, 0.0, 1.0)
    evaluate!(f, linearization, system, x, 0.0)
    J = jacobian(tangent!, system, linearization)
    test_adjoint(system, linearization, J)
    test_volume(system, linearization, J)
    test_buffers(system, x, f, linearization)
    check_allocations && test_allocations(system, x, f, linearization)
    return nothing
end

# By one product for all columns, which `check_system` has held against products for one and for two.
function jacobian(product!, system::AbstractSystem{T}, linearization) where {T}
    n = dimension(system)
    return product!(zeros(T, n, n), system, linearization, Matrix{T}(I, n, n), zeros(T, scratch_length(system), n))
end

function test_adjoint(system::AbstractSystem{T}, linearization, J) where {T}
    transposed = jacobian(adjoint!, system, linearization)
    # n products of rounded numbers each
    maximum(abs, transposed - J') <= 8 * size(J, 1) * eps(T) * max(maximum(abs, J), floatmin(T)) ||
        throw(ArgumentError("adjoint! is not the transposed of tangent!"))
    return nothing
end

function test_volume(system::AbstractSystem{T}, linearization, J) where {T}
    said = log_volume(system, linearization)
    isnan(said) && return nothing
    true_one = system isa Flow ? tr(J) : first(logabsdet(J))
    said == true_one && return nothing      # -Inf of a singular map
    # rounding of the determinant grows with the condition
    allowed = 100 * eps(T) * (system isa Flow ? sum(abs, diag(J)) : size(J, 1) * cond(J) + abs(true_one))
    abs(said - true_one) <= allowed ||
        throw(ArgumentError("log_volume is $said, the Jacobian's is $true_one"))
    return nothing
end

function test_buffers(system, x, f, linearization)
    owns_buffers(system) && return nothing
    V = reshape(copy(x), :, 1)
    scratch = zeros(eltype(x), scratch_length(system), 1)
    before = tangent!(zero(V), system, linearization, V, scratch)
    evaluate!(zero(f), zero(linearization), system, 2 .* x, 0.0)
    tangent!(zero(V), system, linearization, V, scratch) == before ||
        throw(ArgumentError("a tangent depends on what was evaluated after its linearization: say owns_buffers(system) = true"))
    return nothing
end

function test_allocations(system, x, f, linearization)
    V, out = reshape(copy(x), :, 1), reshape(copy(x), :, 1)
    scratch = zeros(eltype(x), scratch_length(system), 1)
    for _ in 1:2    # compiled by the first
        bytes = (bytes_of_evaluate(f, linearization, system, x), bytes_of_tangent(out, system, linearization, V, scratch))
        bytes == (0, 0) && return nothing
    end
    throw(ArgumentError("evaluate! or tangent! allocates memory, which a run would do in every step"))
end

bytes_of_evaluate(f, linearization, system, x) = @allocated evaluate!(f, linearization, system, x, 0.0)
bytes_of_tangent(out, system, linearization, V, scratch) = @allocated tangent!(out, system, linearization, V, scratch)
