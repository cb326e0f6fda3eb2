"""Products with the weights per tau against the error of a spectrum, for every solver of rate networks and many steps.

The state's trajectory and its slopes are stored once, in fine steps; the frame moves along it by each method. What
differs is the method's own error: there is no statistical one. Writes work_precision.json; examples/figures/work_precision.py
draws the one that is kept beside it.

python benchmarks/work_precision.py [N] [folder]
"""

import json
import pathlib
import sys

import numpy as np

import pylyap
from pylyap._runtime import session

GAINS = (1.5, 3.0, 6.0, 12.0)
FINE = 0.01  # tau
BLOCK = 48  # fine steps between two QRs, whatever the step
RELAXED, ALIGNED, COUNTED = 50.0, 19.2, 57.6  # tau
STEPS = {"rk4": (6, 8, 12, 16, 24, 32), "lab4": (4, 6, 8, 12, 16, 24)}  # in fine steps
CORE_NAMES = {"rk4": "RK4", "lab4": "LawsonAB4"}
PRODUCTS = {"rk4": 4, "lab4": 1}
REFERENCE = ("rk4", 2)


class Trajectory:
    """A network's stored trajectory, along which `exponents` moves a frame."""

    def __init__(self, size, gain):
        weights = pylyap.weights.gaussian(size, gain, seed=1)
        relaxed = pylyap.lyapunov_spectrum(
            pylyap.RateNetwork(weights), n_exponents=1, dt=0.02, t_transient=RELAXED, t_align=0, t_average=1)
        julia = session.julia()
        self._tools, self._core = julia.WorkPrecision, julia.LyapunovSpectra
        self._network = self._core.RateNetwork(julia.Matrix[julia.Float64](weights))
        state = julia.Vector[julia.Float64](np.array(relaxed.final_state))
        n_steps = round((ALIGNED + COUNTED) / FINE)
        self._slopes = self._tools.slopes_along(self._network, state, FINE, n_steps)

    def exponents(self, solver, every):
        """(N,) in descending order, in steps of `every` fine ones."""
        algorithm = getattr(self._core, CORE_NAMES[solver])()
        n_align = round(ALIGNED / FINE / BLOCK)
        found = self._tools.exponents(self._network, self._slopes, FINE, algorithm, every, BLOCK // every, n_align)
        return np.sort(np.array(found))[::-1]


def numbers(exponents):
    """Leading exponent, entropy rate, Kaplan-Yorke dimension and last exponent."""
    sums = np.cumsum(exponents)
    j = np.count_nonzero(sums >= 0)
    dimension = j if j in (0, len(sums)) else j + sums[j - 1] / abs(exponents[j])
    entropy = exponents[exponents > 0].sum()
    return dict(leading=exponents[0], entropy=entropy, dimension=float(dimension), last=exponents[-1])


def measure(size, gain):
    """One row for each solver and step: products per tau, and errors against the reference."""
    trajectory = Trajectory(size, gain)
    exact = trajectory.exponents(*REFERENCE)
    rows = []
    for solver, steps in STEPS.items():
        for every in steps:
            found, step = trajectory.exponents(solver, every), every * FINE
            errors = {name: numbers(found)[name] - value for name, value in numbers(exact).items()}
            rows.append(dict(
                solver=solver, step=step, products_per_tau=PRODUCTS[solver] / step, errors=errors,
                rms=float(np.sqrt(np.mean((found - exact) ** 2))), sum_rule=float(np.mean(found - exact)),
            ))  # fmt: skip
            told = "  ".join(f"{name} {error:+.1e}" for name, error in errors.items())
            products = PRODUCTS[solver] / step
            print(f"N = {size} g = {gain:g} {solver:5} h = {step:.2f} {products:6.1f} products per tau  {told}", flush=True)
    return dict(gain=gain, reference=numbers(exact), rows=rows)


def main(size=120, folder="."):
    """Measure, and write the file into `folder`."""
    session.start_julia()
    tools = pathlib.Path(__file__).with_suffix(".jl").as_posix()
    session.julia().seval(f'Main.include("{tools}"); using .WorkPrecision')
    results = [measure(int(size), gain) for gain in GAINS]
    content = dict(pylyap=pylyap.__version__, size=int(size), counted=COUNTED, results=results)
    (pathlib.Path(folder) / "work_precision.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
