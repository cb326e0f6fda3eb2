"""How fast a full spectrum is: beside the speed of the matrix product it is made of, and beside plain NumPy.

    python benchmarks/spectrum_speed.py
"""

import time

import numpy as np

import pylyap
from pylyap._runtime import speed as measure, session

N, DT, STEPS_PER_BLOCK, BLOCKS = 500, 0.1, 10, 20


def main():
    network = pylyap.RateNetwork(pylyap.weights.gaussian(N, 3.0, seed=1))
    options = dict(solver="rk4", dt=DT, t_transient=10, t_align=1, qr_interval=1.0, seed=1)
    pylyap.lyapunov_spectrum(network, t_average=2, **options)  # Julia has started and compiled
    seconds, numpy_seconds, peak = [], [], []
    for _ in range(3):  # in turn, since the machine's speed may drift
        began = time.perf_counter()
        spectrum = pylyap.lyapunov_spectrum(network, t_average=BLOCKS, **options)
        seconds.append((time.perf_counter() - began) / (BLOCKS + 1))
        began = time.perf_counter()
        in_numpy(network.weights, spectrum.final_state, 2)
        numpy_seconds.append((time.perf_counter() - began) / 2)
        peak.append(measure.julia_gflops(1500, session.n_threads()))
    block = STEPS_PER_BLOCK * 4 * 2 * N**3 + 8 / 3 * N**3  # RK4's four products per step, and one QR
    rate = block / min(seconds) / 1e9
    print(f"N = {N}, RK4, all exponents, {session.n_threads()} threads")
    print(f"pylyap          {min(seconds):.3f} s per tau, {rate:.0f} GFLOP/s")
    print(f"matrix product  {max(peak):.0f} GFLOP/s in Julia: pylyap reaches {rate / max(peak):.0%} of it")
    print(f"plain NumPy     {min(numpy_seconds):.3f} s per tau: {min(numpy_seconds) / min(seconds):.1f} times as long")


def in_numpy(W, x, blocks):
    """The same arithmetic in NumPy, as one would write it with care for speed: no Jacobian is formed."""
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((N, N)))[0]
    for _ in range(blocks):
        for _ in range(STEPS_PER_BLOCK):
            slopes, stages, at, frame = [], [], x, Q
            for c in (0.5, 0.5, 1.0, None):
                slopes.append(-at + W @ np.tanh(at))
                stages.append(-frame + W @ (frame / np.cosh(at)[:, None] ** 2))
                if c is not None:
                    at, frame = x + c * DT * slopes[-1], Q + c * DT * stages[-1]
            x = x + DT / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
            Q = Q + DT / 6 * (stages[0] + 2 * stages[1] + 2 * stages[2] + stages[3])
        Q, R = np.linalg.qr(Q)
    return np.log(np.abs(np.diag(R)))


if __name__ == "__main__":
    main()
