"""The nervous system of a worm.

The chemical synapses of C. elegans (Cook et al. 2019), scaled to a spectral radius of 3, beside the same connections
rewired at random: many directions of the worm's own network have the same exponent, because neurons that receive nothing
only decay.
"""

import matplotlib.pyplot as plt
import pylyap

worm = pylyap.weights.connectome("celegans", spectral_radius=3.0)
rewired = pylyap.weights.scaled_to(pylyap.weights.shuffled(worm, seed=1), 3.0)
print(f"{len(pylyap.weights.connectome_neurons())} neurons, {(worm != 0).sum()} connections")

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for label, W in (("C. elegans", worm), ("rewired", rewired)):
    spectrum = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=200)
    largest = f"$\\lambda_1$ = {spectrum.exponents[0]:.3f}"
    pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=f"{label}: {largest}")
ax.legend(frameon=False)
plt.show()
