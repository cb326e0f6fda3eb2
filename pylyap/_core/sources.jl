# Users' Julia source, compiled once for all values of the numbers in it.
module PylyapSources

"""
    compile(sources...)

The function that each source defines last. What several sources define, they share. Sources that differ in floating-point
numbers only share the compiled code: it is that of a function of these numbers which returns the functions.
"""
function compile(sources...)
    numbers = Union{Float64,Float32}[]
    factory = factory_of(sources, numbers)
    functions = factory === nothing ? evaluated(sources) : Base.invokelatest(factory, numbers...)
    for (source, value) in zip(sources, functions)
        value isa Function || error("the source has to end with the definition of a function, " *
            "not with a $(typeof(value)): $source")
    end
    return functions
end

function room()
    place = Module(:UserSystem)
    Base.eval(place, :(using LinearAlgebra))
    return place
end

function evaluated(sources)
    place = room()
    return map(source -> include_string(place, source, "your source"), sources)
end

const FACTORIES = Dict{Expr,Any}()
const MOST_NUMBERS = 32   # each is an argument

# The function of the numbers, or `nothing` where the source has to be evaluated as it is. Empties `numbers` into it.
function factory_of(sources, numbers)
    parts = map(source -> statements(source), sources)
    any(isnothing, parts) && return nothing
    all_statements = vcat(parts...)
    can_move(all_statements) || return nothing
    bodies = [Expr(:block, [lift(statement, numbers) for statement in part]...) for part in parts]
    1 <= length(numbers) <= MOST_NUMBERS || return nothing
    results = [Symbol("result ", i) for i in eachindex(bodies)]
    code = Expr(:function, Expr(:tuple, map(name_of_number, eachindex(numbers))...),
        Expr(:block, [Expr(:(=), r, body) for (r, body) in zip(results, bodies)]..., Expr(:tuple, results...)))
    return get!(() -> made(code), FACTORIES, code)
end

# What cannot stand within a function is not lifted: the source itself then works, or says what is wrong.
made(code) =
    try
        Base.eval(room(), code)
    catch
        nothing
    end

name_of_number(i) = Symbol("number ", i)

function lift(e, numbers)
    if e isa Union{Float64,Float32}
        push!(numbers, e)
        return name_of_number(length(numbers))
    end
    e isa Expr || return e
    e.head === :const && return lift(e.args[1], numbers)   # within a function a name that is set once is as good
    return Expr(e.head, [lift(a, numbers) for a in e.args]...)
end

function statements(source)
    parsed = Base.remove_linenums!(Meta.parseall(source))
    found = filter(a -> !(a isa LineNumberNode), parsed.args)
    return any(e -> e isa Expr && e.head in (:error, :incomplete), found) ? nothing : found
end

const MACROS = Symbol.(["@inbounds", "@views", "@view", "@simd", "@fastmath", "@inline", "@noinline", "@__dot__", "@."])
const ONLY_OUTSIDE = (:macro, :struct, :abstract, :primitive, :module, :using, :import, :export, :global, :quote, :toplevel)

# Whether statements mean the same within a function: they define names, each once and before it is used, and no name
# is set again further inside, where it would be another one.
function can_move(statements)
    names = map(defined, statements)
    any(isnothing, names) && return false
    named = filter(!isequal(:nothing), names)
    allunique(named) || return false
    for (i, statement) in enumerate(statements)
        any(later -> mentions(statement, later), setdiff(names[i+1:end], (:nothing,))) && return false
        allowed(statement, named, true) || return false
    end
    return true
end

# The name that a statement outside of functions defines, :nothing for a function without one; nothing if it does more.
function defined(e)
    e isa Expr || return nothing
    e.head === :-> && return :nothing
    e.head === :const && return defined(e.args[1])
    e.head in (:function, :(=)) || return nothing
    target = e.args[1]
    while target isa Expr && target.head in (:call, :where, :(::))
        target = target.args[1]
    end
    target isa Expr && target.head === :tuple && e.head === :function && return :nothing
    return target isa Symbol ? target : nothing
end

mentions(e, name) = e === name || (e isa Expr && any(a -> mentions(a, name), e.args))

function allowed(e, named, outermost=false)
    e isa Expr || return true
    e.head in ONLY_OUTSIDE && return false
    e.head === :macrocall && !(e.args[1] in MACROS) && return false
    if !outermost && e.head in (:(=), :local, :function, :for) || endswith(string(e.head), "=") && length(string(e.head)) == 2
        any(name -> sets(e.args[1], name), outermost ? () : named) && return false
    end
    within = outermost && e.head === :const   # the statement proper is one further in
    return all(a -> allowed(a, named, within), e.args)
end

# Whether the left-hand side of an assignment sets this name, which `x[i] = ...` and a field do not.
sets(target, name) = target === name ||
    (target isa Expr && !(target.head in (:ref, :.)) && any(a -> sets(a, name), target.args))

end
