module PylyapUserSystems

using LyapunovSpectra: LyapunovSpectra, Flow, DiscreteMap
import LyapunovSpectra: dimension, linearization_length, evaluate!, tangent!, numbers_for_product

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
numbers_for_product(system::PythonSystem) = system.complex_step ? "complex" : ""
linearization_length(system::PythonSystem) = length(system.x) + 1   # the state, and behind it the time

function evaluate!(out, linearization, system::PythonSystem, x, t)
    copyto!(linearization, x)
    linearization[end] = t
    copyto!(system.x, x)
    system.evaluate(Float64(t))
    return copyto!(out, system.out)
end

function tangent!(out, system::PythonSystem, linearization, Y, scratch)
    columns = axes(Y, 2)
    copyto!(system.x, view(linearization, 1:dimension(system)))
    copyto!(view(system.V, :, columns), Y)
    system.multiply(linearization[end], length(columns))
    return copyto!(out, view(system.W, :, columns))
end

end
