"""A large sparse network, its leading exponents only.

Two thousand units that receive 50 connections each. Sparse weights of SciPy stay sparse; twenty exponents tell whether
there is chaos.
"""

import matplotlib.pyplot as plt
import pylyap

W = pylyap.weights.fixed_in_degree(2000, 2.0, 50, seed=1)
network = pylyap.RateNetwork(W)
spectrum = pylyap.lyapunov_spectrum(network, n_exponents=20, t_average=60, t_transient=60)
print(network)
print(spectrum)

ax = pylyap.plotting.plot_spectrum(spectrum, index="number")
mean_field = pylyap.theory.largest_exponent(2.0)
ax.axhline(mean_field, color="#D55E00", linewidth=1, label="largest exponent, mean field of dense weights")
ax.set_ylim(-0.01, 0.18)
ax.legend(frameon=False, fontsize="small", loc="upper right")
plt.show()
