"""A GRU from a dict of arrays, at several scales of its recurrent weights.

Names and layout are those of torch's nn.GRU, without torch. The exponents are conditional on one sequence of inputs:
above zero, states that read the same sequence do not meet.
"""

import matplotlib.pyplot as plt
import numpy as np
import pylyap

rng = np.random.default_rng(1)
n, channels = 64, 4
inputs = rng.normal(size=(600, channels))
recurrent, read = rng.normal(size=(3 * n, n)) / np.sqrt(n), rng.normal(size=(3 * n, channels)) / 2

figure, ax = plt.subplots(figsize=(6, 4.2), layout="constrained")
for scale in (1.0, 2.0, 4.0, 8.0):
    weights = {
        "weight_ih_l0": read, "weight_hh_l0": scale * recurrent,
        "bias_ih_l0": np.zeros(3 * n), "bias_hh_l0": np.zeros(3 * n),
    }  # fmt: skip
    network = pylyap.from_state_dict(weights, inputs, kind="gru")
    spectrum = pylyap.lyapunov_spectrum(network)
    pylyap.plotting.plot_spectrum(spectrum, ax, marker="", label=f"recurrent weights times {scale:g}")
ax.set_ylim(-4, 0.7)
ax.legend(frameon=False)
plt.show()
