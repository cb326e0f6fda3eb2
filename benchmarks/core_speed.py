"""What a run is made of, in units of one product of the weights with a frame; and whole runs beside the product's speed.

    python benchmarks/core_speed.py [folder]

All of it in one process, in turn, so that the machine's speed drops out. Writes core_speed.json.
"""

import json
import pathlib
import sys
import time

import numpy as np

import pylyap
from pylyap._runtime import session, speed

SIZES = (300, 300), (400, 400), (1000, 1000), (1000, 100)
WHOLE = {300: 300, 1000: 30}  # N: tau of a whole run
BLOCK = 3.0  # tau, as runs of 120 tau and more choose it where all exponents are wanted
ROUNDS = 5
WANTED = {(1000, 1000): 1.5, (400, 400): 2.5, (1000, 100): 0.6}  # of a QR, in products


def parts(n, k):
    """Seconds of the parts of a run at this size."""
    return dict(session.julia().CoreSpeed.times(n, k, ROUNDS))


def whole(n, tau):
    """Rate of whole runs, products of the frame only counted, as a share of that of the product at this size, for each round."""
    network = pylyap.RateNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
    options = dict(t_transient=0, t_align=3, t_average=tau, qr_interval=BLOCK, solver="lab4", dt=1 / 7, progress=False)
    pylyap.lyapunov_spectrum(network, **{**options, "t_average": 3})
    shares = []
    for _ in range(ROUNDS):
        before = speed.julia_gflops(n, session.n_threads())
        began = time.perf_counter()
        spectrum = pylyap.lyapunov_spectrum(network, **options)
        seconds = time.perf_counter() - began
        products = (tau + 3) / spectrum.provenance["options"]["dt"]
        product = (before + speed.julia_gflops(n, session.n_threads())) / 2  # the speed of a machine drifts
        shares.append(products * 2 * n**3 / seconds / 1e9 / product)
    return dict(shares=shares, dt=spectrum.provenance["options"]["dt"], qr_interval=spectrum.diagnostics["qr_interval"])


def main(folder="."):
    """Measure, print and write."""
    session.start_julia()
    tools = pathlib.Path(__file__).with_suffix(".jl").as_posix()
    session.julia().seval(f'Main.include("{tools}"); using .CoreSpeed')
    found = dict(pylyap=pylyap.__version__, threads=session.n_threads(), parts=[], whole=[])
    for n, k in SIZES:
        seconds = parts(n, k)
        product = seconds["product"]
        in_products = {name: value / product for name, value in seconds.items()}
        wanted = f"  (wanted of cholesky: {WANTED[n, k]})" if (n, k) in WANTED else ""
        told = "  ".join(f"{name} {value:.2f}" for name, value in in_products.items() if name != "product")
        gflops = 2 * n * n * k / product / 1e9
        print(f"N = {n}, k = {k}: product {1e3 * product:.2f} ms, {gflops:.0f} GFLOP/s; in products: {told}{wanted}", flush=True)
        found["parts"].append(dict(n=n, k=k, seconds=seconds, gflops=gflops, in_products=in_products))
    for n, tau in WHOLE.items():
        result = whole(n, tau)
        print(f"N = {n}, whole run: {np.median(result['shares']):.0%} of the product's rate; {result}", flush=True)
        found["whole"].append(dict(n=n, tau=tau, **result))
    (pathlib.Path(folder) / "core_speed.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
