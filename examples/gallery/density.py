"""The density of exponents, over many networks.

Twenty networks share the cores: each core computes one network at a time. Their exponents together make a histogram with error bars from
network to network.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
for g, colour in ((1.5, "#0072B2"), (3.0, "#D55E00"), (6.0, "#009E73")):
    networks = (pylyap.RateNetwork(pylyap.weights.gaussian(60, g, seed=seed)) for seed in range(20))
    spectra = pylyap.lyapunov_ensemble(networks, t_average=100)
    found = pylyap.analysis.density([spectrum.exponents for spectrum in spectra], bins=np.linspace(-2.4, 0.4, 29))
    middle = (found.edges[1:] + found.edges[:-1]) / 2
    ax.stairs(found.density, found.edges, color=colour, label=f"g = {g:g}")
    ax.errorbar(middle, found.density, 1.96 * found.stderr, fmt="none", color=colour, linewidth=0.8)
ax.axvline(0, color="0.35", linewidth=0.8, linestyle="--")
ax.set(xlabel=r"exponent ($1/\tau$)", ylabel=r"density ($\tau$)")
ax.legend(frameon=False)
plt.show()
