"""What a start costs: a new Python up to its first spectra, with and without an image of Julia, in turn.

    python benchmarks/startup.py [rounds]

`pylyap julia image` makes the image; without one only the second half is measured.
"""

import json
import os
import statistics
import subprocess
import sys

ROUNDS = 5
PARTS = """
import json, time
began = time.perf_counter()
parts = {}
def took(name):
    global began
    now = time.perf_counter()
    parts[name], began = now - began, now
import pylyap
took("import pylyap")
import numpy as np
network = pylyap.RateNetwork(pylyap.weights.gaussian(50, 3.0, seed=1))
took("NumPy, SciPy, a network")
pylyap.start_julia()
took("start_julia")
pylyap.lyapunov_spectrum(network, t_average=50, progress=False)
took("first spectrum")
pylyap.lyapunov_spectrum(network, t_average=50, progress=False)
took("second spectrum")
print(json.dumps(parts))
"""


def parts(image):
    """Seconds of the parts of one start."""
    environment = {**os.environ, "PYLYAP_JULIA_IMAGE": "yes" if image else "no"}
    if image:
        environment.pop("PYLYAP_JULIA_IMAGE")
    found = subprocess.run([sys.executable, "-c", PARTS], env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(found.stdout.splitlines()[-1])


def main(rounds=ROUNDS):
    """Measure in turn, and print."""
    found = {True: [], False: []}
    for _ in range(rounds):
        for image, starts in found.items():
            starts.append(parts(image))
    for image, starts in found.items():
        told = "  ".join(f"{name} {statistics.median(start[name] for start in starts):.2f}" for name in starts[0])
        total = statistics.median(sum(start.values()) for start in starts)
        print(f"{'with an image' if image else 'without an image'}: {told}  all {total:.2f} s (medians of {rounds})", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
