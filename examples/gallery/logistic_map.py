"""A map of your own, at many parameters.

One line of Julia describes the map; it is compiled once, and a list of parameters runs on all cores. Windows of
periodic motion are where the exponent dips below zero.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

logistic = pylyap.systems.map(
    1, "f!(y, x, p, t) = (y[1] = p.r * x[1] * (1 - x[1]))", parameters=dict(r=3.9), initial_state=[0.3]
)
values = np.linspace(3.4, 4.0, 300)
spectra = pylyap.lyapunov_ensemble([logistic.with_parameters(r=r) for r in values], t_average=2000)
exponents = np.array([spectrum.exponents[0] for spectrum in spectra])
print(f"at r = 4: {exponents[-1]:.4f} +- {spectra[-1].stderr[0]:.4f}, exactly ln 2 = {np.log(2):.4f}")

figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
ax.axhline(0, color="0.35", linewidth=0.8, linestyle="--")
ax.plot(values, exponents, color="#0072B2", linewidth=1)
ax.set(xlabel="r", ylabel="exponent (1/step)", ylim=(-1.5, 0.8))
plt.show()
