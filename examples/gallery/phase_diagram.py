"""A phase diagram over gain and tails.

A sweep measures the largest exponent at every gain and stability index. Given a store, it goes on where it was
interrupted; here everything is computed at once. The solid line is where the measured exponent is zero.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

alphas, gains = np.linspace(0.6, 2.0, 8), np.geomspace(0.05, 10, 24)
conditions = pylyap.sweeps.grid(n=[100], alpha=alphas.tolist(), gain=gains.tolist(), trial=range(3))
measure = pylyap.sweeps.GainFamily(pylyap.sweeps.RandomNetworks("levy", seed=1), t_average=300, t_transient=300)
result = pylyap.sweep(measure, conditions)
exponents = result.arranged("largest_exponent", "trial", "alpha", "gain").mean(axis=0)

ax = pylyap.plotting.plot_phase_diagram(gains, alphas, exponents, label="largest exponent (1/step)")
transition = [pylyap.theory.annealed_transition_gain(100, alpha) for alpha in alphas]
ax.plot(transition, alphas, "--", color="0.3", label="annealed transition gain (theory)")
ax.set(xscale="log", xlabel="gain $g$", ylabel=r"stability index $\alpha$")
ax.legend(loc="upper left", fontsize="small")
plt.show()
