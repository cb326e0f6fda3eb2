"""
    LyapunovSpectra

Full Lyapunov spectra of recurrent networks by in-place tangent propagation and QR.

A run is `init` (system, algorithm, state, frame) followed by `advance!` or `solve!`. Each stretch of a run
has three stages, one file each: `trajectory.jl` moves the state and records the linearisations on a tape,
`tangent.jl` moves the frame along the tape on all cores, `orthonormalize.jl` factorises the frame.
"""
module LyapunovSpectra

using LinearAlgebra
using LinearAlgebra: BlasFloat

export RateNetwork, DiscreteNetwork, SparseRows
export CellNetwork, RecurrentLayer, GRULayer, LSTMLayer
export Tanh, Identity, ThresholdLinear, HardTanh, Softplus, Logistic, Erf, CustomActivation
export NoDrive, Sinusoid, Sampled, StepNoise
export FunctionFlow, FunctionMap, LinearFlow, LinearMap, check_system
export lorenz63, rossler, lorenz96, stuart_landau, henon, cat_map, bernoulli_ring
export Euler, Heun, RK4, Tsit5, MapStep
export init, step!, advance!, relax!, reinit!, solve!, BlockLog
export GainFamily, GainLog, PublishedTransposed
export advance_all!, relax_all!
export Moments, Activity, observe!, finish!
export ForceLearner, learn!
export JacobianProduct, keep_triangles!, multiply_jacobians!, log_singular_values
export BackwardRun, record!, Twin

include("systems.jl")
include("activations.jl")
include("drives.jl")
include("networks.jl")
include("sparse.jl")
include("cells.jl")
include("duals.jl")
include("functions.jl")
include("check_system.jl")
include("reference_systems.jl")
include("algorithms.jl")
include("trajectory.jl")
include("tangent.jl")
include("orthonormalize.jl")
include("integrator.jl")
include("singular_values.jl")
include("gain_family.jl")
include("published.jl")
include("ensemble.jl")
include("adjoint.jl")
include("twin.jl")
include("activity.jl")
include("force.jl")

end
