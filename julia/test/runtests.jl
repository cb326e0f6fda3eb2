using LyapunovSpectra
using LinearAlgebra
using Random
using Test

@testset "LyapunovSpectra" begin
    include("hygiene.jl")
    include("exact.jl")
    include("convergence.jl")
    include("behaviour.jl")
    include("ensemble.jl")
    include("adjoint.jl")
    include("precision.jl")
    include("activity.jl")
    include("gain_family.jl")
    include("published.jl")
    include("functions.jl")
    include("drives.jl")
    include("activations.jl")
    include("sparse.jl")
    include("cells.jl")
    include("force.jl")
    include("singular_values.jl")
end
