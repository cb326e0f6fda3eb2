# Mean and covariance of the activity.

@isdefined(cyclic_shift) || include("../helpers.jl")

# The same from all states at once, with the textbook's formula.
function moments_of(states)
    mean = sum(states; dims=2) ./ size(states, 2)
    return vec(mean), (states .- mean) * (states .- mean)' ./ (size(states, 2) - 1)
end

@testset "moments of vectors that come one at a time" begin
    rng = Numbers(1)
    states = 1e6 .+ randn(rng, 5, 5) * randn(rng, 5, 150)      # two batches and a part of one, far from 0
    moments = Moments{Float64}(5)
    for c in axes(states, 2)
        LyapunovSpectra.add!(moments, identity, view(states, :, c))
    end
    finish!(moments)
    mean, covariance = moments_of(states)
    @test moments.mean ≈ mean rtol = 1e-14
    @test moments.covariance ≈ covariance rtol = 1e-9     # the states themselves have 1e-10 of their deviations
    @test moments.covariance == moments.covariance'
    single = LyapunovSpectra.add!(Moments{Float64}(2), identity, [1.0, 2.0])
    @test all(isnan, finish!(single).covariance)
    @test single.mean == [1.0, 2.0]
end

@testset "activity of a network, however the run is cut" begin
    rng = Numbers(2)
    W = chaotic(rng, 30)
    x0 = randn(rng, 30)
    run(cuts) = begin
        network = RateNetwork(W)
        integrator = init(network, RK4(), x0, Matrix{Float64}(I, 30, 1); dt=0.1)
        activity = Activity(7, Moments{Float64}(30), Moments{Float64}(30), network.activation)
        foreach(n -> observe!(integrator, n, activity), cuts)
        activity
    end
    activity = run((770,))
    pieces = run((1, 9, 400, 360))
    @test pieces.state.covariance == activity.state.covariance && pieces.rates.mean == activity.rates.mean
    integrator = init(RateNetwork(W), RK4(), x0, Matrix{Float64}(I, 30, 1); dt=0.1)
    states = reduce(hcat, [copy(relax!(integrator, 7).x) for _ in 1:110])
    for (moments, seen) in ((activity.state, states), (activity.rates, tanh.(states)))
        finish!(moments)
        mean, covariance = moments_of(seen)
        # rounding of sums of 110 products, in 900 entries together
        @test moments.mean ≈ mean rtol = 0 atol = 1e-12
        @test moments.covariance ≈ covariance rtol = 0 atol = 1e-12 * max(1, norm(covariance))
    end
    @test_throws ArgumentError Activity(0, Moments{Float64}(3))
    @test_throws DimensionMismatch Moments(zeros(3), zeros(2, 2))
end

allocated_when_observing(integrator, n_steps, activity) = @allocated observe!(integrator, n_steps, activity)

@testset "observing allocates nothing" begin
    rng = Numbers(3)
    cases = ((RateNetwork(chaotic(rng, 40)), RK4(), 0.1), (DiscreteNetwork(chaotic(rng, 40)), MapStep(), 1.0))
    for (network, algorithm, dt) in cases
        integrator = init(network, algorithm, randn(rng, 40), Matrix{Float64}(I, 40, 1); dt=dt, threads=1)
        activity = Activity(2, Moments{Float64}(40), Moments{Float64}(40), network.activation)
        allocated_when_observing(integrator, 300, activity)
        @test allocated_when_observing(integrator, 300, activity) == 0    # batches are full three times
    end
end
