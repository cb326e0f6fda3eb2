"""What a start costs: a new Python up to its first spectra, with an image of Julia, if there is one, and without, in turn.

    python benchmarks/startup.py [rounds]

`pylyap julia image` makes the image.
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
spectrum = pylyap.lyapunov_spectrum(network, t_average=50, progress=False)
took("second spectrum")
print(json.dumps([parts, ", image " in spectrum.provenance["julia"]]))
"""


def start(image):
    """Seconds of the parts of one start, from an image if that is asked for and there is one; and whether it was."""
    environment = {**os.environ, "PYLYAP_JULIA_IMAGE": "" if image else "no"}
    found = subprocess.run([sys.executable, "-c", PARTS], env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(found.stdout.splitlines()[-1])


def main(rounds=ROUNDS):
    """Measure in turn, and print."""
    found = {True: [], False: []}
    for _ in range(rounds):
        for wanted in found:
            if wanted or found[True]:  # where there is no image, all starts are without
                parts, image = start(wanted)
                found[image].append(parts)
    for image, starts in found.items():
        if not starts:
            continue
        told = "  ".join(f"{name} {statistics.median(one[name] for one in starts):.2f}" for name in starts[0])
        total = statistics.median(sum(one.values()) for one in starts)
        print(f"{'with an image' if image else 'without an image'}: {told}  all {total:.2f} s (medians of {rounds})", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
