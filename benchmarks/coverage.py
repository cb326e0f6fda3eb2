"""Do the 95 % intervals of runs called "converged" cover? Hamiltonian, intermittent and dissipative systems, many starts.

python benchmarks/coverage.py [starts]

The truth of each case is the mean over all starts. Prints how often each status is given, and the
share of intervals that miss, of all runs and of the converged ones.
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


CASES = {
    "Henon-Heiles, E = 1/8": (systems.flow(4, HENON_HEILES, dt=0.1), henon_heiles_start, 2000),
    "x + x^1.5 mod 1": (
        systems.map(1, INTERMITTENT, jvp=INTERMITTENT_PRODUCT, parameters=dict(z=1.5), initial_state=[0.3]),
        lambda generator: [generator.random()], 20_000),
    "standard map, K = 10": (
        systems.map(2, STANDARD, jvp=STANDARD_PRODUCT, parameters=dict(K=10.0)),
        lambda generator: generator.random(2) * 2 * np.pi, 5000),
    "rate network, N = 20, g = 6": (
        pylyap.RateNetwork(pylyap.weights.gaussian(20, 6.0, seed=3)), lambda generator: generator.standard_normal(20), 500),
    "discrete network, N = 20, g = 4": (
        pylyap.DiscreteNetwork(pylyap.weights.gaussian(20, 4.0, seed=3)),
        lambda generator: generator.standard_normal(20), 2000),
}


def main(starts=40):
    print(f"{'case':<34}{'truth':>9}{'scatter':>9}{'claimed':>9}{'converged':>11}{'miss, all':>11}{'miss, converged':>17}")
    for name, (system, start, t_average) in CASES.items():
        generator = np.random.default_rng(1)
        runs = [
            pylyap.lyapunov_spectrum(system, t_average=t_average, n_exponents=1, seed=i, initial_state=start(generator))
            for i in range(starts)
        ]
        values, errors = np.array([(run.exponents[0], run.stderr[0]) for run in runs]).T
        converged = np.array([run.status == "converged" for run in runs])
        # the mean of all starts has sqrt(starts) times less error than one of them
        miss = np.abs(values - values.mean()) > 1.96 * errors
        of_converged = f"{miss[converged].mean():.0%} of {converged.sum()}" if converged.any() else "none"
        print(
            f"{name:<34}{values.mean():9.4f}{values.std():9.4f}{np.median(errors):9.4f}{converged.mean():11.0%}"
            f"{miss.mean():11.0%}{of_converged:>17}", flush=True,
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
