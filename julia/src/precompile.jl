# Short runs of what users run first, carried out while the package is precompiled: Julia keeps what it compiles for them,
# from 1.9 on as machine code, before as the types that inference found.

function run_what_comes_first()
    unit_frame(n, k) = Matrix{Float64}(I, n, k)
    W = [sin(7.0 * i + 3.0 * j * j) for i in 1:8, j in 1:8]
    for (system, algorithms) in (
        (RateNetwork(W), (RK4(), Tsit5(), LawsonAB4())), (DiscreteNetwork(W), (MapStep(),)),
        (lorenz63(), (RK4(),)), (henon(), (MapStep(),)))
        n = dimension(system)
        dt = system isa DiscreteMap ? 1.0 : 0.01
        for algorithm in algorithms
            integrator = init(system, algorithm, fill(0.1, n), unit_frame(n, n);
                dt, steps_per_block=5, max_condition=1e6, longest_block=10, look_every=system isa DiscreteMap ? 0 : 50)
            relax!(integrator, 5)
            advance!(integrator, 20)
            solve!(integrator, 2)
        end
    end
    return nothing
end

ccall(:jl_generating_output, Cint, ()) == 1 && run_what_comes_first()
