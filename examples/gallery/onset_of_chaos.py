"""The onset of chaos, beside mean-field theory.

Below g = 1 the rest state is stable and the largest exponent is that of the linear network. Above it the network is
chaotic; the line is dynamic mean-field theory for infinitely many units. Networks of 200 units lie below it, and near
the onset they often have a cycle instead of chaos.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

gains = np.array([0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0])
networks = [pylyap.RateNetwork(pylyap.weights.gaussian(200, g, seed=1)) for g in gains]
spectra = pylyap.lyapunov_ensemble(networks, n_exponents=1, t_average=300)
exponents = [spectrum.exponents[0] for spectrum in spectra]
errors = [1.96 * spectrum.stderr[0] for spectrum in spectra]

chaotic = np.linspace(1.05, 3.0, 20)
theory = [pylyap.theory.largest_exponent(g) for g in chaotic]

figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
ax.plot(chaotic, theory, color="#D55E00", label="mean field, N to infinity")
ax.plot([0.6, 1.0], [-0.4, 0.0], color="#009E73", label="rest state, $g - 1$")
ax.errorbar(gains, exponents, errors, fmt="o", color="#0072B2", capsize=3, label="one network of 200 units each")
ax.set(xlabel="gain $g$", ylabel=r"largest exponent ($1/\tau$)")
ax.legend(frameon=False)
plt.show()
