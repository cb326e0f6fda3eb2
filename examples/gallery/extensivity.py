"""One curve for all sizes.

Plotted against i/N, spectra of networks of different size lie on each other: entropy rate and dimension grow in
proportion to N. There are three networks of each size; bars are the standard error of their mean, and the fit gives the
dimension per unit.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

sizes, g, networks = (80, 120, 160, 200), 6.0, 3


def spectrum_of(n, seed):
    network = pylyap.RateNetwork(pylyap.weights.gaussian(n, g, seed=seed))
    return pylyap.lyapunov_spectrum(network, t_average=60)


spectra = {n: [spectrum_of(n, seed) for seed in range(networks)] for n in sizes}
dimensions = np.array([[spectrum.kaplan_yorke_dimension for spectrum in spectra[n]] for n in sizes])
line = pylyap.analysis.extensivity(np.repeat(sizes, networks), dimensions.ravel())
print(f"D = ({line.slope:.4f} +- {line.slope_error:.4f}) N + {line.offset:.1f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for n in sizes:
    pylyap.plotting.plot_spectrum(spectra[n][0], left, label=f"N = {n}", marker="")
left.legend(frameon=False)
errors = dimensions.std(axis=1, ddof=1) / np.sqrt(networks)
right.errorbar(sizes, dimensions.mean(axis=1), errors, fmt="o", capsize=3, color="#0072B2")
right.plot([0, 210], line.offset + line.slope * np.array([0, 210]), color="0.35", linewidth=0.8)
right.set(xlabel="N", ylabel="Kaplan-Yorke dimension")
plt.show()
