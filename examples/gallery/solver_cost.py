"""The same spectrum with fewer products.

RK4 multiplies the weights with the frame four times per step, "lab4" once. Shown is how far spectra are from one with a
short step, from the same state and frame, against the number of products per tau.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

network = pylyap.RateNetwork(pylyap.weights.gaussian(100, 2.0, seed=1))
first = pylyap.lyapunov_spectrum(network, t_average=100)
same = dict(initial_state=first.final_state, t_transient=0, t_align=20, t_average=20, qr_interval=0.8)
reference = pylyap.lyapunov_spectrum(network, solver="rk4", dt=0.02, **same).exponents

figure, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
for solver, products, colour in (("rk4", 4, "#0072B2"), ("lab4", 1, "#D55E00"), ("heun", 2, "#009E73")):
    steps = np.array([0.1, 0.08, 0.05, 0.04])
    spectra = [pylyap.lyapunov_spectrum(network, solver=solver, dt=dt, **same) for dt in steps]
    distance = [np.abs(spectrum.exponents - reference).mean() for spectrum in spectra]
    ax.loglog(products / steps, distance, "o-", color=colour, label=solver)
ax.set(xlabel=r"products with the weights per column and $\tau$", ylabel=r"mean difference of exponents ($1/\tau$)")
ax.legend(frameon=False)
plt.show()
