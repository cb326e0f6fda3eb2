"""What the looks of every run cost, at the length of the steps, the volume, the rounding and the memory: with and without, in turn.

python benchmarks/looks.py [repeats]
"""

import contextlib
import math
import statistics
import sys
import time
from unittest import mock

import pylyap
from pylyap import systems
from pylyap._core.integrator import Integrator
from pylyap.results import memory, step_look
from pylyap.runs import rounding

short = dict(t_transient=10, t_align=20)
CASES = {
    "rate network, N = 100, all exponents": (
        pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=1)), dict(t_average=150, **short)),
    "rate network, N = 400, 40 exponents": (
        pylyap.RateNetwork(pylyap.weights.gaussian(400, 3.0, seed=1)), dict(t_average=100, n_exponents=40, **short)),
    "rate network, N = 400, 1 exponent": (
        pylyap.RateNetwork(pylyap.weights.gaussian(400, 3.0, seed=1)), dict(t_average=200, n_exponents=1, **short)),
    "Lorenz 1963": (systems.lorenz63(), dict(t_average=3000)),
    "Lorenz 1996, 16 variables, 1 exponent": (systems.lorenz96(16), dict(t_average=5000, n_exponents=1)),
    "Henon map": (systems.henon(), dict(t_average=300_000)),
}
NOTHING = dict.fromkeys(
    ("stretch_share", "longest_stretch", "longest_climb", "preserves_volume", "lyapunov_times", "slowest_window"), math.nan)


def without_looks():
    """Switched off where they begin: no option does that."""
    off = contextlib.ExitStack()
    off.enter_context(mock.patch.object(step_look, "interval", lambda is_map, n_steps: 0))
    off.enter_context(mock.patch.object(Integrator, "_volume_changes", lambda self: None))
    off.enter_context(mock.patch.object(rounding, "looked_at", lambda network, plan, record: record))
    off.enter_context(mock.patch.object(memory, "diagnose", lambda record, plan: dict(NOTHING)))
    return off


def seconds(system, options, surroundings):
    with surroundings:
        began = time.perf_counter()
        pylyap.lyapunov_spectrum(system, progress=False, **options)
        return time.perf_counter() - began


def main(repeats=15):
    for name, (system, options) in CASES.items():
        pairs = [
            (seconds(system, options, contextlib.nullcontext()), seconds(system, options, without_looks()))
            for _ in range(repeats + 1)
        ][1:]  # the first pair compiles
        ratio = statistics.median(a / b for a, b in pairs)
        without = statistics.median(b for _, b in pairs)
        print(f"{name:<38}{without:8.3f} s without looks; with them {ratio:.3f} of it (median of {repeats} pairs)", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
