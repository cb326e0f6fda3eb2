# Mean and covariance of the activity, summed up while the state runs: no history is kept.

"States that are summed up together, in one product that BLAS does at full speed."
const STATES_PER_BATCH = 64

"""
    Moments(mean, covariance; batch=64)
    Moments{T}(n)

Mean and covariance of vectors of length n that come one at a time through `add!`; `finish!` writes the results into
`mean` and `covariance`, which hold sums until then. The first vector is subtracted from all, so that a mean far from 0
costs no digits.
"""
mutable struct Moments{T}
    mean::Vector{T}
    covariance::Matrix{T}
    origin::Vector{T}
    batch::Matrix{T}
    n_batched::Int
    count::Int
end

function Moments(mean::Vector{T}, covariance::Matrix{T}; batch::Integer=STATES_PER_BATCH) where {T}
    n = length(mean)
    size(covariance) == (n, n) ||
        throw(DimensionMismatch("$n means need a covariance of size ($n, $n), got $(size(covariance))"))
    fill!(mean, 0)
    fill!(covariance, 0)
    return Moments{T}(mean, covariance, zeros(T, n), zeros(T, n, batch), 0, 0)
end

Moments{T}(n::Integer) where {T} = Moments(zeros(T, n), zeros(T, n, n))

# Take in f(factors .* x).
function add!(moments::Moments, f::F, x, factors=Ones()) where {F}
    if moments.count == 0
        for i in eachindex(x)
            moments.origin[i] = f(factors[i] * x[i])
        end
    end
    c = moments.n_batched += 1
    moments.count += 1
    @inbounds for i in eachindex(x)
        moments.batch[i, c] = f(factors[i] * x[i]) - moments.origin[i]
    end
    c == size(moments.batch, 2) && empty_batch!(moments)
    return moments
end

function empty_batch!(moments::Moments{T}) where {T}
    batch = view(moments.batch, :, 1:moments.n_batched)
    BLAS.syrk!('U', 'N', one(T), batch, one(T), moments.covariance)
    @inbounds for c in axes(batch, 2), i in axes(batch, 1)
        moments.mean[i] += batch[i, c]
    end
    moments.n_batched = 0
    return moments
end

"""
    finish!(moments)

Turn the sums into the mean and the unbiased covariance, NaN with fewer than two vectors. Nothing can be added
afterwards.
"""
function finish!(moments::Moments{T}) where {T}
    empty_batch!(moments)
    mean, covariance = moments.mean, moments.covariance
    mean ./= moments.count
    BLAS.syr!('U', -T(moments.count), mean, covariance)
    degrees = moments.count < 2 ? T(NaN) : T(moments.count - 1)
    @inbounds for j in axes(covariance, 2), i in 1:j
        covariance[i, j] = covariance[j, i] = covariance[i, j] / degrees
    end
    mean .+= moments.origin
    return moments
end

"""
    Activity(interval, state, rates=nothing, activation=nothing, input_gain=Ones())

What [`observe!`](@ref) writes down every `interval` steps: the [`Moments`](@ref) of the state x and, if wanted, of the
rates phi(input_gain .* x).
"""
mutable struct Activity{T,R<:Union{Nothing,Moments{T}},F,G}
    interval::Int
    steps_since::Int
    state::Moments{T}
    rates::R
    activation::F
    input_gain::G
end

function Activity(interval::Integer, state::Moments, rates=nothing, activation=nothing, input_gain=Ones())
    interval >= 1 || throw(ArgumentError("the interval must be at least 1 step, got $interval"))
    return Activity(Int(interval), 0, state, rates, activation, input_gain)
end

"""
    observe!(integrator, n_steps, activity)

Move the state alone by `n_steps` steps and take in every `activity.interval`-th state. The result does not depend on
how a run is cut into calls.

# Examples
```julia
network = RateNetwork(3 / sqrt(100) .* randn(100, 100))
integrator = LS.init(network, LS.RK4(), randn(100), Matrix{Float64}(I, 100, 1); dt=0.1)
activity = Activity(10, Moments{Float64}(100), Moments{Float64}(100), network.activation)
observe!(integrator, 5000, activity)
finish!(activity.rates)
activity.rates.covariance
```
"""
function observe!(integrator::SpectrumIntegrator, n_steps::Integer, activity::Activity)
    remaining = Int(n_steps)
    while remaining > 0 && integrator.status === :running
        n = min(remaining, activity.interval - activity.steps_since)
        relax!(integrator, n)
        activity.steps_since += n
        remaining -= n
        activity.steps_since == activity.interval && integrator.status === :running && take_in!(activity, integrator)
    end
    return integrator
end

function take_in!(activity, integrator)
    activity.steps_since = 0
    work = length(activity.state.batch) * length(integrator.x)
    with_blas_threads(threads_worth_using(work, integrator.threads)) do
        add!(activity.state, identity, integrator.x)
        add_rates!(activity.rates, activity.activation, integrator.x, activity.input_gain)
    end
    return nothing
end

add_rates!(::Nothing, activation, x, gain) = nothing
add_rates!(rates::Moments, activation, x, gain) = add!(rates, u -> value(activation, u), x, gain)
