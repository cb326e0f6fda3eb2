"""Do the 95 % intervals of runs called "converged" cover? Hamiltonian, intermittent and dissipative systems, many starts.

python benchmarks/coverage.py [starts [seed [words of a case]]]

The truth of each case is the median of `REFERENCES` runs of its own, each `TIMES` times as long: one of them may lie on an
island. Where it is known, it is that. Prints a table: how many runs end "converged", the scatter of all exponents
beside the errors claimed, and how many intervals miss, of all runs and of the converged ones. Solvers are the default ones. The thresholds of
`pylyap.results.memory` and `pylyap.results.step_look` were chosen with other networks and other seeds.
"""

import sys

import numpy as np

import pylyap
from pylyap import systems

HENON_HEILES = """f!(d, x, p, t) = (d[1] = x[3]; d[2] = x[4]; d[3] = -x[1] - 2x[1] * x[2];
    d[4] = -x[2] - x[1]^2 + x[2]^2; nothing)"""
INTERMITTENT = "f!(n, x, p, t) = (y = x[1] + x[1]^p.z; n[1] = y > 1 ? y - 1 : y; nothing)"
INTERMITTENT_PRODUCT = "j!(d, v, x, p, t) = (d[1] = v[1] * (1 + p.z * x[1]^(p.z - 1)); nothing)"
STANDARD = "f!(n, x, p, t) = (n[2] = mod(x[2] + p.K * sin(x[1]), 2pi); n[1] = mod(x[1] + n[2], 2pi); nothing)"
STANDARD_PRODUCT = "j!(d, v, x, p, t) = (d[2] = v[2] + p.K * cos(x[1]) * v[1]; d[1] = v[1] + d[2]; nothing)"


def henon_heiles_start(generator, energy=1 / 8):
    """A state of this energy in the chaotic sea: near y = -0.25."""
    y = generator.uniform(-0.26, -0.24)
    return [0, y, np.sqrt(2 * energy - y**2 + 2 / 3 * y**3), 0]


def uniform(low, high, n=1):
    return lambda generator: generator.uniform(low, high, n)


def intermittent(z):
    """x + x^z mod 1 (Pomeau and Manneville): the variance of a mean is infinite from z = 1.5 on, its exponent 0 from z = 2 on."""
    return systems.map(1, INTERMITTENT, jvp=INTERMITTENT_PRODUCT, parameters=dict(z=z), initial_state=[0.3])


# Of the chaotic sea of Hénon-Heiles at E = 1/8: six runs of t = 300 000 with dt = 0.05 gave 0.0451 to 0.0474, median this; the
# energy fell by 4e-4 in them, with dt = 0.1 by ten times as much in a tenth of the time.
SEA = 0.0456

CASES = {  # system, start, t_average, truth if it is known
    "Hénon-Heiles, E = 1/8, t = 2000": (systems.flow(4, HENON_HEILES, dt=0.05), henon_heiles_start, 2000, SEA),
    "Hénon-Heiles, E = 1/8, t = 40 000": (systems.flow(4, HENON_HEILES, dt=0.05), henon_heiles_start, 40_000, SEA),
    "standard map, K = 10": (
        systems.map(2, STANDARD, jvp=STANDARD_PRODUCT, parameters=dict(K=10.0)), uniform(0, 2 * np.pi, 2), 5000, None),
    "x + x^1.5 mod 1": (intermittent(1.5), uniform(0, 1), 20_000, None),
    "x + x^1.8 mod 1": (intermittent(1.8), uniform(0, 1), 20_000, None),
    "x + x^2 mod 1": (intermittent(2.0), uniform(0, 1), 20_000, 0.0),
    "x + x^3 mod 1": (intermittent(3.0), uniform(0, 1), 20_000, 0.0),
    "rate network, N = 100, g = 3": (
        pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=201)), uniform(-2, 2, 100), 1000, None),
    "rate network, N = 100, g = 6": (
        pylyap.RateNetwork(pylyap.weights.gaussian(100, 6.0, seed=203)), uniform(-2, 2, 100), 500, None),
    "discrete network, N = 50, g = 3.5": (
        pylyap.DiscreteNetwork(pylyap.weights.gaussian(50, 3.5, seed=202)), uniform(-1, 1, 50), 2000, None),
}
REFERENCES, TIMES = 7, 20
TITLES = ("case", "truth", "converged", "scatter", "claimed", "miss, all", "miss, converged")


def leading(system, **options):
    run = pylyap.lyapunov_spectrum(system, n_exponents=1, progress=False, **options)
    return run.exponents[0], run.stderr[0], run.status


def row(system, start, t_average, truth, starts, seed):
    generator = np.random.default_rng(seed)

    def runs(count, t):
        return [leading(system, t_average=t, seed=seed + i, initial_state=start(generator)) for i in range(count)]

    if truth is None:
        truth = np.median([value for value, _, _ in runs(REFERENCES, TIMES * t_average)])
    values, errors, statuses = map(np.array, zip(*runs(starts, t_average)))
    converged = statuses == "converged"
    miss = np.abs(values - truth) > 1.96 * errors
    return (
        f"{truth:.4f}", f"{converged.sum()} of {starts}", f"{values.std():.4f}", f"{np.median(errors):.4f}",
        f"{miss.sum()} of {starts}", f"{miss[converged].sum()} of {converged.sum()}",
    )  # fmt: skip


def main(starts=40, seed=80_000, *words):
    print(f"| {' | '.join(TITLES)} |\n|{' --- |' * len(TITLES)}")
    for name, (system, start, t_average, truth) in CASES.items():
        if all(word in name for word in words):
            print(f"| {' | '.join((name, *row(system, start, t_average, truth, starts, seed)))} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])
