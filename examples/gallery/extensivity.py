"""One curve for all sizes.

Plotted against i/N, spectra of networks of different size lie on each other: entropy rate and dimension grow in
proportion to N. The fit gives both per unit.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

sizes = (80, 120, 160, 200)
spectra = [
    pylyap.lyapunov_spectrum(pylyap.RateNetwork(pylyap.weights.gaussian(n, 4.0, seed=n)), t_average=100) for n in sizes
]
dimensions = [spectrum.kaplan_yorke_dimension for spectrum in spectra]
errors = [spectrum.stderr_of("kaplan_yorke_dimension") for spectrum in spectra]
line = pylyap.analysis.extensivity(sizes, dimensions)
print(f"D = ({line.slope:.4f} +- {line.slope_error:.4f}) N + {line.offset:.1f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for n, spectrum in zip(sizes, spectra):
    pylyap.plotting.plot_spectrum(spectrum, left, label=f"N = {n}", marker="")
left.legend(frameon=False)
right.errorbar(sizes, dimensions, errors, fmt="o", color="#0072B2")
right.plot([0, 210], line.offset + line.slope * np.array([0, 210]), color="0.35", linewidth=0.8)
right.set(xlabel="N", ylabel="Kaplan-Yorke dimension")
plt.show()
