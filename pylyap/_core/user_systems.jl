module PylyapUserSystems

using LyapunovSpectra: LyapunovSpectra, Flow, DiscreteMap
import LyapunovSpectra: dimension, point_length, evaluate!, tangent!, uses_complex_step

"The function that Julia source defines last. What several sources define, they share."
function compile(sources...)
    room = Module(:UserSystem)
    Base.eval(room, :(using LinearAlgebra))
    functions = map(source -> include_string(room, source, "your source"), sources)
    for (source, value) in zip(sources, functions)
        value isa Function || error("the source has to end with the definition of a function, not with a $(typeof(value)): $source")
    end
    return functions
end

named(names, values...) = NamedTuple{Tuple(Symbol.(names))}(values)

# Systems that call Python: `evaluate(t)` reads `x` and writes `out`, `multiply(t, k)` reads `x` and the first k columns
# of `V` and writes those of `W`. The four arrays are NumPy's memory.
for (Kind, parent) in ((:PythonFlow, :Flow), (:PythonMap, :DiscreteMap))
    @eval struct $Kind <: $parent{Float64}
        evaluate::Any
        multiply::Any
        complex_step::Bool
        x::Vector{Float64}
        out::Vector{Float64}
        V::Matrix{Float64}
        W::Matrix{Float64}
    end
end

const PythonSystem = Union{PythonFlow,PythonMap}

dimension(system::PythonSystem) = length(system.x)
uses_complex_step(system::PythonSystem) = system.complex_step
point_length(system::PythonSystem) = length(system.x) + 1   # the state, and behind it the time

function evaluate!(out, point, system::PythonSystem, x, t)
    copyto!(point, x)
    point[end] = t
    copyto!(system.x, x)
    system.evaluate(Float64(t))
    return copyto!(out, system.out)
end

function tangent!(out, system::PythonSystem, point, Y, scratch)
    columns = axes(Y, 2)
    copyto!(system.x, view(point, 1:dimension(system)))
    copyto!(view(system.V, :, columns), Y)
    system.multiply(point[end], length(columns))
    return copyto!(out, view(system.W, :, columns))
end

end
