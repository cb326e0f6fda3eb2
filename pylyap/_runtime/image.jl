# Makes a system image of the portable Julia that holds PythonCall and the core, compiled: run by image.py in a Julia that
# was started with --output-o. Julia 1.6 compiles packages anew in every process; what is in an image is ready.
#
#   PYLYAP_BINDIR       folder of the julia program
#   PYLYAP_STATEMENTS   file of lines "precompile(...)": what a run compiled

# Such a Julia has initialised nothing.
Base.reinit_stdio()
Base.init_depot_path()
Base.init_load_path()
Sys.__init__()
@eval Sys BINDIR = ENV["PYLYAP_BINDIR"]

# PythonCall of an image wakes before juliacall can tell it where Python is, so that this module, the first, does.
module PylyapImage
function __init__()
    address = get(ENV, "PYLYAP_LIBPYTHON", "")
    isempty(address) || Core.eval(Main, :(global __PythonCall_libptr = Ptr{Cvoid}($(parse(UInt, address)))))
end
end

Base.require(Main, :PythonCall)
Base.require(Main, :LyapunovSpectra)

# The image of the wheel holds a hundred thousand compiled methods of its optimisation packages, which nobody calls here.
# Those without a list of specializations are not compiled again; that halves the time.
const KEPT = (:Core, :Base, :LinearAlgebra, :Libdl, :PythonCall, :UnsafePointers, :Tables, :CondaPkg, :LyapunovSpectra)
# What wakes up when Julia starts is kept: to compile it anew takes most of a start.
const AWAKE = (:Artifacts, :Downloads, :FileWatching, :Logging, :Requires)
package(m::Module) = nameof(Base.moduleroot(m))

is_of_others(@nospecialize(x)) =
    if x isa TypeVar
        is_of_others(x.ub) || is_of_others(x.lb)
    elseif x isa UnionAll
        is_of_others(x.body) || is_of_others(x.var)
    elseif x isa Union
        is_of_others(x.a) || is_of_others(x.b)
    elseif x isa DataType
        !(package(x.name.module) in KEPT) || any(is_of_others, x.parameters)
    else
        false
    end

function is_not_needed(method)
    home = method.module
    (method.name === :__init__ || package(home) in AWAKE) && return false
    package(home) in KEPT || return true
    package(home) === :Base || return false
    list = method.specializations
    return home === Base.Broadcast ||
           any(i -> isassigned(list, i) && list[i] isa Core.MethodInstance && is_of_others(list[i].specTypes), eachindex(list))
end

function method_tables()
    seen, tables = IdDict{Module,Nothing}(), IdDict{Core.MethodTable,Nothing}()
    function look(m)
        haskey(seen, m) && return
        seen[m] = nothing
        for name in names(m; all=true)
            (Base.isdeprecated(m, name) || !isdefined(m, name)) && continue
            x = getfield(m, name)
            if x isa Module
                parentmodule(x) === m && look(x)
            else
                type = x isa Type ? Base.unwrap_unionall(x) : typeof(x)
                type isa DataType && isdefined(type.name, :mt) && (tables[type.name.mt] = nothing)
            end
        end
    end
    foreach(look, (Core, Base, values(Base.loaded_modules)...))
    return keys(tables)
end

for table in method_tables()
    Base.visit(table) do method
        if is_not_needed(method)
            method.specializations = Core.svec()
            method.speckeyset = UInt8[]
        end
    end
end

let scratch = Module()
    for m in values(Base.loaded_modules)
        Core.eval(scratch, :(const $(nameof(m)) = $m))
    end
    for line in eachline(ENV["PYLYAP_STATEMENTS"])
        try
            Core.eval(scratch, Meta.parse(line))
        catch   # functions that have no name outside of their process
        end
    end
end

empty!(LOAD_PATH)
empty!(DEPOT_PATH)
