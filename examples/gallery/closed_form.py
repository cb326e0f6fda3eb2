"""A spectrum and its closed form.

In discrete time the whole spectrum of a large Gaussian network is known in closed form. The network here has 300 units
and no free parameter; below: the difference.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

n, g = 300, 3.0
network = pylyap.DiscreteNetwork(pylyap.weights.gaussian(n, g, seed=1))
spectrum = pylyap.lyapunov_spectrum(network, t_average=1000)
law = pylyap.theory.discrete_time_spectrum(g, n)

figure, (top, bottom) = plt.subplots(2, 1, figsize=(5.5, 5.5), sharex=True, height_ratios=(3, 1), layout="constrained")
pylyap.plotting.plot_spectrum(spectrum, top, label="simulation")
x = (np.arange(n) + 0.5) / n
top.plot(x, law, "--", color="#D55E00", label="closed form, N to infinity")
top.set(xlabel="", ylim=(-4, 1))
top.legend(frameon=False)
bottom.plot(x, spectrum.exponents - law, color="#0072B2")
bottom.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
bottom.set(xlabel="$i/N$", ylabel="difference", ylim=(-0.1, 0.1))
plt.show()
