include("helpers.jl")

const FOLDERS = ("stepping", "systems", "cells", "runs")

@testset "LyapunovSpectra" begin
    include("hygiene.jl")
    for folder in FOLDERS, file in sort(readdir(joinpath(@__DIR__, folder)))
        endswith(file, ".jl") && include(joinpath(folder, file))
    end
end
