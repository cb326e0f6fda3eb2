# FORCE learning: a rate network that learns, while it runs, to produce an output that it receives as an input.

"""
    ForceLearner(network, feedback; regularization=1.0, steps_per_update=2)

Readout `z = readout' * phi(x)` of `network`, fed back by the columns of `feedback` (N by m): the network that runs is
`tau dx/dt = -x + (J + feedback * readout') phi(x) + bias + drive(t)`. Every `steps_per_update` steps the readout is
changed by recursive least squares, which keeps the error small from the first updates on. The weights of `network`, J at
the beginning, are changed in place and always hold `J + feedback * readout'`. With `steps_per_update=0` nothing is
learned.

`P` begins as `I / regularization` and approaches the inverse of the sum of `phi(x) phi(x)'` over the updates plus
`regularization * I`; only its upper triangle is used.

Source: Sussillo & Abbott, "Generating coherent patterns of activity from chaotic neural networks", Neuron 63, 544
(2009), eqs. 3 to 6 (the architecture of Fig. 1A).

# Examples
```julia
network = RateNetwork(1.5 .* randn(200, 200) ./ sqrt(200))
learner = ForceLearner(network, 2 .* rand(200, 1) .- 1)
integrator = LS.init(network, LS.RK4(), randn(200), zeros(200, 1); dt=0.1)
target = [sin(2pi * 0.1 * s / 50) for _ in 1:1, s in 0:10_000]
outputs = zeros(1, 10_001)
learn!(learner, integrator, target, outputs, 10_000)
```
"""
struct ForceLearner{T,R<:RateNetwork{T}}
    network::R
    feedback::Matrix{T}
    readout::Matrix{T}
    P::Matrix{T}
    steps_per_update::Int
    rates::Vector{T}        # phi(x)
    gain::Vector{T}         # P phi(x)
    error::Vector{T}        # output - target, before the update
    pushed::Vector{T}       # feedback * error
end

function ForceLearner(network::RateNetwork{T}, feedback::Matrix{T}; regularization=1.0, steps_per_update::Integer=2,
    readout=zeros(T, size(feedback))) where {T}
    n, m = size(feedback)
    n == dimension(network) || throw(DimensionMismatch("feedback must have $(dimension(network)) rows, got $n"))
    size(readout) == (n, m) || throw(DimensionMismatch("the readout must have size $((n, m)), got $(size(readout))"))
    network.weights isa StridedMatrix || throw(ArgumentError("learning changes every weight: give dense weights"))
    regularization > 0 || throw(ArgumentError("regularization must be positive, got $regularization"))
    P = zeros(T, steps_per_update > 0 ? n : 0, steps_per_update > 0 ? n : 0)
    P[diagind(P)] .= inv(regularization)
    units() = zeros(T, n)
    return ForceLearner(network, feedback, readout, P, Int(steps_per_update), units(), units(), zeros(T, m), units())
end

"""
    learn!(learner, integrator, target, outputs, n_steps)

Move the state by `n_steps` steps and learn on the way. Columns of `target` and `outputs` (m by steps + 1) belong to the
steps of the integrator, the first one to its beginning; the outputs are those before the update. The frame stays.
Returns the integrator.
"""
function learn!(learner::ForceLearner, integrator::SpectrumIntegrator, target, outputs, n_steps::Integer)
    with_blas_threads(1) do
        integrator.n_steps == 0 && read_out!(outputs, learner, integrator)
        for _ in 1:n_steps
            relax!(integrator, 1)
            integrator.status === :running || break
            read_out!(outputs, learner, integrator)
            if learner.steps_per_update > 0 && integrator.n_steps % learner.steps_per_update == 0
                update!(learner, target, integrator.n_steps + 1)
            end
        end
    end
    return integrator
end

# Rates and outputs now; the outputs stay in `error`, too.
function read_out!(outputs, learner, integrator)
    phi, gain, x, error = learner.network.activation, learner.network.input_gain, integrator.x, learner.error
    @inbounds for i in eachindex(x)
        learner.rates[i] = value(phi, gain[i] * x[i])
    end
    BLAS.gemv!('T', one(eltype(x)), learner.readout, learner.rates, zero(eltype(x)), error)
    @inbounds for o in eachindex(error)
        outputs[o, integrator.n_steps+1] = error[o]
    end
    return nothing
end

# One step of recursive least squares; the same P serves all outputs, since they read the same units.
function update!(learner, target, column)
    rates, gain, error, P = learner.rates, learner.gain, learner.error, learner.P
    @inbounds for o in eachindex(error)
        error[o] -= target[o, column]
    end
    unit = one(eltype(P))
    BLAS.symv!('U', unit, P, rates, 0 * unit, gain)
    factor = -inv(1 + dot(rates, gain))
    BLAS.syr!('U', factor, gain, P)
    BLAS.ger!(factor, gain, error, learner.readout)
    BLAS.gemv!('N', unit, learner.feedback, error, 0 * unit, learner.pushed)
    BLAS.ger!(factor, learner.pushed, gain, learner.network.weights)
    return nothing
end
