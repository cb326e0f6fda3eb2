# Is a system what it says it is? Asked once, before a run that may take hours.

# Difference quotients with this step, in units of the state's size, are good to 1e-9: far below the tolerance, which
# in turn is far below any mistake in a formula.
const DIFFERENCE_STEP = 1e-6
const DIFFERENCE_TOLERANCE = 1e-5

"""
    check_system(system, x0)

Evaluate a system at three states, at distances of 0.01, 0.1 and 1 times the size of `x0` (of 1 where it is 0) and at
the times 0, 1, 2. Throws an `ArgumentError` that says what is wrong if the right-hand side or the product fails, does
not write all it has to, changes its input or its parameters, differs from one call to the next, is not finite, or if
the product is not the derivative: the central difference quotient is the judge. The second and third state are left out
where the right-hand side is not defined.

With several threads, a product given by functions is also tried by two tasks at once, for some milliseconds: buffers
that calls share mostly show there, but not always.
"""
function check_system(@nospecialize(system::AbstractSystem), x0)   # compiled once, not for every new function
    n, T = dimension(system), number_type(system)
    length(x0) == n || throw(DimensionMismatch("the state must have length $n, got $(length(x0))"))
    largest = maximum(abs, x0)
    size = [a != 0 ? abs(T(a)) : largest != 0 ? T(largest) : one(T) for a in x0]
    before = deepcopy(parameters(system))
    for (s, distance) in enumerate((0.01, 0.1, 1.0))
        x = x0 .+ T(distance) .* size .* scattered(T, n, s)
        t = T(s - 1)
        s == 1 || is_defined(system, x, t) || continue
        check_at(system, x, hcat(size .* scattered(T, n, s + 3), size .* scattered(T, n, s + 6)), t)
    end
    same(before, parameters(system)) || throw(ArgumentError(
        "the right-hand side or the Jacobian-vector product changes its parameters: they are shared by all calls"))
    return nothing
end

# Numbers in (-1, 1) without a pattern.
scattered(T, n, s) = [T(2 * mod(sqrt(s + 1) * i^1.1 + s / 7, 1) - 1) for i in 1:n]

parameters(@nospecialize(system::FunctionSystem)) = system.p

# Whether `a` and its copy `b` hold the same. A copy of a mutable struct is not == to it, so look inside.
function same(@nospecialize(a), @nospecialize(b))
    typeof(a) === typeof(b) || return false
    (a === b || isequal(a, b)) && return true
    a isa Array && return size(a) == size(b) && all(i -> same_part(a, b, i, isassigned, getindex), eachindex(a))
    return fieldcount(typeof(a)) > 0 && all(i -> same_part(a, b, i, isdefined, getfield), 1:fieldcount(typeof(a)))
end

function same_part(@nospecialize(a), @nospecialize(b), i, has, get)
    return has(a, i) == has(b, i) && (!has(a, i) || same(get(a, i), get(b, i)))
end

scratch_for(@nospecialize(system), V) = zeros(eltype(V), scratch_length(system), size(V, 2))

function check_at(@nospecialize(system), x, V, t)
    where = "at x = $(shown(x)), t = $t"
    right_hand_side(x, t) = written_twice("the right-hand side", where, x) do out, x
        evaluate!(out, zeros(eltype(x), linearization_length(system)), system, x, t)
    end
    f = right_hand_side(x, t)
    linearization = zeros(eltype(x), linearization_length(system))
    evaluate!(copy(x), linearization, system, x, t)
    numbers = numbers_for_product(system)
    hint = isempty(numbers) ? "" :
        ". The right-hand side was given $numbers numbers, because there is no Jacobian-vector product: give one"
    h = eltype(x)(DIFFERENCE_STEP)
    for k in 1:min(2, length(x))   # of one vector, and of two at once, which must not be mixed up
        products = written_twice("the Jacobian-vector product", where, V[:, 1:k], hint) do out, V
            tangent!(out, system, linearization, V, scratch_for(system, V))
        end
        for c in 1:k
            v, product = V[:, c], products[:, c]
            difference = (right_hand_side(x .+ h .* v, t) .- right_hand_side(x .- h .* v, t)) ./ 2h
            error = norm(product .- difference)
            allowed = DIFFERENCE_TOLERANCE * (norm(product) + norm(difference)) + eps(eltype(x)) / h * norm(f)
            error <= allowed || throw(ArgumentError(
                "the Jacobian-vector product is not the derivative of the right-hand side $where: " *
                "for v = $(shown(v))$(k == 2 ? ", column $c of 2," : "") it is $(shown(product)), " *
                "a difference quotient gives $(shown(difference))" *
                (numbers == "complex" ? "; the right-hand side is not analytic (abs, conj): give the product" : "")))
        end
    end
    system isa FunctionSystem && Threads.nthreads() > 1 && check_tasks(system, linearization, V)
    return nothing
end

# Two tasks multiply different vectors at once, again and again, and must get what one of them alone gets.
function check_tasks(@nospecialize(system), linearization, V)
    vectors = [V[:, c:c] for c in 1:2]
    alone = [tangent!(zero(v), system, linearization, v, scratch_for(system, v)) for v in vectors]
    until = time_ns() + 20_000_000
    tasks = [Threads.@spawn agrees(system, linearization, v, product, until) for (v, product) in zip(vectors, alone)]
    all(fetch, tasks) || throw(ArgumentError("the Jacobian-vector product gives something else when two tasks call it " *
        "at once: the functions must not keep anything between calls, such as a buffer outside of them"))
    return nothing
end

function agrees(@nospecialize(system), linearization, v, product, until)
    out, scratch = zero(v), scratch_for(system, v)
    while true
        tangent!(out, system, linearization, v, scratch)
        # not the same bits: vectorised loops may round differently at another address
        norm(out .- product) <= DIFFERENCE_TOLERANCE * norm(product) || return false
        time_ns() < until || return true
    end
end

# With what kind of numbers the right-hand side is called for want of a product; "" where there is one.
numbers_for_product(@nospecialize(system::FunctionSystem)) = system.jvp! isa DualNumbers ? "dual" : ""

# What `work!(out, input)` writes, after a check that what was in `out` before does not matter.
function written_twice(@nospecialize(work!), name, where, input, hint="")
    results = map((NaN, 0.5)) do before
        out, given = fill(eltype(input)(before), size(input)), copy(input)
        try
            work!(out, given)
        catch error
            why = first_line(sprint(showerror, error))
            throw(ArgumentError("$name failed $where: $why$hint$(hint_on_types(error))"))
        end
        given == input || throw(ArgumentError("$name changes its input $where"))
        out
    end
    differing = unique(i[1] for i in findall(.!isequal.(results...)))   # rows, if there are columns
    isempty(differing) || throw(ArgumentError("$name does not write the entries $(shown(differing)) of its output, " *
        "or writes something else each time"))
    all(isfinite, results[1]) || throw(ArgumentError("$name is not finite $where: $(shown(results[1]))"))
    return results[1]
end

# Users' functions are given views and dual numbers where a type like Vector{Float64} asks for less.
hint_on_types(error) = ""
function hint_on_types(error::MethodError)
    any(is_wider, error.args) || return ""
    return ". If an argument of this function has a type, such as x::Vector{Float64} or a::Float64, that is the " *
        "cause: write x::AbstractVector and a::Real, or no type"
end
is_wider(argument) = argument isa Dual ||
    (argument isa AbstractArray && !(argument isa Array && eltype(argument) <: AbstractFloat))

function is_defined(@nospecialize(system), x, t)
    out = zero(x)
    try
        evaluate!(out, zeros(eltype(x), linearization_length(system)), system, x, t)
    catch
        return false
    end
    return all(isfinite, out)
end

first_line(text) = first(split(text, '\n'))

shown(v) = length(v) <= 4 ? string(v) : string("[", join(v[1:4], ", "), ", ...]")
