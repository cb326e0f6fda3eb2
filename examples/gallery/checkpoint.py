"""A run that goes on.

A checkpoint keeps what is needed to continue: after a crash, or to average longer, as here. The second call begins where
the first one ended; four times the time halves the error.
"""

import tempfile

import matplotlib.pyplot as plt
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 3.0, seed=1))
with tempfile.TemporaryDirectory() as folder:
    file = f"{folder}/run.npz"
    spectra = {
        f"averaged over {t_average} tau": pylyap.lyapunov_spectrum(network, n_exponents=10, t_average=t_average, checkpoint=file)
        for t_average in (100, 400)
    }
for label, spectrum in spectra.items():
    print(f"{label}: {spectrum.exponents[0]:.4f} +- {spectrum.stderr[0]:.4f}, {spectrum.status}")

ax = pylyap.plotting.plot_comparison(spectra, index="number")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
plt.show()
