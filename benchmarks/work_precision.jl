# Each method's own error: the frame moved along one stored trajectory, by every method and step.

module WorkPrecision

using LinearAlgebra, LyapunovSpectra
import LyapunovSpectra as LS

"""
    slopes_along(network, x, fine, n_steps)

Slopes (N, n_steps + 1) along a trajectory from `x` in `n_steps` RK4 steps of length `fine`.
"""
function slopes_along(network, x, fine, n_steps)
    algorithm = LS.RK4()
    tape, buffers = LS.Tape(network, algorithm, 1), LS.StateBuffers(network, algorithm)
    slopes = zeros(length(x), n_steps + 1)
    for s in 1:n_steps+1
        tape.recorded = 0
        LS.record_step!(x, buffers, tape, network, algorithm, s - 1, (s - 1) * fine, fine)
        slopes[:, s] = LS.linearization(tape, 1, 1)
    end
    return slopes
end

"""
    exponents(network, slopes, fine, algorithm, every, per_block, n_align)

Exponents per unit of time of the frame moved in steps of `every * fine` with a QR after `per_block` steps; the first
`n_align` blocks are not counted. The slopes in the middle of a step are those of the trajectory, so `every` is even.
"""
function exponents(network, slopes, fine, algorithm, every, per_block, n_align)
    n, h = size(slopes, 1), every * fine
    Q = Matrix{Float64}(I, n, n)
    panels = LS.share_frame(network, n, 1)
    buffers = [LS.FrameBuffers(network, algorithm, LS.width(panels)) for _ in 1:panels.n_tasks]
    history, qr = LS.History(network, algorithm, n, h), LS.HouseholderQR{Float64}(n, n; keep_triangle=true)
    tape = LS.Tape(network, algorithm, per_block)
    n_blocks = div(size(slopes, 2) - 1, every * per_block)
    growth = zeros(n)
    for block in 1:n_blocks
        for s in 1:per_block
            first = ((block - 1) * per_block + s - 1) * every + 1
            middle, last = first + div(every, 2), first + every
            for (stage, place) in zip(1:LS.n_stages(algorithm), (first, middle, middle, last))
                LS.linearization(tape, stage, s) .= view(slopes, :, place)
            end
            tape.dt[s] = h
        end
        tape.recorded = per_block
        LS.propagate!(Q, buffers, panels, tape, network, algorithm, history)
        LS.orthonormalize!(Q, qr)
        history === nothing ||
            LS.carry!(history, qr.triangle, maximum(qr.diagonal) / minimum(qr.diagonal), 1)
        block > n_align && (growth .+= log.(qr.diagonal))
    end
    return growth ./ ((n_blocks - n_align) * per_block * h)
end

end
