"""Exponents in pairs.

For antisymmetric weights exponent i and exponent N + 1 - i add up to -2/tau exactly, for independent ones only nearly
so, and for weights with a symmetric part not at all.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

n = 100
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for eta, colour in ((-1.0, "#0072B2"), (0.0, "#D55E00"), (0.5, "#009E73")):
    W = pylyap.weights.partially_symmetric(n, 3.0, eta, seed=1)
    spectrum = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=300)
    pylyap.plotting.plot_spectrum(spectrum, left, marker="", color=colour, label=rf"$\eta$ = {eta:g}")
    found = pylyap.analysis.symmetry(spectrum)
    right.plot(np.arange(1, len(found.defects) + 1), found.defects, ".", color=colour, label=f"rms {found.rms:.4f}")
left.legend(frameon=False)
right.set(xlabel="index $i$ of the pair", ylabel=r"$\lambda_i + \lambda_{N+1-i} + 2/\tau$")
right.legend(frameon=False)
plt.show()
