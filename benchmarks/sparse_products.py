"""Sparse networks: speed and memory of a mean-field-size run, beside SciPy's product and dense weights.

python benchmarks/sparse_products.py [N [ENTRIES_PER_ROW [K]]]
"""

import platform
import subprocess
import sys
import time

import numpy as np
import scipy

import pylyap

REPEATS = 3
STAGES, STEPS = 4, 10  # of RK4 with dt = 0.1: products per tau


def seconds_per_tau(network, k, t_average=2):
    """Best time of a few short runs, their first exponents not settled; QR once per tau."""
    run = dict(n_exponents=k, dt=0.1, t_transient=0, t_align=0, qr_interval=1, progress=False)
    pylyap.lyapunov_spectrum(network, t_average=1, **run)  # compiles
    times = [pylyap.lyapunov_spectrum(network, t_average=t_average, **run).provenance["wall_time"] for _ in range(REPEATS)]
    return min(times) / t_average


def best(function):
    """Best time of a few calls."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def report(n, degree, k):
    """One network: a run of k exponents against SciPy's products alone."""
    network = pylyap.RateNetwork(pylyap.weights.fixed_in_degree(n, 2.0, degree, seed=1))
    W, Y = network.weights, np.random.default_rng(0).standard_normal((n, k))
    run = seconds_per_tau(network, k)
    products = STAGES * STEPS * (best(lambda: W @ Y) + best(lambda: W @ Y[:, 0]))
    flops = STAGES * STEPS * 2 * W.nnz * (k + 1)
    print(f"{n:6d} {degree:5d} {k:4d}  {run:8.3f} s  {flops / run / 1e9:7.1f}  {products:8.3f} s  {flops / products / 1e9:7.1f}"
          f"  {products / run:6.2f}", flush=True)


def crossover(n, k):
    """The density at which dense weights become faster."""
    print(f"\nN = {n}, k = {k}: seconds per tau with sparse and dense weights\ndensity   sparse    dense")
    for density in (0.1, 0.2, 0.3, 0.4):
        W = pylyap.weights.fixed_in_degree(n, 2.0, int(density * n), seed=1)
        times = [seconds_per_tau(pylyap.RateNetwork(w), k) for w in (W, W.toarray(order="F"))]
        print(f"{density:7.2f} {times[0]:8.3f} {times[1]:8.3f}", flush=True)


PEAK = """
import pathlib, sys, pylyap

def peak():  # of this process alone, in MB; Linux
    return int(pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024

n, degree, k = map(int, sys.argv[1:])
run = dict(dt=0.5, t_transient=1, t_align=1, t_average=1, qr_interval=1)
make = lambda n: pylyap.weights.fixed_in_degree(n, 2.0, degree, seed=1) if degree else pylyap.weights.gaussian(n, 2.0, seed=1)
pylyap.lyapunov_spectrum(pylyap.RateNetwork(make(max(20, 2 * degree))), **run)  # compiles
idle = peak()
network = pylyap.RateNetwork(make(n))
made = peak()
pylyap.lyapunov_spectrum(network, n_exponents=k, progress=True, **run)
print(idle, made, peak())
"""


def peak_memory(n, degree, k):
    """Peaks of a process of its own: with Julia running, with the network made, at the end of a short run."""
    arguments = [sys.executable, "-c", PEAK, str(n), str(degree), str(k)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    idle, made, end = map(int, done.stdout.split())
    weights, frame = (12 * degree if degree else 8 * n) * n / 2**20, 8 * n * k / 2**20
    print(f"N = {n}, {degree or 'all'} entries per row, k = {k}: weights {weights:.0f} MB, frame {frame:.0f} MB; peak memory "
          f"{idle} MB with Julia running, {made} MB with the network, {end} MB after a run; "
          f"progress {'shown' if '% |' in done.stderr else 'NOT shown'}", flush=True)


def main():
    n, degree, k = (int(given) for given in sys.argv[1:4]) if len(sys.argv) == 4 else (20_000, 200, 20)
    pylyap.start_julia()
    print(f"{platform.machine()}, SciPy {scipy.__version__}; best of {REPEATS}. RK4, dt = 0.1, QR once per tau; SciPy: the same "
          "products alone, on its one core")
    print("     N   row    k   run per tau   GF/s  SciPy per tau   GF/s  SciPy/run")
    for case in ((n, degree, k), (n, degree, 1), (n // 10, degree // 2, k), (n // 10, degree // 2, 500)):
        report(*case)
    crossover(2000, 200)
    print()
    peak_memory(n, degree, k)
    peak_memory(5000, 0, 5000)


if __name__ == "__main__":
    main()
