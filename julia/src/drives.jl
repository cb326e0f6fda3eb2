# Inputs that depend on time, frozen: every replica and every tangent vector sees the same realisation.

abstract type Drive end

"No input."
struct NoDrive <: Drive end

"""
    Sinusoid(amplitude, frequency, phase)

Input `amplitude[i] * sin(2 pi frequency t + phase[i])` to unit i.
"""
struct Sinusoid{T} <: Drive
    amplitude::Vector{T}
    frequency::T
    phase::Vector{T}
end

"""
    Sampled(values, interval; first_sample=0, linear=true)

Input given on a grid: `values[i, s]` is the input to unit i at time `(first_sample + s - 1) * interval`; a single row is
the same for all units. Between the grid points it is interpolated linearly, or with `linear=false` constant until the
next. `values` may be a window that moves with the run: refill it and set `first_sample[]`.
"""
struct Sampled{T} <: Drive
    values::Matrix{T}
    interval::Float64
    first_sample::Base.RefValue{Int}
    linear::Bool
end

Sampled(values, interval; first_sample=0, linear=true) = Sampled(values, Float64(interval), Ref(Int(first_sample)), linear)

# u += drive at time t
add_drive!(u, ::NoDrive, t) = u

function add_drive!(u, drive::Sinusoid, t)
    angle = 2pi * drive.frequency * t
    @inbounds for i in eachindex(u)
        u[i] += drive.amplitude[i] * sin(angle + drive.phase[i])
    end
    return u
end

function add_drive!(u, drive::Sampled, t)
    place = t / drive.interval - drive.first_sample[]
    # times are sums of steps: a hair below a grid point means that grid point
    s = floor(Int, place + 1e-6)
    weight = drive.linear ? oftype(first(u), clamp(place - s, 0, 1)) : zero(eltype(u))
    last_needed = weight > 1e-6 ? s + 2 : s + 1
    1 <= s + 1 && last_needed <= size(drive.values, 2) ||
        throw(ArgumentError("the drive is not given at time $t"))
    common = size(drive.values, 1) == 1
    @inbounds for i in eachindex(u)
        row = common ? 1 : i
        u[i] += (1 - weight) * drive.values[row, s+1] + (weight > 1e-6 ? weight * drive.values[row, s+2] : zero(weight))
    end
    return u
end

"""
    StepNoise(values, first_step)

Additive noise of a flow: `values[i, s]` times the square root of the step is added to unit i in step
`first_step[] + s - 1`; a single row is common to all units. `values` is a window, as in [`Sampled`](@ref).
"""
struct StepNoise{T}
    values::Matrix{T}
    first_step::Base.RefValue{Int}
end

StepNoise(values; first_step=0) = StepNoise(values, Ref(Int(first_step)))

add_noise!(x, ::Nothing, step, dt) = x

function add_noise!(x, noise::StepNoise, step, dt)
    s = step - noise.first_step[] + 1
    1 <= s <= size(noise.values, 2) || throw(ArgumentError("the noise is not given for step $step"))
    common = size(noise.values, 1) == 1
    scale = sqrt(dt)
    @inbounds for i in eachindex(x)
        x[i] += scale * noise.values[common ? 1 : i, s]
    end
    return x
end
