"""
    LyapunovSpectra

Full Lyapunov spectra of recurrent networks by in-place tangent propagation and QR.

A run is `init` (system, algorithm, state, frame) followed by `advance!` or `solve!`. Each part of a run
has three stages, one file each: `trajectory.jl` moves the state and records the linearisations on a tape,
`tangent.jl` moves the frame along the tape on all cores, `orthonormalize.jl` factorises the frame.

`interface.jl` says what a system of your own has to define. The generic verbs `init`, `step!`, `solve!`, `reinit!` and the
solvers `Euler`, `Heun`, `RK4`, `Tsit5`, `LawsonAB4`, `MapStep` have the names that other packages use too, so they
are public but not exported: write `import LyapunovSpectra as LS` and `LS.init(system, LS.RK4(), x0, Q0)`.
"""
module LyapunovSpectra

using LinearAlgebra
using LinearAlgebra: BlasFloat

export RateNetwork, DiscreteNetwork, SparseRows
export CellNetwork, RecurrentLayer, GRULayer, LSTMLayer
export Tanh, Identity, ThresholdLinear, HardTanh, Softplus, Logistic, Erf, CustomActivation
export NoDrive, Sinusoid, Sampled, StepNoise
export FunctionFlow, FunctionMap, LinearFlow, LinearMap, check_system, test_system
export lorenz63, rossler, lorenz96, stuart_landau, henon, cat_map, bernoulli_ring
export advance!, relax!, BlockLog
export GainFamily, GainLog, PublishedTransposed, Transversal
export advance_all!, relax_all!
export Moments, Activity, observe!, finish!
export ForceLearner, learn!
export JacobianProduct, keep_triangles!, multiply_jacobians!, log_singular_values
export BackwardRun, record!, Twin
export covariant!, keep_blocks!, keep!, Kept, WayBack, go_back!

include("interface.jl")
include("arithmetic/products.jl")
include("arithmetic/passes.jl")
include("arithmetic/tasks.jl")
include("arithmetic/householder.jl")
include("arithmetic/orthonormalize.jl")
include("arithmetic/cholesky.jl")
include("arithmetic/collapse.jl")
include("systems/activations.jl")
include("systems/drives.jl")
include("systems/networks.jl")
include("systems/sparse.jl")
include("arithmetic/duals.jl")
include("systems/functions.jl")
include("systems/check_system.jl")
include("systems/test_system.jl")
include("systems/reference_systems.jl")
include("systems/published.jl")
include("systems/transversal.jl")
include("cells/layers.jl")
include("cells/recurrent.jl")
include("cells/gru.jl")
include("cells/lstm.jl")
include("cells/network.jl")
include("cells/sparse_recurrent.jl")
include("stepping/algorithms.jl")
include("stepping/trajectory.jl")
include("stepping/tangent.jl")
include("stepping/multistep.jl")
include("runs/step_look.jl")
include("runs/integrator.jl")
include("runs/volume_look.jl")
include("runs/radius_look.jl")
include("runs/singular_values.jl")
include("runs/gain_family.jl")
include("runs/ensemble.jl")
include("runs/adjoint.jl")
include("runs/covariant.jl")
include("runs/twin.jl")
include("runs/activity.jl")
include("runs/force.jl")
include("runs/snapshot.jl")

end
