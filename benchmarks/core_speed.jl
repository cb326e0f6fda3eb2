# Times of what a run is made of: products, steps of both kinds, and the ways to orthonormalise.

module CoreSpeed

using LinearAlgebra, LyapunovSpectra
import LyapunovSpectra as LS

"""
    times(n, k, rounds)

Seconds, the medians of `rounds` turns: `product`, W times a frame with all threads, the better of the BLAS's own threads and
of one panel for each task; `step_of_rk4` and `step_of_lab4` of the frame alone; `state`, one step of the state; `cholesky`
and `householder`, one orthonormalisation; `carry`, the products that "lab4" remembers, by the inverse of R.
"""
function times(n, k, rounds)
    network = RateNetwork(3 / sqrt(n) .* randn(n, n))
    start() = Matrix(qr(randn(n, k)).Q)
    rk4 = LS.init(network, LS.RK4(), randn(n), start(); dt=0.1, steps_per_block=4)
    lab4 = LS.init(network, LS.LawsonAB4(), randn(n), start(); dt=0.1, steps_per_block=4)
    advance!(rk4, 8)
    advance!(lab4, 8)
    threads = Threads.nthreads()
    image, spread = zeros(n, k), randn(n, k)    # a frame with a condition of a usual block
    spread .= start() * Diagonal(exp.(range(0, -5, length=k))) * Matrix(qr(randn(k, k)).Q)
    frame, few = copy(spread), LS.CholeskyQR{Float64}(n, k)
    householder = LS.HouseholderQR{Float64}(n, k)
    kinds = (
        product=() -> LS.with_blas_threads(() -> mul!(image, network.weights, spread), threads),
        panels=() -> LS.with_blas_threads(() -> panel_products!(image, network.weights, spread, lab4.panels), 1),
        step_of_rk4=() -> frame_steps!(rk4), step_of_lab4=() -> frame_steps!(lab4),
        state=() -> relax!(rk4, STEPS),
        cholesky=() -> (copyto!(frame, spread); LS.with_blas_threads(() -> LS.cholesky_qr!(frame, few, k, threads), 1)),
        householder=() -> (copyto!(frame, spread); LS.orthonormalize!(frame, householder)),
        carry=() -> LS.with_blas_threads(() -> carry_all!(lab4.history, few.R, threads), 1),
        copy=() -> copyto!(frame, spread),
    )
    found = Dict(name => Float64[] for name in keys(kinds))
    for round in 0:rounds, (name, work) in pairs(kinds)
        seconds = @elapsed work()
        round > 0 && push!(found[name], seconds)    # the first compiles
    end
    middle(name) = sort(found[name])[cld(end, 2)]
    return Dict(
        "product" => min(middle(:product), middle(:panels)), "step_of_rk4" => middle(:step_of_rk4) / STEPS,
        "step_of_lab4" => middle(:step_of_lab4) / STEPS, "state" => middle(:state) / STEPS,
        "cholesky" => middle(:cholesky) - middle(:copy), "householder" => middle(:householder) - middle(:copy),
        "carry" => middle(:carry))
end

const STEPS = 4

function panel_products!(image, W, Y, panels)
    share(p) = mul!(view(image, :, panels.ranges[p]), W, view(Y, :, panels.ranges[p]))
    LS.share_work(share, length(panels.ranges), panels.n_tasks)
    return image
end

# The same tape again and again; the frame is made small again, since nothing orthonormalises it.
function frame_steps!(run)
    run.tape.recorded = 0
    for step in 1:STEPS
        LS.record_step!(run.x, run.buffers, run.tape, run.system, run.algorithm, step, step * run.dt, run.dt)
    end
    LS.move_frame!(run)
    return run
end

function carry_all!(history, R, threads)
    history.known = 3
    k = size(R, 1)
    for products in history.products
        LS.solve_right!(products, R, k, threads)
    end
    return history
end

end
