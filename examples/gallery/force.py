"""Chaos tamed: FORCE learning.

A chaotic network learns to produce a sine by itself. Its weights change by a matrix of rank one; of its spectrum hardly
more than the first exponents moves: one is zero, along the cycle, and the others are negative.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 1.5, seed=6))  # one that is chaotic
target = np.sin(2 * np.pi * 0.1 * np.arange(8000) / 20)
trained = pylyap.train_force(network, target)
before = pylyap.lyapunov_spectrum(network, t_average=200)
after = pylyap.lyapunov_spectrum(trained.network, t_average=200, initial_state=trained.final_state)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
output = trained.generate(40)
left.plot(np.arange(len(output)) * trained.dt, output, color="#D55E00")
left.set(xlabel=r"time ($\tau$)", ylabel="output, running alone")
pylyap.plotting.plot_spectrum(before, right, index="number", label="before")
pylyap.plotting.plot_spectrum(after, right, index="number", label="after")
right.set(xlim=(0, 20), ylim=(-0.6, 0.1))
right.legend(frameon=False)
plt.show()
