# Systems given by functions, and the reference systems.

@isdefined(cyclic_shift) || include("../helpers.jl")

swing!(dx, x, p, t) = (dx[1] = x[2]; dx[2] = -p.k * sin(x[1]) - x[2]^3 + cos(t); nothing)
swing_jvp!(dv, v, x, p, t) = (dv[1] = v[2]; dv[2] = -p.k * cos(x[1]) * v[1] - 3x[2]^2 * v[2]; nothing)

@testset "reference systems have the right derivatives" begin
    cases = [(lorenz63(), 3), (rossler(), 3), (lorenz96(4), 4), (lorenz96(9), 9),
        (stuart_landau(mu=0.7, omega=2.0), 2), (henon(), 2), (cat_map(), 2), (bernoulli_ring(3), 3),
        (bernoulli_ring(6; e=0.1), 6), (LinearFlow([1.0 2.0; 3.0 4.0]), 2), (LinearMap([1.0 2.0; 3.0 4.0]), 2)]
    for (system, n) in cases
        @test check_system(system, [0.31, 0.77, 0.12, 0.93, 0.58, 0.21, 0.42, 0.66, 0.87][1:n]) === nothing
    end
end

@testset "the product by dual numbers is exact to rounding" begin
    rng = Numbers(31)
    A = randn(rng, 6, 6)
    f!(dx, x, p, t) = (mul!(dx, p, x); dx .+= tanh.(x) .* exp(-t) .- x .* x[1] .+ p * (x ./ 3); nothing)
    x, V = randn(rng, 6), randn(rng, 6, 4)
    for T in (Float64, Float32)
        flow = FunctionFlow(f!, 6; parameters=T.(A), x0=zeros(T, 6))
        linearization, out = zeros(T, 7), zeros(T, 6, 4)
        LyapunovSpectra.evaluate!(zeros(T, 6), linearization, flow, T.(x), T(0.5))
        LyapunovSpectra.tangent!(out, flow, linearization, T.(V), zeros(T, 6, 4))
        y = T.(x)
        J = T.(A) .* (4 / 3) + Diagonal(exp(-0.5) ./ cosh.(y) .^ 2 .- y[1])
        J[:, 1] .-= y
        @test out ≈ J * T.(V) rtol = 20eps(T)   # rounding of sums of a dozen terms
    end
end

@testset "a product by dual numbers gives the run of a given one" begin
    frame = Matrix{Float64}(I, 2, 2)
    run(system, algorithm, dt) = solve!(init(system, algorithm(), [0.4, 0.1], frame; dt=dt, steps_per_block=10), 50)
    # the same numbers but for the rounding of the product, over a run too short for it to grow
    for (Kind, algorithm, dt) in ((FunctionFlow, RK4, 0.05), (FunctionFlow, Tsit5, 0.5), (FunctionMap, MapStep, 1.0))
        flow = Kind === FunctionFlow
        f! = flow ? swing! : (next, x, p, t) -> (swing!(next, x, p, t); next .= next ./ 10 .+ x ./ 2)
        jvp! = flow ? swing_jvp! : (dv, v, x, p, t) -> (swing_jvp!(dv, v, x, p, t); dv .= dv ./ 10 .+ v ./ 2)
        given = run(Kind(f!, jvp!, 2; parameters=(k=2.0,)), algorithm, dt)
        stepped = run(Kind(f!, 2; parameters=(k=2.0,)), algorithm, dt)
        @test given.log.log_growth ≈ stepped.log.log_growth atol = 1e-11
    end
end

@testset "a damped swing: the divergence is known, and time is the right one" begin
    # without the cubic term the divergence is -1; the drive makes a wrong time visible in the order of convergence
    damped!(dx, x, p, t) = (dx[1] = x[2]; dx[2] = -sin(x[1]) - x[2] + cos(t); nothing)
    flow = FunctionFlow(damped!, 2)
    start(dt, steps) = init(flow, RK4(), [0.1, 0.0], Matrix{Float64}(I, 2, 2); dt=dt, steps_per_block=steps)
    after_2(m) = (integrator = start(2 / m, m); solve!(integrator, 1); integrator.x)
    errors = [norm(after_2(m) - after_2(4096)) for m in (32, 128)]
    @test log2(errors[1] / errors[2]) / 2 ≈ 4 atol = 0.2   # the next order still shows
    @test sum(solve!(start(0.01, 50), 100).exponents) ≈ -1 atol = 1e-8   # fourth order in dt = 0.01
end

@testset "no allocation, several tasks" begin
    n = 100   # enough work for several tasks
    twin!(dx, x, p, t) = (LyapunovSpectra.lorenz96!(dx, x, 8.0, t); nothing)
    x0, Q0 = randn(Numbers(32), n), random_frame(Numbers(33), n, n)
    for flow in (lorenz96(n), FunctionFlow(twin!, n; x0=x0))
        integrator = init(flow, RK4(), x0, Q0; dt=0.01, steps_per_block=10^6, threads=1)
        advance!(integrator, 200, nothing)
        @test allocated(integrator, 200, nothing) == 0
        logs = map((1, 3)) do threads
            integrator = init(flow, RK4(), x0, Q0; dt=0.01, steps_per_block=10, threads=threads)
            @test integrator.panels.n_tasks == threads
            solve!(integrator, 20).log.log_growth
        end
        # vectorised loops round differently at the edges of a panel; 2 time units of chaos amplify that tenfold
        @test logs[1] ≈ logs[2] atol = 1e-12
    end
end

refused(says, make) =
    try
        make()
        "accepted"
    catch error
        occursin(says, sprint(showerror, error)) ? says : sprint(showerror, error)
    end

const SHARED = zeros(50)

@testset "a buffer that all tasks share is found" begin
    buffered!(dv, v, x, p, t) = (SHARED .= 2 .* v; dv .= SHARED .* x; dv .= .-dv)
    square!(dx, x, p, t) = (dx .= .-x .^ 2)
    # on a busy machine the two tasks may not meet at the first attempt
    found() = refused("at once", () -> FunctionFlow(square!, buffered!, 50)) == "at once"
    Threads.nthreads() > 1 && @test any(_ -> found(), 1:50)
    @test FunctionFlow(square!, (dv, v, x, p, t) -> (dv .= -2 .* v .* x), 50) isa FunctionFlow
end

@testset "wrong functions are refused and told why" begin
    faults = [
        "given dual numbers" => (dx, x, p, t) -> (dx .= nextfloat.(Float64.(x))),
        "similar(x)" => (dx, x, p, t) -> (y = zeros(2); y .= x; dx .= y),
        "does not write the entries [2]" => (dx, x, p, t) -> (dx[1] = x[1]),
        "does not write the entries [1, 2]" => (dx, x, p, t) -> (dx .+= x),
        "or writes something else each time" => (dx, x, p, t) -> (dx .= rand()),
        "BoundsError" => (dx, x, p, t) -> (dx .= x; dx[3] = x[1]),
        "changes its input" => (dx, x, p, t) -> (dx .= x; x[1] = 0),
        "right-hand side failed" => (dx, x, p, t) -> (dx .= log.(x)),
        "right-hand side is not finite" => (dx, x, p, t) -> (dx .= Inf),
    ]
    for (says, f!) in faults
        @test refused(says, () -> FunctionFlow(f!, 2)) == says
    end
    typed!(d::Vector{Float64}, x::Vector{Float64}, p, t) = (d .= .-x)
    inner(a::Float64) = 2a
    for f! in (typed!, (d, x::Vector{Float64}, p, t) -> (d .= x), (d, x, p, t) -> (d .= inner.(x)))
        says = "write x::AbstractVector and a::Real"
        @test refused(says, () -> FunctionFlow(f!, 2)) == says
    end
    typed_product!(dv::Vector{Float64}, v, x, p, t) = (dv .= .-v)
    @test refused("has a type", () -> FunctionFlow((d, x, p, t) -> (d .= .-x), typed_product!, 2)) == "has a type"
    square!(dx, x, p, t) = (dx .= -x .^ 2)
    wrong = [
        "not the derivative" => (dv, v, x, p, t) -> (dv .= -2 .* v),
        "not the derivative of" => (dv, v, x, p, t) -> (dv .= -2.001 .* x .* v),
        "product does not write the entries [2]" => (dv, v, x, p, t) -> (dv[1] = -2 * x[1] * v[1]),
        "product failed" => (dv, v, x, p, t) -> error("no"),
    ]
    counting!(dx, x, p, t) = (p.calls[1] += 1; dx .= -x .^ 2)
    for parameters in ((calls=[0],), (calls=[0.0], rate=2.0))
        @test refused("changes its parameters", () -> FunctionFlow(counting!, 2; parameters=parameters)) ==
              "changes its parameters"
    end
    kept = (a=[1.0, NaN], inner=Ref([2.0]), name="it", f=sin)   # no copy of it is == to it
    @test FunctionFlow(square!, 2; parameters=kept) isa FunctionFlow
    for (says, jvp!) in wrong
        @test refused(says, () -> FunctionFlow(square!, jvp!, 2)) == says
    end
    @test FunctionFlow(square!, (dv, v, x, p, t) -> (dv .= -2 .* x .* v), 2) isa FunctionFlow
    # only the nearest of the three states has to be within the domain
    @test FunctionFlow((dx, x, p, t) -> (dx .= log.(x)), 2; x0=[0.05, 0.05]) isa FunctionFlow
    @test_throws DimensionMismatch FunctionFlow(square!, 2; x0=zeros(3))
    @test_throws ArgumentError lorenz96(3)
    @test_throws ArgumentError bernoulli_ring(2)
end
