# Inputs that depend on time, frozen: every replica and every tangent vector sees the same realisation.

abstract type Drive end

"No input."
struct NoDrive <: Drive end

"""
    Sinusoid(amplitude, frequency, phase)

Input `amplitude[i] * sin(2 pi frequency t + phase[i])` to unit i, `frequency` in cycles per unit of time.
"""
struct Sinusoid{T} <: Drive
    sine::Vector{T}         # factors of sin and cos of 2 pi frequency t: two per step instead of one per unit
    cosine::Vector{T}
    frequency::Float64
end

function Sinusoid(amplitude::AbstractVector{T}, frequency, phase) where {T}
    return Sinusoid{T}(amplitude .* cos.(phase), amplitude .* sin.(phase), frequency)
end

"""
    Samples(values; first=0, input_weights=nothing)

Inputs at consecutive sample numbers: `values[c, s]` is that of channel c at sample `first[] + s - 1`. There is one channel
a unit, or one for all units, or any number with `input_weights` (N by channels). With a vector as `input_weights` (N) unit i
receives so many times its own channel, or the one for all. `values` may be a window that moves with the run: refill it and
call [`move_window!`](@ref).
"""
struct Samples{T,B<:Union{Nothing,Vector{T},Matrix{T}}}
    values::Matrix{T}
    first::Base.RefValue{Int}
    input_weights::B
end

function Samples(values::Matrix{T}; first=0, input_weights=nothing) where {T}
    input_weights isa Matrix && size(input_weights, 2) != size(values, 1) && throw(DimensionMismatch(
        "input_weights have $(size(input_weights, 2)) columns for $(size(values, 1)) channels"))
    input_weights isa Vector && !(size(values, 1) in (1, length(input_weights))) && throw(DimensionMismatch(
        "$(length(input_weights)) units cannot have $(size(values, 1)) channels: give one, or one for each"))
    return Samples{T,typeof(input_weights)}(values, Ref(Int(first)), input_weights)
end

# u += factor * the input at sample s
function add_sample!(u, samples::Samples, s, factor)
    column = s - samples.first[] + 1
    1 <= column <= size(samples.values, 2) || throw(ArgumentError("the input is not given at sample $s"))
    return add_column!(u, samples.values, column, samples.input_weights, oftype(first(u), factor))
end

add_column!(u, values, column, ::Nothing, factor) = add_column!(u, values, column, Ones(), factor)

function add_column!(u, values, column, strengths::Union{Ones,Vector}, factor)
    common = size(values, 1) == 1
    @inbounds @simd for i in eachindex(u)
        u[i] += factor * (strengths[i] * values[common ? 1 : i, column])
    end
    return u
end

function add_column!(u, values, column, input_weights::Matrix, factor)
    return BLAS.gemv!('N', factor, input_weights, view(values, :, column), one(factor), u)
end

"""
    Sampled(values, interval; first_sample=0, linear=true, input_weights=nothing)

Input given on a grid: sample number s, see [`Samples`](@ref), belongs to time `s * interval`. In between it is interpolated
linearly. With `linear=false` it is constant from each sample to the next and jumps between steps: a step has the value
that holds in its middle, in all its stages, so that a method keeps its order when `interval` is a multiple of the step.
A single sample with `interval=Inf` is a constant.
"""
struct Sampled{T,B} <: Drive
    samples::Samples{T,B}
    interval::Float64
    linear::Bool
    held::Base.RefValue{Int}    # sample of the current step, if constant
end

function Sampled(values, interval; first_sample=0, linear=true, input_weights=nothing)
    interval > 0 || throw(ArgumentError("interval must be positive, got $interval"))
    return Sampled(Samples(values; first=first_sample, input_weights=input_weights), Float64(interval), linear, Ref(0))
end

"""
    StepNoise(increments; first_step=0, input_weights=nothing)

Additive noise of a flow: sample number s, see [`Samples`](@ref), is added to the state in step s, counted from 0. For
white noise of strength sigma, `dx = f(x) dt + sigma dW`, draw `sigma * sqrt(dt) * randn()`.
"""
struct StepNoise{T,B}
    samples::Samples{T,B}
end

function StepNoise(increments; first_step=0, input_weights=nothing)
    return StepNoise(Samples(increments; first=first_step, input_weights=input_weights))
end

"""
    move_window!(input, first)

Tell a [`Sampled`](@ref) drive or a [`StepNoise`](@ref) that its values now begin with sample number `first`.
"""
move_window!(input::Union{Sampled,StepNoise}, first) = (input.samples.first[] = first; input)

# Before a step from t to t + dt.
start_step!(::Drive, t, dt) = nothing
function start_step!(drive::Sampled, t, dt)
    drive.linear || (drive.held[] = floor(Int, (t + dt / 2) / drive.interval))
    return nothing
end

# Whether the input jumps, which no error estimate within a step can see.
jumps(::Drive) = false
jumps(drive::Sampled) = !drive.linear
input_piece(::Drive) = 0
input_piece(drive::Sampled) = drive.held[]     # the same always where it is interpolated

# u += drive at time t
add_drive!(u, ::NoDrive, t) = u

function add_drive!(u, drive::Sinusoid, t)
    s, c = sincos(2pi * drive.frequency * t)
    s, c = oftype(first(u), s), oftype(first(u), c)
    @inbounds @simd for i in eachindex(u)
        u[i] += s * drive.sine[i] + c * drive.cosine[i]
    end
    return u
end

function add_drive!(u, drive::Sampled, t)
    drive.linear || return add_sample!(u, drive.samples, drive.held[], 1)
    # times are sums of rounded steps: a hair beside a sample is that sample, or its neighbour would be asked for at an end
    place = t / drive.interval
    nearest = round(Int, place)
    abs(place - nearest) <= 16eps(max(place, 1.0)) && return add_sample!(u, drive.samples, nearest, 1)
    s = floor(Int, place)
    add_sample!(u, drive.samples, s, s + 1 - place)
    return add_sample!(u, drive.samples, s + 1, place - s)
end

add_noise!(x, ::Nothing, step) = x
add_noise!(x, noise::StepNoise, step) = add_sample!(x, noise.samples, step, 1)

# Throws if an input is not made for n units.
check_input(::Union{NoDrive,Nothing}, n) = nothing
check_input(input::Union{Sampled,StepNoise}, n) = check_input(input.samples, n)
function check_input(drive::Sinusoid, n)
    length(drive.sine) == length(drive.cosine) == n ||
        throw(DimensionMismatch("amplitude and phase must have length $n, got $(length(drive.sine))"))
    return nothing
end
function check_input(samples::Samples, n)
    reached = samples.input_weights === nothing ? size(samples.values, 1) : size(samples.input_weights, 1)
    reached == n || (reached == 1 && samples.input_weights === nothing) ||
        throw(DimensionMismatch("the input is made for $reached units, the network has $n"))
    return nothing
end
