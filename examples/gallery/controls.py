"""Is it converged, and is it right?

Nineteen controls look at one run: other steps, other initial states, a second trajectory, transposed Jacobians backward
in time, and more. Each has a verdict and says what to do; the bars show what was found as a part of its bound. Controls for
which there is no time are left out: give more by ``time_budget``.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(60, 4.0, seed=1))
report = pylyap.controls(network, t_average=100, time_budget=25)
print(report.table())

measured = [check for check in report.checks if check.bound > 0 and np.isfinite(check.value)]
parts = [max(abs(check.value) / check.bound, 1e-6) for check in measured]
colours = {"pass": "#009E73", "warn": "#E69F00", "fail": "#D55E00"}

figure, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
ax.barh(
    [f"{check.code} {check.title}" for check in measured], parts, color=[colours.get(check.verdict, "0.6") for check in measured]
)
ax.axvline(1, color="0.35", linewidth=0.8, linestyle="--")
ax.set(xscale="log", xlabel="found / bound")
ax.invert_yaxis()
plt.show()
