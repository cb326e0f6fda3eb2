"""Noise ends chaos.

White noise, frozen by its seed, lowers the largest exponent of a discrete-time network until replicas that receive the
same noise meet. The lines are theory for infinitely many units.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

n, g = 200, 2.0
amplitudes = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0])
W = pylyap.weights.gaussian(n, g, seed=1)
drives = [pylyap.drives.white_noise(sigma, seed=7) if sigma else None for sigma in amplitudes]
networks = [pylyap.DiscreteNetwork(W, drive=drive) for drive in drives]
spectra = pylyap.lyapunov_ensemble(networks, n_exponents=1, t_average=1500)

fine = np.linspace(0, 3, 61)
theory = [pylyap.theory.discrete_time_largest_exponent(g, noise=sigma) for sigma in fine]

figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
ax.plot(fine, theory, color="#D55E00", label="theory, N to infinity")
errors = [1.96 * spectrum.stderr[0] for spectrum in spectra]
ax.errorbar(amplitudes, [s.exponents[0] for s in spectra], errors, fmt="o", color="#0072B2", label=f"N = {n}")
ax.axvline(pylyap.theory.discrete_time_critical_noise(g), color="0.6", linewidth=0.8, label="critical noise, theory")
ax.set(xlabel="standard deviation of the noise", ylabel="largest exponent (1/step)")
ax.legend(frameon=False)
plt.show()
