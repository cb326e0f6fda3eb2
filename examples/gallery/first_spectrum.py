"""A first spectrum.

A network of 200 rate units with Gaussian weights of gain 3 is chaotic: a few of its exponents are positive. The band
around the curve, hardly wider than the line, is the 95 % interval; the inset shows the first exponents.
"""

import matplotlib.pyplot as plt
import pylyap

W = pylyap.weights.gaussian(200, 3.0, seed=1)  # W[i, j] is the weight from unit j to unit i
network = pylyap.RateNetwork(W)  # tau dx/dt = -x + W tanh(x)
spectrum = pylyap.lyapunov_spectrum(network, t_average=150)

print(spectrum.summary())

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
pylyap.plotting.plot_spectrum(spectrum, ax)
inset = ax.inset_axes([0.13, 0.11, 0.45, 0.33])
pylyap.plotting.plot_spectrum(spectrum, inset, index="number")
inset.set(xlim=(0, 15), ylim=(-0.2, 0.25), xlabel="", ylabel="")
plt.show()
