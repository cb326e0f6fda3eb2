"""pylyap beside other programs: same networks, same jobs, in turn.

    python benchmarks/beside.py [folder] [--only NAME ...] [--rounds 5] [--threads 2]

The other programs (lyapax and pynamicalsys from the package index, torch, and loops in NumPy, torch and Julia that are
written here) get an environment of their own, `build/beside`, beside this repository's. Each runs in a process of its
own, which has compiled before it is timed. Writes beside.json (every time, the errors, the machine) and beside.png.
Run it when nothing else computes.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import numpy as np
from matplotlib import pyplot as plt

import pylyap
from answering import Answering

HERE = pathlib.Path(__file__).parent
PEERS = ("lyapax", "pynamicalsys", os.environ.get("TORCH", "torch"))
MOST_SECONDS = 30.0  # one whose first timed run takes longer is not run again
LAMBDA, ENTROPY, DIMENSION = "leading", "entropy", "dimension"

# RK4 with dt = 0.1 is the usual step. Its own longest one is 1 / 3 for H and D within about 1 % at g = 3, and 0.2 comes
# nearest to the accuracy of pylyap's default, whose steps and blocks are its own.
FLOW = dict(kind="flow", align=5, blocks=40)
USUAL, EQUAL, LONGEST = dict(dt=0.1, per_block=10), dict(dt=0.2, per_block=5), dict(dt=1 / 3, per_block=3)
JOBS = {
    "rate network, N = 100": dict(FLOW, n=100, k=100, gain=3.0, blocks=200),
    "rate network, N = 400": dict(FLOW, n=400, k=400, gain=3.0),
    "map, N = 1000, k = 100": dict(kind="map", n=1000, k=100, gain=3.0, align=20, blocks=80, per_block=1),
    "heavy-tailed map, N = 1000, k = 100": dict(
        kind="map", n=1000, k=100, gain=2.0, alpha=1.5, align=20, blocks=80, per_block=1),
}
PROGRAMS = {  # label -> (module, changes of the job); of flows, and of maps
    "flow": {
        "pylyap": ("of_pylyap", {}),
        "pylyap, RK4 0.1": ("of_pylyap", USUAL), "pylyap, RK4 0.2": ("of_pylyap", EQUAL),
        "pylyap, RK4 1/3": ("of_pylyap", LONGEST),
        "lyapax, RK4 0.1": ("of_lyapax", USUAL), "lyapax, RK4 0.2": ("of_lyapax", EQUAL),
        "lyapax, RK4 1/3": ("of_lyapax", LONGEST),
        "NumPy, RK4 0.2": ("of_numpy", EQUAL), "NumPy, RK4 1/3": ("of_numpy", LONGEST),
        "torch, RK4 1/3": ("of_torch", LONGEST), "Julia, RK4 1/3": ("of_julia", LONGEST),
        "pynamicalsys, RK4 1/3": ("of_pynamicalsys", LONGEST),
    },
    "map": {
        "pylyap": ("of_pylyap", {}), "torch": ("of_torch", {}), "lyapax": ("of_lyapax", {}), "NumPy": ("of_numpy", {}),
    },
}
TOO_LARGE = {"pynamicalsys, RK4 1/3": 100}  # units from which one run takes minutes: a Jacobian and a QR every step


def environment():
    """The Python of the other programs, made if it is not there."""
    folder = HERE.parent / "build" / "beside"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"  # holds what is in it
    if not ready.exists() or ready.read_text() != " ".join(PEERS):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PEERS], check=True)
        ready.write_text(" ".join(PEERS))
    return python


def started(module, threads):
    """A process with one program in it, which answers a job with seconds and exponents of one run."""
    python = sys.executable if module in ("of_pylyap", "of_julia", "of_numpy") else environment()
    folder = HERE / "peers"
    return Answering([python, folder / "worker.py", module, str(threads)], folder)


def network(job):
    """(weights, state after the transient) of a job."""
    if "alpha" in job:
        W = pylyap.weights.levy(job["n"], job["gain"], job["alpha"], seed=1)
    else:
        W = pylyap.weights.gaussian(job["n"], job["gain"], seed=1)
    made = pylyap.RateNetwork(W) if job["kind"] == "flow" else pylyap.DiscreteNetwork(W)
    settled = pylyap.lyapunov_spectrum(made, n_exponents=1, t_transient=100, t_align=0, t_average=1, progress=False)
    return W, settled.final_state


def reference(job, W, x0):
    """Exponents of the same stretch: of flows with a fine step, of maps with Householder's QR after every step."""
    flow = job["kind"] == "flow"
    network = (pylyap.RateNetwork if flow else pylyap.DiscreteNetwork)(W)
    options = dict(solver="rk4", dt=0.05) if flow else {}
    return pylyap.lyapunov_spectrum(
        network, n_exponents=job["k"], t_transient=0, t_align=job["align"], t_average=job["blocks"], qr_interval=1,
        initial_state=x0, progress=False, **options).exponents


def numbers(exponents):
    """Leading exponent, entropy rate and Kaplan-Yorke dimension; the latter NaN if it is not reached."""
    sums = np.cumsum(exponents)
    j = np.count_nonzero(sums >= 0)
    dimension = float(j) if j == 0 else j + sums[j - 1] / abs(exponents[j]) if j < len(sums) else np.nan
    return {LAMBDA: exponents[0], ENTROPY: exponents[exponents > 0].sum(), DIMENSION: dimension}


def compare(name, job, folder, rounds, threads, only):
    """Times and errors of all programs for one job, in turn."""
    W, x0 = network(job)
    exact = reference(job, W, x0)
    file = pathlib.Path(folder, "job.npz")
    np.savez(file, weights=W, state=x0)
    asked = {
        label: (module, {**job, **changes, "name": label, "file": str(file)})
        for label, (module, changes) in PROGRAMS[job["kind"]].items()
        if job["n"] <= TOO_LARGE.get(label, np.inf) and _is_asked(label, only)
    }
    rows = {label: dict(seconds=[]) for label in asked}
    with contextlib.ExitStack() as all_of_them:
        workers = {label: all_of_them.enter_context(started(module, threads)) for label, (module, _) in asked.items()}
        for _ in range(rounds):
            for label, worker in workers.items():
                row = rows[label]
                if row["seconds"] and row["seconds"][0] > MOST_SECONDS:
                    continue
                answer = worker.ask(asked[label][1])
                row["seconds"].append(answer["seconds"])
                row["errors"] = _errors(np.array(answer["exponents"]), exact)
    ours = np.median(rows["pylyap"]["seconds"])
    for label, row in rows.items():
        row["median"] = float(np.median(row["seconds"]))
        row["ratio"] = float(row["median"] / ours)
        told = "  ".join(f"{what} {error:+.1e}" for what, error in row["errors"].items())
        print(f"{name:36} {label:22} {row['median']:7.2f} s  {row['ratio']:5.2f}  {told}", flush=True)
    return dict(name=name, job=job, rows=rows)


def _is_asked(label, only):
    return label == "pylyap" or not only or any(label.startswith(word) for word in only)


def _errors(found, exact):
    mine, true = numbers(found), numbers(exact)
    relative = {what: (mine[what] - true[what]) / abs(true[what]) for what in mine if true[what]}
    return {**relative, "worst exponent": float(np.abs(found - exact).max())}


def draw(results, path):
    """A panel for each job: the medians, as multiples of pylyap's."""
    figure, axes = plt.subplots(1, len(results), figsize=(4.2 * len(results), 3.6), layout="constrained", squeeze=False)
    for ax, result in zip(axes[0], results):
        rows = sorted(result["rows"].items(), key=lambda item: -item[1]["median"])
        ratios = [row["ratio"] for _, row in rows]
        bars = ax.barh([label for label, _ in rows], ratios, color=["C1" if r == 1 else "C0" for r in ratios])
        ax.bar_label(bars, [f"{row['median']:.2g} s" for _, row in rows], padding=2, fontsize=7)
        ax.set_xscale("log")
        ax.margins(x=0.2)
        ax.set_title(result["name"], fontsize=9)
        ax.set_xlabel("time, in units of pylyap's")
        ax.tick_params(labelsize=8)
    figure.savefig(path, dpi=110)


def machine(threads):
    """What the times depend on."""
    return dict(
        processor=platform.processor() or platform.machine(), cores=os.cpu_count(), threads=threads,
        system=platform.platform(), python=platform.python_version(), numpy=np.__version__, pylyap=pylyap.__version__,
        date=time.strftime("%Y-%m-%d"), load=os.getloadavg() if hasattr(os, "getloadavg") else None,
    )


def main():
    """Measure, print, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=".")
    parser.add_argument("--only", nargs="+", default=[], help="programs, by the beginning of their labels; pylyap always")
    parser.add_argument("--jobs", nargs="+", default=[], help="jobs, by a part of their names")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    found = dict(machine=machine(options.threads), results=[])
    print(found["machine"])
    with tempfile.TemporaryDirectory() as scratch:
        for name, job in JOBS.items():
            if not options.jobs or any(word in name for word in options.jobs):
                found["results"].append(compare(name, job, scratch, options.rounds, options.threads, options.only))
    folder = pathlib.Path(options.folder)
    (folder / "beside.json").write_text(json.dumps(found, indent=1) + "\n")
    draw(found["results"], folder / "beside.png")


if __name__ == "__main__":
    main()
