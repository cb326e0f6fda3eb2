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

import numpy as np

ARRAYS = ("log_growth", "durations", "final_state", "final_frame", "unit_traces")
LONGEST = 1.5  # seconds after which a run is killed at the latest; whole ones take longer
RUN = """
import os, sys, numpy, pylyap
kind, checkpoint, result = sys.argv[1:]
W = pylyap.weights.gaussian(40, 2.5, seed=3)
noise = pylyap.drives.white_noise(0.3, seed=4)
pylyap.start_julia(threads=2)

def arrays(length, **options):
    if kind == "rate network":
        found = [pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=1200 * length, t_align=200 * length, **options)]
        more = []
    elif kind == "driven map":
        network = pylyap.DiscreteNetwork(W, drive=noise)
        found = [pylyap.lyapunov_spectrum(network, t_average=16_000 * length, t_align=3000 * length, **options)]
        more = []
    elif kind == "covariant vectors":
        vectors = pylyap.covariant_vectors(
            pylyap.DiscreteNetwork(W, drive=noise), n_vectors=20, t_average=20_000 * length, t_align=4000 * length,
            t_backward=10_000 * length, sample_interval=100 * length, **options
        )
        found, more = [vectors.spectrum], [vectors.vectors, vectors.log_growth]
    else:
        networks = [pylyap.DiscreteNetwork(W * f, drive=noise) for f in (0.5, 1.0, 1.5, 2.0)]
        found, more = pylyap.lyapunov_ensemble(networks, t_average=8000 * length, t_align=2000 * length, **options), []
    return [getattr(one, name) for one in found for name in %r] + more

arrays(0.01, checkpoint=result + ".short", checkpoint_interval=0)  # so that all is compiled
print("ready", flush=True)
numpy.savez(result + ".part.npz", *arrays(1, **dict(checkpoint=checkpoint, checkpoint_interval=0) if checkpoint else {}))
os.replace(result + ".part.npz", result)  # or a kill now would leave half a file
""" % (ARRAYS,)  # noqa: UP031 (braces are Python here)
KINDS = ("rate network", "driven map", "ensemble", "covariant vectors")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=KINDS, help="one kind of run, which then gets all kills")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, stack: sys.exit(1))  # which tells what was seen until then
    print("run                kills  resumed from a checkpoint  ended and compared  bits")
    chance = random.Random(options.seed)
    kinds = [options.only] if options.only else KINDS
    return max([tried(kind, len(range(number, options.kills, len(kinds))), chance) for number, kind in enumerate(kinds)])


def tried(kind, kills, chance):
    """Kill runs of a kind so many times, and tell what became of them; 1 if one was lost or has other bits."""
    done = resumed = compared = 0
    told, child = "the same", None
    try:
        with tempfile.TemporaryDirectory() as folder:
            whole = pathlib.Path(folder) / "whole.npz"
            start(kind, "", whole).wait()
            while done < kills:  # a run that ends before it is killed is compared, and another one begins
                checkpoint, result = whole.with_name(f"{compared}.npz"), whole.with_name(f"{compared}-result.npz")
                while not result.exists():
                    resumed += checkpoint.exists()
                    child = start(kind, checkpoint, result)
                    child.stdout.readline()
                    if done < kills and not ends_within(child, chance.uniform(0, LONGEST)):
                        child.kill()
                        done += 1
                    if child.wait() not in (0, -signal.SIGKILL):
                        told = f"ended with {child.returncode}"
                        return 1
                compared += 1
                if not same(whole, result):
                    told = "DIFFER"
                    return 1
        return 0
    finally:
        if child is not None:
            child.kill()
        print(f"{kind:<19}{done:5}  {resumed:25}  {compared:18}  {told if compared else 'none'}", flush=True)


def ends_within(child, seconds):
    try:
        return child.wait(seconds) is not None
    except subprocess.TimeoutExpired:
        return False


def start(kind, checkpoint, result):
    command = [sys.executable, "-c", RUN, kind, str(checkpoint), str(result)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def same(a, b):
    with np.load(a) as one, np.load(b) as other:
        return one.files == other.files and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one.files)


if __name__ == "__main__":
    sys.exit(main())
