# The verbs of CommonSolve.jl, for those who have it loaded: Julia 1.9 and newer.
module LyapunovSpectraCommonSolveExt

import CommonSolve
import LyapunovSpectra as LS

CommonSolve.init(system::LS.AbstractSystem, algorithm::LS.Algorithm, x0, Q0; options...) =
    LS.init(system, algorithm, x0, Q0; options...)
CommonSolve.step!(integrator::LS.SpectrumIntegrator, log...) = LS.step!(integrator, log...)
CommonSolve.solve!(integrator::LS.SpectrumIntegrator, n_blocks::Integer) = LS.solve!(integrator, n_blocks)

end
