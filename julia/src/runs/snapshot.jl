# Where a run is: everything that its future depends on, as named arrays. A run that is made anew and given them goes on
# with the same bits.

"""
    moving(part)

Names of the fields of a part of a run that change while it goes on and on which its future depends. Its other fields were
given when it was made, or are buffers. A new field belongs in this list or in that of `test/runs/snapshot.jl`.
"""
moving(::SpectrumIntegrator) = (
    :x, :Q, :n_steps, :steps_per_block, :steps_in_block, :growth, :log_volume, :n_logged, :status, :trial_step, :tape, :history,
    :qr, :cholesky, :loose, :living, :look)
moving(::CholeskyQR) = (:lengths, :pause, :rest, :n_cholesky)
moving(::History) = (:products, :turn, :known, :piece)
moving(::HouseholderQR) = (:order,)
moving(::Tape) = (:linearizations,)
moving(::Living) = (:count, :before, :rows, :renewable, :pause, :rest, :is_singular, :unproven, :doubted, :random)
moving(::StepLook) = (:next, :count, :whole, :halved, :distance, :path, :size, :step)
moving(::ForceLearner) = (:readout, :P)    # the weights, which change too, are the caller's memory

# The value of such a field. A tape is empty between two calls, but the last step of a map stays to be looked at.
value_of(part, name) = getfield(part, name)
value_of(tape::Tape, name) = view(tape.linearizations, :, :, 1)

"""
    snapshot(run)

Where a run is, as pairs of a name and an array of floats or of `Int64`. Arrays of floats are the run's own memory: copy
them before it goes on.

# Examples
```julia
saved = Dict(name => copy(array) for (name, array) in LS.snapshot(integrator))
LS.restore!(another, saved)       # made by `init` from the same system, algorithm and options
```
"""
snapshot(run) = note_all!(Pair{String,Array}[], run, "")

function note_all!(found, part, prefix)
    for name in moving(part)
        note!(found, value_of(part, name), string(prefix, name))
    end
    return found
end

note!(found, ::Nothing, name) = found
note!(found, value::Union{Real,Symbol}, name) = push!(found, name => [plain(value)])
note!(found, value::AbstractArray, name) = push!(found, name => plain(value))
note!(found, values::Tuple, name) = foreach(i -> note!(found, values[i], "$name.$i"), eachindex(values))
note!(found, part, name) = note_all!(found, part, name * ".")

const STATUSES = (:running, :state_diverged, :frame_diverged, :step_underflow)

plain(status::Symbol) = findfirst(==(status), STATUSES)
plain(value::AbstractFloat) = value
plain(value::Integer) = value % Int64
plain(values::Array{<:AbstractFloat}) = values
plain(values::AbstractArray{<:AbstractFloat}) = collect(values)
plain(values::AbstractArray) = map(plain, collect(values))

"""
    restore!(run, saved)

Bring a run to where another one was, of which `saved` holds the [`snapshot`](@ref) by names. Throws an `ArgumentError` if
it is not that of such a run; the run cannot be used then. Returns the run.
"""
function restore!(run, saved)
    restore_all!(run, saved, "")
    check_snapshot(run)
    return run
end

function restore_all!(part, saved, prefix)
    for name in moving(part)
        restore_field!(part, name, value_of(part, name), saved, string(prefix, name))
    end
    return nothing
end

restore_field!(part, field, ::Nothing, saved, name) = nothing
restore_field!(part, field, inner, saved, name) = restore_all!(inner, saved, name * ".")
restore_field!(part, field, values::Tuple, saved, name) =
    foreach(i -> restore_field!(part, field, values[i], saved, "$name.$i"), eachindex(values))

function restore_field!(part, field, value::Union{Real,Symbol}, saved, name)
    setfield!(part, field, as(typeof(value), only(entry(saved, name, (1,), typeof(plain(value))))))
    return nothing
end

function restore_field!(part, field, values::AbstractArray, saved, name)
    T = eltype(values)
    copyto!(values, map(v -> as(T, v), entry(saved, name, size(values), T <: AbstractFloat ? T : Int64)))
    return nothing
end

function entry(saved, name, dims, T)
    haskey(saved, name) || throw(ArgumentError("$name is missing"))
    found = saved[name]
    size(found) == dims && eltype(found) == T ||
        throw(ArgumentError("$name is $(eltype(found)) of size $(size(found)), not $T of size $dims"))
    return found
end

as(::Type{T}, value) where {T<:AbstractFloat} = T(value)
as(::Type{T}, value) where {T<:Integer} = value % T
as(::Type{Bool}, value) = value != 0
as(::Type{Symbol}, value) = get(STATUSES, value, :unknown)

# Numbers that index memory, or count what there is of it, have to be such numbers.
check_snapshot(run) = nothing

function check_snapshot(integrator::SpectrumIntegrator)
    living, k = integrator.living, size(integrator.Q, 2)
    isperm(integrator.qr.order) || throw(ArgumentError("qr.order is not an order of the rows"))
    isperm(living.rows) || throw(ArgumentError("living.rows is not an order of the columns"))
    0 <= living.count <= k && 0 <= living.before <= k || throw(ArgumentError("living.count is not a number of columns"))
    check_history(integrator.history)
    integrator.loose <= integrator.n_logged || throw(ArgumentError("loose is not the number of a block"))
    min(living.pause, living.rest, living.unproven) >= 0 || throw(ArgumentError("living counts less than nothing"))
    min(integrator.n_steps, integrator.n_logged, integrator.steps_in_block) >= 0 && integrator.steps_per_block >= 1 ||
        throw(ArgumentError("steps and blocks are counted from 0"))
    integrator.status in STATUSES || throw(ArgumentError("status is not known"))
    integrator.status === :running || return nothing
    integrator.steps_in_block < integrator.steps_per_block || throw(ArgumentError("the block is longer than it may be"))
    all(isfinite, integrator.x) && all(isfinite, integrator.Q) || throw(ArgumentError("the state is not finite"))
    isfinite(integrator.trial_step) && integrator.trial_step >= 0 || throw(ArgumentError("trial_step is no step"))
    check_snapshot(integrator.look)
    return nothing
end

check_history(::Nothing) = nothing
check_history(history) =
    0 <= history.known <= 3 && history.turn >= 0 || throw(ArgumentError("history.known is not a number of products"))

check_snapshot(look::StepLook) =
    0 <= look.count <= MOST_LOOKS && look.next >= 0 || throw(ArgumentError("look.count is not a number of looks"))
