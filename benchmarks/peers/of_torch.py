"""The same loop in torch, without gradients."""

import sys

import torch


def prepare(job, W, x0):
    """A function without arguments that gives the exponents (k,) per tau or step."""
    torch.set_num_threads(int(sys.argv[2]))
    W, x0 = torch.from_numpy(W), torch.from_numpy(x0)
    return lambda: run(job, W, x0)


@torch.no_grad()
def run(job, W, x):
    """Flow by RK4 or map; a QR every `per_block` steps."""
    generator = torch.Generator().manual_seed(0)
    Q = torch.linalg.qr(torch.randn(len(x), job["k"], dtype=W.dtype, generator=generator))[0]
    total, dt = torch.zeros(job["k"], dtype=W.dtype), job.get("dt", 1.0)
    for block in range(job["align"] + job["blocks"]):
        for _ in range(job["per_block"]):
            if job["kind"] == "map":
                x = torch.tanh(W @ x)
                Q = (1 - x**2)[:, None] * (W @ Q)
            else:
                x, Q = step(W, x, Q, dt)
        Q, R = torch.linalg.qr(Q)
        if block >= job["align"]:
            total += R.diagonal().abs().log()
    return (total / (job["blocks"] * job["per_block"] * dt)).numpy()


def step(W, x, Q, dt):
    """One step of RK4."""
    slopes, stages, at, frame = [], [], x, Q
    for c in (0.5, 0.5, 1.0, None):
        active = torch.tanh(at)
        slopes.append(W @ active - at)
        stages.append(W @ ((1 - active**2)[:, None] * frame) - frame)
        if c is not None:
            at, frame = x + c * dt * slopes[-1], Q + c * dt * stages[-1]
    x = x + dt / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
    return x, Q + dt / 6 * (stages[0] + 2 * stages[1] + 2 * stages[2] + stages[3])
