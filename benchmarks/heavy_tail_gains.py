"""How long leading exponents of 50 gains x 3 alphas x 10 trials take at N = 1000, as in figure 2 of Xie et al. (2025).

    python benchmarks/heavy_tail_gains.py [--units N] [--trials R]

The paper (arXiv 2505.09816, appendix M) states about 5 hours on at most 4 cores for 3 trials, with 100 exponents over
100 steps after 2900; here it is the leading exponent over 1000 steps after 1000.
"""

import argparse
import time

import numpy as np

import pylyap
from pylyap import sweeps
from pylyap._runtime import session
from pylyap.analysis import transitions

ALPHAS, GAINS = (1.0, 1.5, 2.0), np.geomspace(0.01, 10, 50)
PUBLISHED_HOURS, PUBLISHED_TRIALS = 5, 3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--trials", type=int, default=10)
    options = parser.parse_args()
    measure = sweeps.GainFamily(sweeps.RandomNetworks("levy"), t_transient=800, t_align=200, t_average=1000)
    pylyap.sweep(measure, sweeps.grid(n=20, alpha=2.0, gain=[1.0], trial=0))  # Julia has started and compiled
    wall, cpu = time.perf_counter(), time.process_time()
    conditions = sweeps.grid(n=options.units, alpha=ALPHAS, trial=range(options.trials), gain=GAINS)
    result = pylyap.sweep(measure, conditions)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    size = f"{len(GAINS)} gains x {len(ALPHAS)} alphas x {options.trials} trials"
    print(f"N = {options.units}, {size}, {session.n_threads()} threads")
    print(f"pylyap     {wall:.0f} s, {cpu:.0f} s of all cores' time")
    hours = PUBLISHED_HOURS * options.trials / PUBLISHED_TRIALS
    print(f"published  about {PUBLISHED_HOURS} h for {PUBLISHED_TRIALS} trials, N = 1000: {hours:.0f} h for {options.trials}")
    for alpha in ALPHAS:
        exponents = result.select(alpha=alpha).arranged("largest_exponent", "trial", "gain")
        at = transitions.crossing(GAINS, exponents)
        first = transitions.first_crossing(GAINS, exponents)
        print(f"alpha = {alpha}: mean crosses 0 at g = {at.gain:.3f} +- {at.stderr:.3f}, on the grid at {first:.2f}")


if __name__ == "__main__":
    main()
