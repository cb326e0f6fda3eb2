# The package as a whole: what Aqua.jl looks at, by the standard library alone.

using LyapunovSpectra
using LinearAlgebra
using TOML
using Test

# Functions of another module to which ours adds methods.
extended(other) = [f for f in (getfield(other, name) for name in names(other; all=true) if isdefined(other, name))
                   if f isa Function && !(f isa Core.Builtin) && !isempty(methods(f, LyapunovSpectra))]

# A Julia whose system image holds other packages has methods of theirs, about which nothing can be said here.
concerns_us(methods) = all(m -> Base.moduleroot(m.module) in (LyapunovSpectra, Base, Core, LinearAlgebra), methods)

@testset "hygiene" begin
    @testset "no ambiguities, also with the methods of Base and LinearAlgebra" begin
        @test filter(concerns_us, Test.detect_ambiguities(LyapunovSpectra; recursive=true)) == []
        # Test would look at every pair of methods of Base, which takes minutes.
        shared = union(extended(Base), extended(LinearAlgebra))
        @test !isempty(shared)
        @test [(m, other) for f in shared for m in methods(f, LyapunovSpectra) for other in methods(f)
               if m !== other && concerns_us((m, other)) && Base.isambiguous(m, other)] == []
    end

    @testset "no unbound type parameters" begin
        @test Test.detect_unbound_args(LyapunovSpectra; recursive=true) == []
    end

    @testset "every export is defined and has a docstring" begin
        exports = names(LyapunovSpectra)
        @test filter(name -> !isdefined(LyapunovSpectra, name), exports) == []
        documented = Base.Docs.meta(LyapunovSpectra)
        @test filter(name -> !haskey(documented, Base.Docs.Binding(LyapunovSpectra, name)), exports) == []
    end

    @testset "Project.toml says which versions of everything it names" begin
        project = TOML.parsefile(joinpath(pkgdir(LyapunovSpectra), "Project.toml"))
        named = union(keys(project["deps"]), keys(project["weakdeps"]), keys(project["extras"]), ["julia"])
        @test isempty(symdiff(named, keys(project["compat"])))
        @test issubset(project["targets"]["test"], keys(project["extras"]))
        @test VersionNumber(project["version"]) isa VersionNumber
    end

    @testset "the checks find what they look for" begin
        @eval module Faulty
            ambiguous(::Int, ::Any) = 1
            ambiguous(::Any, ::Int) = 2
            unbound(::Vector{Int}, ::Union{Nothing,Vector{T}}) where {T} = T
        end
        @test length(Test.detect_ambiguities(Faulty)) == 1
        @test length(Test.detect_unbound_args(Faulty)) == 1
    end
end
