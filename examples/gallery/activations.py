"""Other units.

The same weights with six static nonlinearities, one of them written down as a pair of Julia expressions. Softplus and
logistic units have a smaller slope at zero, hence the larger gains.
"""

import matplotlib.pyplot as plt
import pylyap

W = pylyap.weights.gaussian(100, 1.0, seed=1)
rational = pylyap.activations.custom("u -> u / (1 + abs(u))", "u -> 1 / (1 + abs(u))^2")
cases = {
    "tanh, g = 3": ("tanh", 3.0),
    "hard tanh, g = 3": (pylyap.activations.hard_tanh(), 3.0),
    "erf, g = 3": (pylyap.activations.erf(), 3.0),
    "logistic, g = 12": (pylyap.activations.logistic(), 12.0),
    "softplus, g = 3": (pylyap.activations.softplus(), 3.0),
    "u / (1 + |u|), g = 3": (rational, 3.0),
}

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for label, (activation, gain) in cases.items():
    bias = -1.0 if label.startswith("softplus") else 0.0
    network = pylyap.RateNetwork(gain * W, activation=activation, bias=[bias] * 100)
    spectrum = pylyap.lyapunov_spectrum(network, t_average=200, time_limit=20)
    if spectrum.status != "diverged":
        pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=label)
ax.legend(frameon=False, fontsize="small")
plt.show()
