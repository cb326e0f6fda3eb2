"""What the looks at the length of the steps and at the volume cost: runs with and without them, in turn.

python benchmarks/looks.py
"""

import statistics
import time
from unittest import mock

import pylyap
from pylyap import systems
from pylyap.results import memory, step_look

REPEATS = 15
CASES = {
    "network, N = 100, all exponents": (pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=1)), dict(t_average=200)),
    "network, N = 300, 10 exponents": (
        pylyap.RateNetwork(pylyap.weights.gaussian(300, 3.0, seed=1)), dict(t_average=200, n_exponents=10)),
    "network, N = 300, 1 exponent": (
        pylyap.RateNetwork(pylyap.weights.gaussian(300, 3.0, seed=1)), dict(t_average=200, n_exponents=1)),
    "Lorenz 1963": (systems.lorenz63(), dict(t_average=3000)),
    "Lorenz 1996, 1 exponent": (systems.lorenz96(16), dict(t_average=1000, n_exponents=1)),
}


def seconds(system, options, looks):
    began = time.perf_counter()
    if looks:
        pylyap.lyapunov_spectrum(system, **options)
    else:
        with mock.patch.object(step_look, "interval", lambda time_unit, n_steps: 0), \
                mock.patch.object(memory, "preserves_volume", lambda integrator, plan: None):
            pylyap.lyapunov_spectrum(system, **options)
    return time.perf_counter() - began


def main():
    for name, (system, options) in CASES.items():
        seconds(system, options, True), seconds(system, options, False)  # compiled
        pairs = [(seconds(system, options, True), seconds(system, options, False)) for _ in range(REPEATS)]
        ratio = statistics.median(a / b for a, b in pairs)
        without = statistics.median(b for _, b in pairs)
        print(f"{name:<34}{without:8.3f} s without, with the looks {100 * (ratio - 1):+6.1f} % (median of {REPEATS})", flush=True)


if __name__ == "__main__":
    main()
