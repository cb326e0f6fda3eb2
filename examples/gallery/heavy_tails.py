"""Heavier tails, lower dimension.

Discrete-time networks with alpha-stable weights at equal gain. The heavier the tails, the fewer positive exponents, and
the deeper the spectrum falls: a few huge weights decide, and most directions are crushed.
"""

import matplotlib.pyplot as plt
import pylyap

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for alpha in (2.0, 1.5, 1.0):
    network = pylyap.DiscreteNetwork(pylyap.weights.levy(200, 2.0, alpha, seed=1))
    spectrum = pylyap.lyapunov_spectrum(network, t_average=1000)
    share = spectrum.kaplan_yorke_dimension / spectrum.size
    pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=rf"$\alpha$ = {alpha:g}: D/N = {share:.3f}")
ax.set_ylim(-8, 0.6)
ax.legend(frameon=False)
plt.show()
