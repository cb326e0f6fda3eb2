"""The nervous system of a worm.

The chemical synapses of C. elegans (Cook et al. 2019), scaled to a spectral radius of 3, beside the same connections
rewired at random, which keeps how many each neuron sends and receives. Each neuron receives noise of its own, the same in
both networks. No exponent is positive: from any state the neurons come to follow their input.
"""

import matplotlib.pyplot as plt
import pylyap

worm = pylyap.weights.connectome("celegans", spectral_radius=3.0)
rewired = pylyap.weights.scaled_to(pylyap.weights.shuffled(worm, seed=1), 3.0)
noise = pylyap.drives.ornstein_uhlenbeck(2.0, 2.0, seed=1)  # its standard deviation, and its memory in tau
print(f"{len(pylyap.weights.connectome_neurons())} neurons, {(worm != 0).sum()} connections")

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for label, W in (("C. elegans", worm), ("rewired", rewired)):
    network = pylyap.RateNetwork(W, drive=noise)
    spectrum = pylyap.lyapunov_spectrum(network, n_exponents=50, t_align=100, t_average=200)
    print(f"{label}: {spectrum.meaning}")
    largest = f"$\\lambda_1$ = {spectrum.exponents[0]:.2f} $\\pm$ {spectrum.stderr[0]:.2f}"
    pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=f"{label}: {largest}")
ax.legend(frameon=False)
plt.show()
