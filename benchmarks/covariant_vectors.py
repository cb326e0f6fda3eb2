"""Cost and memory of covariant vectors, and the same angles beside those of clvlib if that is installed.

    python benchmarks/covariant_vectors.py [cost] [memory] [large] [whole] [clvlib]

Cost: the way back with 200 kept samples beside the way forward, N = 800, k = 100. Memory: growth of the process beside what
was said beforehand. Large: N = 2000, k = 50 for 5 tau, and what 500 tau would take by that; whole: 500 tau
with the faster solver "lab4", some minutes. clvlib (pip install clvlib) takes a dense Jacobian from its user and starts both ways at the
ends of the window; the same trajectories are compared where it has forgotten them. Its version 0.1.5 solves with the
R of the step before
(`_ginelli`: ``R[i]`` where ``Q[i + 1] R[i + 1]`` is the Jacobian times ``Q[i]``), so that its vectors at index i are
those of one step earlier; the benchmark compares at both.
"""

import importlib
import sys
import time

import numpy as np

import pylyap
from pylyap._runtime import session
from pylyap.results.statistics import standard_error

OTHER = "clvlib.numpy"


def cost(n=800, k=100, samples=200):
    network = pylyap.RateNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
    options = dict(n_vectors=k, t_transient=5, t_align=5, dt=0.1, solver="rk4", qr_interval=0.5, sample_interval=0.5)
    pylyap.covariant_vectors(network, t_average=1, t_backward=1, **options)  # Julia, and what it compiles
    before = forget_peak()
    found = pylyap.covariant_vectors(network, t_average=samples * 0.5, t_backward=samples * 0.05, **options)
    grown = peak() - before
    told = found.diagnostics
    print(
        f"N = {n}, k = {k}, {found.n_samples} samples: forward {told['seconds_forward']:.1f} s, way back {told['seconds_backward']:.2f} s: "
        f"{100 * told['seconds_backward'] / told['seconds_forward']:.1f} %; said {told['bytes_expected'] / 1e6:.0f} MB, "
        f"grown by {grown / 1e6:.0f} MB: {100 * (grown / told['bytes_expected'] - 1):+.0f} %"
    )


def memory(n=400, k=100):
    network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
    options = dict(n_vectors=k, t_transient=100, t_align=100, t_backward=1000, qr_interval=1)
    pylyap.covariant_vectors(
        network, **{**options, "t_backward": 10}, t_average=20, sample_interval=10
    )  # Julia, and what it compiles
    before = forget_peak()
    found = pylyap.covariant_vectors(network, t_average=4000, sample_interval=20, **options)
    grown = peak() - before
    said = found.diagnostics["bytes_expected"]
    print(
        f"N = {n}, k = {k}: said {said / 1e6:.0f} MB, grown by {grown / 1e6:.0f} MB: {100 * (grown / said - 1):+.0f} %"
    )


def large(n=2000, k=50, window=5.0, whole=500.0):
    network = pylyap.RateNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
    options = dict(n_vectors=k, t_transient=5, t_align=5, qr_interval=1.0)
    pylyap.covariant_vectors(network, t_average=1, t_backward=1, **options)  # compiles
    before, began = forget_peak(), time.perf_counter()
    found = pylyap.covariant_vectors(network, t_average=window, t_backward=window, sample_interval=1.0, progress=True, **options)
    took = time.perf_counter() - began
    grown = peak() - before
    per_tau = took / (5 + 2 * window)  # alignment, window, and the stretch beyond it
    sample, block = 8 * n * k, 4 * k * (k + 1)
    blocks = 2 * whole  # of 1 tau, in the window and beyond it
    print(
        f"N = {n}, k = {k}, {window:g} tau: {took:.1f} s, of which the way back {found.diagnostics['seconds_backward']:.2f} s; "
        f"{per_tau:.2f} s per tau; grown by {grown / 1e6:.0f} MB, said {found.diagnostics['bytes_expected'] / 1e6:.0f} MB"
    )
    print(
        f"by that, {whole:g} tau, as long beyond, and half of it for the alignment: {2.5 * whole * per_tau / 60:.0f} minutes; 200 samples "
        f"and {blocks:g} blocks: {(200 * sample + blocks * block) / 1e6:.0f} MB more than the network and its frame"
    )


def whole(n=2000, k=50, window=500.0, ends=50.0):
    network = pylyap.RateNetwork(pylyap.weights.gaussian(n, 3.0, seed=1))
    began = time.perf_counter()
    found = pylyap.covariant_vectors(
        network, n_vectors=k, t_transient=20, t_align=ends, t_average=window, t_backward=ends, dt=0.1, solver="lab4",
        qr_interval=0.5, sample_interval=window / 200, progress=True,
    )  # fmt: skip
    print(
        f"N = {n}, k = {k}, {window:g} tau: {time.perf_counter() - began:.0f} s, of which the way back "
        f"{found.diagnostics['seconds_backward']:.2f} s; at most {peak() / 1e9:.2f} GB in all"
    )


def forget_peak():
    """Collect garbage, forget how much memory this process had at most, and return what it has now, in bytes; Linux."""
    session.julia().seval("GC.gc()")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return peak()


def peak():
    """Bytes of memory that this process had at most since `forget_peak`; Linux."""
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def beside_clvlib():
    try:
        other = importlib.import_module(OTHER)
    except ImportError:
        print("clvlib is not installed: pip install clvlib")
        return
    lorenz(other)
    network(other)


def lorenz(other):
    """The same trajectory, until chaos parts the two."""

    def f(t, x):
        return np.array([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])

    def jacobian(t, x):
        return np.array([[-10, 10, 0], [28 - x[2], -1, -x[0]], [x[1], x[0], -8 / 3]])

    start, dt, first, last = np.array([8.0, 0.0, 30.0]), 0.01, 1600, 2000  # t = 16 to 20 of 40
    began = time.perf_counter()
    theirs = other.lyap_analysis_from_ic(f, jacobian, start, np.arange(0, 40 + dt / 2, dt), stepper="rk4")
    pylyap.covariant_vectors(
        pylyap.systems.lorenz63(), n_vectors=3, t_transient=0, t_align=dt, t_average=1, t_backward=1
    )  # compiles
    middle = time.perf_counter()
    own = pylyap.covariant_vectors(
        pylyap.systems.lorenz63(),
        n_vectors=3,
        initial_state=start,
        t_transient=0,
        t_align=dt,
        t_average=30,
        t_backward=10 - dt,
        dt=dt,
        qr_interval=dt,
        sample_interval=dt,
    )
    ended = time.perf_counter()
    V = np.asarray(theirs[4])
    for i, j in ((0, 1), (0, 2), (1, 2)):
        angle = np.arccos(np.minimum(np.abs((V[:, :, i] * V[:, :, j]).sum(axis=1)), 1))
        mine = own.angle(i, j)[np.searchsorted(own.times, dt * first - dt / 2) :][: last - first]
        apart = [np.abs(angle[first + shift : last + shift] - mine).max() for shift in (0, 1)]
        print(
            f"Lorenz, angle ({i}, {j}): mean {angle[first:last].mean():.6f} and {mine.mean():.6f}, largest difference {apart[0]:.1e} at the same "
            f"index, {apart[1]:.1e} at the next one of clvlib"
        )
    print(f"Lorenz, 4000 steps: clvlib {middle - began:.2f} s, pylyap {ended - middle:.2f} s")


def network(other, n=40, k=6):
    """Means over long runs: the trajectories part, their statistics do not."""
    W = np.asarray(pylyap.weights.gaussian(n, 6.0, seed=3))

    def f(t, x):
        return -x + W @ np.tanh(x)

    def jacobian(t, x):
        return -np.eye(n) + W * (1 - np.tanh(x) ** 2)

    start, dt, duration, ends = np.random.default_rng(0).normal(size=n), 0.1, 1500.0, 300.0
    warm = pylyap.lyapunov_spectrum(
        pylyap.RateNetwork(W), n_exponents=1, t_average=10, t_align=0, t_transient=200, initial_state=start
    ).final_state
    began = time.perf_counter()
    theirs = other.lyap_analysis_from_ic(
        f, jacobian, warm, np.arange(0, duration + dt / 2, dt), stepper="rk4", n_lyap=k
    )
    middle = time.perf_counter()
    own = pylyap.covariant_vectors(
        pylyap.RateNetwork(W),
        n_vectors=k,
        initial_state=warm,
        t_transient=0,
        t_align=ends,
        t_average=duration - 2 * ends,
        t_backward=ends,
        dt=dt,
        qr_interval=dt,
        sample_interval=1.0,
    )
    ended = time.perf_counter()
    V = np.asarray(theirs[4])[int(ends / dt) : int((duration - ends) / dt) : 10]
    print("network, exponents:", np.round(own.exponents, 3), "and", np.round(np.asarray(theirs[0])[:k], 3))
    for i, j in ((0, 1), (0, 2), (0, k - 1)):
        angle = np.arccos(np.minimum(np.abs((V[:, :, i] * V[:, :, j]).sum(axis=1)), 1))
        pairs = [(values.mean(), standard_error(values)) for values in (angle, own.angle(i, j))]
        (a, da), (b, db) = pairs
        print(
            f"network, angle ({i}, {j}): {a:.4f} +- {da:.4f} and {b:.4f} +- {db:.4f}: {abs(a - b) / np.hypot(da, db):.1f} errors apart"
        )
    print(
        f"network, N = {n}, k = {k}, {int(duration / dt)} steps: clvlib {middle - began:.1f} s, pylyap {ended - middle:.1f} s"
    )


if __name__ == "__main__":
    pylyap.start_julia()
    parts = {"cost": cost, "memory": memory, "large": large, "whole": whole, "clvlib": beside_clvlib}
    for name in sys.argv[1:] or parts:
        parts[name]()
