"""Lorenz-96 with 40 variables: written by a user, against the one that is built in.

python benchmarks/user_system.py
"""

import numpy as np

import pylyap

STEPS = 20_000
REPEATS = 5

RHS = """
function f!(dx, x, p, t)
    n = length(x)
    @inbounds for i in 1:n
        a, b, d = i > 2 ? i - 2 : i + n - 2, i > 1 ? i - 1 : n, i < n ? i + 1 : 1
        dx[i] = (x[d] - x[a]) * x[b] - x[i] + p.F
    end
end"""
PRODUCT = """
function jvp!(dv, v, x, p, t)
    n = length(x)
    @inbounds for i in 1:n
        a, b, d = i > 2 ? i - 2 : i + n - 2, i > 1 ? i - 1 : n, i < n ? i + 1 : 1
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
    """Time of a step with all 40 exponents, best of some runs; the first compiles and does not count."""
    options = dict(t_transient=0, t_align=0, dt=0.02, qr_interval=0.2, initial_state=8 + np.sin(np.arange(40)))
    times = []
    for _ in range(REPEATS + 1):
        spectrum = pylyap.lyapunov_spectrum(system, t_average=steps * 0.02, **options)
        times.append(spectrum.provenance["wall_time"])
    return min(times[1:]) / steps * 1e6


def main():
    systems, user = pylyap.systems, dict(parameters=dict(F=8.0), initial_state=8 + np.sin(np.arange(40)))
    built_in = microseconds(systems.lorenz96(40), STEPS)
    print(f"built in:                                  {built_in:7.1f} us a step (RK4, 40 exponents)")
    for name, system, steps in (
        ("user's Julia, both functions", systems.flow(40, RHS, jvp=PRODUCT, **user), STEPS),
        ("user's Julia, complex step", systems.flow(40, RHS, **user), STEPS),
        ("user's Python, both functions", systems.flow(40, in_numpy, jvp=product_in_numpy), STEPS // 20),
        ("user's Python, complex step", systems.flow(40, in_numpy), STEPS // 100),
    ):
        own = microseconds(system, steps)
        print(f"{name:<42} {own:7.1f} us a step, {own / built_in:6.2f} times as long")


if __name__ == "__main__":
    main()
