"""Take away the strongest weights.

Few weights decide: without its strongest 3 % this heavy-tailed network is not chaotic any more, while without the
weakest 95 % hardly anything changes in its leading exponents.
"""

import matplotlib.pyplot as plt
import pylyap

W = pylyap.weights.levy(200, 2.0, 1.2, seed=4)
cases = {
    "all weights": W,
    "without the strongest 3 %": pylyap.weights.prune(W, 0.03, "remove", "largest"),
    "without the weakest 95 %": pylyap.weights.prune(W, 0.95, "remove", "smallest"),
}

spectra = {
    label: pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(weights), n_exponents=100, t_average=800)
    for label, weights in cases.items()
}
for label, spectrum in spectra.items():
    print(f"{label}: {spectrum.meaning}")

pylyap.plotting.plot_comparison(spectra, marker="")
plt.show()
