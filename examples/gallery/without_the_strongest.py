"""Take away the strongest weights.

Without its strongest three percent of weights a heavy-tailed network behaves like a Gaussian one; without the weakest 95 %
hardly anything changes in its leading exponents.
"""

import matplotlib.pyplot as plt
import pylyap

W = pylyap.weights.levy(200, 2.0, 1.2, seed=4)
cases = {
    "all weights": W,
    "without the strongest 3 %": pylyap.weights.prune(W, 0.03, "remove", "largest"),
    "without the weakest 95 %": pylyap.weights.prune(W, 0.95, "remove", "smallest"),
}

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for label, weights in cases.items():
    spectrum = pylyap.lyapunov_spectrum(pylyap.DiscreteNetwork(weights), n_exponents=100, t_average=800)
    pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=label)
ax.set_ylim(-4, 0.8)
ax.legend(frameon=False)
plt.show()
