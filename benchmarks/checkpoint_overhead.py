"""What checkpoints cost: the time to write one of a full spectrum at N = 1000, against the minute between two of them.

python benchmarks/checkpoint_overhead.py [N]
"""

import sys
import tempfile
import time

import pylyap
from pylyap._core.integrator import Integrator
from pylyap.runs import checkpoints
from pylyap.runs.plan import make_plan
from pylyap.runs.provenance import fingerprints
from pylyap.runs.spectrum import plan_options

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
network = pylyap.RateNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
plan = make_plan(network, **plan_options(t_average=1000))
pylyap.start_julia()
run = Integrator(network, plan)
run.start_averaging(plan.n_average)
run.grow_log(plan.n_average)
run.average(2)
run.julia.n_logged = len(run.log.steps)  # as if the run were at its end, where the file is largest
with tempfile.TemporaryDirectory() as folder:
    checkpoint = checkpoints.Checkpoint(checkpoints.where(f"{folder}/run.npz", 60), "spectrum")
    checkpoint.find([("", fingerprints(network, plan), plan)])
    times = []
    for _ in range(5):
        began = time.perf_counter()
        checkpoint.write(run)
        times.append(time.perf_counter() - began)
middle = sorted(times)[2]
print(f"N = {n}: {middle:.3f} s for a checkpoint (the middle of 5, {min(times):.3f} to {max(times):.3f}), {middle / 60:.2%} of a minute")
