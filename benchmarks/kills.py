"""kill -9 at random moments of checkpointed runs: does every resumed run end with the bits of one that was never interrupted?

python benchmarks/kills.py [--kills 50] [--seed 0]: a table; exit code 1 if a run was lost or a bit differs.
"""

import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np

ARRAYS = ("log_growth", "durations", "final_state", "final_frame", "unit_traces")
LONGEST = 4.0  # seconds after Julia's start after which a run is killed at the latest; whole ones take longer
RUN = """
import sys, numpy, pylyap
kind, checkpoint, result = sys.argv[1:]
W = pylyap.weights.gaussian(40, 2.5, seed=3)
noise = pylyap.drives.white_noise(0.3, seed=4)
options = dict(checkpoint=checkpoint, checkpoint_interval=0) if checkpoint else {}
pylyap.start_julia(threads=2)
print("ready", flush=True)
if kind == "rate network":
    found = [pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=2500, t_align=400, **options)]
elif kind == "driven map":
    found = [pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(W, drive=noise), t_average=40_000, t_align=8000, **options)]
elif kind == "covariant vectors":
    vectors = pylyap.covariant_vectors(
        pylyap.DiscreteNetwork(W, drive=noise), n_vectors=20, t_average=20_000, t_align=4000, t_backward=10_000, **options
    )
    found = [vectors.spectrum]
else:
    networks = [pylyap.DiscreteNetwork(W * f, drive=noise) for f in (0.5, 1.0, 1.5, 2.0)]
    found = pylyap.lyapunov_ensemble(networks, t_average=20_000, t_align=4000, **options)
arrays = [getattr(one, name) for one in found for name in %r]
if kind == "covariant vectors":
    arrays += [vectors.vectors, vectors.log_growth]
numpy.savez(result, *arrays)
""" % (ARRAYS,)  # noqa: UP031 (braces are Python here)
KINDS = ("rate network", "driven map", "ensemble", "covariant vectors")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=KINDS, help="one kind of run, which then gets all kills")
    options = parser.parse_args()
    chance, faults = random.Random(options.seed), 0
    print("run                kills  resumed from a checkpoint  bits")
    with tempfile.TemporaryDirectory() as folder:
        kinds = [options.only] if options.only else KINDS
        for number, kind in enumerate(kinds):
            kills = len(range(number, options.kills, len(kinds)))
            whole = pathlib.Path(folder) / f"{number}-whole.npz"
            start(kind, "", whole).wait()
            done = resumed = 0
            equal = True
            while done < kills:  # a run that ends before it is killed is compared, and another one begins
                checkpoint = pathlib.Path(folder) / f"{number}-{done}.npz"
                result = pathlib.Path(folder) / f"{number}-{done}-result.npz"
                while not result.exists():
                    resumed += checkpoint.exists()
                    child = start(kind, checkpoint, result)
                    child.stdout.readline()
                    until = time.monotonic() + chance.uniform(0, LONGEST)
                    while done < kills and child.poll() is None and time.monotonic() < until:
                        time.sleep(0.01)
                    if done < kills and child.poll() is None:
                        child.send_signal(signal.SIGKILL)
                        done += 1
                    child.wait()
                    if child.returncode not in (0, -signal.SIGKILL):
                        print(f"{kind}: a resumed run ended with {child.returncode}")
                        return 1
                equal &= same(whole, result)
            faults += not equal
            print(f"{kind:<19}{done:5}  {resumed:24}  {'the same' if equal else 'DIFFER'}", flush=True)
    return 1 if faults else 0


def start(kind, checkpoint, result):
    command = [sys.executable, "-c", RUN, kind, str(checkpoint), str(result)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def same(a, b):
    with np.load(a) as one, np.load(b) as other:
        return one.files == other.files and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one.files)


if __name__ == "__main__":
    sys.exit(main())
