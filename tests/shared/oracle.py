"""A small, slow, obviously right implementation of everything the Julia core computes.

Written from the equations alone: every one-step Jacobian is an explicit N x N matrix, every product is a
plain NumPy product, every orthonormalisation is ``numpy.linalg.qr`` with its signs fixed. The tests of pylyap hold
the core against this file; ``test_oracle.py`` holds this file against formulas.

Time and ``tau`` are in the same, free, unit here: exponents are logs divided by that unit (by the step for the map).
"""

import numpy as np
from scipy.integrate import solve_ivp


# --- One step of each model: the new state and the exact derivative of that very step -------------------------------

def slope(x):
    """Derivative of tanh, in the form that does not cancel when tanh saturates."""
    return 1.0 / np.cosh(x) ** 2


def one_step(W, model, *, dt=None, tau=1.0, bias=None):
    """Return the function ``x -> (next x, its N x N Jacobian)`` for model "map", "euler" or "rk4"."""
    b = np.zeros(len(W)) if bias is None else np.asarray(bias)
    identity = np.eye(len(W))

    def velocity(x):
        return (-x + W @ np.tanh(x) + b) / tau

    def velocity_jacobian(x):
        return (-identity + W @ np.diag(slope(x))) / tau

    def map_step(x):
        y = W @ x + b
        return np.tanh(y), np.diag(slope(y)) @ W

    def euler_step(x):
        return x + dt * velocity(x), identity + dt * velocity_jacobian(x)

    def rk4_step(x):
        x1, x1_wrt_x = x, identity
        k1, k1_wrt_x = velocity(x1), velocity_jacobian(x1) @ x1_wrt_x
        x2, x2_wrt_x = x + dt / 2 * k1, identity + dt / 2 * k1_wrt_x
        k2, k2_wrt_x = velocity(x2), velocity_jacobian(x2) @ x2_wrt_x
        x3, x3_wrt_x = x + dt / 2 * k2, identity + dt / 2 * k2_wrt_x
        k3, k3_wrt_x = velocity(x3), velocity_jacobian(x3) @ x3_wrt_x
        x4, x4_wrt_x = x + dt * k3, identity + dt * k3_wrt_x
        k4, k4_wrt_x = velocity(x4), velocity_jacobian(x4) @ x4_wrt_x
        return (x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4),
                identity + dt / 6 * (k1_wrt_x + 2 * k2_wrt_x + 2 * k3_wrt_x + k4_wrt_x))

    return {"map": map_step, "euler": euler_step, "rk4": rk4_step}[model]


def trajectory(step, x0, n_steps):
    """Final state, and the list of Jacobians in forward time order."""
    x, jacobians = np.array(x0), []
    for _ in range(n_steps):
        x, jacobian = step(x)
        jacobians.append(jacobian)
    return x, jacobians


# --- Spectra of a sequence of matrices ------------------------------------------------------------------------------

def qr_positive(M):
    """Thin QR with a non-negative diagonal of R, which makes it unique; returns Q and that diagonal."""
    Q, R = np.linalg.qr(M)
    sign = np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q * sign, np.diag(R) * sign


def frame_logs(matrices, Q0, qr_every=1):
    """Push a frame through the matrices, first one first; return ln R_ii per block (blocks, k) and the last frame.

    The last block is shorter when ``qr_every`` does not divide the number of matrices.
    """
    Q, logs = np.array(Q0), []
    for start in range(0, len(matrices), qr_every):
        for M in matrices[start:start + qr_every]:
            Q = M @ Q
        Q, diagonal = qr_positive(Q)
        with np.errstate(divide="ignore"):  # a direction that dies has log 0 = -inf: that is the right answer
            logs.append(np.log(diagonal))
    return np.array(logs), Q


def oracle_spectrum(W, model, x0, Q0, n_steps, qr_every=1, dt=None, tau=1.0, bias=None):
    """Local logs ln R_ii (blocks, k), final state (n,) and final frame (n, k)."""
    x, jacobians = trajectory(one_step(W, model, dt=dt, tau=tau, bias=bias), x0, n_steps)
    logs, Q = frame_logs(jacobians, Q0, qr_every)
    return logs, x, Q


def product(matrices):
    """The last matrix times ... times the first, by plain products and no QR: only for short sequences."""
    P = np.eye(len(matrices[0]))
    for M in matrices:
        P = M @ P
    return P


def adjoint(matrices):
    """The sequence whose product is the transpose: transposed matrices, last one first (backward in time)."""
    return [M.T for M in reversed(matrices)]


def transposed_in_forward_time(matrices):
    """The classic mistake: transposed matrices, but still first one first. Its product is not the transpose."""
    return [M.T for M in matrices]


def log_determinants(matrices):
    """ln |det| of each matrix; their sum is what all N exponents must add up to."""
    return np.array([np.linalg.slogdet(M)[1] for M in matrices])


def two_trajectory_log_growth(step, x0, direction, n_steps, size):
    """Log growth of a small real perturbation, rescaled to ``size`` after every step: no derivative anywhere."""
    x, offset, total = np.array(x0), size * direction / np.linalg.norm(direction), 0.0
    for _ in range(n_steps):
        twin, x = step(x + offset)[0], step(x)[0]
        growth = np.linalg.norm(twin - x) / size
        offset = (twin - x) / growth
        total += np.log(growth)
    return total


# --- Closed forms: the Jacobian is the same, or repeats, at every step ----------------------------------------------

def descending(values):
    return np.sort(values)[::-1]


def flow_exponents(W, tau=1.0):
    """At the fixed point 0 of the rate network, continuous time."""
    return descending((np.linalg.eigvals(W).real - 1) / tau)


def euler_exponents(W, dt, tau=1.0):
    """The same, under forward Euler."""
    z = dt * (np.linalg.eigvals(W) - 1) / tau
    return descending(np.log(np.abs(1 + z)) / dt)


def rk4_exponents(W, dt, tau=1.0):
    """The same, under classical RK4, whose step is the Taylor polynomial of exp to order 4."""
    z = dt * (np.linalg.eigvals(W) - 1) / tau
    return descending(np.log(np.abs(1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24)) / dt)


def map_exponents(W):
    """At the fixed point 0 of the discrete network."""
    return descending(np.log(np.abs(np.linalg.eigvals(W))))


def cycle_exponents(matrices):
    """Exponents per step of matrices applied again and again in the given order."""
    return descending(np.log(np.abs(np.linalg.eigvals(product(matrices)))) / len(matrices))


# --- Reference for the order of convergence -------------------------------------------------------------------------

def exact_flow(W, x0, Q0, time, *, tau=1.0, bias=None):
    """State after ``time`` and total log stretches of ``Q0``, with the variational equation solved to about 1e-12."""
    n, k = np.shape(Q0)
    b = np.zeros(n) if bias is None else bias

    def derivative(_, packed):
        x, V = packed[:n], packed[n:].reshape(n, k)
        return np.concatenate([-x + W @ np.tanh(x) + b, (-V + W @ np.diag(slope(x)) @ V).ravel()]) / tau

    start = np.concatenate([x0, np.ravel(Q0)])
    end = solve_ivp(derivative, (0, time), start, method="DOP853", rtol=1e-13, atol=1e-14).y[:, -1]
    return end[:n], np.log(qr_positive(end[n:].reshape(n, k))[1])


# --- Networks made for a purpose ------------------------------------------------------------------------------------

def random_network(n, gain, seed):
    """Gaussian weights without autapses, a bias, a state and a full orthonormal frame."""
    rng = np.random.default_rng(seed)
    W = gain / np.sqrt(n) * rng.standard_normal((n, n))
    np.fill_diagonal(W, 0.0)
    bias, x0 = 0.3 * rng.standard_normal(n), rng.standard_normal(n)
    return W, bias, x0, qr_positive(rng.standard_normal((n, n)))[0]


def shift_network(n=8, gain=0.8):
    """``gain`` times the cyclic shift: normal, so every local exponent settles exactly on its eigenvalue's value."""
    return gain * np.roll(np.eye(n), 1, axis=0)


def cycle_network(A, B, C):
    """Weights and state of a map x' = tanh(W x) whose tangent is multiplied by A, then B, then C, then A again ...

    Three clock neurons pass one +1 round among -1s. Each matrix has a block of neurons that reads the sum of all three
    blocks through it; the clock puts one block at pre-activation 0 (slope 1) and saturates the next two at
    +20 and -20 (slope 1.7e-17, output exactly +1 and -1, which cancel in the sum). With integer matrices every
    number of the orbit is an integer, so the orbit is exact for ever, stable or not.
    """
    m = len(A)
    n = 3 + 3 * m
    W = np.zeros((n, n))
    W[:3, :3] = 20 * np.roll(np.eye(3), 1, axis=0)
    for r, M in enumerate((A, B, C)):
        rows = slice(3 + r * m, 3 + (r + 1) * m)
        W[rows, (r - 1) % 3] = 10   # the clock was one place back: r is next in turn, held at +20
        W[rows, (r + 1) % 3] = -10  # r was just served: held at -20
        W[rows, 3:] = np.hstack([M, M, M])
    # Just before A's turn, so after C's: C's block is at 0, A's was the next (+1), B's the one before (-1).
    x0 = np.concatenate([[1, -1, -1], np.ones(m), -np.ones(m), np.zeros(m)])
    return W, x0


def convergence_order(steps, errors):
    """Slope of ln error against ln step."""
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]
