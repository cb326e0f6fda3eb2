# A multistep method for the frame: one product with the weights per step, where Runge-Kutta takes one per stage.

"""
    LawsonAB4()

Method of order 4 for flows with a leak, whose Jacobian is `r .* (C - I)` with rates r that the core knows, see
[`leak`](@ref). The state moves by [`RK4`](@ref). The frame moves by the method of Adams and Bashforth of order 4 in
Lawson's form, where the leak is exact: with `E = exp.(-r * dt)` and the products `F = C Y` of this step and the three
before it,

    Y(t + dt) = E .* Y(t) + dt * r .*
        (b1 E .* F(t) + b2 E.^2 .* F(t - dt) + b3 E.^3 .* F(t - 2dt) + b4 E.^4 .* F(t - 3dt))

with `b = (55, -59, 37, -9) / 24`: one product per step. Three steps of RK4 with its exact tangent make the first
products; they are made anew where an input jumps. An orthonormalisation `Y = Q R` multiplies the products by the
inverse of R.

The frame is not the derivative of the state's step, as it is with the Runge-Kutta methods: its error is of order
`dt^4`, with a constant that is about 40 times that of RK4, and the sum rule shows it. Flows whose leak is unknown
move by the plain method.

Source: Lawson, SIAM J. Numer. Anal. 4, 372 (1967); Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I,
2nd ed., section III.1.
"""
struct LawsonAB4{M<:ExplicitRungeKutta} <: Algorithm
    method::M       # of the state, and of the first steps of the frame
end

LawsonAB4() = LawsonAB4(RK4())

const ADAMS_BASHFORTH = (55 / 24, -59 / 24, 37 / 24, -9 / 24)

n_stages(algorithm::LawsonAB4) = n_stages(algorithm.method)

function record_step!(x, buffers, tape, system, algorithm::LawsonAB4, step, t, dt)
    record_step!(x, buffers, tape, system, algorithm.method, step, t, dt)
    tape.piece[tape.recorded] = input_piece(system)
    return x
end

step_log_volume(tape, s, system, algorithm::LawsonAB4) = step_log_volume(tape, s, system, algorithm.method)

"""
    History(system, algorithm, k, dt)

What a multistep method remembers: `products`, C times the frames of the last three steps, as a ring in which step number
`turn` takes place `mod1(turn, 3)`; `known` of them belong to the present frame and the present piece of the input.
Where C is a matrix W times slopes and all units have one leak, W may come last, after the sum over the steps: then
`products` are the frames times their slopes, and `before_weights` is true. That takes half of the passes over memory.
The columns of `factors` are those of the frame and of the products, the newest first, in units of the step `dt`.
Other methods remember `nothing`.
"""
mutable struct History{T,B}
    before_weights::Val{B}
    products::NTuple{3,Matrix{T}}
    factors::Matrix{T}
    of_slope::Vector{T}     # C Y = of_slope .* (J Y) + of_frame .* Y
    of_frame::Vector{T}
    turn::Int
    known::Int
    piece::Int
    known_at::Vector{Int}   # at each step on the tape
end

History(system, algorithm::Algorithm, k, dt) = nothing

function History(system::AbstractSystem{T}, ::LawsonAB4, k, dt) where {T}
    n = dimension(system)
    rate = leak(system)
    decay = rate === nothing ? zeros(n) : zeros(n) .+ rate
    scale = rate === nothing ? ones(n) : decay
    of_products = (dt * b .* scale .* exp.(-j * dt .* decay) for (j, b) in enumerate(ADAMS_BASHFORTH))
    factors = hcat(exp.(-dt .* decay), of_products...)
    products = ntuple(_ -> zeros(T, n, k), 3)
    return History(before_weights(system), T, products, factors, inv.(scale), decay ./ scale)
end

History(before::Val{B}, T::Type, arrays...) where {B} = History{T,B}(before, arrays..., 0, 0, 0, zeros(Int, TAPE_STEPS))

forget!(::Nothing) = nothing
forget!(history::History) = (history.known = 0; nothing)

# Before the frame moves along the tape: how many products each step will know.
mark!(::Nothing, tape) = nothing
function mark!(history::History, tape)
    for s in 1:tape.recorded
        tape.piece[s] == history.piece || forget!(history)
        history.piece = tape.piece[s]
        history.known_at[s] = history.known
        history.known = min(3, history.known + 1)
    end
    return nothing
end

# Afterwards.
turn!(::Nothing, tape) = nothing
turn!(history::History, tape) = (history.turn += tape.recorded; nothing)

part(::Nothing, columns) = nothing
function part(history::History, columns)
    products = map(A -> view(A, :, columns), history.products)
    return (before_weights=history.before_weights, products=products, factors=history.factors,
        of_slope=history.of_slope, of_frame=history.of_frame, turn=history.turn, known_at=history.known_at)
end

tangent_step!(Q, buffers, tape, s, system, algorithm, ::Nothing) = tangent_step!(Q, buffers, tape, s, system, algorithm)

function tangent_step!(Q, buffers, tape, s, system, algorithm::LawsonAB4, past::NamedTuple)
    past.known_at[s] < 3 && return first_step!(Q, buffers, tape, s, system, algorithm.method, past, past.before_weights)
    return multistep!(Q, buffers, linearization(tape, 1, s), system, s, past, past.before_weights)
end

# The product of `steps_ago` steps before step `s` of the tape.
remembered(past, s, steps_ago) = past.products[mod1(past.turn + s - steps_ago, 3)]

function first_step!(Q, buffers, tape, s, system, method, past, ::Val{before}) where {before}
    dt = tape.dt[s]
    tangent_stages!(Q, buffers, tape, s, system, method.stages, dt, 1)
    newest = remembered(past, s, 0)
    before ? scale_rows!(newest, slopes_of(system, linearization(tape, 1, s)), Q) :
        keep_product!(newest, first(buffers.stages), Q, past)
    return combine!(Q, Q, method.weights, buffers.stages, dt)
end

function multistep!(Q, buffers, linearization, system, s, past, ::Val{false})
    decay_and_add!(buffers.trial, Q, past.factors, remembered(past, s, 1), remembered(past, s, 2), remembered(past, s, 3))
    newest = remembered(past, s, 0)     # in the place of the oldest
    coupling!(newest, system, linearization, Q, buffers.scratch)
    return add_rows!(Q, buffers.trial, past.factors, newest)
end

function multistep!(Q, buffers, linearization, system, s, past, ::Val{true})
    sum_and_decay!(buffers.scratch, Q, slopes_of(system, linearization), past.factors, remembered(past, s, 1),
        remembered(past, s, 2), remembered(past, s, 3))
    return add_weighted_by!(Q, system, buffers.scratch)
end

# The sum that the weights are to multiply; the frame decays, and its product takes the place of the oldest.
function sum_and_decay!(out, Q, slopes, f, S1, S2, S3)
    @inbounds f0, f1, f2, f3, f4 = f[1, 1], f[1, 2], f[1, 3], f[1, 4], f[1, 5]
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in axes(out, 1)
            newest = slopes[i] * Q[i, c]
            out[i, c] = f1 * newest + f2 * S1[i, c] + f3 * S2[i, c] + f4 * S3[i, c]
            S3[i, c] = newest
            Q[i, c] *= f0
        end
    end
    return out
end

function keep_product!(out, slope, Q, past)
    of_slope, of_frame = past.of_slope, past.of_frame
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in axes(out, 1)
            out[i, c] = of_slope[i] * slope[i, c] + of_frame[i] * Q[i, c]
        end
    end
    return out
end

function decay_and_add!(out, Q, f, F1, F2, F3)
    @inbounds for c in axes(out, 2)
        @simd ivdep for i in axes(out, 1)
            out[i, c] = f[i, 1] * Q[i, c] + f[i, 3] * F1[i, c] + f[i, 4] * F2[i, c] + f[i, 5] * F3[i, c]
        end
    end
    return out
end

function add_rows!(Q, base, f, F)
    @inbounds for c in axes(Q, 2)
        @simd ivdep for i in axes(Q, 1)
            Q[i, c] = base[i, c] + f[i, 2] * F[i, c]
        end
    end
    return Q
end

# After an orthonormalisation by the factor R: the products are those of the new columns, or, where R cannot be inverted to
# half of the digits, unknown.
function carry!(history::History{T}, R, condition, threads) where {T}
    condition <= inv(sqrt(eps(T))) || return forget!(history)
    n, k = size(first(history.products))
    for age in 1:history.known
        solve_right!(history.products[mod1(history.turn + 1 - age, 3)], R, k, threads_worth_using(n * k^2, threads))
    end
    return nothing
end

# What an integrator's multistep method remembers, in the frame after an orthonormalisation. Columns that have died, or
# were put in the place of dead ones, have no past.
carry_history!(integrator, ::Nothing) = nothing
function carry_history!(integrator, history)
    k = size(integrator.Q, 2)
    (integrator.cholesky.has_R && integrator.living.count == k) || return forget!(history)
    return with_blas_threads(1) do
        carry!(history, last_factor(integrator), condition(integrator, k), integrator.threads)
    end
end
