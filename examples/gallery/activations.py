"""Other units.

The same weights with five static nonlinearities, one of them written down as a pair of Julia expressions. Logistic units
have a quarter of the slope of tanh. With four times the gain, and a bias that centres them, they are tanh units in other
variables and have the same spectrum.
"""

import matplotlib.pyplot as plt
import pylyap

W = pylyap.weights.gaussian(100, 3.0, seed=1)
rational = pylyap.activations.custom("u -> u / (1 + abs(u))", "u -> 1 / (1 + abs(u))^2")
cases = {
    "tanh": pylyap.RateNetwork(W),
    "logistic, 4 W": pylyap.RateNetwork(4 * W, activation="logistic", bias=-2 * W.sum(axis=1)),
    "hard tanh": pylyap.RateNetwork(W, activation="hard_tanh"),
    "erf": pylyap.RateNetwork(W, activation="erf"),
    "u / (1 + |u|)": pylyap.RateNetwork(W, activation=rational),
}

spectra = {label: pylyap.lyapunov_spectrum(network, t_average=200) for label, network in cases.items()}
for label, spectrum in spectra.items():
    print(f"{label:<16}{spectrum.exponents[0]:.3f} +- {spectrum.stderr[0]:.3f} per tau")

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
pylyap.plotting.plot_comparison(spectra, ax, marker="")
plt.show()
