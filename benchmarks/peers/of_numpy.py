"""A spectrum in plain NumPy, as one would write it with care for speed: no Jacobian is formed."""

import numpy as np


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau or step."""
    return lambda: (flow if job["kind"] == "flow" else discrete)(job, W, x0)


def flow(job, W, x):
    """RK4 for state and frame, a QR every `per_block` steps; the first `align` blocks are not counted."""
    dt, total = job["dt"], np.zeros(job["k"])
    Q = first_frame(job, len(x))
    for block in range(job["align"] + job["blocks"]):
        for _ in range(job["per_block"]):
            x, Q = step(W, x, Q, dt)
        Q, R = np.linalg.qr(Q)
        if block >= job["align"]:
            total += np.log(np.abs(np.diag(R)))
    return total / (job["blocks"] * job["per_block"] * dt)


def step(W, x, Q, dt):
    """One step of RK4."""
    slopes, stages, at, frame = [], [], x, Q
    for c in (0.5, 0.5, 1.0, None):
        active = np.tanh(at)
        slopes.append(W @ active - at)
        stages.append(W @ ((1 - active**2)[:, None] * frame) - frame)
        if c is not None:
            at, frame = x + c * dt * slopes[-1], Q + c * dt * stages[-1]
    x = x + dt / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
    return x, Q + dt / 6 * (stages[0] + 2 * stages[1] + 2 * stages[2] + stages[3])


def discrete(job, W, x):
    """x -> tanh(W x), with a QR after every step."""
    total, Q = np.zeros(job["k"]), first_frame(job, len(x))
    for block in range(job["align"] + job["blocks"]):
        x = np.tanh(W @ x)
        Q, R = np.linalg.qr((1 - x**2)[:, None] * (W @ Q))
        if block >= job["align"]:
            total += np.log(np.abs(np.diag(R)))
    return total / job["blocks"]


def first_frame(job, n):
    """Random orthonormal columns (n, k)."""
    return np.linalg.qr(np.random.default_rng(0).standard_normal((n, job["k"])))[0]
