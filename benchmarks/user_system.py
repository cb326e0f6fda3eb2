"""Lorenz-96 with 40 variables: written by a user, against the one that is built in.

python benchmarks/user_system.py
"""

import numpy as np

import pylyap

REPEATS = 20

# Ten lines: the ends of the ring apart, so that the loop over the others has neither branches nor checks.
RING = """
function ring!(rate, out)
    n = length(out)
    out[1], out[2], out[n] = rate(n - 1, n, 1, 2), rate(n, 1, 2, 3), rate(n - 2, n - 1, n, 1)
    for i in 3:n-1
        @inbounds out[i] = rate(i - 2, i - 1, i, i + 1)
    end
end
f!(dx, x, p, t) = ring!((a, b, c, d) -> @inbounds((x[d] - x[a]) * x[b] - x[c] + p.F), dx)
"""
RING_PRODUCT = """
jvp!(dv, v, x, p, t) = ring!((a, b, c, d) -> @inbounds((v[d] - v[a]) * x[b] + (x[d] - x[a]) * v[b] - v[c]), dv)
"""

# As one would write it first.
PLAIN = """
function f!(dx, x, p, t)
    n = length(x)
    for i in 1:n
        dx[i] = (x[mod1(i + 1, n)] - x[mod1(i - 2, n)]) * x[mod1(i - 1, n)] - x[i] + p.F
    end
end"""
PLAIN_PRODUCT = """
function jvp!(dv, v, x, p, t)
    n = length(x)
    for i in 1:n
        a, b, d = mod1(i - 2, n), mod1(i - 1, n), mod1(i + 1, n)
        dv[i] = (v[d] - v[a]) * x[b] + (x[d] - x[a]) * v[b] - v[i]
    end
end"""


def in_numpy(x, t):
    return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + 8


def product_in_numpy(x, t, V):
    def roll(A, s):
        return np.roll(A, s, axis=0)

    x = x[:, np.newaxis]
    return (roll(V, -1) - roll(V, 2)) * roll(x, 1) + (roll(x, -1) - roll(x, 2)) * roll(V, 1) - V


def microseconds(system, steps):
    """Time of a step with all 40 exponents."""
    spectrum = pylyap.lyapunov_spectrum(
        system, t_transient=0, t_align=0, t_average=steps * 0.02, dt=0.02, qr_interval=0.2,
        initial_state=8 + np.sin(np.arange(40)),
    )  # fmt: skip
    return spectrum.provenance["wall_time"] / steps * 1e6


def main():
    systems, parameters = pylyap.systems, dict(F=8.0)
    candidates = {
        "built in": (systems.lorenz96(40), 5000),
        "Julia, ten lines": (systems.flow(40, RING, jvp=RING_PRODUCT, parameters=parameters), 5000),
        "Julia, ten lines, dual numbers": (systems.flow(40, RING, parameters=parameters), 5000),
        "Julia, mod1 in the loops": (systems.flow(40, PLAIN, jvp=PLAIN_PRODUCT, parameters=parameters), 5000),
        "Python": (systems.flow(40, in_numpy, jvp=product_in_numpy), 200),
        "Python, complex step": (systems.flow(40, in_numpy), 50),
    }
    for system, _ in candidates.values():
        microseconds(system, 50)  # compiles
    # in turns, and the best of each: what else the machine does hits all alike
    times = dict.fromkeys(candidates, np.inf)
    for _ in range(REPEATS):
        for name, (system, steps) in candidates.items():
            times[name] = min(times[name], microseconds(system, steps))
    print("RK4, all 40 exponents, a QR every 10 steps")
    for name, time in times.items():
        print(f"{name:<32} {time:8.1f} us a step, {time / times['built in']:6.2f} times as long as built in")


if __name__ == "__main__":
    main()
