"""Excitatory and inhibitory units.

If excitation and inhibition are balanced, the eigenvalues of weights that obey Dale's law fill a disk as large as that of
Gaussian weights, but not evenly: more of them are near its centre, and more exponents are near -1. Without balance one
eigenvalue leaves the disk, the state runs to where units saturate, and the network is not chaotic.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

n, g = 150, 3.0
cases = {
    "Gaussian": pylyap.weights.gaussian(n, g, seed=1),
    "Dale, balanced": pylyap.weights.dale(n, g, excitatory=0.8, seed=1),
    "Dale, not balanced": pylyap.weights.dale(n, g, excitatory=0.8, balanced=False, seed=1),
}

figure, (top, bottom) = plt.subplots(2, 1, figsize=(6.5, 5.5), height_ratios=(1, 2), layout="constrained")
for (label, W), colour in zip(cases.items(), ("#0072B2", "#D55E00", "#009E73")):
    eigenvalues = np.linalg.eigvals(W)
    top.plot(eigenvalues.real, eigenvalues.imag, ".", markersize=3, color=colour, label=label)
    spectrum = pylyap.lyapunov_spectrum(pylyap.RateNetwork(W), t_average=100)
    pylyap.plotting.plot_spectrum(spectrum, bottom, marker="", color=colour)
top.set(xlabel="Re eigenvalue of W", ylabel="Im eigenvalue of W", aspect="equal")
top.legend(frameon=False, fontsize="small", loc="upper right", bbox_to_anchor=(0.95, 1.05))
plt.show()
