"""The nervous system of a worm.

The chemical synapses of C. elegans (Cook et al. 2019), scaled to a spectral radius of 10, beside the same connections
rewired at random, which keeps how many each neuron sends and receives. The printed sentences say what each spectrum
means.
"""

import matplotlib.pyplot as plt
import pylyap

worm = pylyap.weights.connectome("celegans", spectral_radius=10.0)
rewired = pylyap.weights.scaled_to(pylyap.weights.shuffled(worm, seed=1), 10.0)
print(f"{len(pylyap.weights.connectome_neurons())} neurons, {(worm != 0).sum()} connections")

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for label, W in (("C. elegans", worm), ("rewired", rewired)):
    spectrum = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), n_exponents=100, t_average=200)
    print(f"{label}: {spectrum.meaning}")
    largest = f"$\\lambda_1$ = {spectrum.exponents[0]:.3f}"
    pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=f"{label}: {largest}")
ax.legend(frameon=False)
plt.show()
