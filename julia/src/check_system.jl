# Is a system what it says it is? Asked once, before a run that may take hours.

# Difference quotients with this step, in units of the state's size, are good to 1e-9: far below the tolerance, which
# in turn is far below any mistake in a formula.
const DIFFERENCE_STEP = 1e-6
const DIFFERENCE_TOLERANCE = 1e-5

"""
    check_system(system, x0)

Evaluate a system at three states, at distances of 0.01, 0.1 and 1 times the size of `x0` (of 1 where it is 0) and at
the times 0, 1, 2. Throws an `ArgumentError` that says what is wrong if the right-hand side or the product fails, does
not write all it has to, changes its input, differs from one call to the next, is not finite, or if the product is not
the derivative: the central difference quotient is the judge. The second and third state are left out where the
right-hand side is not defined.
"""
function check_system(@nospecialize(system::AbstractSystem), x0)   # compiled once, not for every new function
    n, T = dimension(system), number_type(system)
    length(x0) == n || throw(DimensionMismatch("the state must have length $n, got $(length(x0))"))
    largest = maximum(abs, x0)
    size = [a != 0 ? abs(T(a)) : largest != 0 ? T(largest) : one(T) for a in x0]
    for (s, distance) in enumerate((0.01, 0.1, 1.0))
        x = x0 .+ T(distance) .* size .* scattered(T, n, s)
        t = T(s - 1)
        s == 1 || is_defined(system, x, t) || continue
        check_at(system, x, size .* scattered(T, n, s + 3), t)
    end
    return nothing
end

# Numbers in (-1, 1) without a pattern.
scattered(T, n, s) = [T(2 * mod(sqrt(s + 1) * i^1.1 + s / 7, 1) - 1) for i in 1:n]

number_type(::AbstractSystem{T}) where {T} = T

function check_at(@nospecialize(system), x, v, t)
    where = "at x = $(shown(x)), t = $t"
    right_hand_side(x, t) = written_twice("the right-hand side", where, x) do out, x
        evaluate!(out, zeros(eltype(x), point_length(system)), system, x, t)
    end
    f = right_hand_side(x, t)
    point = zeros(eltype(x), point_length(system))
    evaluate!(copy(x), point, system, x, t)
    complex_step = uses_complex_step(system)
    hint = complex_step ?
        ". The right-hand side was given complex numbers, because there is no Jacobian-vector product: give one" : ""
    product = written_twice("the Jacobian-vector product", where, v, hint) do out, v
        tangent!(reshape(out, :, 1), system, point, reshape(v, :, 1), zeros(eltype(v), length(v), 1))
    end
    h = eltype(x)(DIFFERENCE_STEP)
    difference = (right_hand_side(x .+ h .* v, t) .- right_hand_side(x .- h .* v, t)) ./ 2h
    error = norm(product .- difference)
    allowed = DIFFERENCE_TOLERANCE * (norm(product) + norm(difference)) + eps(eltype(x)) / h * norm(f)
    error <= allowed || throw(ArgumentError(
        "the Jacobian-vector product is not the derivative of the right-hand side $where: for v = $(shown(v)) it is " *
        "$(shown(product)), a difference quotient gives $(shown(difference))" *
        (complex_step ? "; the right-hand side is not analytic (abs, max, x' ...): give the product" : "")))
    return nothing
end

uses_complex_step(::AbstractSystem) = false
uses_complex_step(@nospecialize(system::FunctionSystem)) = system.jvp! isa ComplexStep

# What `work!(out, input)` writes, after a check that what was in `out` before does not matter.
function written_twice(@nospecialize(work!), name, where, input, hint="")
    results = map((NaN, 0.5)) do before
        out, given = fill(eltype(input)(before), length(input)), copy(input)
        try
            work!(out, given)
        catch error
            throw(ArgumentError("$name failed $where: $(first_line(sprint(showerror, error)))$hint"))
        end
        given == input || throw(ArgumentError("$name changes its input $where"))
        out
    end
    differing = findall(.!isequal.(results...))
    isempty(differing) || throw(ArgumentError("$name does not write the entries $(shown(differing)) of its output, " *
        "or writes something else each time"))
    all(isfinite, results[1]) || throw(ArgumentError("$name is not finite $where: $(shown(results[1]))"))
    return results[1]
end

function is_defined(@nospecialize(system), x, t)
    out = zero(x)
    try
        evaluate!(out, zeros(eltype(x), point_length(system)), system, x, t)
    catch
        return false
    end
    return all(isfinite, out)
end

first_line(text) = first(split(text, '\n'))

shown(v) = length(v) <= 4 ? string(v) : string("[", join(v[1:4], ", "), ", ...]")
