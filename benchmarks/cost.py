"""What a spectrum costs: against N, k and threads, with fitted exponents; ensembles, gains, sparse and trained networks; memory.

    python benchmarks/cost.py [folder] [--part scaling jobs memory]

Each number of threads gets a process of its own, because Julia cannot change its threads; their runs take turns. Writes
cost.json and cost.png. Run it when nothing else computes.
"""

import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np

import pylyap
from answering import Answering
from pylyap._runtime.cores import usable_cores

PARTS = ["scaling", "jobs", "memory"]
ROUNDS = 3
SIZES = (50, 100, 200, 400, 800)  # all exponents
COLUMNS = (1, 10, 30, 100, 300, 1000)  # of a network of LARGE units
LARGE = 1000
SHORT = dict(t_transient=5, t_align=5, seed=1, progress=False)
WORK = 1e11  # multiplications and additions of a run of the scaling, about: larger networks get fewer tau


def rate_network(n, gain=3.0):
    return pylyap.RateNetwork(pylyap.weights.gaussian(n, gain, seed=1))


def seconds_of(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def scaling(n, k, kind):
    """(work without arguments, time it covers): a flow by its default, or a map."""
    products = 7 if kind == "flow" else 1
    length = int(min(200, max(5, WORK / (2 * n * n * k * products)))) + 5
    network = rate_network(n) if kind == "flow" else pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
    options = dict(SHORT, n_exponents=k, t_average=length, qr_interval=1.0)
    return lambda: pylyap.lyapunov_spectrum(network, **options), length + 5  # the transient moves no frame


def ensemble():
    networks = [pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=s)) for s in range(64)]
    return lambda: pylyap.lyapunov_ensemble(networks, t_average=150, **SHORT), 64


def gain_family():
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(500, 1.0, seed=1))
    return lambda: pylyap.leading_exponents(network, np.linspace(1.5, 4.5, 64), t_average=300, seed=1, progress=False), 64


def sparse():
    network = pylyap.RateNetwork(pylyap.weights.fixed_in_degree(20_000, 3.0, 200, seed=1))
    options = dict(SHORT, n_exponents=50, t_transient=0, t_align=0, t_average=1, solver="rk4", dt=0.1)
    return lambda: pylyap.lyapunov_spectrum(network, **options), 1


JOBS = {"ensemble of 64 networks, N = 100": ensemble, "leading exponents of 64 gains of a map, N = 500": gain_family,
        "sparse, N = 20 000, 200 inputs per unit, k = 50": sparse}


def worker():
    """Answer requests, one JSON object per line, with seconds per unit of what was asked."""
    answers, sys.stdout = sys.stdout, sys.stderr
    pylyap.start_julia(threads=int(sys.argv[2]))
    prepared = {}
    for line in sys.stdin:
        asked = json.loads(line)
        key = json.dumps(asked)
        if key not in prepared:
            prepared[key] = JOBS[asked["job"]]() if "job" in asked else scaling(**asked)
            prepared[key][0]()  # compiles
        work, units = prepared[key]
        answers.write(json.dumps(seconds_of(work) / units) + "\n")
        answers.flush()


def in_turn(workers, asked):
    """{threads: median seconds}, and the median ratio of one thread to the most."""
    times = {threads: [] for threads in workers}
    for _ in range(ROUNDS):
        for threads, one in workers.items():
            times[threads].append(one.ask(asked))
    fewest, most = min(workers), max(workers)
    ratio = statistics.median(a / b for a, b in zip(times[fewest], times[most]))
    return {threads: statistics.median(found) for threads, found in times.items()}, ratio


def fitted(sizes, seconds):
    """Exponent of a power law, over the larger half of the sizes, where it is nearly one."""
    half = len(sizes) // 2
    return float(np.polyfit(np.log(sizes[half:]), np.log(seconds[half:]), 1)[0])


def measure_scaling(workers):
    rows = []
    series = (
        ("flow, all exponents", "flow", [(n, n) for n in SIZES], 0), ("map, all exponents", "map", [(n, n) for n in SIZES], 0),
        (f"flow, N = {LARGE}", "flow", [(LARGE, k) for k in COLUMNS], 1),
        (f"map, N = {LARGE}", "map", [(LARGE, k) for k in COLUMNS], 1),
    )  # fmt: skip
    for name, kind, pairs, varied in series:
        found = [in_turn(workers, dict(n=n, k=k, kind=kind)) for n, k in pairs]
        at = [pair[varied] for pair in pairs]
        for threads in workers:
            seconds = [times[threads] for times, _ in found]
            row = dict(series=name, varied="Nk"[varied], at=at, threads=threads, seconds=seconds, exponent=fitted(at, seconds))
            rows.append(row)
            told = "  ".join(f"{a}: {1e3 * s:.3g}" for a, s in zip(at, seconds))
            print(f"{name}, {threads} threads: ms per tau or step {told}; ~ {'Nk'[varied]}^{row['exponent']:.2f}", flush=True)
        print(f"{name}: gain by threads " + "  ".join(f"{a}: {ratio:.2f}" for a, (_, ratio) in zip(at, found)), flush=True)
    return rows


def measure_jobs(workers):
    rows = []
    for name in JOBS:
        times, ratio = in_turn(workers, dict(job=name))
        told = ", ".join(f"{threads} threads {seconds:.3g} s" for threads, seconds in times.items())
        print(f"{name}: per network or tau {told}; gain {ratio:.2f}", flush=True)
        rows.append(dict(job=name, seconds=times, gain=ratio))
    return rows


def measure_memory():
    """Of a full spectrum of 4000 units, in frames beside the weights: in a process that does nothing else."""
    answer = subprocess.run([sys.executable, __file__, "memory"], stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(answer.stdout)
    print(f"N = 4000, all exponents: {found['frames']:.1f} frames beside the weights (a frame is {found['frame']:.3g} bytes); "
          f"{found['seconds']:.1f} s per tau, said before: {found['said']:.1f}", flush=True)
    return found


def memory(n=4000):
    import resource

    from pylyap.runs import needs
    from pylyap.runs.spectrum import planned

    pylyap.start_julia()
    pylyap.lyapunov_spectrum(rate_network(200), t_average=20, **SHORT)
    network = rate_network(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    current = int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    options = dict(SHORT, t_transient=1, t_align=1, t_average=2, qr_interval=1.0)
    seconds = seconds_of(lambda: pylyap.lyapunov_spectrum(network, **options)) / 3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert peak > before, "the peak is that of what came before the run"
    frame = 8 * n * n
    plan = planned(network, **{name: value for name, value in options.items() if name != "progress"})
    said = needs.seconds(network, plan) / 3
    print(json.dumps(dict(
        n=n, frame=frame, peak=peak, frames=(peak - current) / frame, seconds=seconds, said=said)))


def draw(rows, path):
    """A panel for each series: seconds against what was varied."""
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys(row["series"] for row in rows))
    figure, axes = plt.subplots(1, len(names), figsize=(3.4 * len(names), 3.2), layout="constrained")
    for ax, name in zip(axes, names):
        for row in (row for row in rows if row["series"] == name):
            label = f"{row['threads']} threads: ~ {row['varied']}^{row['exponent']:.1f}"
            ax.loglog(row["at"], row["seconds"], "o-", label=label)
        ax.set_title(name, fontsize=9)
        ax.set_xlabel(row["varied"])
        ax.legend(fontsize=7)
    axes[0].set_ylabel("seconds per tau or step")
    figure.savefig(path, dpi=110)


def main():
    """Measure, print, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS, help="what to measure; the others stay in the file")
    options = parser.parse_args()
    folder = pathlib.Path(options.folder)
    file = folder / "cost.json"
    found = {**(json.loads(file.read_text()) if file.exists() else {}), "pylyap": pylyap.__version__}
    with contextlib.ExitStack() as all_of_them:
        workers = {}
        for threads in sorted({1, usable_cores()}) if {"scaling", "jobs"} & set(options.part) else ():
            workers[threads] = all_of_them.enter_context(Answering([sys.executable, __file__, "worker", str(threads)]))
        if "scaling" in options.part:
            found["scaling"] = measure_scaling(workers)
            draw(found["scaling"], folder / "cost.png")
        if "jobs" in options.part:
            found["jobs"] = measure_jobs(workers)
    if "memory" in options.part:
        found["memory"] = measure_memory()
    file.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    {"worker": worker, "memory": memory}.get(sys.argv[1] if len(sys.argv) > 1 else "", main)()
