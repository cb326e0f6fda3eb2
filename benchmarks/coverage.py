"""Do the 95 % intervals of runs called "converged" cover? Hamiltonian, intermittent and dissipative systems, many starts.

python benchmarks/coverage.py [starts [seed]]

The truth of each case is a run of its own, `REFERENCE` times as long, whose error is so much smaller. Prints how many runs
end "converged" and "max_time", the scatter of the exponents beside the errors claimed, and how many intervals miss, of all
runs and of the converged ones. The thresholds of `pylyap.results.memory` were chosen with other
seeds, but on networks that are partly the same: it takes other networks to judge them. The reference of Hénon-Heiles may lie on an
island: its misses mean nothing.
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
    """A state of this energy near the chaotic sea's middle, y from -0.15 to 0, where islands are small."""
    y = generator.uniform(-0.15, 0.0)
    return [0, y, np.sqrt(2 * energy - y**2 + 2 / 3 * y**3), 0]


def network_start(n):
    return lambda generator: generator.standard_normal(n)


CASES = {
    "Henon-Heiles, E = 1/8": (systems.flow(4, HENON_HEILES, dt=0.1), henon_heiles_start, 2000),
    "x + x^1.5 mod 1": (
        systems.map(1, INTERMITTENT, jvp=INTERMITTENT_PRODUCT, parameters=dict(z=1.5), initial_state=[0.3]),
        lambda generator: [generator.random()], 20_000),
    "standard map, K = 10": (
        systems.map(2, STANDARD, jvp=STANDARD_PRODUCT, parameters=dict(K=10.0)),
        lambda generator: generator.random(2) * 2 * np.pi, 5000),
    "rate network, N = 40, g = 6": (
        pylyap.RateNetwork(pylyap.weights.gaussian(40, 6.0, seed=12)), network_start(40), 500),
    "discrete network, N = 50, g = 4": (
        pylyap.DiscreteNetwork(pylyap.weights.gaussian(50, 4.0, seed=13)), network_start(50), 2000),
}
REFERENCE = 50  # adds 1 % to the variance of a difference


def leading(system, **options):
    run = pylyap.lyapunov_spectrum(system, n_exponents=1, progress=False, **options)
    return run.exponents[0], run.stderr[0], run.status


def main(starts=40, seed=2026):
    print(
        f"{'case':<33}{'truth':>9}{'+-':>8}{'scatter':>9}{'claimed':>9}{'converged':>11}{'max_time':>10}{'miss, all':>11}"
        f"{'miss, converged':>17}"
    )
    for name, (system, start, t_average) in CASES.items():
        generator = np.random.default_rng(seed)
        truth, error, _ = leading(system, t_average=REFERENCE * t_average, seed=seed, initial_state=start(generator))
        runs = [
            leading(system, t_average=t_average, seed=seed + 1 + i, initial_state=start(generator)) for i in range(starts)
        ]
        values, errors, statuses = map(np.array, zip(*runs))
        converged = statuses == "converged"
        miss = np.abs(values - truth) > 1.96 * errors
        print(
            f"{name:<33}{truth:9.4f}{error:8.4f}{values.std():9.4f}{np.median(errors):9.4f}{converged.sum():11}"
            f"{(statuses == 'max_time').sum():10}{miss.sum():11}{miss[converged].sum():17}", flush=True,
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
