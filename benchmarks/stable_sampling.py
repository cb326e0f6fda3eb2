"""Cost of one alpha-stable number: pylyap, SciPy, the textbook formula in NumPy, and a plain normal, on one core.

python benchmarks/stable_sampling.py
"""

import platform
import time

import numpy as np
import scipy
from scipy.stats import levy_stable

from pylyap.networks import stable

M = 2_000_000
REPEATS = 3


def textbook(alpha, generator):
    """Chambers, Mallows and Stuck written down as it stands, beta = 0."""
    U = np.pi * (generator.random(M) - 0.5)
    E = generator.standard_exponential(M)
    x = np.sin(alpha * U) / np.cos(U) ** (1 / alpha)
    return x * (np.cos((1 - alpha) * U) / E) ** ((1 - alpha) / alpha)


def nanoseconds(function):
    """Best time of a few runs, per number."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) / M * 1e9


def main():
    generator = np.random.default_rng(0)
    x = np.empty(M)
    normal = nanoseconds(lambda: generator.standard_normal(out=x))
    print(f"{platform.machine()}, NumPy {np.__version__}, SciPy {scipy.__version__}; ns per number, best of {REPEATS}")
    print(f"plain standard_normal: {normal:.1f} ns")
    print("alpha  beta   pylyap  textbook   scipy   scipy/pylyap  pylyap/normal")
    for alpha, beta in [(0.5, 0.0), (1.0, 0.0), (1.5, 0.0), (1.5, 0.7), (1.0, 0.5), (2.0, 0.0)]:
        ours = nanoseconds(lambda: stable.fill(x, alpha, beta, 1.0, generator))
        formula = f"{nanoseconds(lambda: textbook(alpha, generator)):8.1f}" if beta == 0 else "        "
        reference = nanoseconds(lambda: levy_stable.rvs(alpha, beta, size=M, random_state=generator))
        print(
            f"{alpha:5.2f}  {beta:4.1f}  {ours:7.1f}  {formula}  {reference:6.1f}"
            f"   {reference / ours:12.1f}  {ours / normal:13.2f}"
        )


if __name__ == "__main__":
    main()
